"""The one doorway to evidence stores: fsspec, digests verified while bytes are read."""
