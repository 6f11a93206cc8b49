"""Whether trees are such that every reader sees the same files: git, GitHub, any file system, and Promoter.

libgit2 reads trees that git would never write: a file `..`, two files of one name, a mode that is none. So before
anything of a proposal is read, each of its changed trees is checked from its raw bytes.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pygit2.enums import ObjectType

from promoter.errors import Location, Problem, ProposalError
from promoter.git.attributes import GOVERNED_FOLDERS, MAX_ATTRIBUTES_BYTES, attribute_problems
from promoter.git.difference import MAX_CHANGED_FILES
from promoter.git.entry import EntryKind, RawEntry, is_tree, joined, kind_of, order_key, path_text
from promoter.git.names import MAX_NAME_BYTES, is_plain, look_alike_key, name_fault, shown
from promoter.git.snapshot import Snapshot

MAX_PATH_BYTES = 1024
# More tell an author nothing new, and a hostile tree could fill the report.
MAX_PROBLEMS = 100

_CANONICAL_MODES = (b"100644", b"100755", b"40000", b"120000", b"160000")
_FOLDER = b"40000"
_FILES_AND_FOLDERS = {b"100644", b"100755", _FOLDER}
_NO_OBJECT = bytes(20)
# Names of the root that stand for governed things: a link or submodule there would replace them. GitHub reads
# CODEOWNERS from the root, .github/ and docs/.
_GOVERNED_ROOT_NAMES = (*GOVERNED_FOLDERS, "codeowners", "docs", ".gitattributes")
_REWRITE = "write the commit again with git; no git command makes such a tree"


@dataclass(frozen=True, slots=True)
class _ChangedTree:
    path: bytes
    base_id: str | None
    head_id: str


def check_trees(base: Snapshot | None, head: Snapshot, *, limit: int = MAX_CHANGED_FILES) -> tuple[Problem, ...]:
    """Return why the head's trees cannot be trusted; empty where all is well.

    A tree that stands in the base at the same path is not opened; of every other tree the whole listing is checked,
    since a new name may collide with an old one. Links and submodules are refused in governed folders and
    where they would replace one; elsewhere they are left alone. Without a base every tree is opened, and `limit`
    counts every entry of the registry.
    Raises ServiceError where an object is missing.
    """
    problems: list[Problem] = []
    seen = 0
    pending = [_ChangedTree(b"", None if base is None else base.tree_id, head.tree_id)]
    while pending and len(problems) < MAX_PROBLEMS:
        tree = pending.pop()
        if tree.base_id == tree.head_id:
            continue
        try:
            entries = head.repository.entries(tree.head_id, path=path_text(tree.path))
        except ProposalError as exc:
            problems.extend(exc.problems)
            continue
        before = _base_entries(base, tree)
        changed = sorted(set(entries).difference(before), key=order_key)
        seen += len(changed)
        if seen > limit:
            hint = "split it into several pull requests"
            problems.append(Problem(Location("."), f"more than {limit:,} paths change", hint))
            break
        problems.extend(_listing_problems(tree.path, entries))
        problems.extend(_attribute_problems(head, tree.path, changed))
        pending.extend(_changed_folders(tree.path, changed, set(before).difference(entries)))
    return tuple(sorted(problems, key=lambda problem: problem.location.sort_key)[:MAX_PROBLEMS])


def _base_entries(base: Snapshot | None, tree: _ChangedTree) -> tuple[RawEntry, ...]:
    if base is None or tree.base_id is None:
        return ()
    return base.repository.entries(tree.base_id, path=path_text(tree.path))


def _changed_folders(path: bytes, changed: list[RawEntry], replaced: set[RawEntry]) -> Iterator[_ChangedTree]:
    before = {name: object_id for mode, name, object_id in replaced if is_tree(mode)}
    for mode, name, object_id in changed:
        folder = joined(path, name)
        if is_tree(mode) and len(folder) <= MAX_PATH_BYTES:
            old = before.get(name)
            yield _ChangedTree(folder, None if old is None else old.hex(), object_id.hex())


def _listing_problems(path: bytes, entries: tuple[RawEntry, ...]) -> Iterator[Problem]:
    if path and _is_plain_listing(path, entries):
        keys = [name + b"/" if mode == _FOLDER else name for mode, name, _ in entries]
    else:
        keys = [order_key(entry) for entry in entries]
        for entry in entries:
            fault = _entry_fault(path, entry)
            if fault is not None:
                yield _problem(joined(path, entry[1]), *fault)
        yield from _collision_problems(path, entries)
    if keys != sorted(keys):
        yield _problem(path, "the folder's entries are not in git's order", _REWRITE)


def _is_plain_listing(path: bytes, entries: tuple[RawEntry, ...]) -> bool:
    """Say whether a folder below the root holds files and folders of plain names alone, in which no fault can be.

    Most folders are such, and one of a thousand models is read again for each merge below it.
    """
    modes, names, ids = ({entry[part] for entry in entries} for part in range(3))
    is_short = len(path) + 1 + MAX_NAME_BYTES <= MAX_PATH_BYTES
    is_known = modes <= _FILES_AND_FOLDERS and _NO_OBJECT not in ids and len(names) == len(entries)
    return is_short and is_known and all(map(is_plain, names))


def _entry_fault(path: bytes, entry: RawEntry) -> tuple[str, str] | None:
    mode, name, object_id = entry
    fault = name_fault(name)
    if fault is not None:
        return fault.message, fault.hint
    if len(joined(path, name)) > MAX_PATH_BYTES:
        return f"a path of {len(joined(path, name)):,} bytes, at most {MAX_PATH_BYTES:,}", "shorten its folders' names"
    if mode not in _CANONICAL_MODES:
        return f"mode {shown(mode)} is none that git writes", "use 100644 for a file; write the commit again with git"
    if object_id == _NO_OBJECT:
        return "the entry points at no object", _REWRITE
    root_name = path.partition(b"/")[0] or name
    folded = look_alike_key(root_name)
    if folded in GOVERNED_FOLDERS and root_name.decode("utf-8", "replace") != folded and not path:
        return f"the name reads as the governed folder {folded}/ and is not", f"rename it to {folded}"
    kind = kind_of(mode)
    is_governed = folded in (GOVERNED_FOLDERS if path else _GOVERNED_ROOT_NAMES)
    if is_governed and kind is EntryKind.LINK:
        return "a symbolic link in a governed place", "commit the file itself in place of the link"
    if is_governed and kind is EntryKind.COMMIT:
        return "a submodule in a governed place", "commit the files themselves in place of the submodule"
    return None


def _collision_problems(path: bytes, entries: tuple[RawEntry, ...]) -> Iterator[Problem]:
    names = {name for _, name, _ in entries}
    if len(names) == len(entries) and all(map(is_plain, names)):
        return
    first_of: dict[str, bytes] = {}
    for _, name, _ in entries:
        key = look_alike_key(name)
        first = first_of.get(key)
        if first is None:
            first_of[key] = name
        elif first == name:
            yield _problem(joined(path, name), "two entries of one name", f"keep one of them; {_REWRITE}")
        else:
            message = f"reads the same as {shown(first)} beside it, where case or Unicode form does not count"
            yield _problem(joined(path, name), message, "rename one of them")


def _attribute_problems(head: Snapshot, path: bytes, changed: list[RawEntry]) -> Iterator[Problem]:
    for mode, name, object_id in changed:
        if name != b".gitattributes" or kind_of(mode) is not EntryKind.BLOB:
            continue
        place = joined(path, name)
        if path.partition(b"/")[0].decode("utf-8", "replace") in GOVERNED_FOLDERS:
            hint = "remove it; what git does with governed files is set in the root's .gitattributes alone"
            yield _problem(place, "attributes in a governed folder can hide changes from reviewers", hint)
        elif not path:
            try:
                content = head.repository.load(
                    object_id.hex(), ObjectType.BLOB, path=path_text(place), limit_bytes=MAX_ATTRIBUTES_BYTES
                )
            except ProposalError as exc:
                yield from exc.problems
            else:
                yield from attribute_problems(content)


def _problem(path: bytes, message: str, hint: str) -> Problem:
    return Problem(Location(shown(path)), message, hint)
