"""A scene for each test: a registry whose production serves 1.0.0."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.act.harness import Scene, scene


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Scene]:
    """Yield a scene on the smallest valid registry."""
    with scene(tmp_path) as found:
        yield found
