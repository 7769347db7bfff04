"""A MODEL of the host as a painter: the host's own sampling behind the library's one method."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from ..prompt_edit.errors import ModelError
from ..prompt_edit.images import resized, rgb
from ..prompt_edit.inpaint.cells import whole_cells, with_thin_parts
from ..prompt_edit.inpaint.control import Control
from ..prompt_edit.inpaint.painter import OnPreview, OnStep
from ..prompt_edit.inpaint.ways import Choice, Facts, Wording, soft_mask
from ..prompt_edit.models.card import Card
from .patches import Fixed

Conditioning = list[list[Any]]

_WIDTHS = ("context_dim", "context_in_dim", "joint_attention_dim", "cap_feat_dim")
_FEW = 8  # texts that are kept as the encoder reads them
_SEEN_SIDE = 384
"""Boogu's encoder sees a picture of as many pixels as a square of that side."""
_LUMINA = (
    "You are an assistant designed to generate superior images with the superior degree of"
    " image-text alignment based on textual prompts or user prompts. <Prompt Start> "
)
"""What Lumina 2 was trained to read before each prompt."""


@dataclass(frozen=True)
class Settings:
    """How the host samples.

    Attributes:
        sampler, scheduler: by the host's names.
        denoise: the most that is noised away, 0..1.
        noise_mask: noise goes into the mask alone; else into the whole cut.
        soft: the mask has a soft edge, where the model's way wants one.
    """

    sampler: str
    scheduler: str
    denoise: float = 1.0
    noise_mask: bool = True
    soft: bool = True


class HostPainter:
    """Paints with MODEL, CLIP and VAE of the host; a `prompt_edit.inpaint.painter.Painter`."""

    def __init__(
        self,
        model: Any,
        clip: Any,
        vae: Any,
        choice: Choice,
        settings: Settings,
        card: Card,
        controls: Sequence[Control] = (),
    ) -> None:
        self.model, self.clip, self.vae = model, clip, vae
        self.choice, self.settings, self.card = choice, settings, card
        self.controls = tuple(controls)
        self._read: dict[tuple[str, bool], Conditioning] = {}
        self._require_fit()

    @property
    def wording(self) -> Wording:
        """What its prompts are."""
        return self.choice.way.wording

    @property
    def native(self) -> int:
        """The side in pixels that the model was trained on."""
        return self.choice.kind.native

    @property
    def multiple(self) -> int:
        """What both sides of a picture must be divisible by: two latents a side, for patches."""
        return max(16, 2 * self._cell)

    @property
    def _cell(self) -> int:
        """The side in pixels of what one latent stands for."""
        return int(self.vae.spacial_compression_encode())

    @property
    def fills(self) -> bool:
        """Whether it sees the hole, or does what it is told."""
        return self.choice.way.beside == "hole" or self.wording == "instruction"

    def heeds_negative(self, guidance_scale: float | None) -> bool:
        """Whether a negative prompt changes anything at that guidance; None is its own."""
        told = guidance_scale is not None and self.choice.kind.guidance is None
        return (guidance_scale if told else self.card.guidance_scale) > 1  # type: ignore[operator]

    @property
    def guidance(self) -> float:
        """What `paint` takes as guidance unless it is told another."""
        own = self.choice.kind.guidance
        return self.card.guidance_scale if own is None else own

    @torch.inference_mode()
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
        controls: Sequence[Control] = (),
        on_step: OnStep | None = None,
        on_preview: OnPreview | None = None,
    ) -> Tensor:
        """As `Inpainter.paint`; what the host raises on Cancel goes through."""
        latent = self._latent(image)
        shown, cfg = self._shown(image, mask, latent), self.card.guidance_scale
        if guidance_scale is not None and "guidance" in shown:
            shown["guidance"] = guidance_scale  # an input of the network, where it is distilled
        elif guidance_scale is not None:
            cfg = guidance_scale
        if not prompt and not negative_prompt:
            cfg = 1.0  # there is nothing to pull to
        positive = _with(self._encoded(prompt, image, wanted=True), shown)
        negative = positive
        if not self._reader_sees or self._looks_at_negative(cfg):
            negative = _with(self._encoded(negative_prompt, image, wanted=False), shown)
        for control in controls:
            positive, negative = _followed(positive, negative, control, mask, self.vae)
        sampled = self._sampled(
            latent, self._noise_mask(mask), positive, negative, seed,
            self.card.steps if steps is None else steps,
            cfg,
            min(strength, self.settings.denoise), self._callback(on_step, on_preview),
        )  # fmt: skip
        return self._picture(sampled, image)

    # What the model is shown

    def _latent(self, image: Tensor) -> Tensor:
        return self.vae.encode(rgb(image))

    def _shown(self, image: Tensor, mask: Tensor, latent: Tensor) -> dict[str, Any]:
        """What the conditioning carries besides the words, by the host's names."""
        way = self.choice.way
        shown: dict[str, Any] = {}
        if self.choice.kind.guidance is not None:
            shown["guidance"] = self.choice.kind.guidance
        if way.beside == "hole":
            hole = with_thin_parts(mask, self._cell, middle=True)
            without = torch.where(hole[..., None] > 0.5, 0.5, rgb(image))
            shown |= {"concat_latent_image": self._latent(without), "concat_mask": hole[:, None]}
        if way.beside == "picture":
            shown["concat_latent_image"] = latent
        if way.reference:
            shown["reference_latents"] = [latent]
        return shown

    def _encoded(self, text: str, image: Tensor, wanted: bool) -> Conditioning:
        """The words, with the picture where the way wants it and the encoder sees.

        Args:
            wanted: False for what shall not be there.
        """
        seeing = self._reader_sees
        if not seeing and (text, wanted) in self._read:  # of the picture or the piece before
            return self._read[text, wanted]
        if seeing:
            words = seeing(self, text, rgb(image), wanted)
        else:
            lumina = type(self.clip.tokenizer).__name__ == "LuminaTokenizer"
            begun = _LUMINA if lumina and wanted and text else ""
            words = self.clip.encode_from_tokens_scheduled(self.clip.tokenize(begun + text))
        self._require_words_fit(words)
        if not seeing:
            if len(self._read) >= _FEW:
                self._read.clear()
            self._read[text, wanted] = words
        return words

    @property
    def _reader_sees(self) -> Callable[..., Conditioning] | None:
        """What reads the words together with the picture, where the way wants it and the encoder
        can."""
        reader = type(self.clip.tokenizer).__name__
        return _SEEING.get(reader) if self.choice.way.reference else None

    def _seen_by_qwen(self, text: str, picture: Tensor, wanted: bool) -> Conditioning:
        """As the host's own nodes word it: one for the first Qwen-Image-Edit and for LongCat's, one
        for those after it."""
        from comfy_extras import nodes_qwen

        if self.choice.kind.numbered:
            later = nodes_qwen.TextEncodeQwenImageEditPlus
            return later.execute(self.clip, text, image1=picture)[0]  # type: ignore[no-any-return]
        first = nodes_qwen.TextEncodeQwenImageEdit
        return first.execute(self.clip, text, image=picture)[0]  # type: ignore[no-any-return]

    def _seen_by_boogu(self, text: str, picture: Tensor, wanted: bool) -> Conditioning:
        """Only what is wanted goes with the picture, so that guidance pulls to the instruction."""
        height, width = picture.shape[1:3]
        scale = _SEEN_SIDE / (height * width) ** 0.5
        small = resized(picture, (round(height * scale), round(width * scale)))
        tokens = self.clip.tokenize(text, images=[small] if wanted else [])
        return self.clip.encode_from_tokens_scheduled(tokens)  # type: ignore[no-any-return]

    def _noise_mask(self, mask: Tensor) -> Tensor | None:
        if not self.settings.noise_mask:
            return None
        # The host takes the middle of each latent's square: what is half in the mask would become
        # half of what it was.
        return (soft_mask if self._soft else whole_cells)(mask, self._cell)

    def reached(self, mask: Tensor) -> Tensor:
        """What may be new where it paints a mask [1,h,w], its soft edge with it: 1 there."""
        noised = self._noise_mask(mask)
        return mask if noised is None else whole_cells((noised > 0).to(mask), self._cell)

    @property
    def _soft(self) -> bool:
        return self.settings.noise_mask and self.settings.soft and self.choice.way.soft

    def _looks_at_negative(self, cfg: float) -> bool:
        """Whether the host does: at a cfg of 1 only where a patch of the model, or a sampler of the
        kind "cfg_pp", asks for it. To read it with the picture takes seconds."""
        patched = self.model.model_options.get("disable_cfg1_optimization")
        return cfg != 1 or bool(patched) or "cfg" in self.settings.sampler

    # Sampling

    def _sampled(self, latent: Tensor, noise_mask: Tensor | None, positive: Conditioning,
                 negative: Conditioning, seed: int, steps: int, cfg: float, denoise: float,
                 callback: Any) -> Tensor:  # fmt: skip
        import comfy.sample
        import comfy.utils

        model = self.model.clone()
        if self._soft and "denoise_mask_function" not in model.model_options:
            model = _softened(model)
        latent = comfy.sample.fix_empty_latent_channels(model, latent)
        noise = comfy.sample.prepare_noise(latent, seed)
        return comfy.sample.sample(
            model, noise, steps, cfg, self.settings.sampler, self.settings.scheduler, positive,
            negative, latent, denoise=denoise, noise_mask=noise_mask, callback=callback,
            disable_pbar=not comfy.utils.PROGRESS_BAR_ENABLED, seed=seed,
        )  # fmt: skip

    def _callback(self, on_step: OnStep | None, on_preview: OnPreview | None) -> Any:
        """What the host calls after each step: the preview that it would show, and the count."""
        import latent_preview

        previewer = None
        if on_preview:
            latent_format = self.model.get_model_object("latent_format")
            previewer = latent_preview.get_previewer(self.model.load_device, latent_format)

        def callback(step: int, denoised: Tensor, _: Tensor, total: int) -> None:
            if previewer and on_preview:
                on_preview(_previewed(previewer, denoised))
            if on_step:
                on_step(step + 1, total)

        return callback

    def _picture(self, latents: Tensor, image: Tensor) -> Tensor:
        """Latents as a picture [1,h,w,3] on the CPU."""
        picture = self.vae.decode(latents)
        picture = picture.reshape(-1, *picture.shape[-3:])[:1].cpu().float()
        if not picture.isfinite().all():
            raise ModelError(
                "Start ComfyUI with --fp32-vae, or load the model in bf16: the picture came out"
                f" void from {self.choice.kind.title}."
            )
        height, width = image.shape[1:3]
        return picture[:, :height, :width, :3].clamp(0, 1)

    # What does not belong together

    def _require_fit(self) -> None:
        from_model = self.model.get_model_object("latent_format").latent_channels
        from_vae = getattr(self.vae, "latent_channels", from_model)
        title = self.choice.kind.title
        if from_vae != from_model:
            raise ModelError(
                f"Connect the VAE that belongs to {title}: its latents have {from_model} channels,"
                f" and those of this one {from_vae}."
            )

    def _require_words_fit(self, conditioning: Conditioning) -> None:
        config = self.model.model.model_config.unet_config
        wanted = next((config[name] for name in _WIDTHS if config.get(name)), None)
        width = conditioning[0][0].shape[-1]
        if wanted and width != wanted:
            raise ModelError(
                f"Connect the CLIP that belongs to {self.choice.kind.title}: it reads text {wanted}"
                f" wide, and this one gives {width}."
            )


_SEEING = {
    "QwenImageTokenizer": HostPainter._seen_by_qwen,
    "LongCatImageTokenizer": HostPainter._seen_by_qwen,
    "BooguTokenizer": HostPainter._seen_by_boogu,
}
"""Text encoders that see the picture which is edited, by their tokenizer's class."""


def sampler_names() -> tuple[list[str], list[str]]:
    """The host's samplers and schedulers, those of other packs with them."""
    from comfy.samplers import KSampler

    return [*KSampler.SAMPLERS], [*KSampler.SCHEDULERS]


def facts_of(model: Any, names: tuple[str, ...]) -> Facts:
    """What the host says of a MODEL, as plain values."""
    inner = model.model
    config = inner.model_config
    classes = tuple(each.__name__ for each in type(config).__mro__)
    beside = tuple(inner.concat_keys)
    channels, out = (config.unet_config.get(f"{side}_channels") for side in ("in", "out"))
    if "Flux" in classes and "FluxInpaint" not in classes and channels and out and channels > out:
        beside = ("a control picture",)
    told = [name for name, key in _TOLD.items() if config.unet_config.get(key)]
    network = getattr(inner, "diffusion_model", None)
    edits = getattr(network, "default_ref_method", "") == "index_timestep_zero"
    return Facts((*told, *classes), beside, names, edits)


_TOLD = {"Ovis": "yak_mlp", "QwenImageLayered": "use_additional_t_cond"}
"""Models that the host has no class of their own for, and what its settings tell them by."""


def _with(conditioning: Conditioning, values: dict[str, Any]) -> Conditioning:
    return [[words, {**extra, **values}] for words, extra in conditioning]


def _softened(model: Any) -> Any:
    """The model, painting each latent from the step on that its place in the mask tells."""
    from comfy_extras.nodes_differential_diffusion import DifferentialDiffusion

    return DifferentialDiffusion.execute(model)[0]


def _followed(
    positive: Conditioning, negative: Conditioning, control: Control, mask: Tensor, vae: Any
) -> tuple[Conditioning, Conditioning]:
    """Both conditionings, held to a control's picture; a net is shared between them."""
    if isinstance(control, Fixed):  # a patch on the model, which follows it by itself
        return positive, negative
    net = control.net
    if not hasattr(net, "set_cond_hint"):
        raise ModelError(
            "Connect a CONTROL_NET (Load ControlNet Model) to Follow Picture: this painter is made"
            " of a MODEL."
        )
    if control.scale == 0:
        return positive, negative
    hint, beside = control.image.movedim(-1, 1), []
    if getattr(net, "concat_mask", False):  # one that was trained to inpaint
        kept = 1.0 - mask[:, None]
        hint, beside = hint * kept, [kept]
    copies: dict[Any, Any] = {}

    def with_net(extra: dict[str, Any]) -> dict[str, Any]:
        before = extra.get("control")
        if before not in copies:
            copies[before] = net.copy().set_cond_hint(
                hint, control.scale, (control.start, control.end), vae=vae, extra_concat=beside
            )
            copies[before].set_previous_controlnet(before)
        return {**extra, "control": copies[before], "control_apply_to_uncond": False}

    return tuple([[words, with_net(extra)] for words, extra in each]
                 for each in (positive, negative))  # type: ignore[return-value]  # fmt: skip


def _previewed(previewer: Any, denoised: Tensor) -> Tensor:
    """The host's own preview as a picture [h,w,3] in 0..1."""
    import numpy as np

    _, picture, _ = previewer.decode_latent_to_preview_image("JPEG", denoised)
    return torch.from_numpy(np.asarray(picture.convert("RGB"))).float() / 255
