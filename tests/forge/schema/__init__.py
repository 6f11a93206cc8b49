"""GitHub's own description of its API, cut to what is used here."""
