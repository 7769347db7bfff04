"""Prompt Edit: one sentence in, one edited picture out, every other pixel left alone."""
