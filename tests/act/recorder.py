"""A scene with the recorder set up as docs/github.md says: a protected main, and a deploy key that passes over ssh."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.act.harness import REPOSITORY, ROOT, Outcome, Scene, scene
from tests.forge.apps import App
from tests.forge.events import payload
from tests.forge.merging import Method, merge_pull, push_values
from tests.forge.protection import protect
from tests.forge.ssh_backend import add_deploy_key, known_host
from tests.support.command import run_promoter
from tests.support.registry import rule_files

RULESETS = ("ruleset.json", "history.json")
KNOWN_HOSTS = ".github/steps/known_hosts.txt"
PIPELINE = (
    "schema: promoter.pipeline/1\n"
    "stages: [{id: staging, title: Staging, then: propose}, {id: production, title: Production}]\n"
    "tiers:\n"
    "  high: {review_interval_days: 180, stages: {production: {soak_days: 7, approvals: [{role: risk}]}}}\n"
)


@dataclass(frozen=True, slots=True)
class Recorder:
    """The scene, and what is asked of it."""

    scene: Scene

    def merge(self, files: Mapping[str, bytes | str | None], *, branch: str, method: Method = "merge") -> int:
        """Return the number of a pull request that leo opened, rita approved and maria merged."""
        state = self.scene.forge.state
        pull = self.scene.propose(files, branch=branch, author="leo", title=f"Change {branch}")
        state.add_review(pull, "rita")
        merge_pull(state, pull.number, method=method)
        return pull.number

    def run(self) -> Outcome:
        """Run the record workflow as on the push of the last merge."""
        state = self.scene.forge.state
        before, after = state.git("rev-parse", "main~1", "main").split()
        event = payload("push", {**push_values(before, after), "repository": REPOSITORY})
        return self.scene.run("push", event, workflow="workflows/record.yml")

    def records(self) -> dict[str, Any]:
        """Return the records of main by path, without the common folder."""
        state = self.scene.forge.state
        paths = state.git("ls-tree", "-r", "--name-only", "main", "reports/decisions").split()
        return {
            path.removeprefix("reports/decisions/lending/mortgage/"): json.loads(state.git("show", f"main:{path}"))
            for path in paths
        }

    def deployed(self) -> list[tuple[str, str | None, list[str]]]:
        """Return environment, version and states of each deployment, oldest first."""
        state = self.scene.forge.state
        return [
            (
                entry["environment"],
                entry["payload"]["version"],
                [status["state"] for status in state.deployment_statuses[number]],
            )
            for number, entry in sorted(state.deployments.items())
        ]


@contextmanager
def recorder(folder: Path) -> Iterator[Recorder]:
    """Yield a registry of rules alone, with the shipped rulesets, and the recorder's key in its secret."""
    with scene(folder, {**rule_files(), "policies/pipeline.yaml": PIPELINE}) as found:
        state = found.forge.state
        found.builder.git("config", "receive.denyCurrentBranch", "ignore")
        found.builder.commit({KNOWN_HOSTS: known_host(found.forge.url)})
        protect(state, *(json.loads((ROOT / ".github/promoter" / name).read_bytes()) for name in RULESETS))
        found.secrets = {"PROMOTER_RECORDER_KEY": add_deploy_key(state, folder)}
        state.settings["actions_may_open_pulls"] = True
        yield Recorder(found)


def with_app(text: str) -> str:
    """Return the record workflow with what docs/github.md says to change for a GitHub App as the recorder."""
    page = (ROOT / "docs/github.md").read_text(encoding="utf-8").partition("**A GitHub App in its place.**")[2]
    (step,) = re.findall(r"(?<=\n\n)((?: {6,}\S.*\n)+)", page.partition("\n**")[0])
    name, value = re.findall(r"`(KEY|APP_TOKEN): ([^`]+)`", page)
    head, _, push = text.rpartition("\n  push:\n")
    installed = "        run: bash .github/steps/install.sh\n"
    push = push.replace(installed, installed + step, 1)
    for key, words in (name, value):
        push = re.sub(rf"(?m)^( +{key}: ).*$", lambda line, words=words: line[1] + words, push, count=1)
    return f"{head}\n  push:\n{push}"


def install_app(found: Recorder, app: App) -> None:
    """Take an app for the recorder, with the ruleset that the doctor prints for it, and no deploy key."""
    scene, state = found.scene, found.scene.forge.state
    path = ".github/workflows/record.yml"
    shipped = scene.builder.files(state.git("rev-parse", "main"))[path].decode()
    scene.builder.commit({path: with_app(shipped)})
    printed = run_promoter("doctor", "--print-ruleset", "--recorder-app", app.id)
    protect(state, json.loads(printed.out), json.loads((ROOT / ".github/promoter/history.json").read_bytes()))
    use_key(found, app)


def use_key(found: Recorder, app: App) -> None:
    """Put an app's key into the environment `recorder`, and nothing else."""
    found.scene.variables = {"PROMOTER_APP_ID": app.id}
    found.scene.secrets = {"PROMOTER_APP_KEY": app.key}
