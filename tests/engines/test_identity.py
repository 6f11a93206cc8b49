"""What an answer rests on beside its question: the versions of what computed it."""

import importlib.metadata

import pytest

from promoter.engines.duckdb.engine import DuckDBEngine


def test_it_names_the_runtime_that_scores_artifacts() -> None:
    """Scores that an older runtime kept are not answers of a newer one."""
    versions = (f"{name} {importlib.metadata.version(name)}" for name in ("duckdb", "onnxruntime"))
    assert ", ".join(versions) == DuckDBEngine().identity


def test_an_answer_without_a_runtime_is_not_kept_for_when_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where only DuckDB is installed, that is said."""
    version = importlib.metadata.version

    def without(name: str) -> str:
        if name == "onnxruntime":
            raise importlib.metadata.PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr("promoter.engines.onnx.runtime.version", without)
    assert DuckDBEngine().identity.endswith(", no onnxruntime")
