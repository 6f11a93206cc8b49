"""A manifest drafted from shapes of files: what rows and headers tell, what the version before tells, what is open."""

from dataclasses import replace
from typing import Any

from promoter.document.bind import bind_value
from promoter.errors import Location
from promoter.registry.draft.given import ARTIFACT, GivenFile, TableShape, Wish
from promoter.registry.draft.manifest import draft_manifest
from promoter.registry.manifest import Manifest
from promoter.registry.model import Model, SensitiveAttribute, Task

MODEL = Model.model_validate_json(
    """{"schema": "promoter.model/1", "model": "lending/mortgage", "title": "T", "task": "binary", "risk_tier": "high",
    "owners": ["team"], "domain": "credit", "intended_use": {"purpose": "P", "users": ["U"], "affected": ["A"],
    "human_oversight": "H"}}"""
)
BEFORE: dict[str, Any] = {
    "schema": "promoter.manifest/1",
    "model": "lending/mortgage",
    "version": "1.0.0",
    "summary": "First.",
    "artifact": {"uri": "net.onnx", "format": "onnx", "digest": f"sha256:{'1' * 64}", "size_bytes": 1},
    "source": {"repository": "r", "commit": "a" * 40, "training_run": "run-1"},
    "signature": {
        "features": [
            {"name": "income", "dtype": "float", "minimum": 0, "maximum": 100, "origin": "raw.income"},
            {"name": "home", "dtype": "string", "categories": ["own", "rent"]},
        ],
        "prediction": {"name": "y_score", "dtype": "float"},
    },
    "datasets": [
        {"id": "raw", "role": "raw", "uri": "s3://raw/x", "version": "7", "personal_data": True},
        {"id": "train", "role": "training", "uri": "rows.csv", "digest": f"sha256:{'2' * 64}", "personal_data": True},
    ],
    "evidence": [
        {
            "id": name,
            "kind": kind,
            "format": format_,
            "uri": uri,
            "digest": f"sha256:{'2' * 64}",
            "size_bytes": 1,
            "dataset": "train" if name == "rows" else None,
        }
        for name, kind, format_, uri in (
            ("rows", "features-reference", "csv", "rows.csv"),
            ("unit", "test-results", "junit", "tests/unit.xml"),
            ("whole", "test-results", "junit", "tests/whole.xml"),
        )
    ],
    "rollback": {"to_version": "0.9.0", "procedure": "Press revert.", "tested_on": "2026-01-01"},
}


def manifest(**changed: Any) -> Manifest:
    """Return the version before, with some keys replaced."""
    return bind_value({**BEFORE, **changed}, Manifest, location_of=lambda _keys: Location("manifest.yaml"))


def shape(**columns: Any) -> TableShape:
    """Return a table of 10 rows; a column is (type, range or categories or None, whether some are missing)."""
    return TableShape(
        rows=10,
        dtypes={name: dtype for name, (dtype, _, _) in columns.items()},
        categories={name: held if dtype == "string" else None for name, (dtype, held, _) in columns.items()},
        ranges={name: held for name, (dtype, held, _) in columns.items() if dtype in ("int", "float")},
        with_missing=frozenset(name for name, (_, _, is_missing) in columns.items() if is_missing),
    )


ROWS = shape(id=("string", None, False), income=("int", (5, 90), False), home=("string", ("own", "rent"), False))
SCORED = shape(id=("string", None, False), y_true=("int", (0, 1), False), y_score=("float", (0.1, 0.9), False))


def file(part: str, name: str, *, format_: str = "csv", **more: Any) -> GivenFile:
    """Return a file of a proposal."""
    return GivenFile(part=part, source=f"in/{name}", format=format_, digest=f"sha256:{'9' * 64}", size_bytes=9, **more)


WISH = Wish(
    model=MODEL,
    version="2.0.0",
    artifact=file(ARTIFACT, "export.onnx", format_="onnx"),
    evidence=(file("predictions", "scored.csv", table=SCORED), file("features-reference", "new.csv", table=ROWS)),
    previous=manifest(),
    summary="Second.",
)


def features_of(wish: Wish) -> dict[str, dict[str, Any]]:
    """Return the drafted features by name."""
    return {feature["name"]: dict(feature) for feature in draft_manifest(wish).document["signature"]["features"]}


def with_rows(rows: TableShape, **changed: Any) -> Wish:
    """Return the wish with other rows of features."""
    evidence = (WISH.evidence[0], replace(WISH.evidence[1], table=rows))
    return replace(WISH, evidence=evidence, **changed)


def test_what_was_declared_stands_while_the_rows_are_inside() -> None:
    """Whole numbers are admitted by a float, and the declared range is wider than what was seen."""
    before = BEFORE["signature"]["features"]
    assert {feature["name"]: feature for feature in before} == features_of(WISH)


def test_a_range_is_widened_and_said() -> None:
    """Rows beyond the declared range widen it; the note names both ends."""
    wish = with_rows(shape(income=("float", (-5.0, 90.0), True), home=("string", ("boat", "own"), False)))
    income, home = features_of(wish).values()
    assert {"minimum": -5, "maximum": 100, "nullable": True} == {
        key: income[key] for key in ("minimum", "maximum", "nullable")
    }
    assert ["own", "rent", "boat"] == home["categories"]
    assert "signature: income had the minimum 0, the rows reach -5" in draft_manifest(wish).notes


def test_a_type_that_changed_is_told() -> None:
    """A text where a number was declared becomes a text, and the note says so."""
    wish = with_rows(shape(income=("string", ("high", "low"), False), home=("string", ("own",), False)))
    assert "string" == features_of(wish)["income"]["dtype"]
    assert "signature: income was float, the rows hold string" in draft_manifest(wish).notes


def test_free_texts_have_no_categories() -> None:
    """A list of more than twenty texts would not hold for the next row."""
    names = tuple(f"name-{number:02d}" for number in range(21))
    wish = with_rows(shape(employer=("string", names, False)), previous=None)
    assert {"name": "employer", "dtype": "string"} == features_of(wish)["employer"]


def test_the_header_tells_which_columns_are_features() -> None:
    """A protected column is left out where the artifact takes one column less, and is there where it takes it."""
    rows = shape(id=("string", None, False), income=("int", (5, 90), False), race=("string", ("a", "b"), False))
    model = MODEL.model_copy(update={"sensitive_attributes": (SensitiveAttribute(name="race", basis="law"),)})
    for width, expected in ((1, ["income"]), (2, ["income", "race"])):
        inputs = ({"name": "features", "type": "float", "shape": [None, width]},)
        artifact = file(ARTIFACT, "export.onnx", format_="onnx", inputs=inputs)
        assert expected == list(features_of(with_rows(rows, model=model, artifact=artifact, previous=None)))


def test_named_inputs_give_the_order() -> None:
    """An artifact with an input a column takes them by name; one that the rows lack is a gap."""
    inputs = tuple({"name": name, "type": "float", "shape": [None, 1]} for name in ("home", "income"))
    wish = replace(WISH, artifact=file(ARTIFACT, "export.onnx", format_="onnx", inputs=inputs))
    assert ["home", "income"] == list(features_of(wish))
    (gap,) = draft_manifest(with_rows(shape(income=("int", (1, 2), False)), artifact=wish.artifact)).gaps
    assert ("signature", "the artifact has inputs that are no columns of the rows: home") == (gap.key, gap.message)


def test_terms_are_taken_over_and_digests_are_new() -> None:
    """Raw data stay as they were; the data set that is a file of the folder is the new file, under its old name."""
    draft = draft_manifest(WISH)
    raw, train = draft.document["datasets"]
    assert BEFORE["datasets"][0] == raw
    assert {**BEFORE["datasets"][1], "digest": f"sha256:{'9' * 64}"} == train
    assert ["net.onnx", "evidence/predictions.csv", "rows.csv"] == list(draft.files)
    assert "datasets: train is a new file on 1.0.0's terms and days" in draft.notes


def test_a_data_set_without_its_file_is_a_gap() -> None:
    """It is neither dropped nor taken over, unless --fill says what the data sets are."""
    wish = replace(WISH, evidence=WISH.evidence[:1])
    assert ["datasets"] == [gap.key for gap in draft_manifest(wish).gaps]
    filled = replace(wish, fill={"datasets": [{"id": "raw"}]})
    assert () == draft_manifest(filled).gaps


def test_no_claim_of_the_version_before_is_repeated() -> None:
    """Its training run and its drill were its own; the plan returns to what is served now."""
    document = draft_manifest(replace(WISH, serving="1.0.0")).document
    assert {"repository": "r", "commit": "a" * 40, "path": None} == document["source"]
    assert {"to_version": "1.0.0", "procedure": "Press revert."} == document["rollback"]
    assert "b" * 40 == draft_manifest(replace(WISH, commit="b" * 40)).document["source"]["commit"]


def test_files_of_one_kind_are_told_apart_by_name() -> None:
    """Two suites keep their names and paths; a third gets its own."""
    suites = tuple(file("test-results", name, format_="junit") for name in ("whole.xml", "unit.xml", "extra.xml"))
    draft = draft_manifest(replace(WISH, evidence=(*WISH.evidence, *suites)))
    found = [(entry["id"], entry["uri"]) for entry in draft.document["evidence"] if entry["kind"] == "test-results"]
    expected = [("whole", "tests/whole.xml"), ("unit", "tests/unit.xml"), ("test-results", "evidence/test_results.xml")]
    assert expected == found


def test_class_scores_are_found_by_their_prefix() -> None:
    """A first multi-class version: classes and columns are told from the label's values."""
    scored = shape(
        y_true=("string", ("a", "b"), False),
        y_pred=("string", ("a", "b"), False),
        score_a=("float", (0, 1), False),
        score_b=("float", (0, 1), False),
    )
    model = MODEL.model_copy(update={"task": Task.MULTICLASS})
    wish = replace(
        WISH, model=model, previous=None, evidence=(file("predictions", "s.csv", table=scored), WISH.evidence[1])
    )
    document = draft_manifest(wish).document
    scores = {"a": "score_a", "b": "score_b"}
    assert {"label": "y_true", "prediction": "y_pred", "class_scores": scores} == document["evidence"][0]["columns"]
    assert {"name": "y_pred", "dtype": "string", "classes": ["a", "b"]} == document["signature"]["prediction"]


def test_what_nothing_tells_is_open() -> None:
    """A first version without anything: each required key is a gap with the option that closes it."""
    gaps = {gap.key: gap.hint for gap in draft_manifest(Wish(model=MODEL, version="1.0.0")).gaps}
    assert {"summary", "artifact", "source", "signature", "datasets", "evidence"} == gaps.keys()
    assert gaps["artifact"] == "name it with --artifact FILE"
