"""SSH keys, certificates and signatures: of OpenSSH itself, and of a security token that is software."""

import base64
import hashlib
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from promoter.git.signature import SignedCommit
from promoter.git.wire import packed

PAYLOAD = b"tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n\nmove\n"
TOUCHED, VERIFIED = 0x01, 0x04


def new_key(folder: Path, kind: str = "ed25519") -> Path:
    """Return the private key of a new pair of OpenSSH's."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"id_{kind}"
    bits = ["-b", "2048"] if kind == "rsa" else []
    subprocess.run(["ssh-keygen", "-q", "-t", kind, *bits, "-N", "", "-f", str(path)], check=True)
    return path


def public_text(path: Path) -> str:
    """Return type and base64 of a public key or a certificate."""
    return " ".join(path.read_text().split()[:2])


def certify(authority: Path, public: Path, *options: str) -> Path:
    """Return the certificate that `ssh-keygen -s` makes of a public key, as these options say."""
    command = ["ssh-keygen", "-q", "-s", str(authority), "-I", "laptop", *options, str(public)]
    subprocess.run(command, check=True, capture_output=True)
    return public.with_name(f"{public.stem}-cert.pub")


def sign(path: Path, payload: bytes = PAYLOAD) -> SignedCommit:
    """Return a payload with the signature that `ssh-keygen -Y sign` makes with a key or a certificate."""
    command = ["ssh-keygen", "-Y", "sign", "-n", "git", "-f", str(path)]
    done = subprocess.run(command, input=payload, check=True, capture_output=True)
    return SignedCommit(payload, done.stdout)


def keygen_accepts(signed: SignedCommit, line: str, folder: Path, *options: str, who: str = "ada@example.org") -> bool:
    """Say whether `ssh-keygen -Y verify` finds a signature good by a line of allowed signers."""
    (folder / "allowed").write_text(f"{line}\n")
    (folder / "signature").write_bytes(signed.signature)
    files = ["-f", str(folder / "allowed"), "-s", str(folder / "signature")]
    command = ["ssh-keygen", "-Y", "verify", "-I", who, "-n", "git", *files, *options]
    return subprocess.run(command, input=signed.payload, check=False, capture_output=True).returncode == 0


@dataclass(frozen=True, slots=True)
class Token:
    """A security token of software, that signs as PROTOCOL.u2f says."""

    private: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey
    application: bytes = b"ssh:"

    @classmethod
    def create(cls, kind: str) -> "Token":
        """Return a token with a new key, ed25519 or ecdsa."""
        curve = ec.generate_private_key(ec.SECP256R1())
        return cls(ed25519.Ed25519PrivateKey.generate() if kind == "ed25519" else curve)

    @property
    def kind(self) -> bytes:
        """The type of its key."""
        is_edwards = isinstance(self.private, ed25519.Ed25519PrivateKey)
        return b"sk-ssh-ed25519@openssh.com" if is_edwards else b"sk-ecdsa-sha2-nistp256@openssh.com"

    @property
    def public(self) -> bytes:
        """Its public key in wire form."""
        if isinstance(self.private, ed25519.Ed25519PrivateKey):
            raw = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
            return packed(self.kind, raw, self.application)
        point = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return packed(self.kind, b"nistp256", point, self.application)

    @property
    def public_text(self) -> str:
        """Type and base64 of its public key."""
        return f"{self.kind.decode()} {base64.b64encode(self.public).decode()}"

    def sign(
        self, payload: bytes = PAYLOAD, *, flags: int = TOUCHED, counter: int = 7, shown: bytes | None = None
    ) -> SignedCommit:
        """Return a payload with the token's signature; `shown` is what it shows in place of its key."""
        digest = hashlib.sha512(payload).digest()
        message = b"SSHSIG" + packed(b"git", b"", b"sha512", digest)
        said = bytes([flags]) + counter.to_bytes(4, "big")
        value = self._value(hashlib.sha256(self.application).digest() + said + hashlib.sha256(message).digest())
        signature = packed(self.kind, value) + said
        return armoured(payload, shown or self.public, signature)

    def _value(self, message: bytes) -> bytes:
        if isinstance(self.private, ed25519.Ed25519PrivateKey):
            return self.private.sign(message)
        numbers = utils.decode_dss_signature(self.private.sign(message, ec.ECDSA(hashes.SHA256())))
        return packed(*(number.to_bytes(number.bit_length() // 8 + 1, "big") for number in numbers))


def armoured(payload: bytes, shown: bytes, signature: bytes, *, namespace: bytes = b"git") -> SignedCommit:
    """Return a payload with a signature in the form of `ssh-keygen -Y sign`."""
    raw = b"SSHSIG" + (1).to_bytes(4, "big") + packed(shown, namespace, b"", b"sha512", signature)
    text = base64.encodebytes(raw)
    return SignedCommit(payload, b"-----BEGIN SSH SIGNATURE-----\n" + text + b"-----END SSH SIGNATURE-----\n")
