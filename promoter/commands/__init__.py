"""One file a command: read, call, write."""
