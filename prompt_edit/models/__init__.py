"""Where models are, what they say of themselves, and how they are loaded."""
