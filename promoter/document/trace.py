"""From pydantic's place of an error to the keys in the data, and to the type that was expected there.

pydantic names the chosen member of a union in its place (`evidence, 0, predictions, columns`); the data has no such
step, and a key may have the same name. So the types are walked beside the place.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, RootModel, Tag
from pydantic.fields import FieldInfo

from promoter.document.places import Key, Keys

KEY_STEP = "[key]"
"""pydantic's last step where the key of a mapping is wrong and not its value."""


@dataclass(frozen=True, slots=True)
class Trace:
    """Keys of the data, and the types that may stand there (more than one below a union)."""

    keys: Keys
    types: tuple[Any, ...]

    @property
    def models(self) -> tuple[type[BaseModel], ...]:
        """The models among the types."""
        return tuple(form for form in self.types if isinstance(form, type) and issubclass(form, BaseModel))

    @property
    def fields(self) -> Mapping[str, FieldInfo]:
        """The fields of the models that may stand here, by their key in YAML."""
        return {key: field for model in self.models for key, field in fields_of(model).items()}


def fields_of(model: type[BaseModel]) -> Mapping[str, FieldInfo]:
    """Return the fields of a model by their key in YAML."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def trace(form: type[BaseModel], place: tuple[Key, ...]) -> Trace:
    """Return where the place of a pydantic error lies in data that was bound to `form`."""
    keys: Keys = ()
    types = _members(form)
    for step in place:
        if step == KEY_STEP:
            continue
        if len(types) > 1:
            types = _chosen(types, str(step))
            continue
        keys = (*keys, step)
        types = _below(types[0], step) if types else ()
    return Trace(keys, types)


def _members(form: Any) -> tuple[Any, ...]:
    """Return the members of a union, or the type alone; None is no member, since pydantic names no step for it."""
    origin = get_origin(form)
    if (aliased := getattr(form, "__value__", None)) is not None:
        return _members(aliased)
    if origin is Annotated and not any(isinstance(extra, Tag) for extra in form.__metadata__):
        return _members(get_args(form)[0])
    if origin in {Union, UnionType}:
        found = [member for argument in get_args(form) if argument is not NoneType for member in _members(argument)]
        return tuple(found)
    if isinstance(form, type) and issubclass(form, RootModel):
        return _members(form.model_fields["root"].annotation)
    return (form,)


def _below(form: Any, step: Key) -> tuple[Any, ...]:
    origin, arguments = get_origin(form), get_args(form)
    if origin is Annotated:
        return _below(arguments[0], step)
    if isinstance(form, type) and issubclass(form, BaseModel):
        field = fields_of(form).get(str(step))
        return _members(field.annotation) if field else ()
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _members(arguments[1])
    if origin is tuple and isinstance(step, int) and Ellipsis not in arguments:
        return _members(arguments[step]) if step < len(arguments) else ()
    return _members(arguments[0]) if arguments and origin is not Literal else ()


def _chosen(members: tuple[Any, ...], label: str) -> tuple[Any, ...]:
    """Return the members that pydantic means by a tag or by the name of a type."""
    chosen = tuple(member for member in members if _is_named(member, label))
    return tuple(part for member in chosen[:1] for part in _members(_untagged(member)))


def _is_named(member: Any, label: str) -> bool:
    if get_origin(member) is Annotated:
        return any(isinstance(extra, Tag) and extra.tag == label for extra in member.__metadata__)
    if isinstance(member, type) and issubclass(member, BaseModel):
        return label in literals(member) or member.__name__ in label
    return getattr(member, "__name__", str(member)) in label


def _untagged(member: Any) -> Any:
    return get_args(member)[0] if get_origin(member) is Annotated else member


def literals(model: type[BaseModel], key: str | None = None) -> tuple[str, ...]:
    """Return the words that fields of a model are fixed to: of all fields, or of the one under `key`."""
    found: list[str] = []
    for name, field in fields_of(model).items():
        if key in {None, name} and get_origin(field.annotation) is Literal:
            found += [str(word.value if isinstance(word, Enum) else word) for word in get_args(field.annotation)]
    return tuple(found)
