"""How well the graph does where the truth is known."""
