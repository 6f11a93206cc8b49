"""The smallest registry that is valid throughout: one binary model, its evidence as CSV, two policies."""

from collections.abc import Mapping

from promoter.digest import sha256_bytes

MODEL = "lending/mortgage"
FOLDER = f"models/{MODEL}"
Files = dict[str, bytes | str]


def predictions_csv(rows: int = 200, *, shift: float = 0.0) -> bytes:
    """Return predictions that separate the classes well; `shift` makes them worse, from 0 (good) to 1 (noise)."""
    lines = ["id,y_true,y_score,group"]
    for row in range(rows):
        label = row % 2
        noise = ((row * 7919) % 101) / 101
        score = (1 - shift) * (0.25 + 0.5 * label) + 0.24 * noise + shift * 0.5 * ((row * 104729) % 97) / 97
        lines.append(f"r{row},{label},{score:.6f},{'ab'[row % 3 % 2]}")
    return ("\n".join(lines) + "\n").encode()


def model_yaml(**changed: str) -> str:
    """Return a valid model.yaml, with some top-level lines replaced."""
    lines = {
        "schema": "promoter.model/1",
        "model": MODEL,
        "title": "Mortgage approval",
        "task": "binary",
        "risk_tier": "high",
        "owners": "[lending-models]",
        "domain": "credit",
        "intended_use": "{purpose: Rank applications, users: [Underwriters], affected: [Applicants],"
        " human_oversight: An underwriter decides}",
    }
    return "".join(f"{key}: {value}\n" for key, value in {**lines, **changed}.items())


def manifest_yaml(version: str, predictions: bytes, **changed: str) -> str:
    """Return a valid manifest.yaml of a version with these predictions, with some top-level lines replaced."""
    artifact = artifact_bytes(version)
    lines = {
        "schema": "promoter.manifest/1",
        "model": MODEL,
        "version": f'"{version}"',
        "summary": f"Version {version}.",
        "artifact": "{uri: model.safetensors, format: safetensors,"
        f" digest: '{sha256_bytes(artifact)}', size_bytes: {len(artifact)}}}",
        "source": "{repository: https://example.org/training, commit: '" + "a" * 40 + "'}",
        "signature": "{features: [{name: income, dtype: float}], prediction: {name: y_score, dtype: float}}",
        "decision": "{threshold: 0.5}",
        "datasets": "[{id: holdout, role: evaluation, uri: evidence/predictions.csv,"
        f" digest: '{sha256_bytes(predictions)}', personal_data: false}}]",
        "evidence": "[{id: predictions, kind: predictions, format: csv, uri: evidence/predictions.csv,"
        f" digest: '{sha256_bytes(predictions)}', size_bytes: {len(predictions)}, dataset: holdout,"
        " columns: {id: id, label: y_true, score: y_score}}]",
    }
    return "".join(f"{key}: {value}\n" for key, value in {**lines, **changed}.items())


def artifact_bytes(version: str) -> bytes:
    """Return a safetensors file without tensors, its metadata naming the version."""
    header = b'{"__metadata__":{"version":"' + version.encode() + b'"}}'
    return len(header).to_bytes(8, "little") + header


def version_files(version: str = "1.0.0", *, shift: float = 0.0, **changed: str) -> Files:
    """Return the files of one version."""
    predictions = predictions_csv(shift=shift)
    folder = f"{FOLDER}/versions/{version}"
    return {
        f"{folder}/manifest.yaml": manifest_yaml(version, predictions, **changed),
        f"{folder}/model.safetensors": artifact_bytes(version),
        f"{folder}/evidence/predictions.csv": predictions,
    }


def stage_files(**versions: str) -> Files:
    """Return stage pointers: stage=version."""
    return {f"{FOLDER}/stages/{stage}.yaml": f'version: "{version}"\n' for stage, version in versions.items()}


def policy_yaml(name: str, gate: str, parameters: str, **changed: str) -> str:
    """Return a valid policy file, with some top-level lines replaced or added."""
    lines = {
        "schema": "promoter.policy/1",
        "id": name,
        "title": f"{name} holds.",
        "category": "performance",
        "owner": "risk",
        "rationale": "A test.",
        "gate": gate,
        "parameters": parameters,
        "severity": "high",
        "enforcement": "block",
        "remediation": "Raise {measure} from {value} to {bound}.",
    }
    return "".join(f"{key}: {value}\n" for key, value in {**lines, **changed}.items())


AUC_POLICY = policy_yaml(
    "auc", "performance", "{bounds: [{measure: roc_auc, at_least: 0.8}]}", near_miss="{absolute: 0.02}"
)


def rule_files(policies: Mapping[str, str] | None = None) -> Files:
    """Return the files below policies/; `policies` maps a path below policies/ to its text."""
    chosen = {"catalog/performance/auc.yaml": AUC_POLICY} if policies is None else policies
    return {
        "policies/registry.yaml": "schema: promoter.registry/1\ntitle: Test registry\n",
        "policies/pipeline.yaml": (
            "schema: promoter.pipeline/1\n"
            "stages: [{id: staging, title: Staging}, {id: production, title: Production}]\n"
            "tiers:\n"
            "  high: {review_interval_days: 180, stages: {production: {approvals: [{role: risk}]}}}\n"
        ),
        "policies/roles.yaml": (
            "schema: promoter.roles/1\n"
            "roles:\n"
            "  risk: {title: Model risk, contact: risk@example.org, members: [{login: rita, id: 101}]}\n"
            "  lending-models: {title: Lending models, contact: lending@example.org, members: [{login: leo, id: 102}]}\n"  # noqa: E501
        ),
        **{f"policies/{path}": text for path, text in chosen.items()},
    }


def registry_files(**stages: str) -> Files:
    """Return the whole registry with version 1.0.0, and stage pointers as given."""
    return {**rule_files(), f"{FOLDER}/model.yaml": model_yaml(), **version_files(), **stage_files(**stages)}
