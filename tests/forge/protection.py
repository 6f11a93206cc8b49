"""A protected branch: the rulesets that the forge's git holds every push against, over http and over ssh."""

import json
import shlex
import sys
from pathlib import Path
from typing import Any

from tests.forge import rules_hook
from tests.forge.state import State


def protect(state: State, *rulesets: dict[str, Any]) -> None:
    """Put these rulesets, in the form that GitHub imports, in the place of those that were there."""
    folder = Path(state.git("rev-parse", "--absolute-git-dir"))
    (folder / "rulesets.json").write_text(json.dumps(rulesets), encoding="utf-8")
    hook = folder / "hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    words = [sys.executable, "-I", str(Path(rules_hook.__file__).resolve()), str(folder / "rulesets.json")]
    hook.write_text(f"#!/bin/sh\nexec {shlex.join(words)}\n", encoding="utf-8")
    hook.chmod(0o755)
