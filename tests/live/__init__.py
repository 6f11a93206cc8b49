"""One suite of the client's, against the forge in every run, and against real GitHub where a token is given.

What is written is read back through the interface itself, so that each test runs unchanged at both places.
"""
