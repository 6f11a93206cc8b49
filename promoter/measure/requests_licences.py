"""What gates ask of a bill of materials."""

from dataclasses import dataclass

from promoter.measure.request import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageLicences(Request):
    """The packages of a CycloneDX bill of materials and what each says of its licence.

    Measures: packages. Facts: "packages" (name, version or null, licence: an SPDX expression or null, names: licences
    that are named in words alone), sorted by name.
    """

    content: str
