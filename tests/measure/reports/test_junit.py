import pytest

from promoter.measure.reports.request import JUnitReport
from tests.measure.reports.reading import REPORTS, answer, counts

PYTEST = REPORTS / "pytest"


def test_pytests_own_file_is_counted() -> None:
    """Three passed, one skipped with its reason, and the commit that the suite recorded."""
    found = answer(JUnitReport, (PYTEST / "unit.xml").read_bytes())
    assert found.failure is None
    assert counts(found, suite="unit") == {
        "tests": 4,
        "passed": 3,
        "failures": 0,
        "errors": 0,
        "skipped": 1,
        "skipped_without_reason": 0,
    }
    assert found.facts["suites"]["unit"]["properties"] == {"commit": ["a" * 40]}


def test_failures_and_errors_are_told_apart() -> None:
    """A failing assertion is a failure, a broken fixture an error, an expected failure a skip."""
    found = answer(JUnitReport, (PYTEST / "broken.xml").read_bytes())
    values = counts(found, suite="unit")
    assert (values["failures"], values["errors"], values["skipped"]) == (1, 1, 1)
    assert found.facts["suites"]["unit"]["failing"] == ["test_broken.test_fails", "test_broken.test_errors"]


def test_claimed_totals_decide_nothing() -> None:
    """A suite that claims 100 tests and lists one has one."""
    content = b'<testsuite name="unit" tests="100"><testcase name="a"/></testsuite>'
    assert counts(answer(JUnitReport, content), suite="unit")["tests"] == 1


def test_skip_without_a_reason_is_counted() -> None:
    """A skip is explained by its message or its text."""
    content = (
        b'<testsuite name="u"><testcase name="a"><skipped/></testcase><testcase name="b"><skipped message="gpu"/>'
        b'</testcase><testcase name="c"><skipped>gpu</skipped></testcase></testsuite>'
    )
    values = counts(answer(JUnitReport, content), suite="u")
    assert (values["skipped"], values["skipped_without_reason"]) == (3, 1)


def test_nested_suites_are_each_counted() -> None:
    """A case belongs to the innermost suite."""
    content = (
        b'<testsuites><testsuite name="outer"><testcase name="a"/><testsuite name="inner"><testcase name="b"/>'
        b"</testsuite></testsuite></testsuites>"
    )
    found = answer(JUnitReport, content)
    assert counts(found, suite="outer")["tests"] == 1
    assert counts(found, suite="inner")["tests"] == 1


BILLION_LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol">'
    + b"".join(b'<!ENTITY %c "%b">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9))
    + b']><testsuite name="&j;"/>'
)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (BILLION_LAUGHS, "document type"),
        (b'<!DOCTYPE t [<!ENTITY x SYSTEM "file:///etc/passwd">]><testsuite name="&x;"/>', "document type"),
        (b'<testsuite name="unit"><testcase name="a">', "cut off"),
        (b"", "cut off"),
        ('<?xml version="1.0"?><testsuite name="é"/>'.encode("latin-1"), "not XML"),
        (b'<?xml version="1.0" encoding="no-such"?><testsuite name="a"/>', "encoding is not known"),
        (b'{"version": "2.1.0", "runs": []}', "not XML"),
        (b"<html><body/></html>", "its root is <html>"),
        (b"<testsuites/>", "holds no suite"),
        (b'<testsuites><testcase name="a"/></testsuites>', "outside of a suite"),
        (b"<testsuite>" * 100, "32 levels"),
        (b"<testsuite>" + b'<property name="a" value="b"/>' * 2_001 + b"</testsuite>", "2,000 properties"),
    ],
)
def test_hostile_or_foreign_file_is_a_failure_with_its_reason(content: bytes, why: str) -> None:
    """Entities, truncation, wrong encodings and other formats end in words, not in a crash."""
    failure = answer(JUnitReport, content).failure
    assert failure is not None
    assert why in failure


def test_report_of_more_than_a_million_elements_is_refused_where_the_limit_is() -> None:
    """Work stops at the limit."""
    content = b'<testsuite name="u">' + b"<a/>" * 3_000_000 + b"</testsuite>"
    assert "more than 1,000,000 elements" in (answer(JUnitReport, content).failure or "")


def test_report_above_the_size_limit_is_refused() -> None:
    """65 MB of output are not read to their end."""
    content = b'<testsuite name="u"><system-out>' + b"x" * (65 * 1024 * 1024)
    assert "larger than" in (answer(JUnitReport, content).failure or "")
