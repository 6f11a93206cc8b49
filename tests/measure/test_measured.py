import json

from promoter.measure.request import Measured


def test_facts_are_the_same_bytes_whatever_order_they_were_found_in() -> None:
    """An answer that a cache gave back, keys sorted, and one that was just made stand in a record alike."""
    found = Measured(facts={"b": [{"z": 1, "y": 2}], "a": {"d": 1, "c": 2}})
    kept = Measured(facts=json.loads(json.dumps(found.facts, sort_keys=True)))
    assert json.dumps(kept.as_json()) == json.dumps(found.as_json())
    assert ["a", "b"] == list(found.facts)
