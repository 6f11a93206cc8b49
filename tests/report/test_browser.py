"""Page and comment in a real browser, at a desk's width and at a telephone's: what a person would see."""

import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from html import unescape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from promoter.report.markdown import render_markdown
from promoter.report.view import build_view
from tests.report.plots import making
from tests.report.rendering import to_html
from tests.report.stories import STORIES
from tests.report.test_webpage import drawn, told

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
COMMENT_WIDTH = 760
"""Pixels that GitHub's page leaves a comment on a wide screen."""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed: nothing looks at the pages")

_SEEN = """<!doctype html><meta charset="utf-8"><pre id="seen"></pre>
<iframe src="page.html" style="width:{width}px;height:900px;border:0"></iframe>
<script>
window.onload = () => {{
  const page = document.querySelector("iframe").contentDocument, root = page.documentElement;
  const verdict = page.querySelector(".verdict");
  const sizes = (name) => [...page.querySelectorAll(name)].map((found) => found.getBoundingClientRect());
  document.getElementById("seen").textContent = JSON.stringify({{
    width: root.scrollWidth,
    colour: verdict && page.defaultView.getComputedStyle(verdict).backgroundColor,
    pictures: sizes("svg").map((box) => [box.width, box.height]),
    tables: [...page.querySelectorAll("table")].map((found) => found.scrollWidth),
    text: page.body.innerText,
  }});
}};
</script>"""

_GITHUB = """<!doctype html><meta charset="utf-8"><style>
body { font: 14px/1.5 "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; margin: 0; }
td, th { border: 1px solid; padding: 6px 13px; } table { border-collapse: collapse; }
code { font-size: 85%; padding: .2em .4em; } details > :not(summary) { display: none; }
</style>"""
"""What of GitHub's style decides how wide a comment's table is."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Yield the address of a folder on loopback."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's signature
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def seen(page: bytes, folder: Path, *, width: int) -> Mapping[str, Any]:
    """Return what a browser makes of a page in a frame of a width in pixels, and what it complains of."""
    (folder / "page.html").write_bytes(page)
    (folder / "index.html").write_text(_SEEN.format(width=width), encoding="utf-8")
    (folder / "favicon.ico").touch()
    options = (
        "--headless",
        "--hide-scrollbars",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-sync",
    )
    with served(folder) as address:
        command = [str(CHROMIUM), *options, f"--user-data-dir={folder}/profile", "--enable-logging=stderr"]
        command += ["--virtual-time-budget=10000", "--dump-dom", f"{address}/index.html"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    found = re.search(r'<pre id="seen">(\{.*?\})</pre>', done.stdout, re.DOTALL)
    assert found is not None, done.stdout[:500] + done.stderr[-500:]
    return {**json.loads(unescape(found[1])), "complaints": re.findall(r"CONSOLE.*", done.stderr)}


@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_fits_shows_its_plots_and_takes_its_style(tmp_path: Path, width: int) -> None:
    """Nothing is wider than the window, no picture is empty, and the policy lets its own style through."""
    found = seen(drawn(making.binary(tmp_path)), tmp_path, width=width)
    assert (width, []) == (found["width"], found["complaints"])
    assert found["pictures"]
    assert all(wide > 50 and high > 50 for wide, high in found["pictures"])
    assert found["colour"] not in (None, "rgba(0, 0, 0, 0)")


@pytest.mark.parametrize("name", ["held", "mixed"])
def test_a_long_report_fits_a_telephone(tmp_path: Path, name: str) -> None:
    """Tables scroll on their own; the page does not."""
    found = seen(told(name), tmp_path, width=360)
    assert (360, []) == (found["width"], found["complaints"])
    assert "What this verdict is bound to" in found["text"]


def test_a_style_that_got_in_does_nothing(tmp_path: Path) -> None:
    """The browser refuses what the policy does not name, and says so."""
    page = told("held").replace(b"<main>", b"<style>main { display: none }</style><main>", 1)
    found = seen(page, tmp_path, width=1280)
    (complaint,) = found["complaints"]
    assert "violates the following Content Security Policy" in complaint
    assert "What this verdict is bound to" in found["text"]


def test_the_tables_of_a_comment_fit_its_width(tmp_path: Path) -> None:
    """Candidate, champion, difference and their intervals are read without scrolling."""
    comment = to_html(render_markdown(build_view(STORIES["held"]().as_json())))
    found = seen((_GITHUB + comment).encode(), tmp_path, width=COMMENT_WIDTH)
    assert found["tables"]
    assert max(found["tables"]) <= COMMENT_WIDTH
