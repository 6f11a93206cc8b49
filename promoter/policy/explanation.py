"""Why a policy judges a change, and what it holds it against: said before anything is measured."""

from collections.abc import Iterator
from typing import Any

from promoter.errors import Location
from promoter.policy.rulebook import PolicyFile
from promoter.policy.selector import Selector, Subject


def why_it_applies(selector: Selector, subject: Subject) -> tuple[str, ...]:
    """Return the conditions of a selector that holds, each with the value that meets it."""
    met: list[str] = [f"kind is {subject.kind}"]
    single = (
        ("stage", subject.stage, selector.stages),
        ("task", subject.task, selector.tasks),
        ("risk tier", subject.tier, selector.risk_tiers),
        ("domain", subject.domain, selector.domains),
    )
    met += [f"{name} is {value}" for name, value, allowed in single if allowed is not None]
    several = (("region", subject.regions, selector.regions), ("tag", subject.tags, selector.tags))
    for name, values, allowed in several:
        if allowed is not None:
            met.append(f"{name} is {' and '.join(sorted(set(values) & set(allowed)))}")
    if selector.models is not None:
        met.append(f"model matches {' or '.join(selector.models)}")
    return tuple(met)


def stated_limits(file: PolicyFile) -> Iterator[tuple[Location, str]]:
    """Yield what a policy's parameters say, as written: a line for each bound, and one for each other value."""
    for keys, text in _leaves(file.document.value.get("parameters") or {}, ()):
        yield file.document.location(("parameters", *keys)), text


def _leaves(value: Any, keys: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield keys and words: a mapping of plain values, such as a bound, is one line."""
    if isinstance(value, dict):
        if "measure" in value:
            yield keys, f"{value['measure']} {_words({k: v for k, v in value.items() if k != 'measure'})}".rstrip()
        elif len(keys) > 1 and not any(isinstance(item, dict) for item in _items(value)):
            yield keys, _words(value)
        else:
            for key, item in value.items():
                yield from _leaves(item, (*keys, key))
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for index, item in enumerate(value):
            yield from _leaves(item, (*keys, index))
    else:
        yield keys, _words({str(keys[-1]): value})


def _items(value: dict[str, Any]) -> Iterator[Any]:
    for item in value.values():
        yield from item if isinstance(item, list) else (item,)


def _words(values: dict[str, Any]) -> str:
    signs = {"at_least": ">=", "at_most": "<="}
    return ", ".join(
        f"{signs[key]} {_shown(value)}" if key in signs else f"{key}: {_shown(value)}" for key, value in values.items()
    )


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_shown, value))}]"
    return (
        {True: "true", False: "false", None: "null"}[value] if value is None or isinstance(value, bool) else str(value)
    )
