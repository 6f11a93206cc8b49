"""A forge on loopback: GitHub's REST API, as far as Promoter uses it, over a real bare repository."""
