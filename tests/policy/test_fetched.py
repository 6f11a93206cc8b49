import pytest

from promoter.policy.fetched import store_problems
from promoter.policy.settings import Store
from tests.support.candidates import PREDICTIONS, make_release

STORES = (Store(id="store", scheme="https", host="good.example", prefix="/models"),)


def problems(artifact: str = "model.onnx", evidence: str = "evidence/p.parquet") -> list[tuple[int | None, str]]:
    """Return line and message of what may not be fetched of a version with these URIs."""
    pinned = {"uri": artifact, "format": "onnx", "digest": "sha256:" + "f" * 64, "size_bytes": 100}
    release = make_release(artifact=pinned, evidence=[{**PREDICTIONS, "uri": evidence}])
    found = store_problems(release.manifest, STORES, location_of=release.document.location)
    return [(problem.location.line, problem.message) for problem in found]


def test_files_of_the_folder_and_of_a_store_are_allowed() -> None:
    """A path is no URI, and a store's prefix covers what lies below it."""
    assert [] == problems()
    assert [] == problems("https://good.example/models/a.onnx", "https://good.example/models/p.parquet")


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("file:///etc/passwd", "no store of the registry has the scheme 'file'"),
        ("https://good.example@evil.example/models/x", "the URI names a user before its host"),
        ("https://good.example/other/x", "of the registry"),
        ("git@good.example:x", "this is not a URI"),
    ],
)
def test_everything_else_is_refused_at_its_line(uri: str, message: str) -> None:
    """Row 44: artifact and evidence alike, whether or not a gate would ask for them."""
    for found in (problems(artifact=uri), problems(evidence=uri)):
        [(line, said)] = found
        assert message in said
        assert line is not None
