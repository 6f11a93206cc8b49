"""The version that a stage pointer's bytes name, read fast where they leave no room for two readings."""

import re

from promoter.errors import ProposalError
from promoter.registry.address import VERSION_PATTERN

# Comments, then version as a quoted scalar, then at most change and reason without an escape in them: nothing here
# has a second reading in YAML. Tests hold it against the reader of documents.
_SCALAR = r'"[ !#-\[\]-~]*[!#-\[\]-~][ !#-\[\]-~]*"'
_SIMPLE = re.compile(
    rf'(?:#[ -~]*\n)*version: "({VERSION_PATTERN})"\n(?:change: {_SCALAR}\n)?(?:reason: {_SCALAR}\n)?'.encode("ascii")
)


def read_version(content: bytes) -> str | None:
    """Return the version that a pointer's bytes name, or None where they are no stage pointer."""
    match = _SIMPLE.fullmatch(content)
    if match is not None:
        return match[1].decode()
    # Binding brings pydantic, which costs more than a warm `history`: only for what the pattern does not read.
    from promoter.document.bind import bind
    from promoter.document.reader import read_yaml
    from promoter.registry.stage import StagePointer

    try:
        return bind(read_yaml(content, path="pointer"), StagePointer).version
    except ProposalError:
        return None


def read_withdrawn(content: bytes) -> frozenset[str] | None:
    """Return the versions that withdrawn.yaml's bytes name, or None where they cannot be read."""
    from promoter.document.bind import bind
    from promoter.document.reader import read_yaml
    from promoter.registry.stage import Withdrawals

    try:
        withdrawals = bind(read_yaml(content, path="withdrawn.yaml"), Withdrawals)
    except ProposalError:
        return None
    return frozenset(entry.version for entry in withdrawals.withdrawn)
