"""Host glue: one file a stage. All that can be wrong is in `prompt_edit/`."""
