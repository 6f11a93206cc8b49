"""One file a gate: which numbers it asks for, and how it judges them."""
