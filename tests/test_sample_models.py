"""The sample models of models/: what their manifests claim is what their files hold."""

import hashlib
import json
import re
from pathlib import Path

import numpy as np
import onnxruntime
import pandas as pd
import pytest

from examples.serving import image
from examples.signing.sign import PUBLIC_KEY
from promoter.document.bind import bind
from promoter.document.reader import read_yaml
from promoter.registry.manifest import Manifest
from promoter.registry.model import Model
from promoter.registry.signature import DType

MODELS = Path(__file__).parents[1] / "models"
VERSIONS = sorted(path.parent for path in MODELS.glob("*/*/versions/*/manifest.yaml"))
versions = pytest.mark.parametrize("folder", VERSIONS, ids=lambda path: f"{path.parts[-3]}@{path.name}")


def manifest_of(folder: Path) -> Manifest:
    """Return the manifest of a version's folder."""
    path = folder / "manifest.yaml"
    return bind(read_yaml(path.read_bytes(), path=str(path)), Manifest)


def evidence(folder: Path, name: str) -> pd.DataFrame:
    """Return an evidence table of a version."""
    return pd.read_parquet(folder / "evidence" / f"{name}.parquet")


def test_every_sample_model_is_registered_with_its_versions() -> None:
    """The samples are complete: eleven versions of four models."""
    models = [bind(read_yaml(path.read_bytes(), path=str(path)), Model) for path in MODELS.glob("*/*/model.yaml")]
    expected = {"health/diabetes-progression", "labour/employment", "lending/mortgage", "vision/digits"}
    assert expected == {model.model for model in models}
    assert 11 == len(VERSIONS)


@versions
def test_each_file_has_the_digest_and_size_that_the_manifest_claims(folder: Path) -> None:
    """Artifact and evidence are the very bytes that the manifest pins."""
    manifest = manifest_of(folder)
    for claimed in (manifest.artifact, *manifest.evidence):
        content = (folder / claimed.uri).read_bytes()
        assert claimed.size_bytes == len(content)
        assert claimed.digest == f"sha256:{hashlib.sha256(content).hexdigest()}"


@versions
def test_the_folder_holds_the_manifest_and_what_it_names_alone(folder: Path) -> None:
    """No file lies in a version's folder that its manifest does not name."""
    manifest = manifest_of(folder)
    named = {"manifest.yaml", manifest.artifact.uri, *(entry.uri for entry in manifest.evidence)}
    named |= {document.path for document in manifest.documents}
    assert named == {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@versions
def test_the_artifact_gives_the_predictions_of_the_evidence(folder: Path) -> None:
    """The ONNX file, run on the held-out features, returns the predictions that are judged, to float32 rounding."""
    manifest = manifest_of(folder)
    features, predictions = evidence(folder, "features_current"), evidence(folder, "predictions")
    columns = [feature.name for feature in manifest.signature.features]
    session = onnxruntime.InferenceSession(folder / "model.onnx", providers=["CPUExecutionProvider"])
    outputs = session.run(None, {"features": features[columns].to_numpy(dtype=np.float32)})
    assert features.id.tolist() == predictions.id.tolist()
    if manifest.signature.prediction.dtype == DType.STRING:
        assert predictions.y_pred.tolist() == outputs[0].astype(str).tolist()
        return
    if manifest.decision is None:
        np.testing.assert_allclose(predictions.y_pred, outputs[0][:, 0], rtol=1e-5)
        return
    np.testing.assert_allclose(predictions.y_score, outputs[1][:, 1], rtol=1e-5)
    assert (predictions.y_score >= manifest.decision.threshold).astype(int).tolist() == predictions.y_pred.tolist()


@versions
def test_rows_that_judge_are_no_rows_that_trained(folder: Path) -> None:
    """Reference and held-out rows share no id."""
    assert set() == set(evidence(folder, "features_reference").id) & set(evidence(folder, "predictions").id)


@versions
def test_all_versions_of_a_model_are_judged_on_the_same_rows(folder: Path) -> None:
    """Ids and labels equal those of the first version, so that comparisons are paired."""
    first = evidence(folder.parent / "1.0.0", "predictions")[["id", "y_true"]]
    pd.testing.assert_frame_equal(first, evidence(folder, "predictions")[["id", "y_true"]])


@versions
def test_features_keep_the_ranges_of_the_signature(folder: Path) -> None:
    """Every value of both feature samples lies within the bounds that the signature declares, and none is missing."""
    for feature in manifest_of(folder).signature.features:
        for name in ("features_reference", "features_current"):
            column = evidence(folder, name)[feature.name]
            assert column.between(feature.minimum, feature.maximum).all(), (name, feature.name)


@versions
def test_no_sensitive_attribute_is_a_feature(folder: Path) -> None:
    """Race and sex are columns of the predictions and inputs of no version."""
    path = folder.parents[1] / "model.yaml"
    attributes = {item.name for item in bind(read_yaml(path.read_bytes(), path=str(path)), Model).sensitive_attributes}
    assert attributes <= set(evidence(folder, "predictions"))
    assert not attributes & {feature.name.lower() for feature in manifest_of(folder).signature.features}


@versions
def test_the_image_is_the_one_that_is_described(folder: Path) -> None:
    """The deployment's digest is that of the manifest in examples/serving, and that is what its files make."""
    deployment = manifest_of(folder).deployment
    assert deployment is not None
    assert image.manifest() == image.MANIFEST.read_bytes()
    assert deployment.image_digest == f"sha256:{hashlib.sha256(image.MANIFEST.read_bytes()).hexdigest()}"


def test_the_bill_of_materials_lists_what_the_image_installs() -> None:
    """Each pinned package is a component of that version, and there is no other."""
    pins = (image.FOLDER / "requirements.txt").read_text(encoding="utf-8").split()
    listed = json.loads((image.FOLDER / "sbom.json").read_bytes())["components"]
    assert sorted(pins) == sorted(f"{component['name']}=={component['version']}" for component in listed)


def test_the_policy_trusts_the_key_that_signed_the_samples() -> None:
    """The public key in examples/signing is the policy's."""
    policy = (MODELS.parent / "policies/catalog/security/artifact-is-signed.yaml").read_text(encoding="utf-8")
    lines = PUBLIC_KEY.read_text(encoding="utf-8").splitlines()
    assert "\n".join(f"        {line}" for line in lines) in policy


@versions
def test_no_report_says_when_or_where_it_was_made(folder: Path) -> None:
    """Test results hold no duration, moment or host, so that training again writes the same bytes."""
    for suite in ("unit", "integration"):
        text = (folder / f"evidence/{suite}.xml").read_text(encoding="utf-8")
        assert f'name="commit" value="{manifest_of(folder).source.commit}"' in text
        assert not re.search(r' (time|timestamp|hostname)="', text)
