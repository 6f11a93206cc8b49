"""Requests planned, gates judged, outcomes combined: a pure function of its arguments."""
