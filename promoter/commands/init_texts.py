"""The files of a new registry that are not copied: they work as they are, and are there to be changed."""

from string import Template

SETTINGS = Template("""\
# yaml-language-server: $$schema=../schemas/registry.schema.json
schema: promoter.registry/1
title: $title
# Where artifacts and evidence may lie beside the repository itself, each store by scheme and exact host:
# stores:
#   - {id: models, scheme: s3, host: our-models, prefix: /registry}
artifact_formats: [onnx, safetensors]
# Ask each commit of the default branch for a signature by a key of policies/trust/ (README.md, "Signed commits"):
# signed_commits: required
waiver_days: {critical: 14, high: 30, medium: 90, low: 180}
""")

PIPELINE = """\
# yaml-language-server: $schema=../schemas/pipeline.schema.json
schema: promoter.pipeline/1
stages:
  - {id: staging, title: Staging}
  - {id: production, title: Production}
tiers:
  high:
    review_interval_days: 180
    stages:
      staging:
        approvals: [{role: model-validation}]
        rollback_approvals: [{role: platform}]
      production:
        soak_days: 7
        approvals: [{role: model-validation}, {role: compliance}]
        rollback_approvals: [{role: platform}]
  medium:
    review_interval_days: 365
    stages:
      staging: {}
      production:
        soak_days: 3
        approvals: [{role: model-validation}]
        rollback_approvals: [{role: platform}]
  low:
    review_interval_days: 730
    stages:
      staging: {}
      production:
        soak_days: 1
        approvals: [{role: platform}]
        rollback_approvals: [{role: platform}]
"""

ROLES_HEAD = """\
# yaml-language-server: $schema=../schemas/roles.schema.json
# Nobody is in a role yet: nothing can be approved, and `promoter lint` names every policy whose owner is nobody.
# A member is {login: LOGIN, id: ID}; `gh api users/LOGIN --jq .id` prints the id. One person fills one role of a
# decision, and nobody approves what they proposed, so two people a role are the least that works.
schema: promoter.roles/1
roles:
"""

ROLE = Template("""\
  $id:
    title: $title
    contact: $contact
    members: [] # $person set the registry up; put the people of this role here
""")

CODEOWNERS = Template("""\
# Who must review what: the last line that matches a path decides alone; `promoter owners PATH` shows which.
# $person set the registry up. Put teams here, such as @org/platform, and keep the lines that protect the gate last.

*                              $owner
/models/**/stages/production.yaml  $owner
/policies/                     $owner
/promoter/                     $owner
/.github/                      $owner
/CODEOWNERS                    $owner
""")

README = Template("""\
# $title

Models are proposed, judged and promoted by pull requests of this repository; its merge history is the audit trail.

## Before the first model

1. Fill in `policies/roles.yaml` and `CODEOWNERS`; `promoter lint` lists what is still open.
2. Read the starter policies below `policies/catalog/`, one a category: each is its gate's own example, so bounds,
   lists and required suites are yours to set. `promoter gates show GATE` is the reference of each.
3. The workflows below `.github/`, where they were copied, install the engine from this repository: add `promoter/`,
   `pyproject.toml` and `requirements/` of the release that judges here, or change `.github/steps/install.sh`.
4. `promoter doctor` says whether the repository on GitHub enforces all this.

## Then

```sh
promoter propose team/model --version 1.0.0 --model-file model.yaml --artifact model.onnx --predictions scored.parquet
promoter promote team/model@1.0.0 --stage staging
promoter status
```

## Signed commits

`signed_commits: required` in `policies/registry.yaml` makes `promoter audit verify` ask for signatures. Whose count
stands in `policies/trust/allowed_signers`, a line a key as `ssh-keygen` reads it (`ada@example.org ssh-ed25519
AAAA...`), and in `policies/trust/openpgp.asc` (GitHub's key for what it merges: <https://github.com/web-flow.gpg>).
The commands above sign where git does:

```sh
git config commit.gpgsign true
git config gpg.format ssh
git config user.signingkey ~/.ssh/id_ed25519.pub
```
""")

MODELS_README = """\
# Models

One folder a model: `<namespace>/<model>/model.yaml`, its `versions/`, and the pointers of its `stages/`.
`promoter propose NAMESPACE/MODEL --version V` writes the first.
"""
