"""See README.md of examples/ for what this folder trains and from which data."""
