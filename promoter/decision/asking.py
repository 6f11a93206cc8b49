"""Who asks for what a drafted version lacks: the registry's policies, judged on it before anything is measured.

1. What the format needs and nobody told is held open by stand-ins, so that the draft reads as a manifest.
2. The docket is built as `check` builds it; a policy that would read a stand-in asks for what it stands for.
3. A policy that would measure nothing of the draft is judged at once; what it misses in the manifest, it asks for.
"""

from collections.abc import Mapping
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

STAND_IN_FILES: Mapping[str, str] = {"artifact": _NOWHERE, "evidence": f"evidence/{_NOWHERE}"}
"""By key of the manifest: the file in the version's folder that the stand-in names."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What some policies miss and what to do; `policies` are their ids."""

    policies: tuple[str, ...]
    message: str
    hint: str

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
    """Return what policies miss in the manifest at `path`, without a number; what they measure is left to `check`."""
    found: dict[tuple[str, str], list[str]] = {}
    for judgement in _applying(item):
        if judgement.requests:
            continue
        result = judge(judgement, {}, no_waiver)
        for finding in result.findings:
            is_missing = finding.satisfied is not True and finding.value is None and finding.location.path == path
            if is_missing and _NOWHERE not in finding.message:
                hint = finding.hint or result.remediation or f"see {result.policy_path}"
                found.setdefault((finding.message, hint), []).append(result.policy)
    return tuple(Ask(tuple(dict.fromkeys(policies)), *words) for words, policies in found.items())


def _applying(item: Item) -> tuple[Judgement, ...]:
    return tuple(judgement for judgement in item.judgements if judgement.not_applicable is None)
