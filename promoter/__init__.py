"""A git repository as the model registry: gates on pull requests, records in the merge history."""

__version__ = "0.1.0"
