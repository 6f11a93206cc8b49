"""Deployments and their statuses, newest first as GitHub lists them."""

from tests.forge.routing import Answer, Call, RefusedError, route
from tests.forge.shapes import shape


def list_deployments(call: Call) -> Answer:
    """Answer with deployments, by commit, task and environment."""
    wanted = {key: call.query[key] for key in ("sha", "task", "environment") if key in call.query}
    found = [entry for entry in call.state.deployments.values() if all(entry[k] == v for k, v in wanted.items())]
    return Answer(200, found[::-1])


def create_deployment(call: Call) -> Answer:
    """Add a deployment of a commit that exists."""
    state, body = call.state, call.body
    number = next(state.ids)
    told = {key: body[key] for key in ("task", "payload", "environment", "description", "production_environment")}
    state.git("cat-file", "-e", f"{body['ref']}^{{commit}}")
    state.deployments[number] = shape(
        "deployment", id=number, sha=body["ref"], ref=body["ref"], creator=state.account(call.token.login), **told
    )
    state.deployment_statuses[number] = []
    return Answer(201, state.deployments[number])


def list_statuses(call: Call) -> Answer:
    """Answer with a deployment's statuses."""
    if call.number not in call.state.deployments:
        raise RefusedError(404, "Not Found")
    return Answer(200, call.state.deployment_statuses[call.number][::-1])


def create_status(call: Call) -> Answer:
    """Add a status to a deployment."""
    state = call.state
    if call.number not in state.deployments:
        raise RefusedError(404, "Not Found")
    told = {key: call.body[key] for key in ("state", "description")}
    status = shape("deployment-status", id=next(state.ids), creator=state.account(call.token.login), **told)
    state.deployment_statuses[call.number].append(status)
    return Answer(201, status)


DEPLOYING_ROUTES = (
    route("GET", r"/deployments", "deployments", list_deployments),
    route("POST", r"/deployments", "deployments", create_deployment),
    route("GET", r"/deployments/(\d+)/statuses", "deployments", list_statuses),
    route("POST", r"/deployments/(\d+)/statuses", "deployments", create_status),
)
