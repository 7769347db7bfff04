"""An instruction read by rules: no model, no key, a millisecond; what it cannot read it names."""

from .reader import LONGEST, parse_grammar

__all__ = ["LONGEST", "parse_grammar"]
