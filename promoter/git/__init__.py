"""The one doorway to git objects: pygit2."""
