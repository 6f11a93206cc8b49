"""A folder of policies/ that git would not write, pushed past the gate where commits must be signed."""

from pathlib import Path

import pygit2
from pygit2.enums import ObjectType

from tests.commands.signed import Signing


def test_a_name_that_stands_twice_in_policies_ends_no_audit(tmp_path: Path) -> None:
    """The rules before it stand in, so that who pushed it and what came after are held against their signers."""
    signing = Signing.create(tmp_path)
    signing.require()
    builder = signing.registry.builder
    git = pygit2.Repository(str(builder.path))
    tip = git[git.references["refs/heads/main"].target]
    policies = git[tip.tree["policies"].id]
    listing = policies.read_raw()
    twice = git.odb.write(ObjectType.TREE, listing[: listing.index(b"\0") + 21] + listing)
    root = tip.tree.read_raw().replace(bytes.fromhex(str(policies.id)), bytes.fromhex(str(twice)))
    tree_id = git.odb.write(ObjectType.TREE, root)
    commits = [str(tip.id)]
    for message in ("twice", "next"):
        who = "Eve <eve@example.org> 1700000900 +0000"
        content = f"tree {tree_id}\nparent {commits[-1]}\nauthor {who}\ncommitter {who}\n\n{message}\n"
        commits.append(str(git.odb.write(ObjectType.COMMIT, content.encode())))
    git.references.create("refs/heads/main", commits[-1], force=True)
    told = signing.registry.run("audit", "verify").stdout
    assert "lists one name twice" in told
    assert all(f"UNVERIFIED commit {commit[:10]}: it is not signed" in told for commit in commits[1:])
