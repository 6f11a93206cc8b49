"""YAML as people write it: block style, short lists in one line, quotes where a reader could misread."""

from collections.abc import Mapping
from typing import Any

import yaml


class Quoted(str):
    """Text that stands in double quotes, such as a version."""

    __slots__ = ()


class Inline(dict[str, Any]):
    """A mapping that stands in one line."""


class _Dumper(yaml.SafeDumper):
    # PyYAML's own signature.
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        return super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the registry refuses aliases
        return True


def _quoted(dumper: yaml.SafeDumper, text: Quoted) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style='"')


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    """Represent text; double quotes where YAML needs quotes at all."""
    plain = yaml.safe_dump(text, width=10_000).removesuffix("...\n").strip()
    style = '"' if plain[:1] in "'\"" else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _inline(dumper: yaml.SafeDumper, mapping: Inline) -> yaml.Node:
    quoted = {
        key: Quoted(value) if isinstance(value, str) and set(value) & set("[]{},") else value
        for key, value in mapping.items()
    }
    return dumper.represent_mapping("tag:yaml.org,2002:map", quoted, flow_style=True)


_Dumper.add_representer(Quoted, _quoted)
_Dumper.add_representer(str, _text)
_Dumper.add_representer(Inline, _inline)


def yaml_text(document: Mapping[str, Any], *, schema: str) -> str:
    """Return the document as YAML text whose first line names its JSON Schema; None values are left out."""
    body = yaml.dump(_without_none(document), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return f"# yaml-language-server: $schema={schema}\n{body}"


def _without_none(value: Any) -> Any:
    if isinstance(value, Mapping):
        kept = {key: _without_none(item) for key, item in value.items() if item is not None}
        return Inline(kept) if isinstance(value, Inline) else kept
    if isinstance(value, (list, tuple)):
        return [_without_none(item) for item in value]
    return value
