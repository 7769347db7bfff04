"""A SAM 3 that the host has loaded, as a detector and a segmenter."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np
import torch
from comfy_api.latest import io

from ..prompt_edit.detect.finder import Answer, Finder
from ..prompt_edit.detect.found import Kept
from ..prompt_edit.errors import InstructionError, ModelError, shown
from ..prompt_edit.models.card import Card
from ..prompt_edit.models.recent import Recent
from ..prompt_edit.segment.network import Frame, Prompts
from ..prompt_edit.segment.recalled import Recalling
from ..prompt_edit.segment.sam import Sam
from . import host
from .schema import schema
from .sockets import DetectorModel, SegmenterModel

_CARD = Card(threshold=0.5)  # as the host's own node has it
_AT_ONCE = 16  # masks that are asked for in one pass: each takes memory
_PATCH = 14  # pixels of the frame a side


class FinderFromSam3(io.ComfyNode):
    """Makes a detector and a segmenter of a SAM 3."""

    @classmethod
    def define_schema(cls) -> io.Schema:
        return schema(
            node_id="PromptEditFinderFromSAM3",
            display_name="SAM 3 Finder",
            description="SAM 3 as ComfyUI loads it finds what the words name, and its masks with"
            " it, in one pass: one model instead of Grounding DINO and SAM.",
            search_aliases=["sam3", "sam 3", "sam 3.1", "segment anything", "detector",
                            "segmenter", "open vocabulary", "text to mask", "sam3 detect"],
            inputs=[
                io.Model.Input("model", tooltip="Of a SAM 3 or 3.1 checkpoint, from Load"
                               " Checkpoint."),
                io.Clip.Input("clip", tooltip="From the same checkpoint."),
            ],
            outputs=[
                DetectorModel.Output("detector", display_name="detector",
                                     tooltip="For Grounding DINO Detect or Prompt Edit."),
                SegmenterModel.Output("segmenter", display_name="segmenter",
                                      tooltip="For SAM Mask or Prompt Edit. It knows the masks of"
                                      " what the detector found; others it cuts by their box."),
            ],
        )  # fmt: skip

    @classmethod
    def execute(cls, model: Any, clip: Any) -> io.NodeOutput:
        _require_sam3(model, clip)
        kept = Kept()
        finder = Finder(ByWords(model, clip), _CARD, kept)
        segmenter = Recalling(Sam(ByPlace(model), Card()), kept)
        return io.NodeOutput(host.Resident(finder, []), host.Resident(segmenter, []))


class _Sam3:
    """A SAM 3 of the host, which moves it to the GPU by itself.

    Attributes:
        model: the host's MODEL.
        side: pixels of the square that it sees a picture in.
    """

    def __init__(self, model: Any) -> None:
        self.model = model  # its network is not kept beside it, so that the host can drop it
        self.side = int(model.model.diffusion_model.tracker.image_size)

    def ready(self) -> tuple[Any, torch.device, torch.dtype]:
        """Its network, on the device where it runs, and the precision there."""
        from comfy.model_management import load_models_gpu

        host.stop_if_cancelled()
        load_models_gpu([self.model])
        inner = self.model.model
        return inner.diffusion_model, self.model.load_device, inner.get_dtype_inference()

    def framed(self, pixels: np.ndarray) -> torch.Tensor:
        """A picture uint8 [H,W,3] as the host's own node shows it, [1,3,S,S] in 0..1."""
        from comfy.utils import common_upscale

        picture = torch.from_numpy(pixels).float().movedim(-1, 0)[None] / 255
        return common_upscale(picture, self.side, self.side, "bilinear", crop="disabled")


class ByWords(_Sam3):
    """Its detector, asked by words; see `prompt_edit.detect.finder.Concepts`."""

    def __init__(self, model: Any, clip: Any) -> None:
        super().__init__(model)
        self._clip = clip
        self._words: Recent[str, tuple[torch.Tensor, torch.Tensor]] = Recent()

    @torch.inference_mode()
    def encode(self, pixels: np.ndarray) -> list[torch.Tensor]:
        network, device, dtype = self.ready()
        eyes = network.detector.backbone["vision_backbone"]
        return [eyes.trunk(self.framed(pixels).to(device, dtype)).cpu()]

    @torch.inference_mode()
    def find(self, embedding: list[torch.Tensor], phrase: str) -> Answer:
        words, mask = self._words.get(phrase, lambda: self._read(phrase))
        network, device, dtype = self.ready()
        words = network.detector.backbone["language_backbone"]["resizer"](words.to(device, dtype))
        presence: list[torch.Tensor] = []

        def hear(_: Any, __: Any, out: dict[str, torch.Tensor]) -> None:
            presence.append(out["presence"])  # which the host leaves out of what it gives back

        heard = network.detector.transformer.decoder.register_forward_hook(hear)
        try:
            out = network.detector.forward_from_trunk(
                embedding[0].to(device, dtype), words, mask.to(device)
            )
        finally:
            heard.remove()
        return Answer(out["boxes"][0], out["scores"][0], presence[0][0], out["masks"][0])

    def _read(self, phrase: str) -> tuple[torch.Tensor, torch.Tensor]:
        """The embedding [1,T,C] of a phrase, and which of its tokens [1,T] are words."""
        host.stop_if_cancelled()
        tokens = self._clip.tokenize(phrase)
        rows = next(iter(tokens.values()))
        if len(rows) != 1:
            raise InstructionError(
                f'Name it in fewer words: SAM 3 reads {len(rows[0])} tokens, and "{shown(phrase)}"'
                " has more."
            )
        words, more = self._clip.encode_from_tokens_scheduled(tokens)[0]
        mask = more.get("attention_mask")
        return words, torch.ones(words.shape[:2], dtype=torch.long) if mask is None else mask


class ByPlace(_Sam3):
    """Its interactive part, asked by boxes, points and rough masks; see
    `prompt_edit.segment.network.Network`."""

    def __init__(self, model: Any) -> None:
        super().__init__(model)
        self.frame = Frame(self.side, self.side // _PATCH * 4, stretched=True)

    def encode(self, pictures: Sequence[np.ndarray]) -> list[list[torch.Tensor]]:
        # The host encodes them together with the prompts.
        return [[self.framed(pixels)] for pixels in pictures]

    @torch.inference_mode()
    def decode(
        self, embedding: list[torch.Tensor], prompts: Prompts
    ) -> tuple[torch.Tensor, torch.Tensor]:
        answers = [self._cut(embedding[0], part) for part in prompts.parts(_AT_ONCE)]
        masks = torch.cat(answers)
        return masks, torch.ones(masks.shape[:2])  # of several readings the host takes the best

    def _cut(self, picture: torch.Tensor, prompts: Prompts) -> torch.Tensor:
        """Masks of the frame, logits [N,1,S,S] on the CPU."""
        network, device, dtype = self.ready()
        asked: dict[str, Any] = {}
        if prompts.boxes is not None:
            asked["box_inputs"] = prompts.boxes.reshape(-1, 2, 2).to(device)
        if prompts.points is not None and prompts.labels is not None:
            asked["point_inputs"] = {"point_coords": prompts.points.to(device),
                                     "point_labels": prompts.labels.int().to(device)}  # fmt: skip
        if prompts.masks is not None:
            asked["mask_inputs"] = prompts.masks.to(device, dtype)
        return network.forward_segment(picture.to(device, dtype), **asked).float().cpu()


def _require_sam3(model: Any, clip: Any) -> None:
    """Raises `ModelError` where these are not of a SAM 3."""
    kind = type(getattr(model, "model", None))
    if "SAM3" not in [each.__name__ for each in kind.__mro__]:
        if not _loads_sam3():
            raise ModelError(
                "Update ComfyUI to 0.20 or later: before, it loads no SAM 3. Load Grounding DINO"
                " and Load SAM work here too."
            )
        reason = "there is no MODEL" if model is None else f"this MODEL is {kind.__name__}"
        raise ModelError(f"Load a SAM 3 checkpoint with Load Checkpoint: {reason}.")
    words = getattr(clip, "cond_stage_model", None)
    if getattr(words, "clip", "") != "sam3_clip":
        reason = "there is no CLIP" if clip is None else f"this CLIP is {type(words).__name__}"
        raise ModelError(f"Connect the CLIP of the Load Checkpoint that SAM 3 is from: {reason}.")


def _loads_sam3() -> bool:
    """Whether this host knows SAM 3."""
    try:
        return find_spec("comfy.ldm.sam3") is not None
    except ImportError:
        return False


NODES = [FinderFromSam3]
