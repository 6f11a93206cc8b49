"""Why a policy judges a change, and what it holds it against: said before anything is measured."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from promoter.document.reader import Document
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


def default_limits(parameters: object) -> tuple[str, ...]:
    """Return what a policy leaves out and its gate fills in, in words; what by default is not compared is not told."""
    return tuple(_unset(parameters, ""))


def pipeline_limits(pipeline: Document, *, tier: str, stage: str) -> Iterator[tuple[Location, str]]:
    """Yield what policies/pipeline.yaml asks of a tier before a stage, as written: it counts beside the policies."""
    of_tier = pipeline.value["tiers"].get(tier, {})
    of_stage = of_tier.get("stages", {}).get(stage, {})
    days = "review_interval_days"
    if days in of_tier:
        yield pipeline.key_location(("tiers", tier, days)), f"{days}: {_shown(of_tier[days])}"
    for key, value in of_stage.items():
        yield pipeline.key_location(("tiers", tier, "stages", stage, key)), f"{key}: {_shown(value)}"
    for index, window in enumerate(pipeline.value.get("windows", ())):
        yield pipeline.location(("windows", index)), f"window {_words(window)}"


def _unset(value: object, place: str) -> Iterator[str]:
    """Yield each field that nobody set, in parts that somebody did set too."""
    if isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _unset(item, f"{place}[{index}]")
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            found, at = getattr(value, name), f"{place}.{name}" if place else name
            if name in value.model_fields_set:
                yield from _unset(found, at)
            elif found is not None and found != ():
                plain = value.model_dump(mode="json", include={name})[name]
                yield f"{at}: {_shown(plain)}"


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
    if isinstance(value, dict):
        return f"{{{_words(value)}}}"
    return (
        {True: "true", False: "false", None: "null"}[value] if value is None or isinstance(value, bool) else str(value)
    )
