"""The one doorway to GitHub: github3.py and CODEOWNERS."""
