"""What goes into a model and what comes out of it."""

from enum import StrEnum

from pydantic import Field

from promoter.document.strict import Strict


class DType(StrEnum):
    """Type of a column, in the words that Arrow and ONNX share."""

    FLOAT = "float"
    INT = "int"
    BOOL = "bool"
    STRING = "string"
    TIMESTAMP = "timestamp"
    VECTOR = "vector"


class Feature(Strict):
    """One input column and the values that it may take."""

    name: str = Field(description="Column name.", min_length=1)
    dtype: DType = Field(description="Type of its values.")
    nullable: bool = Field(default=False, description="Whether a value may be missing.")
    minimum: float | None = Field(default=None, description="Smallest allowed value.")
    maximum: float | None = Field(default=None, description="Largest allowed value.")
    categories: tuple[str, ...] = Field(default=(), description="Allowed values, written as text; empty: any.")
    origin: str | None = Field(default=None, description="Data set column or feature view that it comes from.")


class Prediction(Strict):
    """The output column."""

    name: str = Field(description="Column name.", min_length=1)
    dtype: DType = Field(description="Type of its values.")
    classes: tuple[str, ...] = Field(default=(), description="Classes, in the order of the artifact's outputs.")
    unit: str = Field(default="", description="Unit of a predicted quantity.")


class Signature(Strict):
    """The contract between a model and whoever calls it."""

    features: tuple[Feature, ...] = Field(description="Input columns.", min_length=1)
    prediction: Prediction = Field(description="Output column.")
