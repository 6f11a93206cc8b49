"""Decision records: where each lies, what it holds, and how one names the one before it.

`reports/decisions/<model id>/<stage>/<sequence>-<version>.json` for a stage; registrations and withdrawals, which
belong to no stage, lie in the folder `versions` in its place.
"""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from promoter.digest import plain_text, settled_text, sha256_bytes
from promoter.errors import Location, Problem, ProposalError
from promoter.history.answers import read_answer, read_entry
from promoter.history.event import Credit, Event, EventKind
from promoter.history.people import People, read_people
from promoter.measure.request import Measured
from promoter.registry.address import VERSION_PATTERN
from promoter.registry.tree import Tree

SCHEMA = "promoter.record/1"
DECISIONS = "reports/decisions"
VERSIONS = "versions"
TRAILER = "Promoter-Record: yes"
MAX_BYTES = 32 * 1024 * 1024
KEPT_VERDICTS = ("passed", "warned")
"""Verdicts with which a change may stand."""

_LINE_DEPTH = 5
"""Record, decision, changes, change, results: each of these has a line an entry."""

_HALF_A_CHARACTER = re.compile(rb"\\u[dD][89a-fA-F]")
r"""How text may begin that cannot be written again: `\ud800` alone is no character, and the recorder escapes none."""

_RESULT = b'{"policy": '
_ANSWER = b'"sha256:'
"""How the line of a result begins, and that of an answer."""

_NAME = re.compile(rf"(?P<sequence>[0-9]{{4,9}})-(?P<version>{VERSION_PATTERN})\.json")


def folder_of(event: Event) -> str:
    """Return the folder of an event's record."""
    return f"{DECISIONS}/{event.model}/{event.stage or VERSIONS}"


def version_of(event: Event) -> str:
    """Return the version in the name of an event's record: of a retirement the one that left."""
    if event.kind is EventKind.UNREADABLE:
        return "unreadable"
    return event.version or event.replaced or "unreadable"


def identity_of(event: Event) -> dict[str, Any]:
    """Return what a record says of its event: together with the commit it belongs to exactly one."""
    return {
        "kind": event.kind.value,
        "model": event.model,
        "stage": event.stage,
        "version": event.version,
        "replaced": event.replaced,
        "commit": event.commit,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A stored record. `digest` is over its bytes, `value` its JSON.

    Of one that was not read whole `value` has neither results nor measurements; `entries` maps the digest of each
    request to its entry among the measurements, unread.
    """

    path: str
    sequence: int
    version: str
    digest: str
    value: Mapping[str, Any]
    entries: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def people(self) -> People | None:
        """Who took part, or None where GitHub was not asked. Raises ValueError where that cannot be read."""
        return read_people(self.value.get("people"))

    @property
    def missing_approvals(self) -> tuple[str, ...]:
        """The roles that had not agreed when the change was merged. Raises ValueError where that cannot be read."""
        try:
            approvals = [change["approvals"] for change in self.decision["changes"]]
            return tuple(sorted({str(entry["role"]) for found in approvals for entry in found["missing"]}))
        except (KeyError, TypeError, AttributeError) as exc:
            raise ValueError("no approvals that can be read") from exc

    @property
    def agreed(self) -> bool | None:
        """Whether the roles that had to agree did, None where GitHub was not asked. Raises ValueError as below."""
        if not self.missing_approvals:
            return True
        return None if self.people is None else False

    @property
    def faults(self) -> tuple[str, ...]:
        """Why the change that it is about is UNVERIFIED, by what it says itself; empty where it stands.

        A role that had to agree, and of which GitHub was not asked, is not known to have agreed. Raises ValueError
        where that cannot be read.
        """
        verdict, missing = self.decision.get("verdict"), ", ".join(self.missing_approvals)
        found = () if verdict in KEPT_VERDICTS else (f"the verdict was {verdict}, and it was merged all the same",)
        if not missing:
            return found
        if self.agreed is None:
            return (*found, f"recorded without GitHub: whether {missing} agreed is unknown")
        return (*found, f"{missing} had not agreed, and it was merged all the same")

    @property
    def decision(self) -> Mapping[str, Any]:
        """The decision, in the form of `promoter.decision/1`."""
        decision: Mapping[str, Any] = self.value["decision"]
        return decision

    def answer_to(self, request: str) -> Measured | None:
        """Return what was measured for the digest of a request, or None. Raises as `read_answer` does."""
        if request in self.entries:
            return read_entry(self.entries[request])
        for change in self.decision["changes"]:
            if request in change["measurements"]:
                return read_answer(change["measurements"][request]["measured"])
        return None

    def is_about(self, event: Event) -> bool:
        """Say whether the record is this event's."""
        return all(self.value.get(key) == value for key, value in identity_of(event).items())


def record_names(tree: Tree, folder: str) -> tuple[str, ...]:
    """Return the file names of a folder's records in the order of their sequence numbers, then of the names."""
    names = (entry.path.rsplit("/", 1)[1] for entry in tree.children(folder))
    return tuple(sorted(names, key=lambda name: (sequence_of(name) or 0, name)))


def sequence_of(name: str) -> int | None:
    """Return the number in a record's file name, or None where it is none."""
    match = _NAME.fullmatch(name)
    return int(match["sequence"]) if match else None


def read_record(tree: Tree, path: str, *, is_whole: bool = True) -> Record:
    """Return a record of a tree. Raises ProposalError where its name or its bytes are none."""
    return parse_record(path, tree.read(path, limit_bytes=MAX_BYTES), is_whole=is_whole)


def parse_record(path: str, content: bytes, *, is_whole: bool = True) -> Record:
    """Return a record. Raises ProposalError where its name or its bytes are none.

    Results and measurements are nearly all of a record. Who needs neither, or makes it anew and compares the bytes,
    does not read it whole.
    """
    match = _NAME.fullmatch(path.rsplit("/", 1)[1])
    hint = "restore it from the commit that the recorder made"
    if match is None:
        raise ProposalError(Problem(Location(path), "no record has such a name", hint))
    try:
        value, entries = (_parse(content), {}) if is_whole else _parse_frame(content)
        is_record = (
            value["schema"] == SCHEMA
            and isinstance(value["decision"]["changes"], list)
            and all(isinstance(change, dict) for change in value["decision"]["changes"])
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        is_record = False
    if not is_record:
        raise ProposalError(Problem(Location(path), f"this is no {SCHEMA}", hint))
    return Record(
        path=path,
        sequence=int(match["sequence"]),
        version=match["version"],
        digest=sha256_bytes(content),
        value=value,
        entries=entries,
    )


def _parse_frame(content: bytes) -> tuple[Any, dict[str, bytes]]:
    """Return the JSON of a record without the lines of its results and measurements, and the latter's entries.

    Where the rest is no JSON, as in a file that `encode_record` did not write, nothing is left out. Raises as `_parse`.
    """
    entries: dict[str, bytes] = {}
    frame: list[bytes] = []
    for line in content.split(b"\n"):
        if line.startswith(_ANSWER):
            request, _, entry = line.partition(b": ")
            entries[request[1:-1].decode()] = entry.removesuffix(b",")
        elif not line.startswith(_RESULT):
            frame.append(line)
    with suppress(ValueError):
        return _parse(b"\n".join(frame)), entries
    return _parse(content), {}


def _parse(content: bytes) -> Any:
    """Return JSON. Raises ValueError where it is none in UTF-8, or text of it could not be written again."""
    value = json.loads(content.decode())
    if _HALF_A_CHARACTER.search(content):
        plain_text(value).encode()
    return value


def write_record(
    event: Event,
    decision: Mapping[str, Any],
    credit: Credit,
    *,
    sequence: int,
    previous: str | None,
    people: People | None,
) -> tuple[str, bytes]:
    """Return path and bytes of a record. `previous` is the digest of the record before it in its folder.

    Keys keep their order, because a slice is its columns in order. `decision` holds the changes of this event alone.
    `people` is None where GitHub was not asked; the number of the pull request is then what the commit claims.
    """
    waivers = {result["waiver"] for change in decision["changes"] for result in change["results"]}
    value = {
        "schema": SCHEMA,
        "sequence": sequence,
        "previous": previous,
        **identity_of(event),
        "pull_request": people.merged.pull_request if people else credit.pull_request,
        "author": credit.author,
        "merger": _merger(people, credit),
        "waivers": sorted(waiver for waiver in waivers if waiver is not None),
        "people": people.as_json() if people else None,
        "decision": decision,
    }
    path = f"{folder_of(event)}/{sequence:04d}-{version_of(event)}.json"
    return path, encode_record(value)


def _merger(people: People | None, credit: Credit) -> str:
    """Return the login of who merged, by GitHub; else the committer, as the commit claims."""
    merged_by = people.merged.merged_by if people else None
    return merged_by.login if merged_by else credit.committer


def encode_record(value: Mapping[str, Any]) -> bytes:
    """Return the bytes of a record's JSON: a line each for what stands down to a result or an answer, no break below.

    Python writes indented JSON twenty times as slowly as it does a line, and an audit writes every record again.
    """
    return (_lines(value, _LINE_DEPTH) + "\n").encode()


def _lines(value: Any, depth: int) -> str:
    if depth and isinstance(value, dict) and value:
        inside = ",\n".join(f"{plain_text(key)}: {_lines(below, depth - 1)}" for key, below in value.items())
        return f"{{\n{inside}\n}}"
    if depth and isinstance(value, list | tuple) and value:
        inside = ",\n".join(_lines(below, depth - 1) for below in value)
        return f"[\n{inside}\n]"
    return "null" if value is None else settled_text(value)
