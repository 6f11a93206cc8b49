"""JUnitReport: test results, counted case by case; the totals that a suite claims of itself decide nothing.

Format: the JUnit XML of Apache Ant, as pytest, Surefire and Gradle write it: testsuites > testsuite > testcase >
failure | error | skipped, and properties > property. Suites nest. A document type is refused, so that no entity can be
declared.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from promoter.errors import Undecidable
from promoter.measure.families.family import ContentFamily, number
from promoter.measure.measurement import Measurement
from promoter.measure.reports.request import JUnitReport
from promoter.measure.reports.xml_reader import Limits, read_xml
from promoter.measure.request import Measured

LIMITS = Limits(
    largest_bytes=64 * 1024 * 1024,
    most_elements=1_000_000,
    deepest=32,
    advice="split it, and leave out the tests' output",
)
_MOST_SUITES = 1_000
_MOST_PROPERTIES = 2_000
_MOST_FAILING_NAMES = 20
_LONGEST_NAME = 200

_ENDS = {"failure": "failures", "error": "errors", "skipped": "skipped"}


@dataclass(slots=True)
class _Suite:
    """What was counted of the suites of one name."""

    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(
            ("tests", "passed", "failures", "errors", "skipped", "skipped_without_reason"), 0
        )
    )
    properties: dict[str, list[str]] = field(default_factory=dict)
    failing: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Case:
    """The case that is being read: how it ended so far, and whether its skip is explained."""

    name: str
    ends: set[str] = field(default_factory=set)
    has_reason: bool = False


class _Reader:
    """Handlers of expat; only counts are kept, so memory does not grow with the file."""

    def __init__(self) -> None:
        self.suites: dict[str, _Suite] = {}
        self._path: list[str] = []
        self._open_suites: list[_Suite] = []
        self._case: _Case | None = None
        self._properties = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Count one element. Raises Undecidable where the file is no JUnit report, or costs too much."""
        tag = tag.rpartition("}")[2]
        if not self._path and tag not in ("testsuites", "testsuite"):
            raise Undecidable(f"the file is no JUnit report: its root is <{tag[:40]}>; check its format")
        self._path.append(tag)
        if tag == "testsuite":
            self._open_suites.append(self._suite(attributes.get("name", "")))
        elif tag == "property" and self._open_suites:
            self._add_property(self._open_suites[-1], attributes)
        elif tag == "testcase":
            name = ".".join(filter(None, (attributes.get("classname"), attributes.get("name"))))
            self._case = _Case(name[:_LONGEST_NAME] or "(unnamed)")
        elif tag in _ENDS and self._case is not None:
            self._case.ends.add(_ENDS[tag])
            self._case.has_reason |= tag == "skipped" and bool(attributes.get("message", "").strip())

    def text(self, text: str) -> None:
        """A skip may say its reason as its text."""
        if self._case is not None and self._path[-1] == "skipped" and text.strip():
            self._case.has_reason = True

    def end(self, _tag: str) -> None:
        """Count a case when it is whole."""
        tag = self._path.pop()
        if tag == "testsuite":
            self._open_suites.pop()
        elif tag == "testcase" and self._case is not None:
            if not self._open_suites:
                raise Undecidable("a test case stands outside of a suite; write the report again with the tool")
            self._count(self._case, self._open_suites[-1])
            self._case = None

    def _add_property(self, suite: _Suite, attributes: dict[str, str]) -> None:
        self._properties += 1
        if self._properties > _MOST_PROPERTIES:
            raise Undecidable(f"the report has more than {_MOST_PROPERTIES:,} properties; keep those that matter")
        values = suite.properties.setdefault(attributes.get("name", "")[:_LONGEST_NAME], [])
        value = attributes.get("value", "")[:_LONGEST_NAME]
        if value not in values:
            values.append(value)

    def _suite(self, name: str) -> _Suite:
        if len(self.suites) >= _MOST_SUITES:
            raise Undecidable(f"the report has more than {_MOST_SUITES:,} suites; split it")
        return self.suites.setdefault(name[:_LONGEST_NAME] or "(unnamed)", _Suite())

    def _count(self, case: _Case, suite: _Suite) -> None:
        """Add a case once, by its worst end; one that both failed and was skipped has failed."""
        suite.counts["tests"] += 1
        end = next((name for name in ("errors", "failures", "skipped") if name in case.ends), "passed")
        suite.counts[end] += 1
        if end == "skipped" and not case.has_reason:
            suite.counts["skipped_without_reason"] += 1
        if end in ("errors", "failures") and len(suite.failing) < _MOST_FAILING_NAMES:
            suite.failing.append(case.name)


def read(_request: JUnitReport, stream: BinaryIO) -> Measured:
    """Return the counts per suite. Raises Undecidable where the bytes are no JUnit report."""
    reader = _Reader()
    read_xml(stream, reader, LIMITS)
    if not reader.suites:
        raise Undecidable("the report holds no suite; run the tests before the report is written")
    return Measured(
        values=tuple(_values(reader.suites)),
        facts={
            "suites": {
                name: {"properties": suite.properties, "failing": suite.failing}
                for name, suite in sorted(reader.suites.items())
            }
        },
    )


def _values(suites: dict[str, _Suite]) -> Iterator[Measurement]:
    for name, suite in sorted(suites.items()):
        for measure, count in suite.counts.items():
            yield number(measure, count, n=suite.counts["tests"], slice_=(("suite", name),), unit="test")


FAMILY = ContentFamily(content=lambda request: request.content, read=read)
