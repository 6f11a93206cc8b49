"""Requests to questions, and answers to measurements: one module a family, all of them in `table.FAMILIES`."""
