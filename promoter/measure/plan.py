"""From requests to measurements: what many gates ask is asked once, and one bad file fails only what needs it.

1. Equal requests become one; kept answers are taken from the cache, but not those that say that a file is there.
2. Each content that is still needed is staged: found, verified against its key, put where an engine can read it.
3. Requests over tables are cut into parts of few columns; the questions of a batch of parts go to the engine together.
4. Each lane takes the next batch: the engine's answers become measurements there, and parts become requests again.
5. New answers are kept; a failure is not, since the next run may find the file.
"""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import numpy as np

from promoter.errors import Undecidable
from promoter.measure.aggregate import Aggregate, Counts, Number, PairedCounts, Profile
from promoter.measure.contents import Staged, stage
from promoter.measure.families.family import ContentFamily, Family, Results, TableFamily
from promoter.measure.families.table import FAMILIES
from promoter.measure.port import Answering, Cache, Content, Engine, Progress
from promoter.measure.request import ArtifactFacts, Measured, Request

_MOST_COLUMNS = 2
"""Columns of numbers of one batch that a part may join: 160 MB of ten million rows."""

_WITNESSES = (ArtifactFacts,)
"""What says that a file can be had, whole, today: an answer of yesterday does not, so none is kept."""

_LANES = 2
"""Batches in memory at once, each read and worked on by a thread of its own, which numpy and the engine let run.

A part is a pure function of its answers, and these do not depend on the lane, so their number changes no digit.
"""


def measure(
    requests: Iterable[Request],
    sources: Mapping[str, Content],
    engine: Engine,
    *,
    cache: Cache | None = None,
    progress: Progress | None = None,
) -> dict[Request, Measured]:
    """Return the answer to every request, in the order asked; never an exception out of a bad file."""
    unique = tuple(dict.fromkeys(requests))
    identity = engine.identity
    kept = {} if cache is None else _kept(unique, cache, identity)  # 1
    wanted = tuple(request for request in unique if request not in kept)
    with tempfile.TemporaryDirectory(prefix="promoter_contents_") as folder:
        needed = (content for request in wanted for content in contents_of(request))
        staged = stage(needed, sources, folder=Path(folder))  # 2
        answers = kept | _answered(wanted, staged, engine, progress or _silent)
    if cache is not None:
        for request in wanted:  # 5
            if answers[request].failure is None and not isinstance(request, _WITNESSES):
                cache.save(request, answers[request], engine=identity)
    return {request: answers[request] for request in unique}


def witnessed_contents(requests: Iterable[Request]) -> set[str]:
    """Return the keys of the contents of which a request asks whether they can be had, whole, today."""
    return {key for request in requests if isinstance(request, _WITNESSES) for key in contents_of(request)}


def contents_of(request: Request) -> tuple[str, ...]:
    """Return the keys of the contents that a request reads."""
    return family_of(request).contents(request)


def family_of(request: Request) -> Family:
    """Return the family of a request. Raises KeyError for a type that the table of families does not hold."""
    return FAMILIES[type(request)]


def _kept(requests: Iterable[Request], cache: Cache, engine: str) -> dict[Request, Measured]:
    asked = (request for request in requests if not isinstance(request, _WITNESSES))
    loaded = ((request, cache.load(request, engine=engine)) for request in asked)
    return {request: measured for request, measured in loaded if measured is not None}


def _answered(
    requests: Iterable[Request], staged: Staged, engine: Engine, progress: Progress
) -> dict[Request, Measured]:
    answers: dict[Request, Measured] = {}
    parts: dict[Request, tuple[Request, ...]] = {}
    for request in requests:
        failure, family = staged.failure_of(contents_of(request)), family_of(request)
        if failure is not None:
            answers[request] = Measured(failure=failure)
        elif isinstance(family, ContentFamily):
            answers[request] = _read(request, family, [staged.paths[key] for key in family.contents(request)])
        else:
            parts[request] = family.split(request) if family.split else (request,)  # 3
    of_parts = _of_tables(tuple(dict.fromkeys(sum(parts.values(), ()))), staged, engine, progress)
    for request, own in parts.items():  # 4
        family = family_of(request)
        measured = [of_parts[part] for part in own]
        is_joined = isinstance(family, TableFamily) and family.join is not None
        answers[request] = family.join(request, measured) if is_joined else measured[0]  # type: ignore[union-attr, misc]
    return answers


def _read(request: Request, family: ContentFamily, paths: list[Path]) -> Measured:
    try:
        with ExitStack() as opened:
            return family.read(request, *[opened.enter_context(path.open("rb")) for path in paths])
    except OSError as error:
        return Measured(failure=f"{family.content(request)}: cannot be read: {error.strerror}; check the file")
    except Undecidable as reason:
        return Measured(failure=f"{family.content(request)}: {reason.reason}")


def _of_tables(
    parts: tuple[Request, ...], staged: Staged, engine: Engine, progress: Progress
) -> dict[Request, Measured]:
    """Return the answers of the parts, those whose questions cannot be put included."""
    answers: dict[Request, Measured] = {}
    questions: dict[Request, tuple[Aggregate, ...]] = {}
    for part in parts:
        try:
            questions[part] = _table_family(part).aggregates(part)
        except Undecidable as reason:
            answers[part] = Measured(failure=reason.reason)
    if questions:
        _work_through(_neighbours(questions), answers, staged, engine, partial(progress, "measuring"))
    return answers


def _neighbours(questions: Mapping[Request, tuple[Aggregate, ...]]) -> dict[Request, tuple[Aggregate, ...]]:
    """Return the parts with those of the same questions side by side, so that one batch answers them together.

    Profiles come last: an engine may know by then what it would have to read for them.
    """
    places: dict[tuple[Aggregate, ...], tuple[bool, int]] = {}
    for asked in questions.values():
        places.setdefault(asked, (any(isinstance(question, Profile) for question in asked), len(places)))
    return dict(sorted(questions.items(), key=lambda entry: places[entry[1]]))


def _work_through(
    questions: Mapping[Request, tuple[Aggregate, ...]],
    answers: dict[Request, Measured],
    staged: Staged,
    engine: Engine,
    progress: Callable[[int, int], None],
) -> None:
    """Add the answers to all questions; a batch waits until a lane is free, so that few are in memory."""
    in_all = len(answers) + len(questions)
    progress(len(answers), in_all)
    with engine.opened(staged.paths) as answering, ThreadPoolExecutor(_LANES) as lanes:
        for found in lanes.map(partial(_worked_out, answering), _batches(questions)):
            answers |= found
            progress(len(answers), in_all)


def _worked_out(answering: Answering, batch: Mapping[Request, tuple[Aggregate, ...]]) -> dict[Request, Measured]:
    """Return the answers of one batch; what the engine answered goes when they are known."""
    results = answering(dict.fromkeys(question for asked in batch.values() for question in asked))
    return {part: _derived(part, results) for part in batch}


def _derived(part: Request, results: Results) -> Measured:
    """Return the measurements of a part. Overflow is told by them: a value that is not finite is undecidable."""
    try:
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            return _table_family(part).derive(part, results)
    except Undecidable as reason:
        return Measured(failure=reason.reason)


def _table_family(request: Request) -> TableFamily:
    family = family_of(request)
    if not isinstance(family, TableFamily):
        raise TypeError(f"{type(request).__name__} is no family over tables")
    return family


def _batches(questions: Mapping[Request, tuple[Aggregate, ...]]) -> Iterator[dict[Request, tuple[Aggregate, ...]]]:
    """Yield parts in order, together where they share what is read and hold few columns of numbers in all."""
    batch: dict[Request, tuple[Aggregate, ...]] = {}
    columns: set[object] = set()
    for part, asked in questions.items():
        own = {column for question in asked for column in _number_columns(question)}
        is_shared = bool(columns & own) or any(set(asked) & set(others) for others in batch.values())
        if batch and not (is_shared and len(columns | own) <= max(_MOST_COLUMNS, len(columns))):
            yield batch
            batch, columns = {}, set()
        batch[part] = asked
        columns |= own
    if batch:
        yield batch


def _number_columns(question: Aggregate) -> Iterator[object]:
    """Yield what an engine holds an array of numbers for: rows that are paired are not those of one table."""
    if isinstance(question, Counts):
        yield from ((question.source, key.column) for key in question.keys if isinstance(key, Number))
    elif isinstance(question, PairedCounts):
        pair = (question.left, question.right)
        yield from ((pair, "left", key.column) for key in question.left_keys if isinstance(key, Number))
        yield from ((pair, "right", key.column) for key in question.right_keys if isinstance(key, Number))


def _silent(_what: str, _done: int, _of: int) -> None:
    """Show nothing."""
