"""`policies/trust/`: whose signatures of commits count, and which keys do not any more."""

from dataclasses import dataclass
from datetime import datetime

from promoter.errors import Location, Problem, ProposalError
from promoter.policy.credential import Certificate, Credential, Vouching
from promoter.policy.signers import AllowedSigner, key_lines, key_of, matches

OPENPGP_PATH = "policies/trust/openpgp.asc"
REVOKED_PATH = "policies/trust/revoked_signers"

_KRL_MAGIC = b"SSHKRL\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """SSH keys and authorities, the SSH keys that are revoked, and OpenPGP keys as one armoured file."""

    signers: tuple[AllowedSigner, ...] = ()
    revoked: frozenset[bytes] = frozenset()
    openpgp: bytes | None = None

    def vouching_of(self, credential: Credential, at: datetime) -> Vouching:
        """Return whose an SSH signature is, or why it does not count at a moment, after "its signature".

        A revoked key counts neither by its own line, nor under a certificate, nor as an authority.
        """
        certificate = credential.certificate
        if credential.key in self.revoked or (certificate is not None and certificate.authority in self.revoked):
            return Vouching(why_not="is of a key that the rules of that time revoke")
        named = [signer for signer in self.signers if signer.is_about(credential)]
        if not named:
            whose = "a key" if certificate is None else "a certificate of an authority"
            return Vouching(why_not=f"is of {whose} that the rules of that time do not name")
        reasons = [_why_not(signer, certificate, at) for signer in named]
        if None not in reasons:
            return Vouching(why_not=reasons[0])
        names = named[reasons.index(None)].principals if certificate is None else ", ".join(certificate.principals)
        return Vouching(by=f"{names}, {'key' if certificate is None else 'certified key'} {credential.fingerprint}")


def _why_not(signer: AllowedSigner, certificate: Certificate | None, at: datetime) -> str | None:
    if not signer.may_sign(at):
        return f"is of a key of {signer.principals} that was not valid for commits then"
    if certificate is None:
        return None
    who = ", ".join(certificate.principals) or "nobody"
    if not any(matches(signer.principals, name) for name in certificate.principals):
        return f"is of a certificate for {who}, and its authority may certify {signer.principals} alone"
    if not certificate.is_valid(at):
        return f"is of a certificate for {who} that was not valid then"
    return None


def parse_revoked(content: bytes) -> frozenset[bytes]:
    """Return the keys of a file that has one a line, as git's `gpg.ssh.revocationFile` may have them.

    Raises ProposalError with every line that is none, and for OpenSSH's binary form.
    """
    hint = "write a public key a line: ssh-ed25519 AAAA..."
    if content.startswith(_KRL_MAGIC):
        raise ProposalError(Problem(Location(REVOKED_PATH), "OpenSSH's binary lists are not read", hint))
    keys: set[bytes] = set()
    problems: list[Problem] = []
    for number, line in key_lines(content):
        try:
            keys.add(key_of(" ".join(line.split()[:2])))
        except ValueError as error:
            problems.append(Problem(Location(REVOKED_PATH, line=number), str(error), hint))
    if problems:
        raise ProposalError(*problems)
    return frozenset(keys)
