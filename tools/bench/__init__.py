"""Measurements of the engine, each beside a floor from the same run."""
