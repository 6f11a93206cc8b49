"""The evidence that is no table: test results, the artifact's signature, and what is known of the scoring image."""

import shutil
from pathlib import Path

from examples.serving.image import FOLDER as SERVING
from examples.signing.sign import bundle_of, is_signed
from examples.suites import SUITES, junit_xml


def attach(folder: Path, *, model: str, package: str, version: str, commit: str) -> list[tuple[str, str, str, str]]:
    """Write the files below evidence/ of a version's folder; return id, kind, format and path of each.

    The suites read artifact and tables of the folder, so these must be written before.
    """
    attached = []
    for suite in SUITES:
        path = f"evidence/{suite}.xml"
        (folder / path).write_bytes(junit_xml(suite, package=package, folder=folder, commit=commit))
        attached.append((f"{suite}-tests", "test-results", "junit", path))
    bundle = bundle_of(model, version)
    if is_signed(folder / "model.onnx", bundle):
        shutil.copy(bundle, folder / "evidence/signature.json")
        attached.append(("signature", "signature", "sigstore", "evidence/signature.json"))
    else:
        print(f"{model}@{version} is unsigned: its bytes changed; run examples.signing.sign and train again")
    for name, kind, form in (("sbom", "sbom", "cyclonedx"), ("pip-audit", "vulnerabilities", "pip-audit")):
        shutil.copy(SERVING / f"{name}.json", folder / f"evidence/{name}.json")
        attached.append((name, kind, form, f"evidence/{name}.json"))
    return attached
