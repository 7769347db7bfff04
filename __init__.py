"""Prompt Edit for ComfyUI: the host reads this file. The library itself is `prompt_edit/`."""

WEB_DIRECTORY = "./web"


async def comfy_entrypoint():
    """What the host calls. Nothing is imported before it does."""
    from .nodes.extension import PromptEditExtension

    return PromptEditExtension()
