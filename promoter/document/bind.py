"""Data to typed values, with every misfit told at its place in the file."""

import json
from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from promoter.document.misfit import Places, problems_of
from promoter.document.places import Keys
from promoter.document.reader import Document
from promoter.errors import Location, ProposalError

M = TypeVar("M", bound=BaseModel)


def bind(document: Document, form: type[M]) -> M:
    """Return the document as a value of the type; raises ProposalError with one problem for every misfit."""
    return bind_value(
        document.value,
        form,
        location_of=document.location,
        key_location_of=document.key_location,
        written_at=document.written,
    )


def bind_value(
    value: Any,
    form: type[M],
    *,
    location_of: Callable[[Keys], Location],
    key_location_of: Callable[[Keys], Location] | None = None,
    written_at: Callable[[Keys], str | None] | None = None,
) -> M:
    """Return a part of a document as a value of the type; raises ProposalError with one problem for every misfit.

    The functions tell where a value and its key stand, and how a number was written; `Document.at` gives a part
    that knows them all. Validation goes through JSON: there pydantic's strict mode takes a list for a tuple and a
    string for an enum, and converts nothing else.
    """
    try:
        return form.model_validate_json(json.dumps(value))
    except ValidationError as error:
        places = Places(location_of, key_location_of or location_of, written_at or (lambda _keys: None))
        raise ProposalError(*problems_of(error, form, places)) from error
