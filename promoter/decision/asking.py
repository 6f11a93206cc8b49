"""Who asks for what a drafted version lacks: the registry's policies, judged on it before anything is measured.

1. What the format needs and nobody told is held open by stand-ins, so that the draft reads as a manifest.
2. The docket is built as `check` builds it; a policy that would read a stand-in asks for what it stands for.
3. A policy that would measure nothing of the draft is judged at once; what it misses in the manifest, it asks for.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from promoter.decision.docket import Item
from promoter.decision.judge import Judgement, judge, no_waiver

_NOWHERE = "not-given"
STAND_INS: Mapping[str, Any] = {
    "summary": _NOWHERE,
    "artifact": {"uri": _NOWHERE, "format": "onnx", "digest": f"sha256:{'0' * 64}", "size_bytes": 1},
    "source": {"repository": _NOWHERE, "commit": "0" * 40},
    "signature": {
        "features": [{"name": _NOWHERE, "dtype": "float"}],
        "prediction": {"name": _NOWHERE, "dtype": "float"},
    },
    "datasets": [{"id": "evaluation", "role": "evaluation", "uri": _NOWHERE, "version": "0", "personal_data": False}],
    "evidence": [
        {
            "id": "predictions",
            "kind": "predictions",
            "format": "csv",
            "uri": f"evidence/{_NOWHERE}",
            "digest": f"sha256:{'1' * 64}",
            "size_bytes": 1,
            "columns": {"id": "id", "label": "y_true", "score": "y_score", "prediction": "y_pred"},
        }
    ],
}
"""By key of the manifest: the least that the format takes. Nothing of it is ever written."""

_KIND = re.compile(r"`kind: ([a-z-]+)`")
_FILES = frozenset(("evidence", "document"))
"""What a finding about a missing file measures; its hint names the kind."""

_PURPOSE = ", which "

STAND_IN_FILES: Mapping[str, str] = {"artifact": _NOWHERE, "evidence": f"evidence/{_NOWHERE}"}
"""By key of the manifest: the file in the version's folder that the stand-in names."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What some policies miss and what to do; `policies` are their ids, `kind` is that of a file that is missing."""

    policies: tuple[str, ...]
    message: str
    hint: str
    kind: str | None = None

    def __str__(self) -> str:
        verb = "asks" if len(self.policies) == 1 else "ask"
        return f"{', '.join(self.policies)} {verb}: {self.message}; {self.hint}"


def complete(document: Mapping[str, Any], gaps: frozenset[str]) -> dict[str, Any]:
    """Return a drafted manifest with stand-ins for its gaps; data sets that are told need none."""
    completed = dict(document)
    for key in gaps & STAND_INS.keys():
        if key == "evidence":
            completed[key] = [*document.get(key, ()), *STAND_INS[key]]
        elif key != "datasets" or not document.get(key):
            completed[key] = STAND_INS[key]
    return completed


def policies_asking(item: Item, gaps: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """Return, by gap, the policies that would read the file which is not there."""
    stand_ins = {
        STAND_INS["artifact"]["digest"]: "artifact",
        STAND_INS["evidence"][0]["digest"]: "evidence",
    }
    found: dict[str, list[str]] = {}
    for judgement in _applying(item):
        keys = set().union(*(request.contents for request in judgement.requests))
        for key, gap in stand_ins.items():
            if key in keys and gap in gaps:
                found.setdefault(gap, []).append(judgement.file.policy.id)
    return {gap: tuple(policies) for gap, policies in found.items()}


def asks_of(item: Item, *, path: str) -> tuple[Ask, ...]:
    """Return what policies miss in the manifest at `path`, without a number; what they measure is left to `check`.

    A file that is missing is one entry, whoever asks and for what.
    """
    found: dict[tuple[str, str | None], list[tuple[str, str]]] = {}
    for judgement in _applying(item):
        if judgement.requests:
            continue
        result = judge(judgement, {}, no_waiver)
        for finding in result.findings:
            is_missing = finding.satisfied is not True and finding.value is None and finding.location.path == path
            if is_missing and _NOWHERE not in finding.message:
                hint = finding.hint or result.remediation or f"see {result.policy_path}"
                kind = _KIND.search(hint) if finding.measure in _FILES else None
                key = (hint, None) if kind else (hint, finding.message)
                found.setdefault(key, []).append((result.policy, finding.message))
    return tuple(_ask(hint, entries) for (hint, _), entries in found.items())


def _ask(hint: str, entries: Sequence[tuple[str, str]]) -> Ask:
    """Return what entries (policy, message) with the same hint say, each of it once."""
    policies, messages = (tuple(dict.fromkeys(column)) for column in zip(*entries, strict=True))
    heads = dict.fromkeys(message.partition(_PURPOSE)[0] for message in messages)
    purposes = [tail.removesuffix(" needs") for _, cut, tail in (m.partition(_PURPOSE) for m in messages) if cut]
    end = f"{_PURPOSE}{' and '.join(filter(None, (', '.join(purposes[:-1]), purposes[-1])))} need" if purposes else ""
    kind = _KIND.search(hint)
    message = "; ".join(heads) + (f"{end}s" if len(purposes) == 1 else end)
    return Ask(policies, message, hint, kind[1] if kind and len(heads) == 1 else None)


def _applying(item: Item) -> tuple[Judgement, ...]:
    return tuple(judgement for judgement in item.judgements if judgement.not_applicable is None)
