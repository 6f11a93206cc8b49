"""One problem for each value that does not fit its type: where, what was found and expected, what to write."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Self

from pydantic import BaseModel, ValidationError

from promoter.document.expectation import expected, said_by_validator
from promoter.document.nearest import did_you_mean
from promoter.document.places import Key, Keys
from promoter.document.remedy import found, remedy
from promoter.document.shown import named
from promoter.document.trace import KEY_STEP, Trace, literals, trace
from promoter.errors import Location, Problem


@dataclass(frozen=True, slots=True)
class Places:
    """How to ask a document for the place of a value, of its key, and for a number as it was written."""

    location_of: Callable[[Keys], Location]
    key_location_of: Callable[[Keys], Location]
    written_at: Callable[[Keys], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Misfit:
    """An error of pydantic, traced to its value and to the types around it."""

    kind: str
    keys: Keys
    value: Any
    context: dict[str, Any]
    words: str | None
    said: tuple[str, str]
    is_key: bool
    here: Trace
    owner: Trace

    @classmethod
    def of(cls, detail: Any, form: type[BaseModel]) -> Self:
        place: tuple[Key, ...] = detail["loc"]
        here = trace(form, place)
        misfit = cls(
            kind=detail["type"],
            keys=here.keys,
            value=detail["input"],
            context=detail.get("ctx", {}),
            words=expected(detail),
            said=said_by_validator(detail),
            is_key=place[-1:] == (KEY_STEP,),
            here=here,
            owner=trace(form, place[:-1]),
        )
        if misfit.kind == "union_tag_invalid":
            return replace(misfit, keys=(*here.keys, misfit.discriminator), value=misfit.context["tag"])
        return misfit

    @property
    def discriminator(self) -> str:
        """The key that tells which member of a union is meant."""
        return str(self.context["discriminator"]).strip("'")

    @property
    def meaning(self) -> str:
        """What the key means, by the description of its field, in parentheses; or nothing."""
        field = self.owner.fields.get(str(self.keys[-1])) if self.keys else None
        return f" ({field.description.rstrip('.')})" if field and field.description else ""


def problems_of(error: ValidationError, form: type[BaseModel], places: Places) -> tuple[Problem, ...]:
    """Return the problems of a failed binding; where one value misfits each member of a union, they make one."""
    merged: dict[Keys, _Misfit] = {}
    problems: list[Problem] = []
    details: list[Any] = error.errors(include_url=False)
    for detail in details:
        if _is_echo(detail, details):
            continue
        misfit = _Misfit.of(detail, form)
        first = merged.get(misfit.keys)
        if misfit.words is None:
            problems.append(_structural(misfit, places))
        elif first is None:
            merged[misfit.keys] = misfit
        elif misfit.words not in str(first.words):
            merged[misfit.keys] = replace(first, words=f"{first.words} or {misfit.words}")
    return (*problems, *(_unexpected(misfit, places) for misfit in merged.values()))


def _is_echo(detail: Any, details: list[Any]) -> bool:
    """Say whether a list is called too short only because items of it were refused, which are told themselves."""
    place = detail["loc"]
    return detail["type"] == "too_short" and any(
        len(other["loc"]) > len(place) and other["loc"][: len(place)] == place for other in details
    )


def _structural(misfit: _Misfit, places: Places) -> Problem:
    if misfit.kind == "missing":
        return _missing(misfit, places)
    if misfit.kind == "extra_forbidden":
        return _unknown(misfit, places)
    if misfit.kind == "union_tag_not_found":
        words = [word for form in misfit.here.models for word in literals(form, misfit.discriminator)]
        message = f"missing key {named(misfit.discriminator)}{_inside(misfit.keys)}"
        return Problem(
            places.location_of(misfit.keys), message, f"add '{misfit.discriminator}:' with one of {', '.join(words)}"
        )
    message, hint = misfit.said
    where = f"{_path(misfit.keys)}: " if misfit.keys else ""
    shown_value = "" if isinstance(misfit.value, dict | list) else f", found {_found(misfit, places)}"
    return Problem(
        places.location_of(misfit.keys), f"{where}{message}{shown_value}", hint or f"correct it{misfit.meaning}"
    )


def _missing(misfit: _Misfit, places: Places) -> Problem:
    *parent, key = misfit.keys
    location = places.location_of(tuple(parent))
    if isinstance(key, int):
        return Problem(location, f"{_path(tuple(parent))} lacks item {key + 1}", f"write {key + 1} items or more")
    return Problem(location, f"missing key {named(key)}{_inside(tuple(parent))}", f"add '{key}:'{misfit.meaning}")


def _unknown(misfit: _Misfit, places: Places) -> Problem:
    *parent, key = misfit.keys
    valid = list(misfit.owner.fields)
    hint = f"{did_you_mean(str(key), valid)}valid keys{_inside(tuple(parent))}: {', '.join(valid) or 'none'}"
    return Problem(places.key_location_of(misfit.keys), f"unknown key {named(str(key))}", hint)


def _unexpected(misfit: _Misfit, places: Places) -> Problem:
    where = f"{_path(misfit.keys)}: " if misfit.keys else ""
    message = f"{where}expected {misfit.words}, found {_found(misfit, places)}"
    hint = remedy(misfit.value, str(misfit.words), places.written_at(misfit.keys))
    locate = places.key_location_of if misfit.is_key else places.location_of
    return Problem(locate(misfit.keys), message, f"{hint}{misfit.meaning}")


def _found(misfit: _Misfit, places: Places) -> str:
    return found(misfit.value, places.written_at(misfit.keys))


def _inside(keys: Keys) -> str:
    return f" in {_path(keys)}" if keys else ""


def _path(keys: Keys) -> str:
    """Return keys as one reads them: `thresholds[0].value`, escaped."""
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{named(key)[1:-1]}" for key in keys)
    return text.removeprefix(".") or "the document"
