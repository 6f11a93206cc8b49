"""A gate tried out without a registry: the policy of its page, and a described candidate. For the tests of plug-ins."""

import json
import re

from promoter.decision.judge import judge, no_waiver
from promoter.decision.policy_test import prepare_case
from promoter.decision.types import Result
from promoter.document.bind import bind
from promoter.document.reader import read_yaml
from promoter.gates.contract.gate import Gate
from promoter.policy.pipeline import Pipeline
from promoter.policy.policy import Policy
from promoter.policy.roles import Roles
from promoter.policy.rulebook import PolicyFile, RuleBook
from promoter.policy.settings import Settings
from promoter.policy.testcase import PolicyTest
from promoter.policy.testfiles import TestFile

_EXAMPLE = re.compile(r"```yaml\n(.*?)```", re.DOTALL)
_TIER = {"review_interval_days": 365, "stages": {}}
_SETTINGS = {"schema": "promoter.registry/1", "title": "A gate's test"}
_PIPELINE = {
    "schema": "promoter.pipeline/1",
    "stages": [{"id": "staging", "title": "Staging"}, {"id": "production", "title": "Production"}],
    "tiers": {"high": _TIER, "medium": _TIER, "low": _TIER},
}
_ROLES = {"schema": "promoter.roles/1", "roles": {"owners": {"title": "Owners", "contact": "owners@example.org"}}}


def page_policy(gate: Gate) -> PolicyFile:
    """Return the policy on a gate's page. Raises ProposalError where it is none, ValueError where there is none."""
    found = _EXAMPLE.findall(gate.page)
    if len(found) != 1:
        message = f"the page of gate {gate.name} has {len(found)} examples; keep one policy in a yaml block"
        raise ValueError(message)
    document = read_yaml(found[0].encode(), path=f"{gate.name}.yaml")
    return PolicyFile(policy=bind(document, Policy), document=document, path=document.path, version="git:page")


def judge_described(gate: Gate, case: str) -> Result:
    """Return what the policy of a gate's page says of a case, YAML in the form of policies/tests."""
    file = page_policy(gate)
    document = read_yaml(case.encode(), path="case.yaml")
    test = TestFile(policy=file.policy.id, name="case", case=bind(document, PolicyTest), document=document)
    rules = RuleBook(
        tree_id="",
        settings=Settings.model_validate_json(json.dumps(_SETTINGS)),
        pipeline=Pipeline.model_validate_json(json.dumps(_PIPELINE)),
        roles=Roles.model_validate_json(json.dumps(_ROLES)),
        policies=(file,),
        waivers=(),
        changes=(),
    )
    judgement, answers = prepare_case(test, rules, find_gate=lambda _name: gate)
    return judge(judgement, answers, no_waiver)
