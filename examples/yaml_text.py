"""YAML as people write it; see promoter/document/writing.py."""

from promoter.document.writing import Inline, Quoted, yaml_text

__all__ = ["Inline", "Quoted", "yaml_text"]
