"""Gates of our own; the entry point in pyproject.toml names each."""
