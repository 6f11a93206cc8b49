"""Random histories, recorded now and then and tampered with: who served when, what is missing, what was changed."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from promoter.commands.past import open_past
from promoter.history.record import encode_record
from promoter.registry.address import StageAddress
from tests.commands.recorded import Registry
from tests.support.registry import FOLDER, MODEL

PRODUCTION = f"{FOLDER}/stages/production.yaml"
STAGE = StageAddress(MODEL, "production")

_steps = st.lists(
    st.tuples(
        st.sampled_from(["1.0.0", "2.0.0", None, "revert", "revert"]),
        st.sampled_from(["merge", "squash", "rebase", "push"]),
        st.booleans(),
    ),
    max_size=5,
)
_tamperings = st.sampled_from(["alter", "remove", "renumber", "forge", "evidence"])


@dataclass(slots=True)
class Told:
    """A naive account of one stage, kept while the history is written: each commit with what it left in service."""

    registry: Registry
    served: list[tuple[str, str | None]] = field(default_factory=list)
    unrecorded: list[str] = field(default_factory=list)

    def land(self, version: str | None, landing: str) -> None:
        """Bring a pointer onto the branch; a version that serves already is no change."""
        if version == self.served[-1][1]:
            return
        builder = self.registry.builder
        change = {PRODUCTION: f'version: "{version}"\n' if version else None}
        tip = builder.git("rev-parse", "main")
        if landing == "merge":
            head = builder.commit(change, branch="candidate", onto=[tip])
            commit = builder.commit(change, onto=[tip, head])
        else:
            if landing == "rebase":
                builder.commit({"docs/note.md": f"{len(self.served)}"})
            commit = builder.commit(change, message="by hand" if landing == "push" else "Move (#9)")
        self.registry.check_out()
        self.served.append((commit, version))
        self.unrecorded.append(commit)

    def play(self, steps: list[tuple[str | None, str, bool]]) -> None:
        """Land the steps, some followed by the recorder; a revert brings back what served before the last move."""
        for version, landing, is_recorded in steps:
            self.land(self.served[-2][1] if version == "revert" else version, landing)
            if is_recorded:
                self.record()

    def record(self) -> None:
        """Let the recorder catch up."""
        self.registry.run("record", "--commit")
        self.registry.check_out()
        self.unrecorded.clear()

    def findings(self) -> list[dict]:
        """Return what the audit finds."""
        found: list[dict] = json.loads(self.registry.run("audit", "verify", "--json").stdout)["findings"]
        return found


def begun(folder: str) -> Told:
    """Return the account of a registry that went to 1.0.0 and 2.0.0, recorded."""
    registry = Registry.create(Path(folder) / "registry")
    commits = registry.builder.git("rev-list", "--reverse", "main", "--", PRODUCTION).splitlines()
    told = Told(registry, list(zip(commits, ("1.0.0", "2.0.0"), strict=True)))
    told.record()
    return told


@settings(max_examples=15)
@given(steps=_steps)
def test_as_of_and_what_is_missing_are_what_a_naive_account_says(steps: list[tuple[str | None, str, bool]]) -> None:
    """Promotions, reverts and reverts of reverts, however they land; what the recorder has not seen is UNVERIFIED."""
    with TemporaryDirectory() as folder:
        told = begun(folder)
        told.play(steps)
        timeline = open_past(told.registry.builder.path).timeline
        for commit, version in told.served:
            standing = timeline.standings(timeline.positions[commit]).get(STAGE)
            assert version == (standing.version if standing else None)
        missing = [item["commit"] for item in told.findings() if "no decision record" in item["message"]]
        assert sorted(told.unrecorded) == sorted(missing)


def tamper(registry: Registry, how: str, path: str) -> str:
    """Do one wrong thing by a commit of its own; return what the audit must name."""
    content = registry.records()[path]
    folder, _, name = path.rpartition("/")
    if how == "alter":
        registry.commit({path: encode_record(json.loads(content) | {"author": "Eve <eve@example.org>"})})
    elif how == "remove":
        registry.commit({path: None})
    elif how == "renumber":
        registry.commit({path: None, f"{folder}/0099{name[4:]}": content})
    elif how == "forge":
        path = f"{folder}/0099{name[4:]}"
        registry.commit({path: content})
    else:
        registry.commit({f"{FOLDER}/versions/1.0.0/manifest.yaml": "schema: promoter.manifest/1\n"})
        return f"alteration {MODEL}@1.0.0"
    return path


@settings(max_examples=20)
@given(steps=_steps, how=_tamperings, data=st.data())
def test_every_tampering_with_a_random_history_is_found(
    steps: list[tuple[str | None, str, bool]], how: str, data: st.DataObject
) -> None:
    """A record changed, removed, moved or made up, or a merged version changed: it is named, and the audit fails."""
    with TemporaryDirectory() as folder:
        told = begun(folder)
        told.play(steps)
        before = {item["subject"] for item in told.findings()}
        path = data.draw(st.sampled_from(sorted(told.registry.records())))
        named = tamper(told.registry, how, path)
        assert named in {item["subject"] for item in told.findings()} - before
