"""Masks to new pixels."""
