"""LoRAs: files of changes to a painter's weights, merged into them exactly and taken off again."""

from .merged import Merged as Merged
from .merged import Put as Put
from .reader import read_lora as read_lora
from .reader import weights_in as weights_in
