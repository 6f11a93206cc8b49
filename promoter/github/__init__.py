"""The one doorway to GitHub: github3.py's session, retries, and what is read and posted through it."""
