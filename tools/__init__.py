"""Programs for those who work on the engine itself."""
