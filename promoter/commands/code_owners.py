"""Whose review GitHub asks for by CODEOWNERS of the base: told beside the roles that Promoter asks for."""

from promoter.commands.case import Case
from promoter.commands.stored_owners import MOST_OWNERS
from promoter.errors import ProposalError
from promoter.git.difference import diff_snapshots
from promoter.git.entry import EntryKind
from promoter.git.snapshot import Snapshot
from promoter.registry.codeowners import LOCATIONS, SIZE_LIMIT_BYTES, governing_location, parse_codeowners
from promoter.report.parts import OwnersView


def owners_of_change(case: Case) -> tuple[OwnersView, ...]:
    """Return each set of owners whose review a change needs, with how many files it guards; none without a file.

    A file that GitHub would not load guards nothing, and `promoter lint` says so.
    """
    location = governing_location(codeowners_files(case.base_tree))
    if location is None:
        return ()
    try:
        content = case.base_tree.read(location, limit_bytes=SIZE_LIMIT_BYTES)
        codeowners = parse_codeowners(content, path=location)
        paths = [change.path for change in diff_snapshots(case.base_tree, case.merged_tree)]
    except ProposalError:
        return ()
    return tuple(
        OwnersView(owners=guard.owners[:MOST_OWNERS], files=len(guard.paths), example=guard.paths[0])
        for guard in codeowners.required_owners(paths)[:MOST_OWNERS]
    )


def codeowners_files(tree: Snapshot) -> list[str]:
    """Return the files of a tree that GitHub may read as CODEOWNERS; a folder or a link of that name is none."""
    entries = {path: tree.entry(path) for path in LOCATIONS}
    return [path for path, entry in entries.items() if entry is not None and entry.kind is EntryKind.BLOB]
