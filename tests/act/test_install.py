import os
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
    (copy / "click.py").write_text("raise SystemExit('shadowed')\n")
    environment = {**os.environ, "RUNNER_TEMP": str(tmp_path / "temp"), "PYTHONPATH": str(copy)}
    (tmp_path / "temp").mkdir()
    subprocess.run(["bash", ROOT / ".github/steps/install.sh"], cwd=copy, env=environment, check=True)
    done = subprocess.run(
        [tmp_path / "temp/promoter", "--version"], cwd=copy, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("promoter, version ")
