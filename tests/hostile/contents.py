"""Rows 43, 44 and 50 of the threat table: what a manifest may point at."""

from tests.hostile.driving import MANIFEST, Hostile, with_lines

GOOD = "sha256:" + "a" * 64


def artifact(uri: str = "model.safetensors", digest: str = GOOD, kind: str = "safetensors") -> str:
    """Return the artifact of a manifest."""
    return f"{{uri: '{uri}', format: {kind}, digest: '{digest}', size_bytes: 30}}"


def refused(row: int, name: str, text: str, message: str, hint: str) -> Hostile:
    """Return the case of a manifest with this artifact, which stands on its line 5."""
    return Hostile(
        row=row, name=name, build=with_lines(artifact=text), path=MANIFEST, line=5, message=message, hint=hint
    )


CONTENTS: tuple[Hostile, ...] = (
    refused(43, "digest in upper case", artifact(digest="sha256:" + "A" * 64), "artifact.digest: expected", "sha256"),
    refused(43, "short digest", artifact(digest="sha256:" + "a" * 63), "artifact.digest: expected", "sha256"),
    refused(43, "md5", artifact(digest="md5:" + "a" * 32), "artifact.digest: expected", "sha256"),
    refused(44, "out of the folder", artifact("../x"), "is not in the version's folder", "add"),
    refused(50, "pickle by name", artifact(kind="pickle"), "artifact.format: expected", "run code on load"),
    refused(50, "joblib by name", artifact(kind="joblib"), "artifact.format: expected", "run code on load"),
    refused(50, "npy by name", artifact(kind="npy"), "artifact.format: expected", "run code on load"),
)
