"""Tests of the training code (unit) and of an exported artifact (integration); examples/suites.py runs them."""
