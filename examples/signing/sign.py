"""Sign every sample artifact with a key that lives for this run alone: python -m examples.signing.sign.

It needs OpenSSF's model-signing on the PATH (`pip install model-signing`). Steps: 1. make a key; 2. sign each
model.onnx in a folder of its own; 3. keep signatures and public key here, and forget the private key. Afterwards
copy public.pem into policies/catalog/security/artifact-is-signed.yaml and train again, which puts the signatures
into the versions. Needed again only where an artifact's bytes changed.
"""

import base64
import json
import shutil
import subprocess
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from examples.common import MODELS, digest

FOLDER = Path(__file__).parent
PUBLIC_KEY = FOLDER / "public.pem"


def main() -> None:
    """Write public.pem and one bundle a version."""
    key = ec.generate_private_key(ec.SECP256R1())
    with tempfile.TemporaryDirectory() as scratch:
        private = Path(scratch) / "key.pem"
        private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        for artifact in sorted(MODELS.glob("*/*/versions/*/model.onnx")):
            model = "/".join(artifact.relative_to(MODELS).parts[:2])
            _sign(artifact, private, bundle_of(model, artifact.parent.name))
    PUBLIC_KEY.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def bundle_of(model: str, version: str) -> Path:
    """Return where the signature of a version's artifact lies."""
    return FOLDER / f"{model.replace('/', '-')}-{version}.json"


def is_signed(artifact: Path, bundle: Path) -> bool:
    """Say whether a bundle is there and lists these bytes; whose signature it is, the gate decides."""
    if not bundle.exists():
        return False
    envelope = json.loads(bundle.read_bytes())["dsseEnvelope"]
    statement = json.loads(base64.b64decode(envelope["payload"]))
    listed = {f"sha256:{entry['digest']}" for entry in statement["predicate"]["resources"]}
    return listed == {digest(artifact)}


def _sign(artifact: Path, private: Path, bundle: Path) -> None:
    folder = private.parent / bundle.stem
    folder.mkdir()
    shutil.copy(artifact, folder)
    command = ("model_signing", "sign", "key", str(folder), "--private_key", str(private), "--signature", str(bundle))
    subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
