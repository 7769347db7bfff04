"""ControlNets: a second network that holds a painter to the edges, depth or pose of a picture."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..errors import ImageError, ModelError
from ..images import resized, rgb
from ..models.card import read_config
from ..models.device import best_device
from ..models.fit import Fit, require_exact, shapes_of_network
from ..models.loaded import Loaded
from ..models.loading import explained
from ..models.weights import open_header, read_weights
from . import renames
from .configs import controlnet_config
from .families import FAMILIES, Family, pipeline_class
from .region import Region, alike
from .source.folder import dtype_option, half_only
from .source.networks import below, filled, fit, shell


class ControlNet(Loaded):
    """A loaded ControlNet."""

    def __init__(self, model: Any, path: Path) -> None:
        self.model, self.path = model, path

    @classmethod
    def load(
        cls,
        path: str | Path,
        device: torch.device | None = None,
        dtype: torch.dtype | None = None,
    ) -> ControlNet:
        """Load a diffusers folder, or a single file of a Stable Diffusion or SDXL ControlNet.

        Raises:
            ModelError: missing, broken, or something else.
        """
        path = Path(path)
        device = device or best_device()
        dtype = dtype or cls.default_dtype(device)
        model = _from_folder(path, dtype) if path.is_dir() else _from_file(path, dtype)
        return cls(model.to(device).eval(), path)


@dataclass(frozen=True)
class Control:
    """A picture that a painting has to follow.

    Attributes:
        net: what follows it: a `ControlNet`, or a host's for a host's painter.
        image: float [B,h,w,3] in 0..1: edges, depth or a pose, as the net was trained on; one for
            all pictures, or one a picture.
        scale: how much, 0..2.
        start, end: from where to where in the denoising, 0..1.
    """

    net: Any
    image: Tensor
    scale: float = 1.0
    start: float = 0.0
    end: float = 1.0

    def of_picture(self, number: int) -> Control:
        """What belongs to that picture of a batch; the last one serves all that follow."""
        number = min(number, len(self.image) - 1)
        return replace(self, image=self.image[number : number + 1])

    def cut(self, region: Region, height: int, width: int) -> Control:
        """The part that belongs to a region of a picture of `height` x `width` pixels."""
        whole = resized(rgb(self.image), (height, width))
        return replace(self, image=region.cut(whole).cpu())

    def sized(self, height: int, width: int) -> Control:
        """With its picture at that size."""
        return replace(self, image=resized(rgb(self.image), (height, width)))


def followed(controls: Sequence[Control]) -> list[Control]:
    """Those that are followed at all: of one with no weight, or in no part of it, nothing shows."""
    return [each for each in controls if each.scale != 0 and each.start < each.end]


def check_controls(controls: Sequence[Control], images: Tensor, first: int | None = None) -> None:
    """Raise `ImageError` for control pictures of another number than the pictures [B,H,W,C], or of
    other proportions, and where one ends before it starts. What is not followed is not looked at.

    Args:
        first: where the pictures are a part of a batch, the number of their first one in it.
    """
    count, height, width = images.shape[:3]
    for control in controls:
        if control.start > control.end:
            raise ImageError(
                f"Let what is followed start before it ends, not at {control.start:g} and"
                f" {control.end:g}."
            )
    for control in followed(controls):
        many, high, wide = control.image.shape[:3]
        fits = many == count if first is None else many >= first + count
        if many != 1 and not fits:
            raise ImageError(
                f"{many} control pictures came for {(first or 0) + count} pictures: one for all, or"
                " one each."
            )
        if not alike((high, wide), (height, width)):
            raise ImageError(
                f"Make the control picture from this very picture: it is {wide} x {high} pixels,"
                f" but the picture is {width} x {height}, of other proportions."
            )


def controlled(pipeline: Any, family: Family, controls: Sequence[Control]) -> Any:
    """A pipeline of the same parts that follows the controls too.

    Raises:
        ModelError: the family has no such pipeline, or a net is for another one.
    """
    if not family.control:
        raise ModelError(
            "Choose a Stable Diffusion, SDXL or FLUX model, or leave the control picture away:"
            f" {family.title} has no ControlNet for inpainting here."
        )
    network = getattr(pipeline, "unet", None) or pipeline.transformer
    for control in controls:
        _require_fit(control.net, network, family)
        _follow(control.net.model, pipeline._execution_device, network.dtype)
    kind = pipeline_class(family.control)
    names = inspect.signature(kind.__init__).parameters
    parts = {name: part for name, part in pipeline.components.items() if name in names}
    nets = [control.net.model for control in controls]
    parts |= {name: value for name, value in family.options.items() if name in names}
    built = kind(**parts, controlnet=nets[0] if len(nets) == 1 else nets)
    built.set_progress_bar_config(disable=True)
    return built


def control_arguments(family: Family, controls: Sequence[Control]) -> dict[str, Any]:
    """What the pipeline of `controlled` is called with besides."""
    columns: dict[str, list[Any]] = {
        "control_image": [control.image.movedim(-1, 1) for control in controls],
        "controlnet_conditioning_scale": [float(control.scale) for control in controls],
        "control_guidance_start": [control.start for control in controls],
        "control_guidance_end": [control.end for control in controls],
    }
    if len(controls) == 1:
        return {key: each[0] for key, each in columns.items()}
    if family.control_modes:
        columns["control_mode"] = [None] * len(controls)
    return columns


def _follow(model: Any, device: torch.device, dtype: torch.dtype) -> None:
    """To where the painter works, in its precision."""
    if (model.device, model.dtype) != (device, dtype):
        model.to(device, dtype)


def _require_fit(net: Any, network: Any, family: Family) -> None:
    """A net of another family fails deep inside, if at all."""
    if not isinstance(net, ControlNet):
        raise ModelError(
            "Connect Load ControlNet for Inpaint to Follow Picture: this painter takes no"
            " CONTROL_NET of the host. Painter from MODEL does."
        )
    kind = type(net.model).__name__
    theirs, ours = net.model.config.get(family.width), network.config.get(family.width)
    if kind != family.control_class or theirs != ours:
        raise ModelError(
            f"Choose one that was made for this model: {net.path} is not a ControlNet for"
            f" {family.title} (its text is {theirs} wide, the painter's {ours})."
        )


_NAME = "a ControlNet for Stable Diffusion, SDXL or FLUX"
_UNION = (
    "Choose a ControlNet for a single kind of picture (canny, depth or pose): {} is a union of"
    " ControlNets, which can't be used here."
)


def _from_folder(folder: Path, dtype: torch.dtype) -> Any:
    config = read_config(folder, "config.json")
    kind = str(config.get("_class_name"))
    if kind == "ControlNetUnionModel" or config.get("num_mode"):
        raise ModelError(_UNION.format(folder))
    if kind not in {family.control_class for family in FAMILIES.values()}:
        raise ModelError(
            f"Choose another ControlNet: {folder} holds a {kind}, which can't be used here."
        )
    with explained(folder, "a ControlNet"):
        net = pipeline_class(kind)
        variant = {"variant": "fp16"} if half_only(folder) else {}
        model = net.from_pretrained(folder, local_files_only=True, **variant, **dtype_option(dtype))
    missing = tuple(name for name, value in model.named_parameters() if value.is_meta)
    require_exact(Fit(missing), folder, _NAME)
    return model


def _from_file(file: Path, dtype: torch.dtype) -> Any:
    prefix = "control_model."
    header = open_header(file)
    shapes = below(header.shapes, prefix) or header.shapes
    if "task_embedding" in shapes:
        raise ModelError(_UNION.format(file))
    if not any(name.startswith(("input_hint_block.", "controlnet_cond_embedding."))
               for name in shapes):  # fmt: skip
        raise ModelError(
            f"Choose another file, or a diffusers folder: {file} is not a ControlNet for Stable"
            " Diffusion or SDXL."
        )
    with explained(file, "a ControlNet"):
        net = shell("ControlNetModel", controlnet_config(shapes))
        named = renames.unet if "input_blocks.0.0.weight" in shapes else renames.as_it_is
        rename = named(shapes)
        require_exact(fit(shapes_of_network(net), shapes, rename), file, _NAME)
        state = read_weights(header)
        return filled(net, below(state, prefix) or state, rename, dtype)
