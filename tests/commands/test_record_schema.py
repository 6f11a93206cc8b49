"""The published schema of decision records, held against records that the recorder wrote."""

import json
from pathlib import Path
from typing import Any

import jsonschema

from promoter.report.record_file import RecordFile, record_schema
from tests.commands.recorded import Registry
from tests.commands.test_record_people import RITA, Squashed
from tests.commands.test_record_people import squashed as squashed
from tests.support.registry import FOLDER, stage_files

ROOT = Path(__file__).parents[2]
WITHDRAWN = 'schema: promoter.withdrawn/1\nwithdrawn: [{version: "1.0.0", reason: "It was wrong"}]\n'


def holds(record: dict[str, Any]) -> bool:
    """Say whether a record meets the published schema, and the types know each of its keys."""
    published = json.loads((ROOT / "schemas/record.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(published).validate(record)
    return record == json.loads(RecordFile.model_validate_json(json.dumps(record)).model_dump_json(by_alias=True))


def test_the_published_schema_is_the_types_schema() -> None:
    """`make generate` writes it."""
    assert record_schema() == json.loads((ROOT / "schemas/record.schema.json").read_text(encoding="utf-8"))


def test_every_kind_of_record_meets_the_published_schema(tmp_path: Path) -> None:
    """Of each kind that is recorded, a pointer that cannot be read included; without GitHub."""
    registry = Registry.create(tmp_path)
    registry.commit(dict(stage_files(production="1.0.0")), message="Back (#5)")
    registry.commit({f"{FOLDER}/stages/production.yaml": "version: [\n"}, message="Broken")
    registry.commit({f"{FOLDER}/stages/production.yaml": None}, message="Retire (#6)")
    registry.commit({f"{FOLDER}/withdrawn.yaml": WITHDRAWN}, message="Withdraw (#7)")
    assert 0 == registry.run("record", "--commit").exit_code
    records = [json.loads(content) for content in registry.records().values()]
    kinds = {"registration", "promotion", "rollback", "unreadable", "retirement", "withdrawal"}
    assert kinds == {record["kind"] for record in records}
    assert all(map(holds, records))


def test_record_with_people_meets_the_published_schema(squashed: Squashed) -> None:
    """What GitHub said of who made, reviewed and merged it is part of the form."""
    record = squashed.record(squashed.merged(RITA))
    assert record["people"]["merged"]["reviews"]["reviews"]
    assert holds(record)
