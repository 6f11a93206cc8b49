"""Why a commit has no signature that counts; told to whoever makes one, before an audit does."""

from datetime import datetime

import click

from promoter.commands.past import Past
from promoter.errors import PolicyError, ProposalError
from promoter.git.openpgp import Claim, Keyring
from promoter.git.signature import BadSignatureError, signed_commit
from promoter.git.ssh_signature import ssh_signer
from promoter.policy.rulebook import read_rules
from promoter.policy.settings import Settings
from promoter.policy.trust import Trust
from promoter.registry.layout import POLICIES, FileKind, Place
from promoter.registry.reading import read_file

_REMEDY = (
    "GitHub signs what is merged or squashed on its page, and nothing that is rebased or pushed: see docs/signing.md"
)


def why_unsigned(raw: bytes, trust: Trust, at: datetime) -> str | Claim | None:
    """Return why a commit object has no signature that counts at a moment, None where it has, or what gpg is to say."""
    try:
        signed = signed_commit(raw)
        if signed is None:
            return "it is not signed, and the rules of that time ask for it"
        if not signed.is_openpgp:
            reason = trust.why_not(ssh_signer(signed), at)
        elif trust.openpgp is not None:
            return Claim(signed, at)
        else:
            reason = "is OpenPGP, and the rules of that time name no such keys"
    except BadSignatureError as error:
        reason = str(error)
    return None if reason is None else f"its signature {reason}"


def warn_unsigned(past: Past, commit: str, *, at: datetime) -> None:
    """Say of a commit of ours that the rules ask for a signature, and it has none that counts.

    Rules that cannot be read are told with the verdict, and not here.
    """
    try:
        place = Place(f"{POLICIES}/registry.yaml", FileKind.SETTINGS)
        if read_file(past.tree, place, Settings).value.signed_commits != "required":
            return
        trust = read_rules(past.tree).trust
    except (PolicyError, ProposalError):
        return
    reason = why_unsigned(past.reader.commit(commit), trust, at)
    if isinstance(reason, Claim):
        with Keyring.open(trust.openpgp or b"") as ring:
            (why_not,) = ring.why_not([reason])
        reason = None if why_not is None else f"its signature {why_not}"
    if reason is not None:
        click.echo(f"warning: commit {commit[:10]}: {reason}; {_REMEDY}", err=True)
