"""Whom a keyless signature may name: subject and issuer of a Sigstore certificate, exactly, never by a pattern."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field, model_validator

from promoter.document.strict import Strict


class Workflow(Strict):
    """A GitHub Actions workflow, from which the subject of its certificates follows."""

    repository: str = Field(description="Its repository, as owner/name.", pattern=r"^[\w.-]+/[\w.-]+$")
    path: str = Field(description="Its file.", pattern=r"^\.github/workflows/[\w.-]+\.ya?ml$")
    refs: tuple[str, ...] = Field(description="Full refs it runs at, such as refs/heads/main.", min_length=1)


class Identity(Strict):
    """A signer without a key: what a certificate must say of its holder, letter by letter."""

    name: str = Field(description="Who this is, for the report.", min_length=1)
    issuer: str = Field(
        description="OIDC issuer that vouched for it, such as https://token.actions.githubusercontent.com.",
        pattern=r"^https://",
    )
    subject: str | None = Field(default=None, description="The certificate's subject name: a mail address or a URI.")
    workflow: Workflow | None = Field(default=None, description="In place of subject: a workflow on github.com.")
    source: str | None = Field(
        default=None,
        description="Repository that the build ran for, as https://github.com/owner/name; none by default, since a"
        " subject names it unless its workflow is one that other repositories may call.",
    )

    @model_validator(mode="after")
    def _names_one_holder(self) -> "Identity":
        if (self.subject is None) == (self.workflow is None):
            raise ValueError("an identity has a subject or a workflow; write one of the two")
        return self

    @property
    def subjects(self) -> tuple[str, ...]:
        """The subject names that its certificates may have."""
        if self.workflow is None:
            return (self.subject or "",)
        stem = f"https://github.com/{self.workflow.repository}/{self.workflow.path}"
        return tuple(f"{stem}@{ref}" for ref in self.workflow.refs)

    def holds(self, certificate: Mapping[str, Any]) -> bool:
        """Say whether a verified certificate is this signer's."""
        is_named = certificate["issuer"] == self.issuer and certificate["subject"] in self.subjects
        return is_named and self.source in (None, certificate["source"])


class TrustedRoot(Strict):
    """The authorities and logs that a certificate is verified against: a trusted_root.json of Sigstore."""

    path: str = Field(
        description="Its file below policies/trust/.", pattern=r"^policies/trust/[a-z0-9][a-z0-9-]{0,62}\.json$"
    )
    digest: str = Field(description="SHA-256 of the file.", pattern=r"^sha256:[0-9a-f]{64}$")


def holders(identities: Sequence[Identity], certificate: Mapping[str, Any] | None) -> tuple[str, ...]:
    """Return the names of the identities that a verified certificate is of; none where there is no certificate."""
    return () if certificate is None else tuple(own.name for own in identities if own.holds(certificate))
