"""An instruction read by a language model, here or elsewhere."""
