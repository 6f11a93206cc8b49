"""git's pre-receive hook of the forge: rulesets in GitHub's own form, held against who pushes; runs by itself."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

_NOTHING = "0" * 40
_WORDS = {
    "pull_request": "Changes must be made through a pull request.",
    "required_status_checks": "Required status check is expected.",
    "deletion": "Cannot delete this branch",
    "non_fast_forward": "Cannot force-push to this branch",
}
"""What GitHub says of each rule. Source: docs.github.com, "Troubleshooting rules", and pushes that it refused."""


def broken_rules(rulesets: list[dict[str, Any]], actor: str, ref: str, old: str, new: str) -> list[str]:
    """Return what GitHub says against a push of `ref` by `actor`, such as "Integration:4711" or "DeployKey:"."""
    kind, _, number = actor.partition(":")
    found = []
    for ruleset in rulesets:
        is_covered = "~DEFAULT_BRANCH" in ruleset["conditions"]["ref_name"]["include"] and ref == "refs/heads/main"
        is_exempt = any(
            entry["actor_type"] == kind and str(entry["actor_id"] or "") == number and entry["bypass_mode"] == "always"
            for entry in ruleset["bypass_actors"]
        )
        if ruleset["enforcement"] == "active" and is_covered and not is_exempt:
            found += [_WORDS[rule["type"]] for rule in ruleset["rules"] if _is_broken(rule["type"], old, new)]
    return found


def _is_broken(kind: str, old: str, new: str) -> bool:
    if kind == "deletion":
        return new == _NOTHING
    if kind == "non_fast_forward":
        return _NOTHING not in (old, new) and not _is_ancestor(old, new)
    return kind in ("pull_request", "required_status_checks")


def _is_ancestor(old: str, new: str) -> bool:
    return subprocess.run(["git", "merge-base", "--is-ancestor", old, new], check=False).returncode == 0


def main() -> int:
    """Read git's lines; 1 refuses the whole push, as GitHub does."""
    rulesets = json.loads(Path(sys.argv[1]).read_bytes())
    actor, refused = os.environ["FORGE_ACTOR"], 0
    for line in sys.stdin:
        old, new, ref = line.split()
        broken = broken_rules(rulesets, actor, ref, old, new)
        if broken:
            refused = 1
            told = [f"error: GH013: Repository rule violations found for {ref}.", *(f"- {words}" for words in broken)]
            sys.stderr.write("\n".join(told) + "\n")
    return refused


if __name__ == "__main__":
    sys.exit(main())
