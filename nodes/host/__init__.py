"""What the host does for us: folders, memory, loading, progress, stopping, previews."""

from .choice import DOWNLOAD, SAMPLE, Chooses, default_names, model_input
from .folders import (
    NOTHING,
    briefly,
    installed,
    llm_folders,
    lora_names,
    lora_path,
    register_folders,
    roots,
)
from .loading import Keeper, load, load_painter
from .progress import Progress, drawn, shown, stop_if_cancelled
from .reader import ResidentParser, load_llm
from .resident import Resident, ready_together

__all__ = [
    "DOWNLOAD",
    "NOTHING",
    "SAMPLE",
    "Chooses",
    "Keeper",
    "Progress",
    "Resident",
    "ResidentParser",
    "briefly",
    "default_names",
    "drawn",
    "installed",
    "llm_folders",
    "load",
    "load_llm",
    "load_painter",
    "lora_names",
    "lora_path",
    "model_input",
    "ready_together",
    "register_folders",
    "roots",
    "shown",
    "stop_if_cancelled",
]
