from promoter.decision.contents import Content, name_failures
from promoter.errors import Location
from promoter.measure.reports.request import JUnitReport
from promoter.measure.request import Measured

KEY = "sha256:" + "a" * 64
PATH = "models/lending/mortgage/versions/2.0.0/evidence/unit.xml"
REQUEST = JUnitReport(content=KEY)


def named(failure: str | None, *, path: str | None = PATH, uri: str | None = None) -> str | None:
    """Return a failure as it is told where the content lies at a path or an address."""
    content = Content(key=KEY, path=path, uri=uri, digest=KEY, size_bytes=7, location=Location(PATH))
    return name_failures({REQUEST: Measured(failure=failure)}, [content])[REQUEST].failure


def test_failure_names_the_file_and_not_its_digest() -> None:
    """Whoever mends it looks for a path."""
    assert f"{PATH}: the file is cut off: line 1" == named(f"{KEY}: the file is cut off: line 1")


def test_failure_between_two_files_names_both() -> None:
    """A digest that the reason is about stays one."""
    told = named(f"sha256:b against {KEY}: the digest is {KEY}")
    assert f"sha256:b against {PATH}: the digest is {KEY}" == told


def test_failure_of_a_file_in_a_store_names_its_address() -> None:
    """It lies in no folder."""
    assert "s3://evidence/unit.xml: cut off" == named(f"{KEY}: cut off", path=None, uri="s3://evidence/unit.xml")


def test_other_failures_and_answers_stay_as_they_are() -> None:
    """A failure about nothing of the change's is not renamed."""
    assert "a column is missing: y" == named("a column is missing: y")
    assert "a column is missing" == named("a column is missing")
    assert named(None) is None
