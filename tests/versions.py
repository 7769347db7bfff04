"""Which of the supported versions is installed, where a test must know."""

import huggingface_hub
import transformers

TRANSFORMERS_4 = transformers.__version__.startswith("4.")
HUB_0 = huggingface_hub.__version__.startswith("0.")
