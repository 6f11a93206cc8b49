"""A scene with the recorder set up: a protected main, a deploy key that passes, and ssh that leads to the forge."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.act.harness import REPOSITORY, Outcome, Scene, scene
from tests.forge.events import payload
from tests.forge.merging import Method, merge_pull, push_values
from tests.support.registry import rule_files

KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nof a test\n-----END OPENSSH PRIVATE KEY-----"
_SSH = """#!/bin/sh
# In ssh's place: knows one key, and runs what git asks for on the forge's own repository.
while [ $# -gt 1 ]; do
  [ "$1" = -i ] && key="$2"
  case "$1" in StrictHostKeyChecking=yes) checked=1 ;; UserKnownHostsFile=*) hosts="${1#*=}" ;; esac
  shift
done
hosts="${hosts#\\'}"; hosts="${hosts%\\'}"
[ -n "$checked" ] && grep -q '^github.com ssh-ed25519 ' "$hosts" || { echo "the host is not verified" >&2; exit 255; }
[ "$(cat "$key")" = "$(cat FOLDER/key)" ] || { echo "Permission denied (publickey)." >&2; exit 255; }
[ -x FOLDER/once ] && { mv FOLDER/once FOLDER/done; FOLDER/done; }
FORGE_PUSHER=deploy-key exec git-receive-pack REPOSITORY
"""
_RULESET = """#!/bin/sh
if [ "$1" = refs/heads/main ] && [ "$FORGE_PUSHER" != deploy-key ] || [ -e FOLDER/nobody-passes ]; then
  echo "error: GH013: Repository rule violations found for $1." >&2
  exit 1
fi
"""
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
    folder: Path

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

    def before_push(self, script: str) -> None:
        """Let something happen once, when the next push to main has connected."""
        once = self.folder / "once"
        once.write_text(f"#!/bin/sh\n{script}\n")
        once.chmod(0o755)


@contextmanager
def recorder(folder: Path) -> Iterator[Recorder]:
    """Yield a registry of rules alone, with the recorder as docs/github.md sets it up."""
    tools = folder / "tools"
    tools.mkdir()
    (tools / "key").write_text(KEY)
    with scene(folder, {**rule_files(), "policies/pipeline.yaml": PIPELINE}) as found:
        found.builder.git("config", "receive.denyCurrentBranch", "ignore")
        git_folder = folder / "registry.git/.git"
        programs = {tools / "ssh": _SSH, git_folder / "hooks/update": _RULESET}
        for path, text in programs.items():
            path.parent.mkdir(exist_ok=True)
            path.write_text(text.replace("FOLDER", str(tools)).replace("REPOSITORY", str(git_folder)))
            path.chmod(0o755)
        found.tools, found.secrets = tools, {"PROMOTER_RECORDER_KEY": KEY}
        found.forge.state.settings["actions_may_open_pulls"] = True
        yield Recorder(found, tools)
