"""How a host's model wants to inpaint, told from what the host says of it."""

from __future__ import annotations

import pytest

from prompt_edit.errors import ModelError
from prompt_edit.inpaint.ways import AUTOMATIC, KINDS, UNPAINTABLE, WAYS, Facts, choose

HOLE = ("mask", "masked_image")


@pytest.mark.parametrize(("facts", "way", "steps", "cfg", "guidance"), [
    (Facts(("SD15", "BASE")), "plain", 30, 7.5, None),
    (Facts(("SD15", "BASE"), HOLE), "inpaint", 30, 7.5, None),
    (Facts(("SDXL", "BASE"), HOLE), "inpaint", 30, 8.0, None),
    (Facts(("SSD1B", "SDXL", "BASE")), "plain", 30, 6.0, None),
    (Facts(("FluxInpaint", "Flux", "BASE")), "inpaint", 50, 1.0, 30.0),
    (Facts(("Flux", "BASE")), "plain", 28, 1.0, 3.5),
    (Facts(("Flux", "BASE"), names=("flux1-dev-kontext_fp8_scaled.safetensors",)), "edit", 28, 1.0,
     2.5),
    (Facts(("Flux", "BASE"), names=("flux1-dev-kontext.sft", "FLUX.1-Turbo-Alpha.safetensors")),
     "edit", 8, 1.0, 2.5),
    (Facts(("Flux2", "Flux", "BASE")), "edit", 50, 1.0, 4.0),
    (Facts(("Flux2", "BASE"), names=("flux-2-klein-4b-fp8.safetensors",)), "edit", 4, 1.0, None),
    (Facts(("Flux2", "BASE"), names=("flux-2-klein-base-9b.safetensors",)), "edit", 50, 4.0, None),
    (Facts(("QwenImage", "BASE")), "plain", 50, 4.0, None),
    (Facts(("QwenImage", "BASE"), names=("qwen_image_edit_2509_fp8.safetensors",)), "edit", 40, 4.0,
     None),
    (Facts(("QwenImage", "BASE"), edits=True), "edit", 40, 4.0, None),
    (Facts(("QwenImage", "BASE"), names=("q.gguf", "Qwen-Image-Lightning-8steps-V1.1.safetensors")),
     "plain", 8, 1.0, None),
    (Facts(("ZImage", "Lumina2", "BASE"), names=("z_image_turbo_bf16.safetensors",)), "plain", 9,
     1.0, None),
    (Facts(("SDXL", "BASE"), names=("sd_xl.safetensors", "sdxl_lightning_4step_lora.safetensors")),
     "plain", 4, 1.0, None),
    (Facts(("SD15_instructpix2pix", "SD15", "BASE")), "instruct", 50, 7.5, None),
    (Facts(("Omnigen2", "BASE")), "edit", 50, 5.0, None),
    (Facts(("Ovis", "FluxSchnell", "Flux", "BASE")), "plain", 50, 5.0, None),
    (Facts(("HiDream", "BASE"), names=("hidream_i1_full_fp8.safetensors",)), "plain", 50, 5.0,
     None),
    (Facts(("HiDream", "BASE"), names=("hidream_i1_dev_fp8.safetensors",)), "plain", 28, 1.0, None),
    (Facts(("HiDream", "BASE"), names=("hidream_i1_fast_fp8.safetensors",)), "plain", 16, 1.0,
     None),
    (Facts(("LongCatImage", "BASE"), names=("longcat_image_edit_turbo_bf16.safetensors",)), "edit",
     8, 1.0, None),
    (Facts(("Chroma", "BASE"), names=("Chroma1-HD-Flash.safetensors",)), "plain", 8, 1.0, None),
    (Facts(("SomethingNew", "BASE")), "plain", 25, 4.0, None),
])  # fmt: skip
def test_way_and_settings(
    facts: Facts, way: str, steps: int, cfg: float, guidance: float | None
) -> None:
    choice = choose(facts)
    assert choice.way is WAYS[way]
    assert (choice.kind.steps, choice.kind.cfg, choice.kind.guidance) == (steps, cfg, guidance)
    assert choice.notes_for(steps, cfg)[0].startswith(
        f"{choice.kind.title}: {choice.way.title}; {steps}"
    )


@pytest.mark.parametrize(("name", "native"), [
    ("sd_xl_turbo_1.0_fp16", 512), ("SDXL-Turbo", 512), ("dreamshaperXL_v21TurboDPMSDE", 1024),
    ("realismSDXL_turbo", 1024), ("sd_xl_base_1.0", 1024), ("Juggernaut_SDXL_Turbo", 1024),
    ("dreamshaper-SDXL-turbo-v2", 1024), ("realvisxl_v4_sdxlturbo", 1024),
])  # fmt: skip
def test_sdxl_turbo_was_distilled_at_512_pixels(name: str, native: int) -> None:
    assert choose(Facts(("SDXL", "BASE"), names=(f"{name}.safetensors",))).kind.native == native


def test_what_edits_is_told_what_to_do_and_the_rest_what_is_seen() -> None:
    assert {key for key, way in WAYS.items() if way.wording == "instruction"} == {
        "edit", "instruct"}  # fmt: skip


def test_pictures_are_numbered_from_the_second_qwen_edit_on() -> None:
    first = ("qwen_image_edit_fp8_e4m3fn", "Qwen-Image-Edit_merge_20251110",
             "qwen_image_edit_20250912", "qwen_image_edit_surplus")  # fmt: skip
    later = ("qwen_image_edit_2511_bf16", "Qwen-Image-Edit-2509-Q4", "2509_qwen_edit_20251110",
             "qwen-image-edit-plus", "QwenImageEditPlus_v2")  # fmt: skip
    names = first + later
    kinds = [choose(Facts(("QwenImage",), names=(f"{name}.safetensors",))).kind for name in names]
    assert [kind.numbered for kind in kinds] == [False] * len(first) + [True] * len(later)
    assert all(kind.way == "edit" for kind in kinds)


def test_a_sampler_that_it_was_distilled_for_is_named() -> None:
    choice = choose(Facts(("SDXL",), names=("sd_xl.safetensors", "dmd2_sdxl_4step_lora.ckpt")))
    assert "sampler_name to lcm" in choice.notes_for(4, 1.0, "euler")[1]
    assert len(choice.notes_for(4, 1.0, "lcm")) == 1
    plain = choose(Facts(("SDXL",), names=("sd_xl.safetensors",)))
    assert len(plain.notes_for(30, 6.0, "euler")) == 1


def test_what_takes_pictures_apart_is_refused() -> None:
    with pytest.raises(ModelError, match="into layers"):
        choose(Facts(("QwenImageLayered", "QwenImage", "BASE")))


def test_somebody_may_know_better_than_the_names() -> None:
    choice = choose(Facts(("Flux", "BASE")), "edit")
    assert choice.kind.title == "FLUX Kontext" and choice.kind.guidance == 2.5
    assert choose(Facts(("QwenImage", "BASE"), names=("edit.gguf",)), "plain").way is WAYS["plain"]


def test_a_doubt_is_told_and_goes_when_it_is_settled() -> None:
    facts = Facts(("QwenImage", "BASE"))
    assert any('set the way to "edit"' in note for note in choose(facts).notes)
    assert choose(facts, "plain").notes == choose(facts, "edit").notes == ()
    assert choose(Facts(("QwenImage",), names=("qwen-image-Q4.gguf",))).notes == ()


def test_an_unknown_architecture_is_told() -> None:
    assert any("not known" in note for note in choose(Facts(("SomethingNew",))).notes)
    assert choose(Facts(("SomethingNew",), HOLE)).way is WAYS["inpaint"]


@pytest.mark.parametrize("name", sorted(UNPAINTABLE))
def test_what_paints_no_pictures_is_refused(name: str) -> None:
    with pytest.raises(ModelError, match="Choose an image model"):
        choose(Facts((name, "BASE")))


@pytest.mark.parametrize(("classes", "way"), [
    (("Kandinsky5Image", "Kandinsky5", "BASE"), "plain"),
    (("HunyuanImage21", "HunyuanVideo", "BASE"), "plain"),
])  # fmt: skip
def test_the_nearest_class_counts(classes: tuple[str, ...], way: str) -> None:
    assert choose(Facts(classes)).way is WAYS[way]


@pytest.mark.parametrize(("facts", "asked"), [
    (Facts(("SD15",), HOLE), "plain"),
    (Facts(("SD15",)), "inpaint"),
    (Facts(("SDXL_instructpix2pix",)), "edit"),
    (Facts(("Flux",), ("a control picture",)), AUTOMATIC),
    (Facts(("SD15",)), "nonsense"),
])  # fmt: skip
def test_ways_that_a_model_has_not(facts: Facts, asked: str) -> None:
    with pytest.raises(ModelError):
        choose(facts, asked)


def test_all_rows_are_whole() -> None:
    for kind in KINDS.values():
        for each in (kind, *(other for _, other in kind.named)):
            assert each.way in WAYS and each.steps > 0 and each.cfg >= 1 and each.native >= 512
    assert not set(KINDS) & set(UNPAINTABLE)
