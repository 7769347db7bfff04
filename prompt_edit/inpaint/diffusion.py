"""Diffusion inpainting: a picture, a mask and a prompt to new pixels, through diffusers."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from packaging.version import Version
from torch import Tensor

from ..errors import ModelError
from ..models.card import Card, read_card, read_config
from ..models.device import best_device, best_dtype
from ..models.loading import explained

OnStep = Callable[[int, int], None]
"""Called after each denoising step with (done, total). What it raises stops the painting."""

OnPreview = Callable[[Tensor], None]
"""Called before each `OnStep` with a small picture of the state so far, float [h,w,3] in 0..1."""


class Inpainter:
    """An inpainting pipeline with the sizes that it works at."""

    def __init__(self, pipeline: Any, card: Card) -> None:
        self.pipeline, self.card = pipeline, card
        pipeline.set_progress_bar_config(disable=True)

    @classmethod
    def load(
        cls,
        folder: str | Path,
        device: torch.device | None = None,
        dtype: torch.dtype | None = None,
    ) -> Inpainter:
        """Load a diffusers directory. Raises `ModelError` if it is missing or broken."""
        # Here, since it takes seconds: a host that starts must not wait for it.
        import diffusers

        # 0.42 renamed the argument, and warns of the old name.
        renamed = Version(diffusers.__version__) >= Version("0.42")
        folder = Path(folder)
        index = read_config(folder, "model_index.json")
        if "_class_name" not in index:
            raise ModelError(f"{folder}/model_index.json names no pipeline. Copy the model anew.")
        device = device or best_device()
        with explained(folder, "an inpainting model"):
            pipeline = diffusers.AutoPipelineForInpainting.from_pretrained(
                folder,
                local_files_only=True,
                safety_checker=None,
                requires_safety_checker=False,
                **{"dtype" if renamed else "torch_dtype": dtype or best_dtype(device)},
            )
        if not hasattr(pipeline, "unet"):
            raise ModelError(
                f"{folder} holds a {index['_class_name']}, which has no UNet."
                " Choose a Stable Diffusion or SDXL model."
            )
        return cls(pipeline.to(device), read_card(folder))

    @property
    def modules(self) -> list[torch.nn.Module]:
        """What holds weights."""
        parts = self.pipeline.components.values()
        return [part for part in parts if isinstance(part, torch.nn.Module)]

    @property
    def native(self) -> int:
        """The side in pixels that the model was trained on."""
        return int(self.pipeline.unet.config.sample_size * self.pipeline.vae_scale_factor)

    @property
    def multiple(self) -> int:
        """What both sides of a picture must be divisible by."""
        halvings = len(self.pipeline.unet.config.down_block_types) - 1
        return int(self.pipeline.vae_scale_factor * 2**halvings)

    def paint(
        self,
        image: Tensor,
        mask: Tensor,
        prompt: str,
        negative_prompt: str = "",
        *,
        seed: int = 0,
        steps: int | None = None,
        guidance_scale: float | None = None,
        strength: float = 1.0,
        on_step: OnStep | None = None,
        on_preview: OnPreview | None = None,
    ) -> Tensor:
        """Repaint what the mask covers.

        Args:
            image: float [1,h,w,3] in 0..1; both sides divisible by `multiple`.
            mask: float [1,h,w], 1 where to paint.
            prompt: what the region shows afterwards; empty for what surrounds it.
            seed: of the noise, which is drawn on the CPU so that every device gives the same.
            steps: denoising steps, by default the card's.
            guidance_scale: classifier-free guidance, by default the card's.
            strength: how much of the old picture is noised away, 0..1.

        Returns:
            float [1,h,w,3] in 0..1, on the CPU; the known part is the model's rendering of it.
        """
        steps = self.card.steps if steps is None else steps
        steps = max(steps, math.ceil(1 / max(strength, 0.01)))  # at least one is left to do
        total = max(1, int(steps * strength))

        preview = self._preview(image) if on_preview else None

        def after_step(_: Any, step: int, __: Any, values: dict[str, Any]) -> dict[str, Any]:
            if on_preview and preview:
                on_preview(preview(values["latents"]))
            if on_step:
                on_step(step + 1, total)
            return values

        guidance = self.card.guidance_scale if guidance_scale is None else guidance_scale
        made = self.pipeline(
            prompt=prompt,
            negative_prompt=negative_prompt or None,
            image=image.movedim(-1, 1),
            mask_image=mask[:, None],
            height=image.shape[1],
            width=image.shape[2],
            num_inference_steps=steps,
            # An empty prompt is what guidance pulls away from: there is nothing to pull to.
            guidance_scale=guidance if prompt else 1.0,
            strength=strength,
            generator=torch.Generator("cpu").manual_seed(seed),
            output_type="pt",
            callback_on_step_end=after_step,
        ).images
        return made.detach().cpu().float().movedim(1, -1)

    @torch.inference_mode()
    def _preview(self, image: Tensor) -> Callable[[Tensor], Tensor]:
        """A cheap decoder: the linear map from latents to colours that fits this very picture.

        It needs no table of factors a model family, and no second decoder.
        """
        vae = self.pipeline.vae
        pixels = image.movedim(-1, 1).to(vae.device, vae.dtype)
        code = vae.encode(pixels * 2 - 1).latent_dist.mean * vae.config.scaling_factor  # [1,c,h,w]
        small = F.interpolate(pixels, code.shape[-2:], mode="area").float()
        factors = torch.linalg.lstsq(_columns(code), small[0].flatten(1).T.cpu()).solution

        def decode(latents: Tensor) -> Tensor:
            colours = _columns(latents[:1]) @ factors
            return colours.clamp(0, 1).reshape(*latents.shape[-2:], 3)

        return decode


def _columns(code: Tensor) -> Tensor:
    """Latents [1,c,h,w] as rows of channels and a constant: float [h*w,c+1], on the CPU."""
    rows = code[0].flatten(1).T.float().cpu()
    return torch.cat([rows, torch.ones(len(rows), 1)], dim=1)
