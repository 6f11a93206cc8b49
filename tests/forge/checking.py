"""Check runs on a commit, with GitHub's limits on annotations."""

from typing import Any

from tests.forge.routing import Answer, Call, RefusedError
from tests.forge.shapes import shape
from tests.forge.state import MOMENT

MOST_ANNOTATIONS = 50


def _keep_output(call: Call, run: dict[str, Any]) -> None:
    output = call.body.get("output", {})
    notes = output.get("annotations", [])
    if len(notes) > MOST_ANNOTATIONS:
        raise RefusedError(422, "Validation Failed", errors=["annotations exceeds a maximum quantity of 50"])
    kept = call.state.annotations.setdefault(run["id"], [])
    kept += [shape("check-annotation", **note) for note in notes]
    run["output"] |= {key: output[key] for key in ("title", "summary", "text") if key in output}
    run["output"]["annotations_count"] = len(kept)
    for key in ("status", "conclusion", "details_url"):
        run[key] = call.body.get(key, run[key])
    if "conclusion" in call.body:
        run |= {"status": "completed", "completed_at": MOMENT}


def create_check_run(call: Call) -> Answer:
    """Add a check run to a commit that exists."""
    if call.body.get("status") == "completed" and "conclusion" not in call.body:
        raise RefusedError(422, "Validation Failed", errors=["conclusion is required"])
    known = call.state.git("cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)")
    if f"{call.body['head_sha']} commit" not in known:
        raise RefusedError(422, "No commit found for SHA")
    run = shape("check-run", id=next(call.state.ids), name=call.body["name"], head_sha=call.body["head_sha"])
    run |= {"status": "queued", "conclusion": None, "completed_at": None}
    _keep_output(call, run)
    call.state.check_runs[run["id"]] = run
    call.state.settings.setdefault("check_authors", []).append(call.token.login)
    return Answer(201, run)


def update_check_run(call: Call) -> Answer:
    """Change a check run; annotations add up."""
    run = call.state.check_runs.get(call.number)
    if run is None:
        raise RefusedError(404, "Not Found")
    _keep_output(call, run)
    return Answer(200, run)


def list_check_runs(call: Call) -> Answer:
    """Answer with the check runs of a commit."""
    return Answer(200, call.state.runs_on(call.groups[0]), "check_runs")


def get_check_run(call: Call) -> Answer:
    """Answer with one check run."""
    run = call.state.check_runs.get(call.number)
    if run is None:
        raise RefusedError(404, "Not Found")
    return Answer(200, run)


def list_annotations(call: Call) -> Answer:
    """Answer with the annotations of a check run."""
    if call.number not in call.state.check_runs:
        raise RefusedError(404, "Not Found")
    return Answer(200, call.state.annotations[call.number])
