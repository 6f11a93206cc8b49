"""Which model and version the suites are run for, and what they share."""

import importlib
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

LOADERS: dict[str, Callable[[], pd.DataFrame]] = {
    "mortgage": lambda: _features("mortgage").applications(),
    "employment": lambda: _features("employment").respondents(2018),
    "diabetes": lambda: _features("diabetes").patients(),
    "digits": lambda: _features("digits").images(),
}


def _features(package: str):
    return importlib.import_module(f"examples.{package}.features")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what examples/suites.py passes."""
    for name in ("--package", "--folder", "--commit"):
        parser.addoption(name, required=True)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test with argument `column` once for each column that the package declares."""
    if "column" in metafunc.fixturenames:
        columns = _features(metafunc.config.getoption("package")).COLUMNS
        metafunc.parametrize("column", columns.values(), ids=list(columns))


@pytest.fixture(scope="session", autouse=True)
def _commit_is_recorded(record_testsuite_property: Callable[[str, object], None], pytestconfig: pytest.Config) -> None:
    """The report says on which commit it ran: the gate `tests` compares it with the manifest's."""
    record_testsuite_property("commit", pytestconfig.getoption("commit"))


@pytest.fixture(scope="session")
def rows(pytestconfig: pytest.Config) -> pd.DataFrame:
    """Return all rows of the package's data."""
    return LOADERS[pytestconfig.getoption("package")]()


@pytest.fixture(scope="session")
def folder(pytestconfig: pytest.Config) -> Path:
    """Return the version's folder, in which artifact and tables lie."""
    return Path(pytestconfig.getoption("folder"))
