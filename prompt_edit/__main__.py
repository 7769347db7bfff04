"""`python -m prompt_edit` is `prompt-edit`."""

from .cli import main

main()
