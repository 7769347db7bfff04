"""Diffusion inpainting: a picture, a mask and a prompt to new pixels, through diffusers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Any

import torch
from torch import Tensor

from ..errors import ModelError
from ..images import resized, to_pil
from ..models.card import Card, read_card
from ..models.device import at_once, best_device, total_memory
from .cells import whole_cells, with_thin_parts
from .control import Control, control_arguments, controlled
from .families import FAMILIES, Family, Wording, guidance_arguments, pipeline_class
from .few_step import NONE, FewStep, few_step, few_step_of, name_of
from .live import cheap_decoder
from .loras import Merged, Put, read_lora, weights_in
from .memory import Need, require_memory
from .painter import Brief, OnPreview, OnStep
from .source import Source, open_source


@dataclass(frozen=True)
class Lora:
    """A change of a painter's weights: a .safetensors file, and how much of it."""

    path: Path
    weight: float = 1.0


class Inpainter:
    """An inpainting pipeline with the sizes that it works at.

    Attributes:
        pipeline: of diffusers.
        card: steps and guidance that it works best with, few-step LoRAs reckoned in.
        family: its row in the table of families.
        variant: the few-step variant that it paints as, "none" for none.
        working: memory in bytes that painting takes beside the weights that rest on its device.
    """

    working = 0
    controls: tuple[Control, ...] = ()
    _notes: tuple[str, ...] = ()

    def __init__(
        self, pipeline: Any, card: Card, key: str, path: Path, variant: str | None = None
    ) -> None:
        self.pipeline, self.key, self.path = pipeline, key, path
        self._card, self._asked, self._scheduler = card, variant, pipeline.scheduler
        self._loras: list[Lora] = []
        self._own_loras = 0  # of those, how many it was loaded with
        self._one_by_one = RLock()
        self._merged = Merged(pipeline)
        pipeline.set_progress_bar_config(disable=True)
        self._settle()

    @classmethod
    def load(
        cls,
        source: Source | str | Path,
        device: torch.device | None = None,
        dtype: torch.dtype | None = None,
        *,
        rest: torch.device | None = None,
        base: str | Path | None = None,
        variant: str | None = None,
        loras: Sequence[Lora] = (),
        offload: bool = False,
    ) -> Inpainter:
        """Load a diffusers folder or a single file; nothing is fetched from anywhere.

        Args:
            source: what `open_source` found there, or the path for it.
            device: where it runs.
            dtype: of the weights, by default the family's 16-bit type on a GPU, full precision on
                the CPU. fp16 is widened to paint on the CPU.
            rest: where it is put, for whoever moves it to `device` and back; by default it stays
                on `device`.
            base: a diffusers folder that lends what the single file of a path lacks.
            variant: a key of `FEW_STEP` or "none"; by default what the names tell.
            loras: put on in this order, for good.
            offload: keep on the device only the part that works, the rest on the CPU; slower, and
                far smaller. Without meaning where the device is the CPU.

        Raises:
            ModelError: missing, broken, of an unknown family, or too large for the free memory.
        """
        if not isinstance(source, Source):
            source = open_source(source, base)
        source.require_whole()
        device = device or best_device()
        dtype = dtype or source.default_dtype(device)
        offload = offload and device.type != "cpu"
        place = torch.device("cpu") if offload else rest or device
        need = _room(source, device, place, dtype, offload)
        card = read_card(source.path) if source.path.is_dir() else Card()
        inpainter = cls(source.load(dtype), card, source.family, source.path, variant)
        inpainter._notes = source.notes
        puts = [inpainter._read(lora) for lora in loras]
        inpainter._merged.add_for_good(puts)
        inpainter._worn(puts)
        inpainter._own_loras = len(loras)
        if offload:
            inpainter.pipeline.enable_model_cpu_offload(device=device)
        else:
            inpainter.pipeline.to(place)
        inpainter.working = need.offloaded if offload else need.working
        if device.type == "mps" and total_memory() < _ROOMY:
            inpainter.pipeline.enable_attention_slicing()
        return inpainter

    @property
    def family(self) -> Family:
        """Its row in the table of families."""
        return FAMILIES[self.key]

    @property
    def wording(self) -> Wording:
        """What its prompt is: what the region shows afterwards, or what to do."""
        return self.family.wording

    @property
    def notes(self) -> list[str]:
        """What someone should know who loads it: what was assumed, and the few-step variant."""
        if self.variant == NONE:
            return [*self._notes]
        card = self.card
        return [*self._notes,
                f"{self.family.title}, {self.variant}: {card.steps} steps, guidance scale"
                f" {card.guidance_scale:g}."]  # fmt: skip

    @property
    def modules(self) -> list[torch.nn.Module]:
        """What holds weights."""
        parts = self.pipeline.components.values()
        return [part for part in parts if isinstance(part, torch.nn.Module)]

    @property
    def native(self) -> int:
        """The side in pixels that the model was trained on."""
        size = self._network.config.get("sample_size")
        size = size or getattr(self.pipeline, "default_sample_size", None)
        return int(size * self.pipeline.vae_scale_factor) if size else self.family.native

    @property
    def multiple(self) -> int:
        """What both sides of a picture must be divisible by."""
        scale = int(self.pipeline.vae_scale_factor)
        blocks = self._network.config.get("down_block_types")
        return scale * 2 ** (len(blocks) - 1) if blocks else scale * 2  # a patch is 2 x 2

    @property
    def _network(self) -> Any:
        return getattr(self.pipeline, "unet", None) or self.pipeline.transformer

    # LoRA

    def add_lora(self, lora: Lora) -> None:
        """Put a LoRA on, exactly; a few-step one brings its steps, guidance and scheduler.

        Raises:
            ModelError: missing, broken, for another model, or of a kind that is not applied; the
                painter stays as it was.
        """
        put = self._read(lora)
        self._merged.add(put)
        self._worn([put])

    def _read(self, lora: Lora) -> Put:
        path = weights_in(Path(lora.path))
        changes = read_lora(path, self.pipeline, self.family.title)
        self._row_of(path)  # before it is on: a file of a single step is refused
        return Put(path, tuple(changes), lora.weight)

    def _worn(self, puts: Sequence[Put]) -> None:
        self._loras += [Lora(put.file, put.weight) for put in puts]
        self._settle()

    def remove_loras(self) -> None:
        """Take off all LoRAs but those that it was loaded with: weights are bit for bit, scheduler
        and defaults as they were."""
        if len(self._loras) > self._own_loras:
            self._merged.remove()
            self._loras = self._loras[: self._own_loras]
            self._settle()

    # Defaults

    def _settle(self) -> None:
        """Choose scheduler and defaults: a LoRA's before the card's before the checkpoint's."""
        worn = [each.path for each in self._loras if each.weight]
        lora = next((row for path in worn if (row := self._row_of(path))), None)
        scheduler = type(self._scheduler).__name__
        named = few_step_of(self.key, name_of(self.path), scheduler)
        own = few_step(self._asked or named, self.key, name_of(self.path))
        row = (None if self._asked else lora) or own
        card: dict[str, Any] = {
            "steps": row.steps if row else self.family.steps,
            "guidance_scale": self.family.guidance,
        }
        if row and row.guidance is not None:
            # Whole LCM networks take the guidance as an input, at full strength.
            embedded = self._network.config.get("time_cond_proj_dim")
            card["guidance_scale"] = 8.0 if embedded else row.guidance
        if row is not lora or lora is None:
            card |= {name: getattr(self._card, name) for name in self._card.model_fields_set}
        self.card = self._card.model_copy(update=card)
        self.variant = row.title if row else NONE
        self._row = row
        self.pipeline.scheduler = self._scheduled(self.card.steps)

    def _row_of(self, path: Path) -> FewStep | None:
        name = name_of(path)
        return few_step(few_step_of(self.key, name, lora=True), self.key, name)

    def _scheduled(self, steps: int) -> Any:
        """The scheduler for that many steps: the variant's, or the checkpoint's very own."""
        own, row = self._scheduler, self._row
        settings = row.schedule(steps) if row else {}
        if row and row.scheduler and type(own).__name__ != row.scheduler:
            return pipeline_class(row.scheduler).from_config(own.config, **settings)
        return type(own).from_config(own.config, **settings) if settings else own

    # Painting

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
        """As `Painter.paint`. Families with embedded guidance can't use a negative prompt.

        Raises:
            ModelError: a control that is for another family, or a picture of no numbers (fp16
                overflows in some models).
        """
        brief = Brief(image, mask, prompt, negative_prompt, seed, tuple(controls))
        return self.paint_all(
            [brief], steps=steps, guidance_scale=guidance_scale, strength=strength,
            on_step=on_step, on_preview=on_preview,
        )[0]  # fmt: skip

    def unread(self, prompt: str) -> str:
        """What of a prompt stands behind the last place that CLIP reads; "" where another text
        encoder reads it, too."""
        if self.family.root not in ("sd", "sdxl"):
            return ""
        tokenizer = self.pipeline.tokenizer
        read = tokenizer(prompt, truncation=False, verbose=False).input_ids
        beyond = read[tokenizer.model_max_length - 1 : -1]
        return str(tokenizer.decode(beyond)).strip() if beyond else ""

    @property
    def fills(self) -> bool:
        """Whether it was trained to fill holes, or to do what it is told."""
        return self.family.sees == "mask" or self.wording == "instruction"

    def heeds_negative(self, guidance_scale: float | None) -> bool:
        """Whether a negative prompt changes anything at that guidance; None is the card's."""
        guidance = self.card.guidance_scale if guidance_scale is None else guidance_scale
        return not self.family.embedded and guidance > 1

    @property
    def at_once(self) -> int:
        """How many holes should be painted in one call: as many as there is memory for."""
        if self.family.pillow:  # whose pipeline takes one picture
            return 1
        return at_once(self._network, self.native**2, self.working)

    def paint_all(
        self,
        briefs: Sequence[Brief],
        *,
        steps: int | None = None,
        guidance_scale: float | None = None,
        strength: float = 1.0,
        on_step: OnStep | None = None,
        on_preview: OnPreview | None = None,
    ) -> list[Tensor]:
        """As `paint` for several holes of one size, all with prompts or none, in one call.

        Pictures to follow, if any, are the first one's. In one call and one by one the results
        differ by rounding alone.
        """
        steps, strength = self._amount(steps, strength)
        guidance = self.card.guidance_scale if guidance_scale is None else guidance_scale
        height, width = briefs[0].image.shape[1:3]
        with self._one_by_one:  # threads: a pipeline holds the schedule that it goes by
            self._widen()
            self.pipeline.scheduler = self._scheduled(steps)
            pipeline, following = self._following(briefs[0].controls, height, width)
            after = self._after_step(
                pipeline, briefs[0].image, int(steps * strength), on_step, on_preview
            )
            try:
                pictures = pipeline(
                    **_prompts(self.family, briefs, guidance),
                    **following,
                    **self.family.call,
                    **(self._row.options if self._row else {}),
                    **self._pictures(briefs),
                    height=height,
                    width=width,
                    num_inference_steps=steps,
                    strength=strength,
                    generator=_one_or_all(
                        [torch.Generator("cpu").manual_seed(brief.seed) for brief in briefs]
                    ),
                    output_type="latent" if self.family.shift_lost else "pt",
                    callback_on_step_end=after,
                ).images
                if self.family.shift_lost:
                    pictures = self._decoded(pictures)
            finally:
                self.pipeline.maybe_free_model_hooks()  # offloaded: after Cancel and controls, too
            return list(self._finished(pictures, height, width).split(1))

    def _amount(self, steps: int | None, strength: float) -> tuple[int, float]:
        """The steps to ask for, and the strength, so that at least one step is done."""
        steps = self.card.steps if steps is None else steps
        strength = max(strength, 0.01)
        steps = max(steps, math.ceil(1 / strength))
        if strength > self.family.most and not self._row:
            return math.ceil(steps / self.family.most), self.family.most
        return steps, strength

    def _following(
        self, controls: Sequence[Control], height: int, width: int
    ) -> tuple[Any, dict[str, Any]]:
        """The pipeline that heeds the controls, and what it is to be called with for them."""
        if not controls:
            return self.pipeline, {}
        controls = [control.sized(height, width) for control in controls]
        pipeline = controlled(self.pipeline, self.family, controls)
        return pipeline, control_arguments(self.family, controls)

    def _after_step(
        self,
        pipeline: Any,
        image: Tensor,
        asked: int,
        on_step: OnStep | None,
        on_preview: OnPreview | None,
    ) -> Callable[..., dict[str, Any]]:
        """What a pipeline calls after each of its steps; `asked` of them where it does not say."""
        preview = cheap_decoder(self.pipeline, self.family, image) if on_preview else None

        def after_step(_: Any, step: int, __: Any, values: dict[str, Any]) -> dict[str, Any]:
            if on_preview and preview:
                on_preview(preview(values["latents"]))
            if on_step:  # some schedulers take a step more than they were asked for
                total = int(getattr(pipeline, "num_timesteps", 0) or asked)
                on_step(min(step + 1, total), total)
            return values

        return after_step

    def _pictures(self, briefs: Sequence[Brief]) -> dict[str, Any]:
        """Pictures and masks as the family's pipeline takes them."""
        image, mask = (torch.cat([getattr(brief, name) for brief in briefs])
                       for name in ("image", "mask"))  # fmt: skip
        cell = int(self.pipeline.vae_scale_factor)
        mask = (whole_cells if self.family.sees == "latents" else with_thin_parts)(mask, cell)
        if self.family.pillow:
            return {"image": to_pil(image[0]), "mask_image": to_pil(mask[0, ..., None])}
        return {"image": image.movedim(-1, 1), "mask_image": mask[:, None]}

    @torch.no_grad()
    def _decoded(self, latents: Tensor) -> Tensor:
        """Latents [B,c,h,w] as pictures [B,3,H,W] in 0..1."""
        vae = self.pipeline.vae
        code = latents / vae.config.scaling_factor + (vae.config.shift_factor or 0)
        picture = vae.decode(code.to(vae.dtype), return_dict=False)[0]
        return self.pipeline.image_processor.postprocess(picture, output_type="pt")  # type: ignore[no-any-return]

    def _finished(self, pictures: Tensor, height: int, width: int) -> Tensor:
        """What a pipeline made [B,3,h,w] as pictures [B,height,width,3] on the CPU."""
        pictures = pictures.detach().cpu().float()
        if not pictures.isfinite().all():
            raise self._void()
        return resized(pictures.movedim(1, -1), (height, width), "bicubic").clamp(0, 1)

    def _void(self) -> ModelError:
        """What to say of a picture of no numbers: weights may be none, or the precision is short
        of them."""
        named = (name for part in self.modules for name, value in part.named_parameters()
                 if value.isnan().any())  # fmt: skip
        broken = next(named, "")
        if broken:
            return ModelError(
                f"Copy the model anew, or choose another: {self.path} holds weights that are no"
                f" numbers ({broken} is the first), and its pictures are void."
            )
        half = self._network.dtype == torch.float16
        advice = "Load the model as bf16 or fp32" if half else "Copy the model anew"
        return ModelError(
            f"{advice}: {self.path} has run out of numbers in"
            f" {str(self._network.dtype)[6:]}, and the picture is void."
        )

    def _widen(self) -> None:
        """On the CPU fp16 is slow, and not all of it is there."""
        half = self._network.dtype == torch.float16
        if half and self.pipeline._execution_device.type == "cpu":  # which takes longer to tell
            self.pipeline.to(torch.float32)


_ROOMY = 64 * 2**30
"""Below this, Macs swap without attention slicing (diffusers' own advice for MPS)."""


def _room(
    source: Source, device: torch.device, place: torch.device, dtype: torch.dtype, offload: bool
) -> Need:
    """What painting takes. Raises `ModelError` where that is not free."""
    widened = device.type == "cpu" and dtype == torch.float16
    need = source.need(torch.float32 if widened else dtype)
    most = need.offloaded if offload else need.whole
    require_memory(source.path, most, device, dtype, offload)
    if place != device:
        require_memory(source.path, need.weights, place, dtype)
    return need


def _prompts(family: Family, briefs: Sequence[Brief], guidance: float) -> dict[str, Any]:
    """`guidance_arguments` of several holes."""
    arguments = [guidance_arguments(family, brief.prompt, brief.negative_prompt, guidance)
                 for brief in briefs]  # fmt: skip
    asked = {name: [each[name] for each in arguments] for name in ("prompt", "negative_prompt")
             if arguments[0].get(name) is not None}  # fmt: skip
    return arguments[0] | {name: _one_or_all(texts) for name, texts in asked.items()}


def _one_or_all(values: list[Any]) -> Any:
    """A list, or what is alone in it: some pipelines take no list of one."""
    return values[0] if len(values) == 1 else values
