"""LoRAs: the merged weight of each layer against the arithmetic of the file, and all refusals."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from prompt_edit.errors import ModelError
from prompt_edit.inpaint.diffusion import Inpainter, Lora
from prompt_edit.inpaint.loras import merged, read_lora

from . import tiny
from .lora_files import KINDS, Kind, State, full, low_rank, noise, written

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("alone", "small_edit")]

CPU = torch.device("cpu")
FAMILIES = tuple(tiny.MAKERS)
NAMED = ("sd1", "sdxl", "sd3", "flux", "qwen-image", "z-image")  # the others are named as these
ORIGINAL: Mapping[str, Callable[[State], State]] = {
    **{name: lambda state: tiny.ldm_unet(state, 1, 2, (False, False))
       for name in ("sd1", "sd1-inpaint", "sd2", "sd2-inpaint")},
    **{name: lambda state: tiny.ldm_unet(state, 1, 2, (True, False))
       for name in ("sdxl", "sdxl-inpaint")},
    "sd3": lambda state: tiny.mmdit(state, 2),
    "flux": tiny.bfl,
    "flux-fill": tiny.bfl,
    "z-image": tiny.z_original,
}  # fmt: skip
"""A network's weights as its makers name them, and lay them together."""

_plain: dict[str, dict[str, Tensor]] = {}
"""What each holds without a LoRA."""


@pytest.fixture
def painter(request: pytest.FixtureRequest) -> Iterator[Inpainter]:
    """The family's of the test's first parameter; what the test put on is taken off again."""
    name, painter = request.param, tiny.painter(request.param)
    if name not in _plain:
        _plain[name] = weights_of(painter)
    yield painter
    painter.remove_loras()


def network_of(painter: Inpainter) -> torch.nn.Module:
    return painter._network


def name_of(painter: Inpainter) -> str:
    return next(name for name in _plain if tiny.painter(name) is painter)


def slot_of(painter: Inpainter) -> str:
    return "unet" if hasattr(painter.pipeline, "unet") else "transformer"


def held_by(painter: Inpainter) -> dict[str, Tensor]:
    """All that its parts hold, as it stands there."""
    return {f"{slot}.{name}": value
            for slot, part in painter.pipeline.components.items()
            if isinstance(part, torch.nn.Module)
            for name, value in part.state_dict().items()}  # fmt: skip


def weights_of(painter: Inpainter) -> dict[str, Tensor]:
    return copied(held_by(painter))


def unchanged(painter: Inpainter, before: Mapping[str, Tensor]) -> bool:
    after = held_by(painter)
    return after.keys() == before.keys() and all(
        torch.equal(value, before[name]) and value.dtype == before[name].dtype
        for name, value in after.items()
    )


def painted(painter: Inpainter) -> Tensor:
    picture, mask = tiny.scene()
    return painter.paint(picture, mask, "a red cat", steps=1)


def stem(name: str) -> str:
    return re.sub(r"\.(weight|scale)$", "", name)


def flat(prefix: str) -> Callable[[str], str]:
    return lambda name: prefix + stem(name).replace(".", "_")


def dotted(prefix: str) -> Callable[[str], str]:
    return lambda name: prefix + stem(name)


def layers(state: State, called: Callable[[str], str], least: int = 2) -> dict[str, Any]:
    """The weights of at least so many dimensions, and what a file calls their layers."""
    return {name: (called(name), value) for name, value in state.items()
            if value.ndim >= least and name.endswith((".weight", ".scale"))}  # fmt: skip


def require_weights(after: State, before: State, expected: State) -> None:
    """The weights that a file speaks of are what it makes of them, and the others as before."""
    assert expected
    for name, value in after.items():
        if name in expected:
            wanted = expected[name]
            assert torch.allclose(value.double(), wanted, rtol=1e-4, atol=1e-5), name
            assert not torch.equal(value, before[name]), name
        else:
            assert torch.equal(value, before[name]), name


def copied(state: Mapping[str, Tensor]) -> State:
    return {name: value.clone() for name, value in state.items()}


def put_on_and_off(
    painter: Inpainter, file: Path, view: Callable[[], State], expected: State
) -> None:
    """Whether a LoRA makes the weights that are expected, as `view` shows them, and leaves none."""
    before = copied(view())
    painter.add_lora(Lora(file))
    require_weights(view(), before, expected)
    painter.remove_loras()
    assert unchanged(painter, _plain[name_of(painter)])


# Names

OURS: Mapping[str, tuple[Callable[[str], Callable[[str], str]], str]] = {
    "kohya": (lambda slot: flat("lora_unet_"), "kohya"),
    "OneTrainer": (lambda slot: flat("lora_transformer_"), "kohya"),
    "LyCORIS of SimpleTuner": (lambda slot: flat("lycoris_"), "kohya"),
    "PEFT in diffusers": (lambda slot: dotted(f"{slot}."), "PEFT"),
    "PEFT in ComfyUI": (lambda slot: dotted("diffusion_model."), "PEFT"),
    "PEFT alone": (lambda slot: dotted("base_model.model."), "PEFT"),
    "PEFT below a part": (lambda slot: dotted(f"{slot}.base_model.model."), "PEFT"),
    "PEFT without .weight": (lambda slot: dotted(f"{slot}."), "PEFT bare"),
    "DiffSynth": (lambda slot: dotted(""), "PEFT with its adapter"),
    "musubi-tuner": (lambda slot: dotted("diffusion_model."), "kohya"),
    "dots and lora.up": (lambda slot: dotted(f"{slot}."), "diffusers' second"),
    "whole model's": (lambda slot: dotted("model.diffusion_model."), "kohya"),
}
"""Each scheme's names for a layer, and how it ends those of its tensors."""


@pytest.mark.parametrize("scheme", OURS)
@pytest.mark.parametrize("painter", NAMED, indirect=True)
def test_layers_named_as_diffusers_does(painter: Inpainter, scheme: str, tmp_path: Path) -> None:
    network, (called, ends) = network_of(painter), OURS[scheme]
    named = layers(copied(network.state_dict()), called(slot_of(painter)))
    expected = written(named, tmp_path / "lora.safetensors", ends=ends)
    put_on_and_off(painter, tmp_path / "lora.safetensors", network.state_dict, expected)


MAKERS = ("kohya", "OneTrainer", "LyCORIS of SimpleTuner", "PEFT in ComfyUI", "PEFT alone",
          "DiffSynth", "musubi-tuner", "whole model's")  # fmt: skip


@pytest.mark.parametrize("scheme", MAKERS)
@pytest.mark.parametrize("painter", [name for name in NAMED if name in ORIGINAL], indirect=True)
def test_layers_named_as_the_makers_do(painter: Inpainter, scheme: str, tmp_path: Path) -> None:
    network, (called, ends) = network_of(painter), OURS[scheme]
    view = _original_of(painter)
    expected = written(layers(view(), called("")), tmp_path / "lora.safetensors", ends=ends)
    assert len(expected) > 20 and network is not None
    put_on_and_off(painter, tmp_path / "lora.safetensors", view, expected)


def _original_of(painter: Inpainter) -> Callable[[], State]:
    name = name_of(painter)
    return lambda: ORIGINAL[name](copied(network_of(painter).state_dict()))


@pytest.mark.parametrize("painter", ["sd1", "sd2", "sdxl", "sd3"], indirect=True)
def test_processors_of_diffusers_first_format(painter: Inpainter, tmp_path: Path) -> None:
    network, slot = network_of(painter), slot_of(painter)

    def called(name: str) -> str:
        short = re.sub(r"(attn\d?)\.(to_|add_)", r"\1.processor.\2", stem(name))
        return f"{slot}.{short}".removesuffix(".0") if ".to_out." in short else f"{slot}.{short}"

    held = {name: value for name, value in copied(network.state_dict()).items()
            if re.search(r"\.to_(q|k|v|out\.0)\.weight", name)}  # fmt: skip
    expected = written(layers(held, called), tmp_path / "lora.safetensors", ends="diffusers' first")
    put_on_and_off(painter, tmp_path / "lora.safetensors", network.state_dict, expected)


@pytest.mark.parametrize("prefix", ["", "diffusion_model."])
@pytest.mark.parametrize("painter", ["flux", "flux-fill"], indirect=True)
def test_processors_of_xlabs(painter: Inpainter, prefix: str, tmp_path: Path) -> None:
    view = _original_of(painter)
    theirs = {
        "img_attn.qkv": "qkv_lora1",
        "img_attn.proj": "proj_lora1",
        "txt_attn.qkv": "qkv_lora2",
        "txt_attn.proj": "proj_lora2",
        "linear2": "proj_lora",
    }

    def called(name: str) -> str:
        start, part = re.match(r"(\w+\.\d+)\.(.+)", stem(name)).groups()  # type: ignore[union-attr]
        return f"{prefix}{start}.processor.{theirs[part]}"

    held = {name: value for name, value in view().items()
            if re.search(r"_attn\.(qkv|proj)\.weight|linear2\.weight", name)}  # fmt: skip
    file = tmp_path / "lora.safetensors"
    expected = written(layers(held, called), file, KINDS["LoRA without alpha"], "XLabs")
    put_on_and_off(painter, file, view, expected)


def test_xlabs_leaves_the_last_rows_of_a_fused_layer(tmp_path: Path) -> None:
    painter = Inpainter.load(tiny.folder("flux"), CPU)
    width = 64
    up, down = noise(3 * width, 2), noise(2, width)
    start = "single_blocks.1.processor.qkv_lora"
    file = tmp_path / "lora.safetensors"
    save_file({f"{start}.up.weight": up, f"{start}.down.weight": down}, file)
    name = "single_blocks.1.linear1.weight"
    before = tiny.bfl(copied(network_of(painter).state_dict()))
    expected = before[name].double().clone()
    expected[: 3 * width] += up.double() @ down.double()
    painter.add_lora(Lora(file))
    after = tiny.bfl(network_of(painter).state_dict())
    require_weights(after, before, {name: expected})


TEXTS = (
    ("sd1", "text_encoder", flat("lora_te_"), "kohya"),
    ("sd1", "text_encoder", dotted("text_encoder."), "diffusers' for text"),
    ("sd2", "text_encoder", dotted("text_encoders.clip_h.transformer."), "kohya"),
    ("sdxl", "text_encoder", flat("lora_te1_"), "kohya"),
    ("sdxl", "text_encoder_2", flat("lora_te2_"), "kohya"),
    ("sdxl", "text_encoder", dotted("text_encoders.clip_l.transformer."), "kohya"),
    ("sdxl", "text_encoder_2", dotted("text_encoders.clip_g.transformer."), "kohya"),
    ("sdxl", "text_encoder_2", dotted("text_encoder_2."), "PEFT"),
    ("sd3", "text_encoder_2", flat("lora_te2_"), "kohya"),
    ("sd3", "text_encoder_3", flat("lora_te3_"), "kohya"),
    ("sd3", "text_encoder_3", dotted("text_encoders.t5xxl.transformer."), "kohya"),
    ("flux", "text_encoder", flat("lora_te1_"), "kohya"),
    ("flux", "text_encoder_2", flat("lora_te2_"), "kohya"),
    ("flux", "text_encoder_2", flat("lora_te3_"), "kohya"),
    ("flux", "text_encoder_2", dotted("text_encoder_2."), "PEFT"),
    ("qwen-image", "text_encoder", dotted("text_encoder."), "PEFT"),
    ("z-image", "text_encoder", dotted("text_encoder.model."), "PEFT"),
)


@pytest.mark.parametrize(
    ("painter", "slot", "called", "ends"), TEXTS, indirect=["painter"],
    ids=[f"{name}-{called('x.y')}-{ends}" for name, _, called, ends in TEXTS],
)  # fmt: skip
def test_text_encoders(
    painter: Inpainter, slot: str, called: Callable[[str], str], ends: str, tmp_path: Path
) -> None:
    part = getattr(painter.pipeline, slot)

    def view() -> State:
        clip = type(part).__name__.startswith("CLIP")
        state = tiny.hf_text(part) if clip else copied(part.state_dict())
        return {name: value for name, value in state.items()
                if not re.search("token_embedding|shared|embed_tokens|lm_head", name)}  # fmt: skip

    expected = written(layers(view(), called), tmp_path / "lora.safetensors", ends=ends)
    put_on_and_off(painter, tmp_path / "lora.safetensors", view, expected)


@pytest.mark.parametrize("painter", ["sd1"], indirect=True)
def test_attention_of_a_text_encoder_in_diffusers_first_format(
    painter: Inpainter, tmp_path: Path
) -> None:
    part = painter.pipeline.text_encoder
    theirs = {"q_proj": "to_q", "k_proj": "to_k", "v_proj": "to_v", "out_proj": "to_out"}

    def view() -> State:
        return {name: value for name, value in tiny.hf_text(part).items()
                if name.endswith("_proj.weight")}  # fmt: skip

    def called(name: str) -> str:
        start, _, last = stem(name).rpartition(".")
        return f"text_encoder.{start}.{theirs[last]}"

    file = tmp_path / "lora.safetensors"
    expected = written(layers(view(), called), file, ends="diffusers' first")
    put_on_and_off(painter, file, view, expected)


# Kinds


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("painter", ["sd1", "sd3", "flux", "z-image"], indirect=True)
def test_kinds_in_the_layers_of_the_makers(painter: Inpainter, kind: str, tmp_path: Path) -> None:
    """Fused layers among them, of which a DoRA of columns sees all rows at once."""
    view = _original_of(painter)
    file = tmp_path / "lora.safetensors"
    expected = written(layers(view(), flat("lora_unet_")), file, KINDS[kind])
    put_on_and_off(painter, file, view, expected)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("painter", ["flux", "qwen-image"], indirect=True)
def test_kinds_in_the_layers_of_diffusers(painter: Inpainter, kind: str, tmp_path: Path) -> None:
    network, file = network_of(painter), tmp_path / "lora.safetensors"
    expected = written(layers(copied(network.state_dict()), flat("lycoris_")), file, KINDS[kind])
    put_on_and_off(painter, file, network.state_dict, expected)


@pytest.mark.parametrize("ends", [("w_norm", "b_norm"), ("diff", "diff_b")])
@pytest.mark.parametrize("painter", FAMILIES, indirect=True)
def test_norms_and_biases(painter: Inpainter, ends: tuple[str, str], tmp_path: Path) -> None:
    network = network_of(painter)
    state: State = {}
    expected: State = {}
    torch.manual_seed(3)
    for name, value in network.state_dict().items():
        start, _, kind = name.rpartition(".")
        if value.ndim == 1 and kind in ("weight", "bias"):
            change = torch.randn(value.shape)
            end = ends[kind == "bias"]
            state[f"lora_unet_{start.replace('.', '_')}.{end}"] = change
            expected[name] = value.double() + change.double()
    save_file(state, tmp_path / "lora.safetensors")
    put_on_and_off(painter, tmp_path / "lora.safetensors", network.state_dict, expected)


@pytest.mark.parametrize("painter", ["flux", "sd3"], indirect=True)
def test_biases_of_a_lora_follow_the_rows(painter: Inpainter, tmp_path: Path) -> None:
    """Fused and swapped ones too; PEFT's are scaled as the rest is, ComfyUI's are not."""
    view, file = _original_of(painter), tmp_path / "lora.safetensors"
    state: State = {}
    expected: State = {}
    before = view()
    for number, name in enumerate(before):
        bias = name.removesuffix("weight") + "bias"
        if not name.endswith("weight") or before[name].ndim < 2 or bias not in before:
            continue
        held, changed = low_rank(tuple(before[name].shape), 2)
        start, value = f"diffusion_model.{stem(name)}", torch.randn(before[bias].shape)
        state |= {f"{start}.{end}": each for end, each in held.items()}
        state[f"{start}.{'diff_b' if number % 2 else 'lora_B.bias'}"] = value
        expected[name] = changed(before[name].double())
        expected[bias] = before[bias] + value.double() * (1 if number % 2 else 2.5 / 2)
    save_file(state, file)
    put_on_and_off(painter, file, view, expected)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_files_of_16_bits(dtype: torch.dtype, tmp_path: Path) -> None:
    painter = Inpainter.load(tiny.folder("sd1"), CPU)
    weight = painter.pipeline.unet.conv_in.weight
    before = weight.detach().double().clone()
    up, down = noise(64, 1, 1, 1).to(dtype), noise(1, 4, 3, 3).to(dtype)
    for alpha in (torch.tensor(0.75, dtype=dtype), torch.tensor([0.75], dtype=dtype)):
        save_file({"lora_unet_conv_in.lora_up.weight": up, "lora_unet_conv_in.alpha": alpha,
                   "lora_unet_conv_in.lora_down.weight": down},
                  tmp_path / "lora.safetensors")  # fmt: skip
        painter.add_lora(Lora(tmp_path / "lora.safetensors"))
        expected = before + 0.75 * up.double().reshape(64, 1, 1, 1) * down.double()
        assert torch.allclose(weight.double(), expected, rtol=1e-6, atol=1e-7)
        painter.remove_loras()
    assert torch.equal(weight.double(), before)


# References


def merged_by_diffusers(painter: Inpainter, state: State) -> State:
    """What diffusers' own loader makes of a file in a copy of a painter's pipeline."""
    pytest.importorskip("peft")
    parts = painter.pipeline.components.values()
    words = {id(part): part for part in parts if not isinstance(part, torch.nn.Module)}
    pipeline = copy.deepcopy(painter.pipeline, words)  # vocabularies are large, and not changed
    pipeline.load_lora_weights(state)
    pipeline.fuse_lora()
    pipeline.unload_lora_weights()
    return {f"{slot}.{name}": value for slot, part in pipeline.components.items()
            if isinstance(part, torch.nn.Module)
            for name, value in part.state_dict().items()}  # fmt: skip


def one_alpha(shape: tuple[int, ...], rank: int) -> Any:
    """Diffusers heeds an alpha of attention layers only if all have the same."""
    held, changed = KINDS["LoRA without alpha"](shape, rank)
    held["alpha"] = torch.tensor(2.5)
    return held, lambda base: base + (changed(base) - base) * 2.5 / rank


DIFFUSERS = {
    "sd1": ("kohya", r"to_|proj_|conv[12]|ff\."),
    "sdxl": ("kohya", r"to_|proj_|conv[12]|ff\."),
    "sd3": ("PEFT in diffusers", r"to_|_proj|ff"),
    "flux": ("PEFT in diffusers", r"to_|_proj|proj_|linear|embedder"),
    "qwen-image": ("musubi-tuner", r"to_|_proj|_mlp"),
    "z-image": ("PEFT in ComfyUI", r"to_|feed_forward"),
}


@pytest.mark.parametrize("painter", DIFFUSERS, indirect=True)
def test_as_diffusers_merges_it(painter: Inpainter, tmp_path: Path) -> None:
    scheme, pattern = DIFFUSERS[name_of(painter)]
    called, ends = OURS[scheme]
    held = {each: value for each, value in copied(network_of(painter).state_dict()).items()
            if re.search(pattern, each)}  # fmt: skip
    file = tmp_path / "lora.safetensors"
    kind = one_alpha if ends == "kohya" else KINDS["LoRA without alpha"]
    changed = written(layers(held, called(slot_of(painter))), file, kind, ends)
    theirs = merged_by_diffusers(painter, load_file(file))
    painter.add_lora(Lora(file))
    ours = weights_of(painter)
    assert len(changed) > 10 and ours.keys() == theirs.keys()
    for each, value in ours.items():
        assert torch.allclose(value, theirs[each], rtol=1e-4, atol=1e-5), each


@pytest.mark.parametrize("painter", ["sdxl"], indirect=True)
def test_blocks_of_stable_diffusion_as_diffusers_merges_them(
    painter: Inpainter, tmp_path: Path
) -> None:
    held = {name: value for name, value in _original_of(painter)().items()
            if re.search(r"attn\d\.|proj_in|proj_out|ff\.net", name)}  # fmt: skip
    file = tmp_path / "lora.safetensors"
    written(layers(held, flat("lora_unet_")), file, one_alpha)
    theirs = merged_by_diffusers(painter, load_file(file))
    painter.add_lora(Lora(file))
    for each, value in weights_of(painter).items():
        assert torch.allclose(value, theirs[each], rtol=1e-4, atol=1e-5), each


@pytest.mark.parametrize("declared", [True, False])
@pytest.mark.parametrize("painter", ["sd1", "z-image"], indirect=True)
def test_dora_as_peft_merges_it(painter: Inpainter, declared: bool, tmp_path: Path) -> None:
    """Convolutions too; alpha stands in the file's metadata, as diffusers writes it."""
    peft = pytest.importorskip("peft")
    slot = slot_of(painter)
    network = copy.deepcopy(network_of(painter))
    targets = ["to_q", "to_out.0", *(["conv1", "proj_in"] if slot == "unet" else ["w2"])]
    config = peft.LoraConfig(r=4, lora_alpha=6 if declared else 4, target_modules=targets,
                             use_dora=True)  # fmt: skip
    wrapped = peft.get_peft_model(network, config)
    torch.manual_seed(4)
    for name, value in wrapped.named_parameters():
        if "lora_" in name:
            with torch.no_grad():
                value.copy_(value.abs() * 1.3 if "magnitude" in name else noise(*value.shape))
    kept = peft.get_peft_model_state_dict(wrapped)
    start = "base_model.model."
    state = {f"{slot}.{name.removeprefix(start)}": value.contiguous().clone()
             for name, value in kept.items()}  # fmt: skip
    assert any(name.endswith("lora_magnitude_vector") for name in state), sorted(state)[:3]
    settings = {f"{slot}.{key}": value for key, value in config.to_dict().items()
                if isinstance(value, (int, float, dict, bool))}  # fmt: skip
    metadata = {"lora_adapter_metadata": json.dumps(settings, default=str)} if declared else None
    save_file(state, tmp_path / "lora.safetensors", metadata)
    expected = wrapped.merge_and_unload().state_dict()
    before = copied(network_of(painter).state_dict())
    painter.add_lora(Lora(tmp_path / "lora.safetensors"))
    after = network_of(painter).state_dict()
    assert after.keys() == expected.keys()
    assert any(not torch.equal(after[name], before[name]) for name in after)
    for name, value in after.items():
        assert torch.allclose(value, expected[name], rtol=1e-4, atol=1e-5), name


@pytest.mark.parametrize("painter", ["qwen-image"], indirect=True)
def test_alphas_that_peft_keeps_beside_the_weights(painter: Inpainter, tmp_path: Path) -> None:
    network = network_of(painter)
    held = {name: value for name, value in copied(network.state_dict()).items()
            if re.search(r"(attn\.to_q|img_in)\.weight", name)}  # fmt: skip
    kind, file = KINDS["LoRA without alpha"], tmp_path / "adapter_model.safetensors"
    expected = written(layers(held, dotted("base_model.model.")), file, kind, "PEFT")
    config: dict[str, Any] = {"peft_type": "LORA", "r": 2, "lora_alpha": 5,
                              "alpha_pattern": {"img_in": 7}}  # fmt: skip
    beside = tmp_path / "adapter_config.json"
    for root in (False, True):
        beside.write_text(json.dumps(config | {"use_rslora": root}))
        scaled = {}
        for number, name in enumerate(held):
            rank, alpha = 1 + number % 3, 7 if "img_in" in name else 5
            scale = alpha / (rank**0.5 if root else rank)
            scaled[name] = held[name] + (expected[name] - held[name]) * scale
        put_on_and_off(painter, file, network.state_dict, scaled)
    for change, words in (({"peft_type": "LOKR"}, "made as LOKR by PEFT"),
                          ({"init_lora_weights": "pissa_niter_4"}, "made as pissa"),
                          ({"lora_alpha": "many"}, "settings beside")):  # fmt: skip
        beside.write_text(json.dumps(config | change))
        with pytest.raises(ModelError, match=words):
            painter.add_lora(Lora(file))
    beside.write_text("[]")
    with pytest.raises(ModelError, match="settings beside"):
        painter.add_lora(Lora(file))


# Precision, weight and several


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_rounded_once(dtype: torch.dtype, tmp_path: Path) -> None:
    painter = Inpainter.load(tiny.folder("flux"), CPU, dtype)
    network, file = network_of(painter), tmp_path / "lora.safetensors"
    before = copied(network.state_dict())
    expected = written(layers(before, dotted("transformer.")), file)
    painter.add_lora(Lora(file, 0.5))
    for name, wanted in expected.items():
        value, half = network.state_dict()[name], (before[name].double() + wanted) / 2
        assert value.dtype == dtype
        differs = (value != half.to(dtype)).float().mean()
        assert differs < 0.005, "but where single precision lies on the other side of a tie"
    painter.remove_loras()
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


def test_a_painter_that_was_widened_is_as_one_without(tmp_path: Path) -> None:
    painter, plain = (Inpainter.load(tiny.folder("sd1"), CPU, torch.float16) for _ in range(2))
    file = tmp_path / "lora.safetensors"
    written(layers(copied(painter.pipeline.unet.state_dict()), dotted("unet.")), file)
    painter.add_lora(Lora(file))
    with_it, without = painted(painter), painted(plain)
    assert network_of(painter).dtype == torch.float32, "fp16 is widened to paint on the CPU"
    assert not tiny.same(with_it, without)
    painter.remove_loras()
    assert unchanged(painter, weights_of(plain))
    assert torch.equal(painted(painter), without)


def test_loras_add_up_in_any_order_by_their_weights(tmp_path: Path) -> None:
    """A fused layer, its parts, and a DoRA, which sees the model's own weights and no other's."""
    painter = Inpainter.load(tiny.folder("z-image"), CPU)
    network = network_of(painter)
    view = lambda: tiny.z_original(copied(network.state_dict()))  # noqa: E731
    before, own = view(), copied(network.state_dict())
    fused = written(layers(before, dotted("diffusion_model.")), tmp_path / "fused.safetensors")
    turned = written(layers(before, flat("lora_unet_")), tmp_path / "dora.safetensors",
                     KINDS["DoRA"])  # fmt: skip
    parts = tiny.z_original(
        own | written(layers(own, dotted("transformer.")), tmp_path / "parts.safetensors")
    )
    loras = [Lora(tmp_path / "fused.safetensors", 0.5), Lora(tmp_path / "dora.safetensors", -1.5),
             Lora(tmp_path / "parts.safetensors", 2.0)]  # fmt: skip
    expected = {
        name: before[name].double()
        + sum(weight * (each[name].double() - before[name].double())
              for weight, each in ((0.5, fused), (-1.5, turned), (2.0, parts)))
        for name in fused
    }  # fmt: skip
    for order in (loras, loras[::-1]):
        for lora in order:
            painter.add_lora(lora)
        for name, wanted in expected.items():
            assert torch.allclose(view()[name].double(), wanted, rtol=1e-4, atol=1e-4), name
        painter.remove_loras()
        assert all(torch.equal(value, own[name]) for name, value in network.state_dict().items())
    painter.add_lora(Lora(tmp_path / "fused.safetensors", 0.0))
    assert all(torch.equal(value, own[name]) for name, value in network.state_dict().items())


@pytest.mark.parametrize("painter", tiny.ONE_EACH, indirect=True)
def test_paints_bit_for_bit_as_before(painter: Inpainter, tmp_path: Path) -> None:
    slot, before = slot_of(painter), painted(painter)
    good, bad = tmp_path / "good.safetensors", tmp_path / "bad.safetensors"
    held = copied(network_of(painter).state_dict())
    written(layers(held, dotted(f"{slot}.")), good, ends="PEFT")
    state = load_file(good)
    state.pop(next(name for name in reversed(state) if name.endswith("lora_A.weight")))
    save_file(state, bad)
    with pytest.raises(ModelError, match=r"parts of .* that make no whole"):
        painter.add_lora(Lora(bad))
    assert torch.equal(painted(painter), before)
    painter.add_lora(Lora(good))
    styled = painted(painter)
    assert not tiny.same(styled, before)
    with pytest.raises(ModelError, match="make no whole"):
        painter.add_lora(Lora(bad))
    assert torch.equal(painted(painter), styled), "with one on, that one stays"
    painter.remove_loras()
    assert torch.equal(painted(painter), before)
    painter.remove_loras()


ENTRIES = {"sd1-inpaint": ("unet.conv_in", (64, 4, 3, 3)),
           "flux-fill": ("transformer.x_embedder", (64, 16))}  # fmt: skip


@pytest.mark.parametrize("kind", [each for each in KINDS if "DoRA" not in each
                                  and each != "weights in place"])  # fmt: skip
@pytest.mark.parametrize("painter", ENTRIES, indirect=True)
def test_what_a_plain_model_learned_of_the_noise_holds_for_its_sibling(
    painter: Inpainter, kind: str, tmp_path: Path
) -> None:
    """One that was trained to inpaint sees the mask and the picture behind the noise."""
    name, shape = ENTRIES[name_of(painter)]
    weight = network_of(painter).get_parameter(f"{name.partition('.')[2]}.weight")
    before = weight.detach().clone()
    zero, file = torch.zeros(shape), tmp_path / "lora.safetensors"
    change = written({"it": (name, zero)}, file, KINDS[kind])["it"]
    painter.add_lora(Lora(file))
    after, taken = weight.detach(), shape[1]
    assert torch.allclose(after[:, :taken].double(), before[:, :taken].double() + change, atol=1e-5)
    assert not torch.equal(after[:, :taken], before[:, :taken])
    assert torch.equal(after[:, taken:], before[:, taken:])


@pytest.mark.parametrize("painter", ENTRIES, indirect=True)
def test_what_cannot_be_split_from_what_is_beside_the_noise_is_refused(
    painter: Inpainter, tmp_path: Path
) -> None:
    """Lengths of the whole weight, weights in place; and other numbers of channels."""
    name, shape = ENTRIES[name_of(painter)]
    before = _plain[name_of(painter)]
    more = (shape[0], shape[1] + 1, *shape[2:])
    for kind, size in (("DoRA", shape), ("weights in place", shape), ("LoRA", more)):
        written({"it": (name, torch.ones(size))}, tmp_path / "lora.safetensors", KINDS[kind])
        with pytest.raises(ModelError, match="Choose a LoRA that was made for this model"):
            painter.add_lora(Lora(tmp_path / "lora.safetensors"))
    assert unchanged(painter, before)


@pytest.mark.parametrize("name", ["flux", "z-image"])
def test_what_it_is_loaded_with_is_what_is_put_on(name: str, tmp_path: Path) -> None:
    """Bit for bit, several of them, layers that are fused, and a DoRA; and the one of no weight
    counts for nothing."""
    later, makers = Inpainter.load(tiny.folder(name), CPU), ORIGINAL[name]
    held, loras = makers(copied(network_of(later).state_dict())), list[Lora]()
    for number, kind in enumerate(("LoRA", "DoRA", "LoHa")):
        file = tmp_path / f"{number}.safetensors"
        written(layers(held, dotted("diffusion_model.")), file, KINDS[kind])
        loras.append(Lora(file, (0.5, -0.7, 0.0)[number]))
    for lora in loras:
        later.add_lora(lora)
    at_load = Inpainter.load(tiny.folder(name), CPU, loras=loras)
    assert unchanged(at_load, weights_of(later)) and not at_load._merged._own
    at_load.remove_loras()
    assert unchanged(at_load, weights_of(later)), "it stays"


# Refusals

NAME = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q"


def pair(name: str = NAME, rank: int = 2, out: int = 64, taken: int = 64) -> State:
    return {f"{name}.lora_up.weight": noise(out, rank),
            f"{name}.lora_down.weight": noise(rank, taken)}  # fmt: skip


def lacking(state: State, *ends: str) -> State:
    return {name: value for name, value in state.items() if not name.endswith(ends)}


def of(kind: Kind, name: str = NAME) -> State:
    return {f"{name}.{end}": value for end, value in kind((64, 64), 2)[0].items()}


def no_number(state: State, number: float) -> State:
    value = next(iter(state.values()))
    value.view(-1)[0] = number
    return state


ONE = torch.ones(1)
SD1_REFUSED: Mapping[str, tuple[Callable[[], State], str]] = {
    "an OFT": (lambda: {f"{NAME}.oft_blocks": noise(4, 16, 16)}, "is an OFT or BOFT"),
    "a BOFT": (lambda: {f"{NAME}.oft_blocks": noise(2, 4, 16, 16), f"{NAME}.alpha": ONE},
               "is an OFT or BOFT"),
    "OneTrainer's OFT": (lambda: {f"{NAME}.oft_R.weight": noise(4, 120)}, "is an OFT or BOFT"),
    "PEFT's BOFT": (lambda: {"unet.conv_in.boft_R": noise(2, 4, 4, 4)}, "is an OFT or BOFT"),
    "a GLoRA": (lambda: {f"{NAME}.{each}.weight": noise(8, 8) for each in ("a1", "a2", "b1", "b2")},
                "is a GLoRA"),
    "an (IA)3": (lambda: {f"{NAME}.weight": noise(64), f"{NAME}.on_input": torch.tensor(True)},
                 r"is an \(IA\)3"),
    "a T-LoRA": (lambda: {f"{NAME}.q_layer.weight": noise(4, 4), f"{NAME}.lambda_layer": ONE},
                 "is a T-LoRA"),
    "a VeRA": (lambda: {"unet.conv_in.vera_lambda_b": ONE}, "is a VeRA"),
    "wider layers": (lambda: pair() | {f"{NAME}.reshape_weight": torch.tensor([128, 64])},
                     "is a control LoRA, which widens layers"),
    "Stability's control LoRA": (lambda: {"lora_controlnet": torch.zeros(0),
                                          "input_blocks.1.1.proj_in.up": noise(64, 2)},
                                 "is a control LoRA"),
    "Black Forest Labs' control LoRA": (
        lambda: pair("img_in") | {"double_blocks.0.img_attn.norm.key_norm.scale": noise(32)},
        "is a control LoRA"),
    "embeddings beside it": (lambda: pair() | {"bundle_emb.word.string_to_param.*": noise(1, 64)},
                             "with embeddings beside it"),
    "PEFT's words": (lambda: {"text_encoder.embeddings.token_embedding.lora_embedding_A": ONE},
                     "for the words of a text encoder"),
    "an embedding": (lambda: {"emb_params": noise(2, 64)}, "is an embedding"),
    "SDXL's embedding": (lambda: {"clip_l": noise(2, 64), "clip_g": noise(2, 64)},
                         "is an embedding"),
    "whole layers beside it": (lambda: pair() | {"unet.conv_in.modules_to_save.weight": ONE},
                               "whole layers beside it"),
    "scaled fp8": (lambda: pair() | {f"{NAME}.scale_weight": ONE}, "scaled 4- or 8-bit numbers"),
    "an IP-Adapter": (lambda: {"image_proj.proj.weight": noise(2, 2)}, "is an IP-Adapter"),
    "a whole model": (lambda: {"model.diffusion_model.out.2.weight": noise(4, 4),
                               "single_blocks.0.norm.key_norm.scale": noise(4)}, "is not a LoRA"),
    "alphas alone": (lambda: {f"{NAME}.alpha": ONE}, "is not a LoRA"),
    "a tensor left over": (lambda: pair() | {f"{NAME}.scalar": ONE},
                           r"meaning is not known here \(\S+scalar\)"),
    "a layer's own weight beside it": (lambda: pair() | {"unet.conv_in.weight": ONE},
                                       "meaning is not known here"),
    "up alone": (lambda: lacking(pair(), "down.weight"), "parts of .* that make no whole"),
    "down alone": (lambda: lacking(pair(), "up.weight"), "parts of .* that make no whole"),
    "half a LoHa": (lambda: lacking(of(KINDS["LoHa"]), "w2_b"), "make no whole"),
    "half a LoKr": (lambda: lacking(of(KINDS["LoKr"]), "w2_b"), "make no whole"),
    "one core of two": (lambda: of(KINDS["LoHa"]) | {f"{NAME}.hada_t1": noise(2, 2, 3, 3)},
                        "make no whole"),
    "two kinds in one layer": (lambda: of(KINDS["LoHa"]) | pair(), "make no whole"),
    "a difference with an alpha": (lambda: of(full) | {f"{NAME}.alpha": ONE}, "make no whole"),
    "lengths alone": (lambda: of(full) | {f"{NAME}.dora_scale": ONE}, "make no whole"),
    "an alpha of two numbers": (lambda: pair() | {f"{NAME}.alpha": torch.ones(2)},
                                "make no whole"),
    "ranks that differ": (lambda: pair() | {f"{NAME}.lora_up.weight": noise(64, 3)},
                          "don't fit each other"),
    "cores that differ": (
        lambda: pair() | {f"{NAME}.lora_mid.weight": noise(3, 3, 1, 1)}, "don't fit each other"),
    "an up of one dimension": (lambda: pair() | {f"{NAME}.lora_up.weight": noise(64)},
                               "don't fit each other"),
    "another width": (lambda: pair(taken=320), "is 64 x 320, and this .* is 64 x 64"),
    "turned over": (
        lambda: pair(NAME.replace("attn1", "attn2").replace("0_attn2_to_q", "0_ff_net_2"),
                     out=256, taken=64), "is 256 x 64, and this .* is 64 x 256"),
    "another kernel": (lambda: {"unet.conv_in.lora_up.weight": noise(64, 2, 1, 1),
                                "unet.conv_in.lora_down.weight": noise(2, 4, 1, 1)},
                       "is 64 x 4 x 1 x 1, and this .* is 64 x 4 x 3 x 3"),
    "channels of inpainting": (lambda: {"unet.conv_in.lora_up.weight": noise(64, 2, 1, 1),
                                        "unet.conv_in.lora_down.weight": noise(2, 9, 3, 3)},
                               "is 64 x 9 x 3 x 3"),
    "a bias to none": (lambda: {f"{NAME}.diff_b": noise(64)}, "changes the bias of"),
    "lengths of another width": (lambda: pair() | {f"{NAME}.dora_scale": noise(32, 1)},
                                 "Choose a LoRA that was made for this model"),
    "NaN": (lambda: no_number(pair(), float("nan")), "values that are no numbers"),
    "infinite": (lambda: no_number(pair(), float("inf")), "values that are no numbers"),
    "whole numbers": (lambda: {name: (value * 9).to(torch.int8) for name, value in pair().items()},
                      "whole numbers, which stand for others"),
    "a layer twice": (lambda: pair() | pair("unet." + tiny_name(NAME)), "changes a layer twice"),
    "two adapters": (
        lambda: {f"unet.conv_in.lora_A.{each}.weight": noise(2, 4, 3, 3) for each in "ab"},
        "holds two of one kind"),
    "another family": (lambda: pair("lora_unet_double_blocks_0_img_attn_qkv"),
                       r"fits no layer of Stable Diffusion 1 or 2 .*; it is one for FLUX\."),
    "SDXL's layers among others": (
        lambda: pair() | pair(NAME.replace("blocks_0_attn1", "blocks_9_attn1")),
        "changes 1 layers that this Stable Diffusion 1 or 2 does not have"),
    "a video model's": (lambda: pair("diffusion_model.blocks.0.cross_attn.k"),
                        "one for Wan, which makes videos"),
    "no model's": (lambda: pair("lora_unet_nothing"), "fits no layer of"),
    "a second text encoder": (lambda: pair("lora_te2_text_model_encoder_layers_0_mlp_fc1"),
                              "one for SDXL"),
}  # fmt: skip


def tiny_name(name: str) -> str:
    """That layer with dots."""
    return "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q" if name == NAME else name


@pytest.mark.parametrize("what", SD1_REFUSED)
@pytest.mark.parametrize("painter", ["sd1"], indirect=True)
def test_refused_by_name_and_nothing_is_changed(
    painter: Inpainter, what: str, tmp_path: Path
) -> None:
    before = _plain["sd1"]
    make, words = SD1_REFUSED[what]
    torch.manual_seed(0)
    save_file(make(), tmp_path / "lora.safetensors")
    with pytest.raises(ModelError, match=words) as raised:
        painter.add_lora(Lora(tmp_path / "lora.safetensors"))
    assert re.match("(Choose|Copy) ", str(raised.value))
    assert str(tmp_path / "lora.safetensors") in str(raised.value)
    assert unchanged(painter, before)
    assert type(painter.pipeline.scheduler).__name__ == "DDIMScheduler"


SIBLINGS = tuple(
    (plain, trained)
    for several, siblings in ((("sd1", "sd2"), ("sd1-inpaint", "sd2-inpaint")),
                              (("sdxl",), ("sdxl-inpaint",)),
                              (("flux", "flux-kontext"), ("flux-fill",)))
    for plain in several for trained in siblings
)  # fmt: skip
"""Plain ones, and those of the same architecture that were trained to inpaint, which take what was
made for the plain ones, and not the other way round."""


@pytest.mark.parametrize("painter", FAMILIES, indirect=True)
def test_a_lora_for_another_family(painter: Inpainter) -> None:
    mine, count = shapes(name_of(painter)), 0
    for other in ORIGINAL:
        if shapes(other) == mine or (other, name_of(painter)) in SIBLINGS:
            continue  # of one architecture
        file, count = lora_of(other), count + 1
        with pytest.raises(ModelError, match="Choose a LoRA that was made for this model"):
            painter.add_lora(Lora(file))
    assert count >= 6 and unchanged(painter, _plain[name_of(painter)])


@cache
def lora_of(name: str) -> Path:
    """A LoRA for all layers of one family, in its makers' names."""
    file = tiny.ROOM / f"lora for {name}.safetensors"
    held = ORIGINAL[name](copied(network_in(name).state_dict()))
    written(layers(held, flat("lora_unet_")), file, one_alpha)
    return file


def network_in(name: str) -> torch.nn.Module:
    pipeline = tiny.pipeline(name)
    return pipeline.components.get("unet") or pipeline.transformer


@cache
def shapes(name: str) -> dict[str, Any]:
    """What a LoRA's arithmetic sees: a convolution of 1 x 1 is a matrix."""
    return {each: [size for size in value.shape if size > 1]
            for each, value in network_in(name).state_dict().items()}  # fmt: skip


def test_files_without_tensors(tmp_path: Path) -> None:
    painter = Inpainter.load(tiny.folder("sd1"), CPU)
    file = tmp_path / "lora.safetensors"
    save_file({}, file, {"ss_network_module": "networks.lora"})
    with pytest.raises(ModelError, match="is not a LoRA"):
        painter.add_lora(Lora(file))
    with pytest.raises(ModelError, match="no model at"):
        painter.add_lora(Lora(tmp_path / "gone.safetensors"))


def test_nothing_to_a_bias_that_is_not_there(tmp_path: Path) -> None:
    """Some files hold zeros for each bias that a layer could have."""
    painter = Inpainter.load(tiny.folder("sd1"), CPU)
    file = tmp_path / "lora.safetensors"
    save_file(pair() | {f"{NAME}.diff_b": torch.zeros(64)}, file)
    before = weights_of(painter)
    painter.add_lora(Lora(file))
    changed = [name for name, value in weights_of(painter).items()
               if not torch.equal(value, before[name])]  # fmt: skip
    assert changed == [f"unet.{tiny_name(NAME)}.weight"]


def test_numbers_that_a_precision_does_not_hold(tmp_path: Path) -> None:
    painter = Inpainter.load(tiny.folder("sd1"), CPU, torch.float16)
    good, huge = tmp_path / "good.safetensors", tmp_path / "huge.safetensors"
    save_file(pair(), good)
    save_file(pair() | pair(NAME.replace("to_q", "to_v")) | {f"{NAME}.alpha": torch.tensor(1e9)},
              huge)  # fmt: skip
    plain = weights_of(painter)
    painter.add_lora(Lora(good))
    before = weights_of(painter)
    with pytest.raises(ModelError, match="numbers that float16 does not hold"):
        painter.add_lora(Lora(huge))
    assert unchanged(painter, before), "what was on is on, and the rest of the file is off"
    painter.add_lora(Lora(huge, 1e-8))
    painter.remove_loras()
    assert unchanged(painter, plain)


def test_memory_for_the_own_weights_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    painter = Inpainter.load(tiny.folder("sd1"), CPU)
    file, before = tmp_path / "lora.safetensors", weights_of(painter)
    save_file(pair(), file)
    monkeypatch.setattr(merged, "free_memory", lambda device: 64 * 64 * 4 - 1)
    with pytest.raises(ModelError, match=r"Close other programs, or .* copied first"):
        painter.add_lora(Lora(file))
    assert unchanged(painter, before)
    monkeypatch.setattr(merged, "free_memory", lambda device: 64 * 64 * 4)
    painter.add_lora(Lora(file))
    worn = weights_of(painter)
    monkeypatch.setattr(merged, "free_memory", lambda device: 64 * 64 * 4 - 1)
    with pytest.raises(ModelError, match="copied first"):
        painter.add_lora(Lora(file))  # whatever it was before, on an error it is put back
    assert unchanged(painter, worn) and not unchanged(painter, before)
    several = pair() | pair(NAME.replace("to_q", "to_k")) | pair(NAME.replace("to_q", "to_v"))
    save_file(several, tmp_path / "several.safetensors")
    monkeypatch.setattr(merged, "free_memory", lambda device: 64 * 64 * 4)
    with pytest.raises(ModelError, match="copied first"):
        painter.add_lora(Lora(tmp_path / "several.safetensors"))
    Inpainter.load(tiny.folder("sd1"), CPU, loras=[Lora(tmp_path / "several.safetensors")])


def test_weights_of_8_bits_are_not_changed(tmp_path: Path) -> None:
    painter = Inpainter.load(tiny.folder("sd1"), CPU)
    layer = painter.pipeline.unet.get_submodule(tiny_name(NAME))
    layer.weight = torch.nn.Parameter(layer.weight.to(torch.float8_e4m3fn), requires_grad=False)
    save_file(pair(), tmp_path / "lora.safetensors")
    with pytest.raises(ModelError, match="weights of 4 or 8 bits"):
        painter.add_lora(Lora(tmp_path / "lora.safetensors"))


def test_a_host_may_have_loaded_it_in_inference_mode(tmp_path: Path) -> None:
    file = tmp_path / "lora.safetensors"
    save_file(pair(), file)
    plain = weights_of(Inpainter.load(tiny.folder("sd1"), CPU))
    with torch.inference_mode():
        painter = Inpainter.load(tiny.folder("sd1"), CPU, loras=[Lora(file)])
    assert not unchanged(painter, plain)
    loaded = weights_of(painter)
    painter.remove_loras()
    assert unchanged(painter, loaded), "what it was loaded with stays, and takes no more memory"
    with torch.inference_mode():
        painter.add_lora(Lora(file))
    assert not unchanged(painter, loaded)
    painter.remove_loras()
    assert unchanged(painter, loaded)


def test_reading_changes_nothing(tmp_path: Path) -> None:
    painter = Inpainter.load(tiny.folder("sd1"), CPU)
    before = weights_of(painter)
    save_file(pair(), tmp_path / "lora.safetensors")
    (change,) = read_lora(tmp_path / "lora.safetensors", painter.pipeline, "Stable Diffusion")
    assert change.name == NAME and change.delta.shape == (64, 64)
    assert unchanged(painter, before)
