import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.act.harness import ROOT


@pytest.mark.slow
def test_the_engine_installs_from_the_lock_and_runs_isolated(tmp_path: Path) -> None:
    """The real step, in a copy: wheels by hash alone, and a `promoter` that no module of the folder shadows."""
    copy = tmp_path / "copy"
    for name in ("promoter", "requirements"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, copy / name)
    shutil.copytree(ROOT / ".github/steps", copy / ".github/steps")
    (copy / "click.py").write_text("raise SystemExit('shadowed')\n")
    environment = {**os.environ, "RUNNER_TEMP": str(tmp_path / "temp"), "PYTHONPATH": str(copy)}
    (tmp_path / "temp").mkdir()
    subprocess.run(["bash", ".github/steps/install.sh"], cwd=copy, env=environment, check=True)
    done = subprocess.run(
        [tmp_path / "temp/promoter", "--version"], cwd=copy, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("promoter, version ")


def test_what_installs_is_locked_as_the_tools_are() -> None:
    """`make lock` writes both; its hashes are those of the lock."""
    pinned = (ROOT / ".github/steps/installer.txt").read_text(encoding="utf-8")
    assert re.match(r"uv==[0-9.]+ \\\n( +--hash=sha256:[0-9a-f]{64}( \\)?\n)+$", pinned)
    assert pinned in (ROOT / "requirements/dev.txt").read_text(encoding="utf-8")
