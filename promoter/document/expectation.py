"""pydantic's errors in plain words: what was expected of a value."""

from collections.abc import Mapping
from typing import Any

_EXPECTED = {
    "string_type": "a string",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "none_required": "null",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "frozen_set_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "dataclass_type": "a mapping",
    "date_type": "a date such as 2026-01-31",
    "date_parsing": "a date such as 2026-01-31",
    "date_from_datetime_parsing": "a date such as 2026-01-31",
    "datetime_type": "a time with its zone such as 2026-01-31T09:00:00Z",
    "datetime_parsing": "a time with its zone such as 2026-01-31T09:00:00Z",
    "datetime_from_date_parsing": "a time with its zone such as 2026-01-31T09:00:00Z",
    "timezone_aware": "a time with its zone such as 2026-01-31T09:00:00Z",
    "literal_error": "{expected}",
    "enum": "{expected}",
    "union_tag_invalid": "one of {expected_tags}",
    "greater_than": "a number above {gt}",
    "greater_than_equal": "a number of at least {ge}",
    "less_than": "a number below {lt}",
    "less_than_equal": "a number of at most {le}",
    "multiple_of": "a multiple of {multiple_of}",
    "string_too_short": "{min_length} or more characters",
    "string_too_long": "{max_length} or fewer characters",
    "string_pattern_mismatch": "text of the form {pattern}",
    "too_short": "{min_length} or more items",
    "too_long": "{max_length} or fewer items",
}
"""By pydantic's error type; the braces are filled from the error's context."""

_VALIDATOR_PREFIXES = ("Value error, ", "Assertion failed, ")


def expected(error: Mapping[str, Any]) -> str | None:
    """Return what a value should have been, such as `a number above 0`; None for an error without such words."""
    template = _EXPECTED.get(error["type"])
    return template.format_map(error.get("ctx", {})) if template else None


def said_by_validator(error: Mapping[str, Any]) -> tuple[str, str]:
    """Return what a validator of ours said, split at its first "; ", or pydantic's own words."""
    text = str(error["msg"])
    for prefix in _VALIDATOR_PREFIXES:
        text = text.removeprefix(prefix)
    message, _, hint = text.partition("; ")
    return message, hint
