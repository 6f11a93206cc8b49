"""MLflow itself, from the folder that `make tracking` fills: its server, a training script, and promoter there."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.repositories import RepositoryBuilder

BIN = Path(sys.prefix) / "tracking/bin"
ORIGIN = "https://git.example/acme/training.git"
_LONGEST_START_SECONDS = 180
_TRAIN = """
import sys
import mlflow, onnx

mlflow.set_tracking_uri(sys.argv[1])
mlflow.set_experiment("mortgage")
with mlflow.start_run() as run:
    mlflow.log_param("depth", 3)
    mlflow.log_metric("auc", 0.99)
    mlflow.onnx.log_model(onnx.load(sys.argv[2]), name="model")
sys.stderr.write(f"run={run.info.run_id}\\n")
"""


def is_installed() -> bool:
    """Say whether `make tracking` ran."""
    return (BIN.parent / "done").exists()


def run_there(folder: Path, program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a program of that folder, with nobody's settings."""
    command = [str(BIN / program), *map(str, arguments)]
    return subprocess.run(command, cwd=folder, env=_environment(folder), capture_output=True, text=True, check=False)


@dataclass(frozen=True, slots=True)
class Server:
    """A tracking server over a database, which keeps artifacts for its clients."""

    url: str
    folder: Path

    @property
    def database(self) -> str:
        """The address of its database."""
        return f"sqlite:///{self.folder}/mlflow.db"

    def log_lines(self) -> str:
        """Return what it said."""
        return (self.folder / "log.txt").read_text(encoding="utf-8")


@contextmanager
def running_server(folder: Path) -> Iterator[Server]:
    """Yield a server on a free port of loopback, as `mlflow server` starts it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    found = Server(f"http://127.0.0.1:{port}", folder)
    command = [str(BIN / "mlflow"), "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += ["--backend-store-uri", found.database, "--artifacts-destination", str(folder / "artifacts")]
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=_environment(folder), stdout=log, stderr=log, start_new_session=True
        )
    try:
        _wait_for(found, process)
        yield found
    finally:
        os.killpg(process.pid, signal.SIGTERM)  # its workers too, whether it hands signals on yet or not
        process.wait(timeout=60)


def train(folder: Path, tracking_uri: str, model: Path) -> tuple[str, str]:
    """Return the id of a run that logged the model by MLflow's own words, and the commit of its script."""
    builder = RepositoryBuilder.create(folder / "training")
    commit = builder.commit({"train.py": _TRAIN})
    builder.git("remote", "add", "origin", ORIGIN)
    builder.git("reset", "--hard", "-q", "main")
    done = run_there(builder.path, "python", "train.py", tracking_uri, model)
    (run,) = (line.removeprefix("run=") for line in done.stderr.splitlines() if line.startswith("run="))
    return run, commit


def _wait_for(server: Server, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(_LONGEST_START_SECONDS * 5):
        assert process.poll() is None, server.log_lines()
        try:
            with urllib.request.urlopen(f"{server.url}/health", timeout=5):  # noqa: S310 - loopback
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise TimeoutError(server.log_lines())


def _environment(folder: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",  # workers of its own that nobody asks for anything
    }
