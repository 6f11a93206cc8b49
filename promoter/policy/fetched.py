"""What a manifest would have fetched from a store: refused where no store of the registry allows it.

A URI that no gate asks for is fetched by whoever pulls the version later, so it is held at the door, not when read.
"""

from collections.abc import Callable, Iterator, Sequence

from promoter.document.places import Keys
from promoter.errors import Location, Problem
from promoter.policy.settings import Store
from promoter.policy.uri import check_uri
from promoter.registry.manifest import Manifest


def store_problems(
    manifest: Manifest, stores: Sequence[Store], *, location_of: Callable[[Keys], Location]
) -> Iterator[Problem]:
    """Yield why an artifact or an evidence file may not be fetched; paths in the version's folder are no concern."""
    named: list[tuple[Keys, str]] = [(("artifact", "uri"), manifest.artifact.uri)]
    named += [(("evidence", index, "uri"), entry.uri) for index, entry in enumerate(manifest.evidence)]
    for keys, uri in named:
        fault = check_uri(uri, stores) if ":" in uri else None
        if fault is not None:
            yield Problem(location_of(keys), fault.message, fault.hint)
