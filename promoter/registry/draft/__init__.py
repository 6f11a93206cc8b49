"""A version's manifest drafted from its files: what they say, what the version before says, and what nobody said."""
