"""YAML as data with places: hostile text stops here, and every value knows its line."""
