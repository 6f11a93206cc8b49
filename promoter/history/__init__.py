"""What happened to the registry: changes between two trees, events along the merge history."""
