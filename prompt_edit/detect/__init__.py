"""Noun phrases to boxes."""
