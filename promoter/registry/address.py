"""Names in the registry: identifiers, versions, and the two addresses that everything is called by."""

import re
from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import StringConstraints

ID_PATTERN = r"[a-z0-9][a-z0-9-]{0,62}"
VERSION_PATTERN = r"[0-9a-z](?:[0-9a-z.-]{0,61}[0-9a-z])?"
MODEL_PATTERN = rf"{ID_PATTERN}(?:/{ID_PATTERN}){{1,3}}"
DIGEST_PATTERN = r"sha256:[0-9a-f]{64}"

Identifier = Annotated[str, StringConstraints(pattern=f"^{ID_PATTERN}$")]
Version = Annotated[str, StringConstraints(pattern=f"^{VERSION_PATTERN}$")]
ModelId = Annotated[str, StringConstraints(pattern=f"^{MODEL_PATTERN}$")]
Digest = Annotated[str, StringConstraints(pattern=f"^{DIGEST_PATTERN}$")]
Commit = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}$")]

_VERSION_ADDRESS = re.compile(rf"({MODEL_PATTERN})@({VERSION_PATTERN})")
_STAGE_ADDRESS = re.compile(rf"({MODEL_PATTERN})#({ID_PATTERN})")


@dataclass(frozen=True, slots=True, order=True)
class VersionAddress:
    """A version of a model: `lending/mortgage@2.1.0`."""

    model: str
    version: str

    def __str__(self) -> str:
        return f"{self.model}@{self.version}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `model@version`; ValueError with the expected form otherwise."""
        return cls(*_parts(text, form=_VERSION_ADDRESS, of="version", such_as="lending/mortgage@2.1.0"))


@dataclass(frozen=True, slots=True, order=True)
class StageAddress:
    """A stage of a model: `lending/mortgage#production`."""

    model: str
    stage: str

    def __str__(self) -> str:
        return f"{self.model}#{self.stage}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `model#stage`; ValueError with the expected form otherwise."""
        return cls(*_parts(text, form=_STAGE_ADDRESS, of="stage", such_as="lending/mortgage#production"))


def _parts(text: str, *, form: re.Pattern[str], of: str, such_as: str) -> tuple[str, str]:
    match = form.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no {of}'s address; write it as {such_as}")
    return match[1], match[2]


def namespace_of(model: str) -> str:
    """Return the first part of a model id: the tenant whose overlays apply."""
    return model.split("/", 1)[0]


def version_order(version: str) -> list[tuple[bool, int, str]]:
    """Return a key that sorts versions by the numbers in their names: 1.10.0 after 1.9.0."""
    parts = re.split(r"[.-]", version)
    return [(part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts]
