"""The embedded engine: questions sorted by table, few scans, the same answer on any number of threads."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path

from promoter.engines.duckdb.counting import count
from promoter.engines.duckdb.pairing import pair
from promoter.engines.duckdb.profiling import profile
from promoter.engines.duckdb.session import Session
from promoter.engines.duckdb.sharing import share
from promoter.engines.duckdb.suspects import find_suspects
from promoter.engines.duckdb.vectors import embed
from promoter.engines.onnx.rescoring import rescore
from promoter.engines.onnx.runtime import runtime_identity
from promoter.measure.aggregate import (
    Aggregate,
    Counts,
    PairedCounts,
    Profile,
    Rescored,
    Result,
    SharedIds,
    SharedRows,
    SuspectTexts,
    VectorSums,
)
from promoter.measure.port import Answering


@dataclass(frozen=True, slots=True, kw_only=True)
class DuckDBEngine:
    """DuckDB on local files. `threads` None is all cores; what does not fit `memory_limit` spills to disk.

    No sum over floating-point numbers is made in SQL: DuckDB's sum(DOUBLE) depends on the threads.
    """

    threads: int | None = None
    memory_limit: str = "1GB"

    @property
    def identity(self) -> str:
        """Names and versions of DuckDB and of what runs artifacts, read from their metadata without importing them."""
        from importlib.metadata import version

        return f"duckdb {version('duckdb')}, {runtime_identity()}"

    @contextmanager
    def opened(self, sources: Mapping[str, Path]) -> Iterator[Answering]:
        """Yield what answers questions, from several threads if need be; a broken file's are Unavailable.

        The session of this context keeps what was counted and sorted once for all threads.
        """
        config = {"memory_limit": self.memory_limit}
        if self.threads is not None:
            config["threads"] = str(self.threads)
        session = Session(sources, config=config)
        try:
            yield lambda questions: _answer(session, tuple(dict.fromkeys(questions)), sources)
        finally:
            session.close()


def _answer(session: Session, questions: tuple[Aggregate, ...], sources: Mapping[str, Path]) -> dict[Aggregate, Result]:
    answers: dict[Aggregate, Result] = {}
    counts = [question for question in questions if isinstance(question, Counts)]
    by_table = sorted(counts, key=lambda question: (question.source.content, question.source.format))
    for _, on_one_table in groupby(by_table, key=lambda question: question.source):
        answers.update(count(session, tuple(on_one_table)))
    for question in questions:
        if isinstance(question, PairedCounts):
            answers[question] = pair(session, question)
        elif isinstance(question, Profile):
            answers[question] = profile(session, question)
        elif isinstance(question, SharedIds | SharedRows):
            answers[question] = share(session, question)
        elif isinstance(question, SuspectTexts):
            answers[question] = find_suspects(session, question)
        elif isinstance(question, VectorSums):
            answers[question] = embed(session, question)
        elif isinstance(question, Rescored):
            model = sources.get(question.artifact)
            answers[question] = rescore(question, pair=partial(pair, session), model=model)
    return answers
