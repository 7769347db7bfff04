"""Run by test_from_model.py inside the host: painters made of its own models.

The models are of the host's classes, made small: what they are shown is what large ones are.
"""

from __future__ import annotations

from typing import Any

from small_models import (
    Words,
    clip,
    control_net,
    flux,
    load_pack,
    qwen_image,
    seeing_clip,
    start,
    unet,
    vae,
    wan_vae,
    watched,
    z_image,
)

start()

import comfy.model_management as memory  # noqa: E402
import comfy.supported_models as supported  # noqa: E402
import torch  # noqa: E402

ways, sampling = load_pack("prompt_edit.inpaint.ways"), load_pack("nodes.sampling")
repaint, plans = load_pack("prompt_edit.inpaint.repaint"), load_pack("prompt_edit.plan")
settings = load_pack("prompt_edit.inpaint.settings")
errors, cards = load_pack("prompt_edit.errors"), load_pack("prompt_edit.models.card")

EDIT = plans.Edit(operation="replace", target="red dress", result="white t-shirt")
IMAGE = torch.rand(1, 96, 128, 3, generator=torch.Generator().manual_seed(1))
MASK = torch.zeros(1, 96, 128)
MASK[:, 30:60, 40:80] = 1


def make_painter(model: Any, words: Any, decoder: Any, way: str = ways.AUTOMATIC, names: Any = (),
            native: int = 64, steps: int = 2, sampler: str = "euler",
            **settings: Any) -> Any:  # fmt: skip
    """As the node makes it, at a size that is quick."""
    choice = ways.choose(sampling.facts_of(model, names), way)
    small = ways.replace(choice, kind=ways.replace(choice.kind, native=native))
    card = cards.Card(steps=steps, guidance_scale=choice.kind.cfg)
    how = sampling.Settings(sampler, "simple", **settings)
    return sampling.HostPainter(model, words, decoder, small, how, card)


def painted(painter: Any, edit: Any = EDIT, **more: Any) -> Any:
    done = repaint.repaint_each(painter, IMAGE, MASK, edit, **more)
    changed = (done.images != IMAGE).any(dim=-1)
    assert changed.any() and done.images.isfinite().all()
    assert not changed[done.opacity == 0].any(), "a pixel outside the mask has changed"
    return done


def test_plain() -> None:
    model = unet()
    seen = watched(model)
    painter = make_painter(model, clip(), vae())
    done = painted(painter)
    assert seen and all(call["x"].shape[1] == 4 for call in seen)
    assert all("is invented" in note for note in done.notes), "a t-shirt shows what is below it"
    assert "denoise_mask_function" not in model.model_options, "the MODEL itself is as it was"
    again = painted(painter)
    assert torch.equal(done.images, again.images)
    told: list[dict[str, Any]] = [{}, {"soft": False}, {"noise_mask": False}, {"denoise": 0.5}]
    # Of 2 steps the soft edge shows in the last alone, where it is above a half: hardly here.
    results = [painted(make_painter(model, clip(), vae(), steps=4, **each)).images
               for each in told]  # fmt: skip
    assert all(not torch.equal(one, other) for one in results for other in results
               if one is not other)  # fmt: skip


def test_the_mask_that_is_noised() -> None:
    cells = torch.zeros_like(MASK)
    cells[:, 24:64, 40:80] = 1  # the latents that it touches
    hard = make_painter(unet(), clip(), vae(), soft=False)
    assert torch.equal(hard._noise_mask(MASK), cells) and torch.equal(hard.reached(MASK), cells)
    soft = make_painter(unet(), clip(), vae())
    noised, reached = soft._noise_mask(MASK), soft.reached(MASK)
    assert (noised[cells > 0] == 1).all() and ((noised > 0) & (noised < 1)).any()
    assert (reached[noised > 0] == 1).all() and reached.sum() < 3 * cells.sum()
    whole = make_painter(unet(), clip(), vae(), noise_mask=False)
    assert whole._noise_mask(MASK) is None and torch.equal(whole.reached(MASK), MASK)


def test_trained_to_inpaint() -> None:
    model = unet(in_channels=9)
    seen = watched(model)
    painter = make_painter(model, clip(), vae())
    assert painter.choice.way is ways.WAYS["inpaint"]
    painted(painter)
    beside = seen[0]["x"][:, 4:]
    assert set(beside[:, :1].unique().tolist()) == {0.0, 1.0}
    other = torch.where(MASK[..., None] > 0, 1 - IMAGE, IMAGE)
    count = len(seen)
    repaint.repaint_each(painter, other, MASK, EDIT)
    assert torch.equal(beside, seen[count]["x"][:, 4:]), "what is in the hole is not shown"


def test_flux() -> None:
    words = Words(32)
    model = flux()
    seen = watched(model)
    painted(make_painter(model, words, vae(16)))
    assert seen[0].get("ref_latents") is None and float(seen[0]["guidance"]) == 3.5
    assert "white t-shirt" in words.prompts
    assert len(seen) == 2, "without guidance of its own it is asked once a step"
    count = len(seen)
    painted(make_painter(model, words, vae(16)), sampling=settings.Sampling(guidance_scale=7.0))
    assert float(seen[count]["guidance"]) == 7.0 and len(seen) == count + 2


def test_flux_fill() -> None:
    model = flux("FluxInpaint", in_channels=96)
    seen = watched(model)
    painter = make_painter(model, Words(32), vae(16))
    painted(painter)
    assert seen[0]["x"].shape[1] == 16 + 16 + 64 and float(seen[0]["guidance"]) == 30
    mask = seen[0]["x"][:, 32:]
    assert set(mask.unique().tolist()) == {0.0, 1.0}


def test_kontext() -> None:
    words, model = Words(32), flux()
    seen = watched(model)
    painter = make_painter(
        model, words, vae(16), names=("flux1-dev-kontext_fp8_scaled.safetensors",)
    )
    done = painted(painter)
    (reference,) = seen[0]["ref_latents"]
    assert reference.shape == seen[0]["x"].shape and float(seen[0]["guidance"]) == 2.5
    assert "replace the red dress with a white t-shirt" in words.prompts
    assert any("replace the red dress with a white t-shirt" in note for note in done.notes)
    painted(painter, prompt="make it rain")
    assert "make it rain" in words.prompts, "who types a prompt is taken at his word"


def test_flux2() -> None:
    if not hasattr(supported, "Flux2"):
        return
    decoder = vae(128)
    words, model = Words(32), flux("Flux2")
    seen = watched(model)
    painted(make_painter(model, words, decoder))
    (reference,) = seen[0]["ref_latents"]
    assert reference.shape[1] == 128
    assert "replace the red dress with a white t-shirt" in words.prompts


def test_qwen_image_edit() -> None:
    words, model, decoder = seeing_clip(), qwen_image(), wan_vae()
    asked: list[dict[str, Any]] = []
    real = words.tokenize

    def tokenize(text: str, **more: Any) -> Any:
        asked.append({"text": text, **more})
        return real(text, **more)

    words.tokenize = tokenize
    seen = watched(model)
    plain = make_painter(model, words, decoder)
    painted(plain)
    assert asked[0]["text"] == "white t-shirt" and not asked[0].get("images")
    assert seen[0].get("ref_latents") is None
    seen.clear()
    asked.clear()
    painter = make_painter(
        model, words, decoder, names=("qwen_image_edit_2511_fp8mixed.safetensors",)
    )
    painted(painter)
    (picture,) = asked[0]["images"]
    assert picture.shape[-1] == 3 and "replace the red dress" in asked[0]["text"]
    assert asked[0]["text"].startswith("Picture 1")
    (reference,) = seen[0]["ref_latents"]
    assert reference.shape == seen[0]["x"].shape
    assert len(seen) >= 2
    asked.clear()
    painted(make_painter(model, words, decoder, names=("qwen_image_edit_fp8_e4m3fn.safetensors",)))
    assert asked[0]["text"] == "replace the red dress with a white t-shirt" and asked[0]["images"]


def _patched() -> Any:
    """A model that some patch wants guided even at a cfg of 1."""
    model = flux().clone()
    model.model_options["disable_cfg1_optimization"] = True
    return model


def test_encoders_that_see_and_those_that_are_opened() -> None:
    for tokenizer, shown in (("LongCatImageTokenizer", [1, 1]), ("BooguTokenizer", [1, 0])):
        words = Words(32, tokenizer)
        painter = make_painter(flux(), words, vae(16), way="edit")
        painted(painter)
        assert words.shown == shown[:1], "without guidance the negative prompt is not looked at"
        words.shown.clear()
        painter.card = cards.Card(steps=2, guidance_scale=2.0)
        painted(painter)
        assert words.shown == shown, (tokenizer, words.shown)
        for asking, sampler in ((_patched(), "euler"), (flux(), "euler_cfg_pp")):
            words.shown.clear()
            painted(make_painter(asking, words, vae(16), way="edit", sampler=sampler))
            assert words.shown == shown, "the host looks at the negative prompt all the same"
    words = Words(32, "LuminaTokenizer")
    painted(make_painter(flux(), words, vae(16)))
    assert words.prompts[0].endswith("<Prompt Start> white t-shirt") and words.prompts[1] == ""


def test_what_the_host_has_no_class_for() -> None:
    model = flux()
    model.model.model_config.unet_config["yak_mlp"] = True
    assert ways.choose(sampling.facts_of(model, ())).kind.title == "Ovis-Image"


def test_z_image() -> None:
    if not hasattr(supported, "ZImage"):
        return
    words, model = Words(64), z_image()
    seen = watched(model)
    painter = make_painter(model, words, vae(16), names=("z_image_turbo_bf16.safetensors",))
    assert (painter.choice.kind.steps, painter.choice.kind.cfg) == (9, 1.0)
    painted(painter)
    assert "white t-shirt" in words.prompts and len(seen) == 2
    assert not seen[0].get("ref_latents")


def test_instruct_pix2pix() -> None:
    model = unet("SD15_instructpix2pix", in_channels=8)
    words = Words(32)
    seen = watched(model)
    painted(make_painter(model, words, vae()))
    assert seen[0]["x"].shape[1] == 8 and seen[0]["x"][:, 4:].std() > 0
    assert "replace the red dress with a white t-shirt" in words.prompts


def test_steps_previews_and_cancel() -> None:
    painter = make_painter(unet(), clip(), vae())
    steps: list[tuple[int, int]] = []
    previews: list[torch.Tensor] = []
    painted(painter, on_step=lambda *step: steps.append(step), on_preview=previews.append)
    assert [step for step in steps if step[1] == 2][:2] == [(1, 2), (2, 2)], steps
    assert len(previews) == 2
    assert previews[0].ndim == 3 and 0 <= previews[0].min() <= previews[0].max() <= 1

    def cancel(*_: int) -> None:
        memory.interrupt_current_processing(True)
        memory.throw_exception_if_processing_interrupted()

    steps.clear()
    try:
        painted(painter, on_step=cancel)
    except memory.InterruptProcessingException:
        pass
    else:
        raise AssertionError("Cancel was not heard")


def test_a_patched_model_paints_otherwise() -> None:
    model = unet()
    first = painted(make_painter(model, clip(), vae())).images
    patched = model.clone()
    name = "diffusion_model.input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight"
    weight = patched.model.get_parameter(name)
    patched.add_patches({name: ("diff", (torch.ones_like(weight),))}, 1.0)
    assert not torch.equal(first, painted(make_painter(patched, clip(), vae())).images)
    assert torch.equal(first, painted(make_painter(model, clip(), vae())).images)


def test_a_control_picture() -> None:
    control = load_pack("prompt_edit.inpaint.control").Control
    painter = make_painter(unet(), clip(), vae())
    free = painted(painter).images
    edges = torch.rand(1, 96, 128, 3, generator=torch.Generator().manual_seed(2))
    held = painted(painter, controls=[control(control_net(), edges)]).images
    other = painted(painter, controls=[control(control_net(), edges.flip(1))]).images
    off = painted(painter, controls=[control(control_net(), edges, scale=0)]).images
    assert torch.equal(free, off)
    assert not torch.equal(free, held) and not torch.equal(held, other)
    painter.controls = (control(control_net(), edges),)
    assert torch.equal(held, painted(painter).images), "a painter can bring its own"


def test_a_patch_that_follows_a_whole_picture() -> None:
    """A ControlNet that is no CONTROL_NET: it cannot be cut for a part."""

    class Holder:
        model_patch, strength, image = "a network", 1.0, IMAGE

        def __call__(self, arguments: Any) -> Any:
            return arguments

        def to(self, _: Any) -> Any:
            return self

    model = unet().clone()
    model.set_model_double_block_patch(holder := Holder())
    model.set_model_patch(holder, "noise_refiner")
    painter = make_painter(model, clip(), vae())
    painter.controls = load_pack("nodes.patches").fixed(model)
    assert [control.net for control in painter.controls] == [holder]
    whole = repaint.repaint_each(painter, IMAGE, torch.ones_like(MASK), EDIT)
    assert (whole.images != IMAGE).any()
    part = torch.zeros_like(MASK)
    part[:, :8, :8] = 1
    try:
        repaint.repaint_each(painter, IMAGE, part, EDIT)
    except errors.ModelError as error:
        assert str(error).startswith("Apply the patch to the cut of Crop Region"), error
    else:
        raise AssertionError("a part was painted by a picture of the whole")


def test_what_does_not_belong_together() -> None:
    for make, words in (
        (lambda: make_painter(unet(), clip(), vae(16)), "Connect the VAE"),
        (lambda: painted(make_painter(unet(), Words(48), vae())), "Connect the CLIP"),
        (lambda: make_painter(flux(in_channels=32), Words(32), vae(16)), "Choose another model"),
    ):
        try:
            make()
        except errors.ModelError as error:
            assert str(error).startswith(words), error
        else:
            raise AssertionError(words)


def main() -> None:
    tests = [value for name, value in globals().items() if name.startswith("test_")]
    for test in tests:
        with torch.inference_mode():
            test()
        print(test.__name__, "held", flush=True)
    print("all held")


if __name__ == "__main__":
    main()
