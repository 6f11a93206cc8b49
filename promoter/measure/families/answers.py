"""Answers of the kinds that few families need, taken out of an engine's results."""

from typing import TypeVar

from promoter.errors import Undecidable
from promoter.measure.aggregate import Aggregate, Embedded, Result, Shared, Suspects, Unavailable
from promoter.measure.families.family import Results

Answer = TypeVar("Answer", bound=Result)


def shared_of(results: Results, question: Aggregate, *, place: str) -> Shared:
    """Return what two tables share. Raises Undecidable where the engine could not tell."""
    return _answer(results, question, Shared, place=place)


def embedded_of(results: Results, question: Aggregate, *, place: str) -> Embedded:
    """Return what vectors come to. Raises Undecidable where there is no such column of vectors."""
    return _answer(results, question, Embedded, place=place)


def suspects_of(results: Results, question: Aggregate, *, place: str) -> Suspects:
    """Return texts to look at. Raises Undecidable where the engine had none to give."""
    return _answer(results, question, Suspects, place=place)


def _answer(results: Results, question: Aggregate, kind: type[Answer], *, place: str) -> Answer:
    answer = results[question]
    if isinstance(answer, Unavailable):
        raise Undecidable(f"{place}: {answer.reason}")
    if not isinstance(answer, kind):
        raise TypeError(f"{question} was answered with {type(answer).__name__}")
    return answer
