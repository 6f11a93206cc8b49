"""The smallest deployment package: build it, change one thing."""

from typing import Any

from tests.support.candidates import digest_of


def make_deployment(**changed: Any) -> dict[str, Any]:
    """Return a deployment section of a manifest, with some values replaced."""
    return {
        "image": "registry.example.org/mortgage",
        "image_digest": digest_of("d"),
        "regions": ["eu"],
        "service_account": "mortgage",
        "encryption": {"at_rest": "AES-256-GCM, cloud KMS", "in_transit": "TLS 1.3"},
        "runtime": {"python": "3.11.9", "onnxruntime": "1.19.2"},
        "resources": {"cpu_cores": 2, "memory_mib": 1024},
        **changed,
    }
