"""The step that judges, in each way in which a runner can cut its network: real namespaces, a real sudo."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

OFFLINE = Path(__file__).parents[2] / ".github/steps/offline.sh"
PROBE = """
import os, socket, sys
print("uid", os.getuid())
print("names", *sorted(os.environ))
try:
    socket.create_connection(("127.0.0.1", PORT), 2).close()
    print("reached")
except OSError:
    print("cut off")
print("arguments", sys.argv[1:])
sys.exit(7)
"""
NO_USER_NAMESPACES = '#!/bin/sh\ncase " $* " in *" --user "*) exit 1 ;; esac\nexec /usr/bin/unshare "$@"\n'
REFUSED = "#!/bin/sh\nexit 1\n"


def probe(folder: Path, **programs: str) -> subprocess.CompletedProcess[str]:
    """Run a probe through the step; `programs` are scripts that come before the machine's own."""
    (folder / "bin").mkdir()
    for name, text in programs.items():
        (folder / "bin" / name).write_text(text)
        (folder / "bin" / name).chmod(0o755)
    environment = {
        "PATH": f"{folder / 'bin'}:/usr/sbin:/usr/bin:/sbin:/bin",
        "RUNNER_TEMP": str(folder),
        "GITHUB_TOKEN": "secret",
        "ACTIONS_RUNTIME_TOKEN": "secret",
    }
    with socket.create_server(("127.0.0.1", 0)) as server:
        code = PROBE.replace("PORT", str(server.getsockname()[1]))
        command = ["bash", OFFLINE, sys.executable, "-I", "-c", code, "a b", "*"]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def allows(*command: str) -> bool:
    """Say whether this machine lets the test's user do something."""
    try:
        return 0 == subprocess.run(command, capture_output=True, check=False).returncode
    except FileNotFoundError:
        return False


def assert_cut_off(done: subprocess.CompletedProcess[str]) -> None:
    """Assert that the probe saw no network and no variable of the job, as the same user, and that its end is told."""
    lines = dict(line.partition(" ")[::2] for line in done.stdout.splitlines())
    assert 7 == done.returncode, done.stderr
    assert "cut off" in done.stdout
    assert str(os.getuid()) == lines["uid"]
    assert set(lines["names"].split()) <= {"HOME", "LANG", "LC_CTYPE", "PATH", "PWD", "SHLVL", "TMPDIR", "_"}
    assert "['a b', '*']" == lines["arguments"]


def test_a_user_namespace_cuts_the_network(tmp_path: Path) -> None:
    """Without any right."""
    if not allows("unshare", "--user", "--map-current-user", "--net", "true"):
        pytest.skip("this machine forbids user namespaces")
    assert_cut_off(probe(tmp_path))


def test_where_user_namespaces_are_forbidden_sudo_cuts_the_network(tmp_path: Path) -> None:
    """As hosted runners have it; the command runs as the runner's own user, and cannot become root again."""
    if not allows("sudo", "--non-interactive", "unshare", "--net", "true"):
        pytest.skip("this machine has no sudo without a password")
    assert_cut_off(probe(tmp_path, unshare=NO_USER_NAMESPACES))


def test_where_neither_is_allowed_the_log_says_so(tmp_path: Path) -> None:
    """The command still gets no token."""
    done = probe(tmp_path, unshare=REFUSED, sudo=REFUSED)
    assert 7 == done.returncode
    assert "::notice::this runner cannot cut the network" in done.stdout
    assert "reached" in done.stdout
    assert "TOKEN" not in done.stdout.partition("\n")[2]
