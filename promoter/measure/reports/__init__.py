"""Foreign files read as data: one parser a format, each with limits on size, depth and number of parts."""
