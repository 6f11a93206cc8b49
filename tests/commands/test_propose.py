"""promoter propose: from files to a judged branch, and what is missing, with who asks."""

from pathlib import Path
from typing import Any

import pytest

from promoter.document.bind import bind
from promoter.document.reader import read_yaml
from promoter.document.strict import Strict
from promoter.document.writing import yaml_text
from promoter.registry.manifest import Manifest
from tests.commands.proposed import (
    EVIDENCE,
    MODEL,
    ROOT,
    SAMPLE,
    manifest_at,
    propose,
    sample_files,
    sample_paths,
    sample_registry,
    with_identity,
)
from tests.support.registry import AUC_POLICY, model_yaml, policy_yaml, predictions_csv, registry_files, rule_files
from tests.support.repositories import RepositoryBuilder


@pytest.fixture
def samples(tmp_path: Path) -> RepositoryBuilder:
    """The sample registry: its rules, and all versions of its mortgage model."""
    return sample_registry(tmp_path / "registry")


@pytest.fixture
def small(tmp_path: Path) -> RepositoryBuilder:
    """The smallest registry, with one more policy that asks for monitoring."""
    builder = with_identity(tmp_path / "registry")
    watched = policy_yaml("watched", "monitoring_readiness", "{rollback: require, watches: [{any_of: [roc_auc]}]}")
    watched = watched.replace("category: performance", "category: operations")
    rules = rule_files({"catalog/performance/auc.yaml": AUC_POLICY, "catalog/operations/watched.yaml": watched})
    builder.commit({**registry_files(), **rules})
    return builder


@pytest.mark.parametrize("model", [MODEL, "labour/employment", "health/diabetes-progression", "vision/digits"])
def test_the_same_files_give_the_same_manifest(tmp_path: Path, model: str) -> None:
    """A sample version's own files, proposed as another: but version and summary nothing differs."""
    version = max(path.name for path in (ROOT / "models" / model / "versions").iterdir())
    folder = ROOT / "models" / model / "versions" / version
    files = {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in sample_paths(model)}
    builder = with_identity(tmp_path / "registry")
    builder.commit(files)
    expected = bind(read_yaml((folder / "manifest.yaml").read_bytes(), path="manifest.yaml"), Manifest)
    fill = tmp_path / "fill.yaml"
    told = {"summary": "Again."} | ({"deployment": dump(expected.deployment)} if expected.deployment else {})
    fill.write_text(yaml_text(told, schema="manifest.json"), encoding="utf-8")
    tables = {"predictions": "--predictions", "features-reference": "--reference", "features-current": "--current"}
    options: list[object] = ["--artifact", folder / expected.artifact.uri, "--fill", fill, "--from", version]
    for entry in expected.evidence:
        file = folder / entry.uri
        options += (
            [tables[entry.kind], file]
            if entry.kind in tables
            else ["--evidence", f"{entry.kind}:{entry.format}={file}"]
        )
    for text in expected.documents:
        options += ["--document", f"{text.kind}={folder / text.path}"]
    run = propose(builder, "9.0.0", *options, model=model)
    assert run.code in (0, 1), run.err
    proposed = manifest_at(builder, f"promoter/{model}/9.0.0", "9.0.0", model=model)
    assert expected.model_copy(update={"version": "9.0.0", "summary": "Again."}) == proposed


def dump(part: Strict) -> dict[str, Any]:
    """Return a part of a manifest as plain data."""
    return part.model_dump(mode="json", exclude_unset=True)


def test_new_features_are_inferred_and_known_ones_keep_their_range(samples: RepositoryBuilder) -> None:
    """From 1.0.0, 2.1.0's features: shared ones as declared, new ones as the rows hold them, said in a note."""
    run = propose(samples, "2.2.0", *sample_files(), "--from", "1.0.0", "--summary", "New features.")
    features = {one.name: one for one in manifest_at(samples, f"promoter/{MODEL}/2.2.0", "2.2.0").signature.features}
    assert 8 == len(features)
    assert (0, 100, "loanapp.obrat") == (
        features["debt_to_income_pct"].minimum,
        features["debt_to_income_pct"].maximum,
        features["debt_to_income_pct"].origin,
    )
    grade = features["consumer_credit_grade"]
    assert ("int", 1, 6, None) == (grade.dtype, grade.minimum, grade.maximum, grade.origin)
    assert "consumer_credit_grade" in run.err
    assert "widen it with --fill" in run.err


def test_the_branch_holds_the_version_and_the_pointer(samples: RepositoryBuilder) -> None:
    """With --stage the pointer moves along; main and the working tree stay; the next step is printed."""
    before = samples.git("rev-parse", "main")
    run = propose(samples, "2.2.0", *sample_files(), "--summary", "Again.", "--stage", "staging")
    branch = f"promoter/{MODEL}/2.2.0"
    changed = samples.git("diff", "--name-only", "main", branch).splitlines()
    assert before == samples.git("rev-parse", "main")
    assert f"models/{MODEL}/stages/staging.yaml" in changed
    assert 8 == len(changed)
    assert f"git push --force-with-lease origin {branch}" in run.err


def test_a_dry_run_prints_manifest_and_difference_and_writes_nothing(samples: RepositoryBuilder) -> None:
    """The difference is against the version that it was drafted from; no branch appears."""
    run = propose(samples, "2.2.0", *sample_files(), "--summary", "Again.", "--dry-run")
    assert 0 == run.code
    assert 'version: "2.2.0"\nsummary: Again.' in run.out
    assert '-version: "2.1.0"\n' in run.out
    assert "new file models/lending/mortgage/versions/2.2.0/model.onnx: 774 bytes" in run.out
    assert "main" == samples.git("branch", "--format=%(refname:short)")


def test_what_is_missing_is_listed_with_who_asks(samples: RepositoryBuilder) -> None:
    """Without files and summary: what the format needs, the policies that would read it, what they miss besides."""
    run = propose(samples, "2.2.0", "--stage", "production")
    assert 2 == run.code
    assert "main" == samples.git("branch", "--format=%(refname:short)")
    for key, option in (("artifact", "--artifact"), ("evidence", "--predictions"), ("summary", "--summary")):
        (line,) = [line for line in run.err.splitlines() if f"{key} is missing" in line]
        assert option in line
    assert "and so do the policies credit-attributes, credit-discrimination" in run.err
    (line,) = [line for line in run.err.splitlines() if "lists no evidence of kind features-current" in line]
    assert line.startswith("missing: early-drift, stable-features, stable-labels ask: ")
    assert line.endswith(", which feature drift and prediction drift need; name it with --current FILE")
    assert "lists no document of kind model-card; name it with --document model-card=FILE" in run.err
    assert "data set training is 2.1.0's own file of kind features-reference" in run.err


def test_an_artifact_that_takes_other_columns_is_told(samples: RepositoryBuilder) -> None:
    """1.0.0's artifact takes four columns: 2.1.0's eight features do not fit it."""
    older = SAMPLE.parent / "1.0.0" / "model.onnx"
    options = [older if option == SAMPLE / "model.onnx" else option for option in sample_files()]
    run = propose(samples, "2.2.0", *options, "--summary", "Mixed up.", "--from", "2.0.0")
    assert 2 == run.code
    assert "the artifact takes 4 columns, and the rows have 8: debt_to_income_pct" in run.err


def test_a_new_model_needs_its_file(small: RepositoryBuilder) -> None:
    """Each required key of model.yaml is listed with its meaning."""
    run = propose(small, "1.0.0", model="lending/cards")
    assert 2 == run.code
    assert (
        "models/lending/cards/model.yaml: risk_tier is needed of a new model: Decides gates, roles and soak" in run.err
    )
    assert "--model-file" in run.err


def test_a_new_model_is_registered_from_files(small: RepositoryBuilder, tmp_path: Path) -> None:
    """model.yaml, what no file tells in --fill, and the rest from the files; the policy that asks for more is named."""
    model_file, fill = tmp_path / "model.yaml", tmp_path / "fill.yaml"
    model_file.write_text(model_yaml(model="lending/cards"), encoding="utf-8")
    fill.write_text(
        "source: {repository: https://example.org/cards, commit: '" + "b" * 40 + "'}\n"
        "datasets: [{id: holdout, role: evaluation, uri: evidence/predictions.csv, personal_data: false}]\n",
        encoding="utf-8",
    )
    predictions, rows = tmp_path / "scored.csv", tmp_path / "rows.csv"
    predictions.write_bytes(predictions_csv())
    rows.write_text("id,income,home\n" + "".join(f"r{n},{n * 10},{'ab'[n % 2]}\n" for n in range(50)), encoding="utf-8")
    files = ("--artifact", SAMPLE / "model.onnx", "--predictions", predictions)
    said = ("--model-file", model_file, "--fill", fill, "--summary", "First.", "--threshold", 0.5)
    narrow = propose(small, "1.0.0", *files, "--reference", rows, *said, model="lending/cards")
    assert "the artifact takes 8 columns, and the rows have 2: income, home" in narrow.err
    wide = tmp_path / "wide.csv"
    wide.write_text("id,a,b,c,d,e,f,g,home\n" + "".join(f"r{n},1,2,3,4,5,6,,{'ab'[n % 2]}\n" for n in range(50)))
    run = propose(small, "1.0.0", *files, "--reference", wide, *said, model="lending/cards")
    assert "watched asks: the manifest has no monitoring plan" in run.err
    assert 1 == run.code
    path = "models/lending/cards/versions/1.0.0/manifest.yaml"
    text = small.git("show", f"promoter/lending/cards/1.0.0:{path}")
    assert "- {name: home, dtype: string, categories: [a, b]}" in text
    assert "- {name: a, dtype: int, minimum: 1, maximum: 1}" in text
    assert "columns: {id: id, label: y_true, score: y_score}" in text
    assert "dataset: holdout" in text


@pytest.mark.parametrize(
    ("version", "arguments", "words"),
    [
        ("2.1.0", (), "lending/mortgage@2.1.0 is registered, and no version changes after that"),
        ("2.2.0", ("--from", "9.0.0"), "--from: 9.0.0 is not registered; use one of"),
        ("2.2.0", ("--artifact", ROOT / "README.md"), "its bytes are of no format that is known"),
        ("2.2.0", ("--artifact", ROOT / "nothing.onnx"), "is no file; correct the name"),
        ("2.2.0", ("--evidence", f"sbon:cyclonedx={ROOT / 'README.md'}"), "'sbon' is not known; did you mean 'sbom'?"),
        ("2.2.0", ("--document", f"model-cart={ROOT / 'README.md'}"), "did you mean 'model-card'?"),
        ("2.2.0", ("--predictions", ROOT / "README.md"), "neither starts as Parquet does nor is named .csv"),
        (
            "2.2.0",
            ("--predictions", EVIDENCE / "predictions.parquet", "--label", "y_truth"),
            "there is no column 'y_truth' for --label; did you mean 'y_true'?",
        ),
        ("2.2.0", ("--model-file", ROOT / "README.md"), "the model has this file already"),
    ],
)
def test_what_cannot_be_says_why(
    samples: RepositoryBuilder, version: str, arguments: tuple[object, ...], words: str
) -> None:
    """Exit 2, where, what and what next, and no branch."""
    run = propose(samples, version, *arguments)
    assert 2 == run.code
    assert words in run.err
    assert "main" == samples.git("branch", "--format=%(refname:short)")


def test_a_key_that_is_none_is_told_at_its_line(samples: RepositoryBuilder, tmp_path: Path) -> None:
    """The file of --fill knows its lines, and the nearest key."""
    fill = tmp_path / "fill.yaml"
    fill.write_text("summary: A.\nmonitorin: {}\n", encoding="utf-8")
    run = propose(samples, "2.2.0", "--fill", fill)
    assert 2 == run.code
    assert f"{fill}:2:1: 'monitorin' is not to be filled in; did you mean 'monitoring'?" in run.err


def test_a_filled_part_that_does_not_fit_is_told_at_the_drafts_line(samples: RepositoryBuilder, tmp_path: Path) -> None:
    """The manifest does not exist yet: the note says whose lines are meant, and a dry run prints them."""
    fill = tmp_path / "fill.yaml"
    fill.write_text("monitoring: {on_cal: y}\n", encoding="utf-8")
    run = propose(samples, "2.2.0", *sample_files(), "--summary", "A.", "--fill", fill, "--dry-run")
    assert 2 == run.code
    (error,) = [line for line in run.err.splitlines() if "unknown key 'on_cal'; did you mean 'on_call'?" in line]
    assert "on_cal: y" in run.out.splitlines()[int(error.split(":")[2]) - 1]
    assert "lines of the manifest are those of the draft" in run.err
