"""The scoring image as an OCI manifest with one layer: python -m examples.serving.image writes image.json.

The layer holds score.py and requirements.txt and no base system, so the image states what the samples deploy and
cannot run by itself; no registry serves it. Its digest is that of image.json: `sha256sum examples/serving/image.json`.
Format: OCI image specification 1.1, manifest.md and config.md.
"""

import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
MANIFEST = FOLDER / "image.json"
NAME = "registry.example.org/models/scoring"
FILES = ("requirements.txt", "score.py")


def main() -> None:
    """Write image.json."""
    MANIFEST.write_bytes(manifest())


def manifest() -> bytes:
    """Return the image's manifest: the same files give the same bytes."""
    layer = _layer()
    config = _json(
        {
            "architecture": "amd64",
            "config": {"Entrypoint": ["python", "/app/score.py"], "WorkingDir": "/app"},
            "os": "linux",
            "rootfs": {"diff_ids": [_digest(layer)], "type": "layers"},
        }
    )
    return _json(
        {
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": _descriptor("application/vnd.oci.image.config.v1+json", config),
            "layers": [_descriptor("application/vnd.oci.image.layer.v1.tar", layer)],
        }
    )


def deployment(*, service_account: str) -> dict[str, Any]:
    """Return a manifest's deployment section: this image in one region, under an account of the model's own."""
    pins = dict(line.split("==") for line in (FOLDER / "requirements.txt").read_text(encoding="utf-8").splitlines())
    return {
        "image": NAME,
        "image_digest": _digest(MANIFEST.read_bytes()),
        "regions": ["us-east-1"],
        "service_account": service_account,
        "egress": ["features.example.org"],
        "encryption": {"at_rest": "AES-256-GCM, keys in the region's KMS", "in_transit": "TLS 1.3"},
        "runtime": {"python": "3.11", "onnxruntime": pins["onnxruntime"]},
        "resources": {"cpu_cores": 1, "memory_mib": 512},
    }


def _layer() -> bytes:
    """Return a tar of FILES below /app, without owner and time, so that its bytes repeat."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name in FILES:
            content = (FOLDER / name).read_bytes()
            entry = tarfile.TarInfo(f"app/{name}")
            entry.size, entry.mode = len(content), 0o644
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def _descriptor(media_type: str, content: bytes) -> dict[str, Any]:
    return {"mediaType": media_type, "digest": _digest(content), "size": len(content)}


def _digest(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


def _json(document: dict[str, Any]) -> bytes:
    return (json.dumps(document, indent=2) + "\n").encode()


if __name__ == "__main__":
    main()
