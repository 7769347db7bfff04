"""What the painter learns from: edits of drawn scenes, kept as codes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL

from prompt_edit.models.store import sample_models
from recipes.examples import HELD, SIDE, encode, examples, read, stream, write


def test_an_example_shows_what_its_prompt_names_in_its_hole() -> None:
    made = [each for seed in HELD[:6] for each in examples(seed)]
    assert len(made) >= 20
    for each in made:
        assert each.image.shape == (SIDE, SIDE, 3) and each.mask.any()
        assert each.image[each.mask].std() > 0
    prompts = {each.prompt for each in made}
    assert "" in prompts, "a removal has none"
    again = [each for seed in HELD[:6] for each in examples(seed)]
    assert all((a.image == b.image).all() for a, b in zip(made, again, strict=True))


def test_codes_come_back_from_their_file_and_decode_to_the_picture(tmp_path: Path) -> None:
    source = stream(HELD, 0)
    batch = [next(source) for _ in range(4)]
    vae = AutoencoderKL.from_pretrained(
        sample_models().painter, subfolder="vae", torch_dtype=torch.float32
    )
    codes = encode(vae.eval().to(memory_format=torch.channels_last), batch)
    file = tmp_path / "000000.safetensors"
    write(file, codes)
    back = read([file, file])
    assert back.prompts == codes.prompts * 2
    assert torch.equal(back.picture[:4], codes.picture) and torch.equal(back.mask[4:], codes.mask)
    with torch.no_grad():
        decoded = vae.decode(codes.picture.float()).sample
    shown = ((decoded + 1) * 127.5).permute(0, 2, 3, 1).numpy()
    true = np.stack([each.image for each in batch])
    assert np.abs(shown - true).mean() < 8
    holed = [(code - back.holed[n]).abs().amax(0) > 0.1 for n, code in enumerate(codes.picture)]
    assert all((mask[0] & changed).any() for mask, changed in zip(codes.mask, holed, strict=True))
