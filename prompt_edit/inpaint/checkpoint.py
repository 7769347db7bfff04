"""Single-file checkpoints: what they are, and loading them with nothing from the network.

A file holds weights alone. Settings come from its shapes (`configs`), CLIP's vocabulary stands
beside this module, and what some files lack (FLUX's text encoders, say) is taken from the files
beside it, or from a diffusers folder of the same family.
"""

from __future__ import annotations

import inspect
import json
import lzma
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import torch
from huggingface_hub import try_to_load_from_cache

from ..errors import ModelError
from ..models.loading import explained
from ..models.weights import SAFE, Shapes, read_header, read_tensor, read_weights, shapes_of
from . import configs
from .configs import Config, State, below
from .families import FAMILIES, Family, family_of, few_step_of, name_of, pipeline_class
from .folder import dtype_option, told_by_folder

NETWORK = "model.diffusion_model."
VAE_PREFIXES = ("first_stage_model.", "vae.")


@dataclass(frozen=True)
class Text:
    """A text encoder of a layout.

    Attributes:
        slot: the pipeline's name for it; its tokenizer's is the same with "tokenizer".
        prefix: where it stands in a file.
        kind: whose names it has there.
        act: the activation, which leaves no trace in the weights.
        pad: what its tokenizer fills up with.
        projected: whether its pooled output goes through a projection.
        last: whether its last layer counts.
        needed: False where the pipeline does without.
    """

    slot: str
    prefix: str
    kind: Literal["clip", "open_clip", "t5"] = "clip"
    act: str = "quick_gelu"
    pad: str = "<|endoftext|>"
    projected: bool = False
    last: bool = True
    needed: bool = True

    @property
    def alone(self) -> str:
        """What its own file is called, where people keep it apart; "" where they don't."""
        return self.prefix.split(".")[1] if self.prefix.startswith("text_encoders.") else ""


@dataclass(frozen=True)
class Layout:
    """Where the parts stand in a file, and what no shape tells.

    Attributes:
        network: the network's class, and the pipeline's name for it.
        texts: the text encoders; empty where only a diffusers folder can bring them.
        scaling, shift: the autoencoder's latents to unit variance.
        scheduler: class and settings; "" for the lender's.
    """

    network: tuple[str, str]
    texts: tuple[Text, ...] = ()
    scaling: float = 1.0
    shift: float | None = None
    scheduler: tuple[str, Mapping[str, Any]] = ("", {})


_BETAS = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear",
          "steps_offset": 1, "timestep_spacing": "leading"}  # fmt: skip
_DDIM = {**_BETAS, "clip_sample": False, "set_alpha_to_one": False}
_FLOW = "FlowMatchEulerDiscreteScheduler"

LAYOUTS: dict[str, Layout] = {
    "sd1": Layout(
        ("UNet2DConditionModel", "unet"),
        (Text("text_encoder", "cond_stage_model.transformer."),),
        0.18215, None, ("DDIMScheduler", _DDIM),
    ),
    "sd2": Layout(
        ("UNet2DConditionModel", "unet"),
        (Text("text_encoder", "cond_stage_model.model.", "open_clip", "gelu", "!", last=False),),
        0.18215, None, ("DDIMScheduler", _DDIM),
    ),
    "sdxl": Layout(
        ("UNet2DConditionModel", "unet"),
        (Text("text_encoder", "conditioner.embedders.0.transformer."),
         Text("text_encoder_2", "conditioner.embedders.1.model.", "open_clip", "gelu", "!",
              projected=True)),
        0.13025, None, ("EulerDiscreteScheduler", _BETAS),
    ),
    "sd3": Layout(
        ("SD3Transformer2DModel", "transformer"),
        (Text("text_encoder", "text_encoders.clip_l.transformer.", projected=True),
         Text("text_encoder_2", "text_encoders.clip_g.transformer.", act="gelu", pad="!",
              projected=True),
         Text("text_encoder_3", "text_encoders.t5xxl.transformer.", "t5", needed=False)),
        1.5305, 0.0609, (_FLOW, {"shift": 3.0}),
    ),
    "flux": Layout(
        ("FluxTransformer2DModel", "transformer"),
        (Text("text_encoder", "text_encoders.clip_l.transformer."),
         Text("text_encoder_2", "text_encoders.t5xxl.transformer.", "t5")),
        0.3611, 0.1159,
        (_FLOW, {"shift": 3.0, "base_shift": 0.5, "max_shift": 1.15,
                 "use_dynamic_shifting": True}),
    ),
    "schnell": Layout(
        ("FluxTransformer2DModel", "transformer"),
        (Text("text_encoder", "text_encoders.clip_l.transformer."),
         Text("text_encoder_2", "text_encoders.t5xxl.transformer.", "t5")),
        0.3611, 0.1159, (_FLOW, {"shift": 1.0}),
    ),
    "qwen": Layout(("QwenImageTransformer2DModel", "transformer")),
    "z-image": Layout(("ZImageTransformer2DModel", "transformer")),
}  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """What a file is: a key of `FAMILIES`, one of `LAYOUTS`, and what foretells its schedule.

    Attributes:
        prediction: what the network tells: "epsilon" or "v_prediction".
        size: the side of the latents that it was trained on; 0 where it doesn't matter.
        dark: its schedule ends in noise alone (zero terminal signal), for truly dark pictures.
    """

    family: str
    layout: str
    prediction: str = "epsilon"
    size: int = 0
    dark: bool = False


def detect(shapes: Shapes, file: Path) -> Kind:
    """What a checkpoint is, by the names and shapes of its weights.

    The file's name decides only what they can't tell: whether a Qwen-Image was made to edit.

    Raises:
        ModelError: something else, named where it is known.
    """
    for marker, what, advice in _NOT_CHECKPOINTS:
        if any(marker in name for name in shapes):
            raise ModelError(f"{advice}: {file} {what}.")
    bare = below(shapes, NETWORK) or shapes
    if "input_blocks.0.0.weight" in bare:
        return _unet_kind(shapes, bare, file)
    if "joint_blocks.0.x_block.attn.qkv.weight" in bare:
        return Kind("sd3", "sd3")
    if "double_blocks.0.img_attn.qkv.weight" in bare:
        return _flux_kind(bare, file)
    if "transformer_blocks.0.img_mod.1.weight" in bare and "txt_norm.weight" in bare:
        edits = "edit" in file.stem.lower()
        return Kind("qwen-image-edit" if edits else "qwen-image", "qwen")
    if "layers.0.adaLN_modulation.0.weight" in bare and "cap_embedder.0.weight" in bare:
        return Kind("z-image", "z-image")
    for marker, what in _PARTS:
        if any(name.startswith(marker) for name in shapes):
            raise ModelError(
                f"Choose a whole checkpoint or diffusers folder: {file} is {what} alone, not a"
                " whole model."
            )
    known = ", ".join(family.title for family in FAMILIES.values())
    raise ModelError(
        f"Choose another model: {file} is of an unknown architecture. Known are {known}."
    )


_LORA = "is a LoRA, not a model", "Choose a model, and load this on top of it"
_CONTROLNET = "is a ControlNet, not a model", "Choose a model, and load this beside it"
_SIXTEEN = ("Choose the 16-bit file of this model, or in ComfyUI load it there and connect Painter"
            " from MODEL")  # fmt: skip
_EIGHT_BITS = "holds scaled 8-bit weights, which diffusers can't read", _SIXTEEN
_NOT_CHECKPOINTS = (
    ("lora_", *_LORA),
    (".lora_A.", *_LORA),
    ("controlnet_cond_embedding", *_CONTROLNET),
    ("controlnet_blocks.", *_CONTROLNET),
    ("input_hint_block", *_CONTROLNET),
    ("scaled_fp8", *_EIGHT_BITS),
    (".weight_scale", *_EIGHT_BITS),
    (".scale_weight", *_EIGHT_BITS),
    (".comfy_quant", *_EIGHT_BITS),
    (".wscales", "holds 4-bit weights of SVDQuant, which diffusers can't read", _SIXTEEN),
    (".quant_state.", "holds 4-bit weights of bitsandbytes, which are not read from a single file",
     _SIXTEEN),
    ("double_stream_modulation_img", "is a FLUX.2, which is not supported",
     "Choose a FLUX.1 model"),
    ("individual_token_refiner", "is a Hunyuan model, which is not supported",
     "Choose another model"),
    *((marker, "makes videos, not pictures", "Choose a model for pictures")
      for marker in ("temopral_conv", "temporal_transformer", "time_stack", "motion_modules.")),
    ("addition_t_embedding", "is a Qwen-Image-Layered, which makes layers, not pictures",
     "Choose Qwen-Image or Qwen-Image-Edit"),
    ("__index_timestep_zero__", "is a Qwen-Image-Edit of 2511, whose pictures are timed otherwise",
     "Choose an earlier Qwen-Image-Edit, or in ComfyUI Load Diffusion Model with Painter from"
     " MODEL"),
    ("distilled_guidance_layer", "is a Chroma, which is not supported", "Choose a FLUX model"),
    ("conditioner.embedders.0.model.", "is SDXL's refiner, which can't inpaint by itself",
     "Choose the base model"),
)  # fmt: skip
"""A part of a weight's name, what the file is then, and what to do."""

_PARTS = (
    ("encoder.conv_in", "an autoencoder (VAE)"),
    ("decoder.conv_in", "an autoencoder (VAE)"),
    ("text_model.", "a text encoder"),
    ("encoder.block.", "a text encoder"),
    ("down_blocks.", "a UNet"),
    ("transformer_blocks.", "a transformer in diffusers' format"),
)


def _unet_kind(shapes: Shapes, bare: Shapes, file: Path) -> Kind:
    channels = bare["input_blocks.0.0.weight"][1]
    if channels not in (4, 9):
        raise ModelError(
            f"Choose a plain or an inpainting model: {file} takes {channels} channels, so it is"
            " made for another task (editing by instruction, enlarging, depth)."
        )
    end = "-inpaint" if channels == 9 else ""
    if "label_emb.0.0.weight" in bare:
        # Fine-tunes that foretell the velocity mark it with tensors of no content.
        told = "v_prediction" if "v_pred" in shapes else "epsilon"
        return Kind("sdxl" + end, "sdxl", told, 128, dark="ztsnr" in shapes)
    projection = next((shape for name, shape in bare.items() if name.endswith("1.proj_in.weight")),
                      ())  # fmt: skip
    if len(projection) == 4:
        return Kind("sd" + end, "sd1", size=64)
    velocity = channels == 4 and _foretells_velocity(file)
    return Kind("sd" + end, "sd2", *(("v_prediction", 96) if velocity else ("epsilon", 64)))


_TELLTALE, _APART = "output_blocks.11.1.transformer_blocks.0.norm1.bias", 0.09


def _foretells_velocity(file: Path) -> bool:
    """Whether an SD 2 is the one that foretells the velocity, at 768 pixels.

    Shapes do not tell. One bias does, which was trained far apart in that one; the mark is
    ComfyUI's. Of files that it can't be read from, the name has to: the other's is "base".
    """
    bias = read_tensor(file, _TELLTALE)
    if bias is not None:
        return float(bias.float().std(unbiased=False)) > _APART
    name = file.stem.lower()
    return not any(word in name for word in ("base", "512", "turbo"))


def _flux_kind(bare: Shapes, file: Path) -> Kind:
    taken, given = bare["img_in.weight"][1], bare["final_layer.linear.weight"][0]
    layout = "flux" if "guidance_in.in_layer.weight" in bare else "schnell"
    if taken == given:
        return Kind("flux", layout)
    if taken == 6 * given:  # latents, the picture without the hole, and 8 x 8 mask pixels
        return Kind("flux-fill", layout)
    raise ModelError(
        f"Choose FLUX.1 dev, schnell or Fill: {file} is a FLUX for another task (depth, edges)."
    )


def load_checkpoint(file: Path, dtype: torch.dtype, base: Path | None = None) -> tuple[Any, str]:
    """An inpainting pipeline from a single file, and the key of its family. Goes nowhere.

    Args:
        file: .safetensors, or .ckpt without code in it.
        dtype: of the weights.
        base: a diffusers folder of the same family that lends what the file lacks; without one,
            the folders about the file and the local cache are looked through.

    Raises:
        ModelError: broken, unknown, or with parts missing that are nowhere to be found.
    """
    shapes = shapes_of(read_header(file))
    kind = detect(shapes, file)
    family, layout = FAMILIES[kind.family], LAYOUTS[kind.layout]
    shapes, others = completed(file, kind, shapes)
    lacking = lacking_parts(file, kind, shapes)
    lender = lender_of(file, kind.family, base) if base or lacking else None
    if lacking and lender is None:
        beside = "its parts into models/text_encoders and models/vae, or "
        raise ModelError(
            f"Put {beside if _wanted(layout, shapes) else ''}a whole diffusers folder of"
            f" {family.title} into models/diffusers{_for_example(family)}: {file} lacks"
            f" {', '.join(lacking)}."
        )
    state = read_weights(file)
    for prefix, other in others:
        state |= {prefix + name: value for name, value in read_weights(other).items()}
    # Numbers of 8 bits are only stored so; nothing reckons with them.
    state = {name: value.to(dtype) if value.is_floating_point() and value.itemsize == 1 else value
             for name, value in state.items()}  # fmt: skip
    with explained(file, family.title), TemporaryDirectory() as work:
        parts = _parts(kind, layout, shapes, state, Path(work), lender, dtype, file)
        made = pipeline_class(family.pipeline)
        given = {**parts, **family.options}
        if lender is None:
            return made(**_absent(made, given), **given), kind.family
        told = dtype_option(dtype)
        return made.from_pretrained(lender, local_files_only=True, **told, **given), kind.family


def _for_example(family: Family) -> str:
    return f", for example {family.lenders[0]}" if family.lenders else ""


def _absent(made: Any, given: Mapping[str, Any]) -> dict[str, None]:
    """None for each part that a pipeline must be told of and that is not there."""
    asked = inspect.signature(made).parameters.values()
    return {each.name: None for each in asked
            if each.default is each.empty and each.name not in given}  # fmt: skip


def lacking_parts(file: Path, kind: Kind, shapes: Shapes) -> list[str]:
    """What a file lacks of a whole pipeline, in words."""
    layout = LAYOUTS[kind.layout]
    if not layout.texts:
        return ["the text encoder", "its tokenizer", "the autoencoder"]
    lacking = [
        f"the text encoder {text.alone}".strip()
        for text in layout.texts
        if text.needed and not below(shapes, text.prefix)
    ]
    if not _vae_prefix(shapes):
        lacking.append("the autoencoder")
    t5 = [text.prefix for text in layout.texts if text.kind == "t5" and text.needed]
    if t5 and below(shapes, t5[0]) and not t5_tokenizer(file):
        lacking.append("T5's tokenizer")
    return lacking


def _vae_prefix(shapes: Shapes) -> str:
    return next((p for p in VAE_PREFIXES if p + "decoder.conv_in.weight" in shapes), "")


# What stands about a file


def completed(file: Path, kind: Kind, shapes: Shapes) -> tuple[Shapes, list[tuple[str, Path]]]:
    """The shapes with those of files beside it that bring what the file lacks.

    Returns:
        All shapes, and each file that brings some with the prefix that belongs before its names.
    """
    found, others = dict(shapes), []
    for prefix, marker, width in _wanted(LAYOUTS[kind.layout], shapes):
        for other in _beside(file):
            try:
                theirs = shapes_of(read_header(other))
            except ModelError:
                continue  # a broken file beside ours is not our affair
            scaled = any("scaled_fp8" in name or ".weight_scale" in name for name in theirs)
            if marker in theirs and theirs[marker][1] == width and not scaled:
                found |= {prefix + name: shape for name, shape in theirs.items()}
                others.append((prefix, other))
                break
    return found, others


def _wanted(layout: Layout, shapes: Shapes) -> list[tuple[str, str, int]]:
    """For each part that a FLUX or SD 3 file lacks: prefix, a telling weight, and its width."""
    bare = below(shapes, NETWORK) or shapes
    if "vector_in.in_layer.weight" in bare:
        long, latents = bare["txt_in.weight"][1], bare["final_layer.linear.weight"][0] // 4
        widths = {"clip_l": bare["vector_in.in_layer.weight"][1], "t5xxl": long}
    elif "y_embedder.mlp.0.weight" in bare:
        long, latents = bare["context_embedder.weight"][1], bare["x_embedder.proj.weight"][1]
        both = bare["y_embedder.mlp.0.weight"][1]  # the two CLIPs', 768 and 1280 wide
        widths = {"clip_l": both * 3 // 8, "clip_g": both * 5 // 8, "t5xxl": long}
    else:
        return []
    wanted = []
    for text in layout.texts:
        if not below(shapes, text.prefix):
            marker = "shared.weight" if text.kind == "t5" else _TOKENS
            wanted.append((text.prefix, marker, widths[text.alone]))
    if not _vae_prefix(shapes):
        wanted.append(("vae.", "decoder.conv_in.weight", latents))
    return wanted


_TOKENS = "text_model.embeddings.token_embedding.weight"


def _beside(file: Path) -> Iterator[Path]:
    """Files of parts in the usual folders about a checkpoint."""
    for parent in list(file.parents)[:3]:
        for name in ("text_encoders", "clip", "vae"):
            folder = parent / name
            if folder.is_dir():
                yield from sorted(p for p in folder.rglob("*") if p.suffix in SAFE)


def t5_tokenizer(file: Path) -> Path | None:
    """A folder with T5's tokenizer: ComfyUI's own above the file, or one in the local cache."""
    for parent in list(file.absolute().parents)[:5]:
        folder = parent / "comfy" / "text_encoders" / "t5_tokenizer"
        if (folder / "tokenizer.json").is_file():
            return folder
    places = [(repository, slot) for key in ("flux", "sd3") for repository in FAMILIES[key].lenders
              for slot in ("tokenizer_2/tokenizer.json", "tokenizer_3/tokenizer.json")
              if (key == "flux") == slot.startswith("tokenizer_2")]  # fmt: skip
    for repository, name in [*places, ("google/t5-v1_1-xxl", "tokenizer.json")]:
        cached = try_to_load_from_cache(repository, name)
        if isinstance(cached, str):
            return Path(cached).parent
    return None


def lender_of(file: Path, key: str, base: Path | None = None) -> Path | None:
    """A whole diffusers folder that can lend what a single file of that family lacks.

    Raises:
        ModelError: `base` was named for it, and is of another family.
    """
    if base:
        theirs, _ = told_by_folder(base)
        if not _lends(theirs, key):
            raise ModelError(
                f"Choose another folder: {file.name} needs the parts of a {FAMILIES[key].title},"
                f" and {base} is a {FAMILIES[theirs].title}."
            )
        return base
    for parent in list(file.absolute().parents)[:3]:
        folder = parent / "diffusers"
        for index in sorted(folder.glob("*/model_index.json")) if folder.is_dir() else []:
            if _lends(_family_in(index), key) and _has_weights(index.parent):
                return index.parent
    for repository in FAMILIES[key].lenders:
        cached = try_to_load_from_cache(repository, "model_index.json")
        if isinstance(cached, str) and _has_weights(Path(cached).parent):
            return Path(cached).parent
    return None


def _lends(theirs: str, ours: str) -> bool:
    """Families of one root share all but the network; only editing needs an eye besides."""
    same_root = theirs.split("-")[0] == ours.split("-")[0]
    return theirs == ours or (same_root and ours != "qwen-image-edit")


def _family_in(index: Path) -> str:
    try:
        return family_of(str(json.loads(index.read_text(encoding="utf-8")).get("_class_name")))
    except (ModelError, ValueError, AttributeError, OSError):
        return ""


def _has_weights(folder: Path) -> bool:
    return all(any((folder / part).glob("*.safetensors")) for part in ("text_encoder", "vae"))


# Weights to parts


def _parts(
    kind: Kind, layout: Layout, shapes: Shapes, state: State, work: Path, lender: Path | None,
    dtype: torch.dtype, file: Path,
) -> dict[str, Any]:  # fmt: skip
    """The pipeline's parts by slot."""
    class_name, slot = layout.network
    parts: dict[str, Any] = {}
    if layout.texts:
        config = _network_config(kind, below(shapes, NETWORK) or shapes)
        write_config(work / slot, config)
        source = work
    else:
        assert lender is not None
        source = lender
    parts[slot] = single_file(class_name, _network_state(kind, state), source, slot, dtype, file)
    prefix = _vae_prefix(shapes)
    if prefix:
        write_config(work / "vae", configs.vae_config(below(shapes, prefix), layout.scaling,
                                                layout.shift))  # fmt: skip
        held = {name: value for name, value in state.items() if name.startswith(prefix)}
        parts["vae"] = single_file("AutoencoderKL", held, work, "vae", dtype, file)
    for text in layout.texts:
        held = below(state, text.prefix)
        if held:
            parts |= _text(text, held, work, dtype, file, lent=lender is not None)
    if layout.texts:
        name, settings = layout.scheduler
        told = dict(settings)
        if kind.prediction != "epsilon":
            told["prediction_type"] = kind.prediction
        if kind.dark:
            told |= {"rescale_betas_zero_snr": True, "timestep_spacing": "trailing"}
        parts["scheduler"] = pipeline_class(name).from_config(told)
    return parts


def _network_config(kind: Kind, bare: Shapes) -> Config:
    if kind.layout == "sd3":
        return configs.sd3_config(bare)
    if kind.layout in ("flux", "schnell"):
        return configs.flux_config(bare)
    return configs.unet_config(bare, kind.size)


def _network_state(kind: Kind, state: State) -> State:
    """The network's weights under names that diffusers reads."""
    held = below(state, NETWORK)
    if kind.layout in ("sd1", "sd2", "sdxl"):  # read with their prefix
        return {NETWORK + name: value for name, value in held.items()}
    bare = held or {name: value for name, value in state.items()
                    if not name.startswith(("text_encoders.", *VAE_PREFIXES))}  # fmt: skip
    if kind.layout in ("flux", "schnell"):
        return configs.flux_to_diffusers(bare, bare["img_in.weight"].shape[0])
    return bare


def single_file(
    class_name: str, state: State, source: Path, slot: str, dtype: torch.dtype, file: Path
) -> Any:
    """A network from its weights and the settings in `source`/`slot`.

    Raises:
        ModelError: weights are missing.
    """
    try:
        return pipeline_class(class_name).from_single_file(
            state, config=str(source), subfolder=slot, local_files_only=True, **dtype_option(dtype)
        )
    except NotImplementedError as error:  # a weight that was not there can't be moved
        raise ModelError(
            f"Copy the model anew, or choose another: {file} lacks some weights of its {slot}. It"
            " may be cut off or pruned."
        ) from error


def _text(
    text: Text, held: State, work: Path, dtype: torch.dtype, file: Path, lent: bool
) -> dict[str, Any]:
    """A text encoder and its tokenizer."""
    import transformers

    tokenizer = text.slot.replace("text_encoder", "tokenizer")
    parts: dict[str, Any] = {}
    if text.kind == "t5":
        folder = t5_tokenizer(file)
        if folder:
            made = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
            parts[tokenizer] = made
        elif not lent:
            return {}  # SD 3 does without; FLUX was refused before
        settings = transformers.T5Config(**configs.t5_config(_shapes(held)))
        parts[text.slot] = _pretrained(transformers.T5EncoderModel, settings, held, dtype)
        return parts
    if text.kind == "open_clip":
        held = configs.clip_from_open_clip(held, text.last)
    if "embeddings.token_embedding.weight" in held:  # some merges leave the model's name out
        held = {f"text_model.{name}": value for name, value in held.items()}
    held.pop("text_model.embeddings.position_ids", None)
    width = held[_TOKENS].shape[1]
    if text.projected:
        # Comfy's files leave out a projection that does nothing.
        held.setdefault("text_projection.weight", torch.eye(width))
    else:
        held.pop("text_projection.weight", None)
    settings = transformers.CLIPTextConfig(**configs.clip_config(_shapes(held), text.act))
    kind = (
        transformers.CLIPTextModelWithProjection if text.projected else transformers.CLIPTextModel
    )
    parts[text.slot] = _pretrained(kind, settings, held, dtype)
    parts[tokenizer] = clip_tokenizer(work / tokenizer, text.pad)
    return parts


def _pretrained(kind: Any, settings: Any, held: State, dtype: torch.dtype) -> Any:
    model, report = kind.from_pretrained(
        None, config=settings, state_dict=held, dtype=dtype, output_loading_info=True
    )
    missing = sorted(report["missing_keys"])
    if missing:
        raise ValueError(f"its text encoder lacks {len(missing)} weights, {missing[0]} first")
    return model.eval()


def _shapes(state: State) -> Shapes:
    return {name: tuple(value.shape) for name, value in state.items()}


def write_config(folder: Path, config: Config) -> None:
    """Settings where diffusers looks for them."""
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")


def clip_tokenizer(folder: Path, pad: str = "<|endoftext|>") -> Any:
    """CLIP's tokenizer, which no checkpoint holds; written to `folder` and read back.

    Its vocabulary follows from its merges (OpenAI, MIT licence): the bytes, the bytes at a word's
    end, the merged pairs, start and end.
    """
    import transformers

    packed = Path(__file__).with_name("clip_merges.txt.xz").read_bytes()
    merges = lzma.decompress(packed).decode("utf-8").splitlines()
    letters = _byte_letters()
    words = [*letters, *(letter + "</w>" for letter in letters),
             *(pair.replace(" ", "") for pair in merges),
             "<|startoftext|>", "<|endoftext|>"]  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = json.dumps({word: number for number, word in enumerate(words)})
    (folder / "vocab.json").write_text(vocabulary, encoding="utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n", "utf-8")
    ends = {"unk_token": "<|endoftext|>", "bos_token": "<|startoftext|>",
            "eos_token": "<|endoftext|>", "pad_token": pad}  # fmt: skip
    told = {"tokenizer_class": "CLIPTokenizer", "model_max_length": 77, "do_lower_case": True}
    (folder / "tokenizer_config.json").write_text(json.dumps({**told, **ends}), "utf-8")
    return transformers.CLIPTokenizer.from_pretrained(folder, local_files_only=True)


def _byte_letters() -> list[str]:
    """A printable letter for each of the 256 bytes, in the order of byte-level BPE (GPT-2)."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    return [chr(byte) for byte in printable] + [chr(256 + number) for number in range(68)]


@dataclass(frozen=True)
class Told:
    """What can be said of a checkpoint before it is loaded.

    Attributes:
        family: a key of `FAMILIES`.
        title: the family's name for people.
        few_step: a key of `FEW_STEP`, or "none".
    """

    family: str
    title: str
    few_step: str


def tell(path: str | Path) -> Told:
    """What a file or a diffusers folder is, from its first bytes.

    Raises:
        ModelError: as `detect`, or no model at all.
    """
    path = Path(path)
    if path.is_dir():
        key, scheduler = told_by_folder(path)
    else:
        key, scheduler = detect(shapes_of(read_header(path)), path).family, ""
    return Told(key, FAMILIES[key].title, few_step_of(key, name_of(path), scheduler))
