"""Fields of typed records by dotted path: whether a path exists, what kind of value it leads to, and the values."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from enum import Enum, StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from promoter.document.nearest import did_you_mean

EACH = "*"
"""The part of a path that stands for every item of a list, or every value of a mapping."""


class FieldKind(StrEnum):
    """What may be compared with a value."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    GROUP = "group"
    """A record, list or mapping: it is there or not."""


def kind_at(form: Any, parts: Sequence[str]) -> FieldKind:
    """Return the kind of value that a path leads to. Raises ValueError with the part that does not exist."""
    plain = _plain(form)
    if not parts:
        return _kind(plain)
    part, rest = parts[0], parts[1:]
    if isinstance(plain, type) and issubclass(plain, BaseModel):
        names = _names(plain)
        if part not in names:
            hint = f"{did_you_mean(part, tuple(names))}fields there: {', '.join(names)}"
            raise ValueError(f"no field is called {part!r}; {hint}")
        return kind_at(plain.model_fields[names[part]].annotation, rest)
    origin, arguments = get_origin(plain), get_args(plain)
    if origin is dict:
        return kind_at(arguments[1], rest)
    if origin is tuple:
        if part != EACH:
            raise ValueError(f"{part!r} stands where a list's items are; write {EACH} for each of them")
        return kind_at(arguments[0], rest)
    raise ValueError(f"{part!r} stands below a plain value; end the path before it")


def values_at(value: Any, parts: Sequence[str]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield (keys, value) of all that a path leads to; an absent value on the way ends it there, as None."""
    if value is None or not parts:
        yield (), value
        return
    part, rest = parts[0], parts[1:]
    steps: list[tuple[str | int, Any]]
    if isinstance(value, BaseModel):
        steps = [(part, getattr(value, _names(type(value))[part]))]
    elif isinstance(value, dict):
        steps = list(value.items()) if part == EACH else [(part, value.get(part))]
    else:
        steps = list(enumerate(value))
    for key, inner in steps:
        for keys, found in values_at(inner, rest):
            yield (key, *keys), found


@cache
def _names(form: type[BaseModel]) -> dict[str, str]:
    """Return the names that fields have in a file to those that they have in Python."""
    return {field.alias or name: name for name, field in form.model_fields.items()}


def _plain(form: Any) -> Any:
    """Return a type without what only annotates it, and without None."""
    if get_origin(form) is Annotated:
        return _plain(get_args(form)[0])
    if get_origin(form) in (Union, UnionType):
        return _plain(next(inner for inner in get_args(form) if inner is not NoneType))
    return form


def _kind(plain: Any) -> FieldKind:
    if get_origin(plain) is Literal:
        return FieldKind.TEXT
    if not isinstance(plain, type) or issubclass(plain, BaseModel):
        return FieldKind.GROUP
    if issubclass(plain, bool):
        return FieldKind.FLAG
    if issubclass(plain, int | float):
        return FieldKind.NUMBER
    return FieldKind.TEXT if issubclass(plain, str | Enum | date | datetime) else FieldKind.GROUP
