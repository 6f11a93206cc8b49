"""Why a commit has no signature that counts; told to whoever makes one, before an audit does."""

from datetime import datetime

import click

from promoter.commands.past import Past
from promoter.errors import PolicyError, ProposalError
from promoter.git.openpgp import Claim, Keyring
from promoter.git.signature import BadSignatureError, signed_commit
from promoter.git.ssh_signature import ssh_signer
from promoter.policy.credential import Vouching
from promoter.policy.rulebook import read_rules
from promoter.policy.settings import Settings
from promoter.policy.trust import Trust
from promoter.registry.layout import POLICIES, FileKind, Place
from promoter.registry.reading import read_file

_REMEDY = (
    "GitHub signs what is merged or squashed on its page, and nothing that is rebased or pushed: see docs/signing.md"
)


def vouching_of(raw: bytes, trust: Trust, at: datetime) -> Vouching | Claim:
    """Return whose signature a commit object has, why none that counts at a moment, or what gpg is to say."""
    try:
        signed = signed_commit(raw)
        if signed is None:
            return Vouching(why_not="it is not signed, and the rules of that time ask for it")
        if not signed.is_openpgp:
            return told(trust.vouching_of(ssh_signer(signed), at))
    except BadSignatureError as error:
        return told(Vouching(why_not=str(error)))
    if trust.openpgp is None:
        return told(Vouching(why_not="is OpenPGP, and the rules of that time name no such keys"))
    return Claim(signed, at)


def told(vouching: Vouching) -> Vouching:
    """Return it with the reason as a sentence of its own."""
    return vouching if vouching.why_not is None else Vouching(why_not=f"its signature {vouching.why_not}")


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
    found = vouching_of(past.reader.commit(commit), trust, at)
    if isinstance(found, Claim):
        with Keyring.open(trust.openpgp or b"") as ring:
            found = told(ring.vouchings_of([found])[0])
    if found.why_not is not None:
        click.echo(f"warning: commit {commit[:10]}: {found.why_not}; {_REMEDY}", err=True)
