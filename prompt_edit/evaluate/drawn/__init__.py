"""The whole graph measured in the drawn world, where the truth is known to the pixel."""
