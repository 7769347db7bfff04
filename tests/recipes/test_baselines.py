"""The paper's baselines learn, are kept, and answer as the graph does."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from prompt_edit.errors import ModelError
from prompt_edit.evaluate.drawn.baselines import NETWORKS, Kind, load_baseline, tokens
from prompt_edit.evaluate.drawn.evaluate import evaluate
from prompt_edit.evaluate.drawn.methods import OneNetwork
from recipes.baselines import GanTrainer, Lessons, VaeTrainer, batch, held_f1, lessons

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def data() -> Lessons:
    return lessons(range(700_000, 700_001))


@pytest.mark.parametrize(("kind", "trainer"), [("vae", VaeTrainer), ("gan", GanTrainer)])
def test_a_baseline_learns_and_is_kept(
    kind: Kind, trainer: type[VaeTrainer] | type[GanTrainer], data: Lessons, tmp_path: Path
) -> None:
    torch.manual_seed(0)
    model = trainer()
    ids = tokens(data.words)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
    errors = []
    for number in range(14):
        losses = model.losses(batch(data, ids, np.random.default_rng(number), size=2))
        optimizer.zero_grad()
        sum(losses.values(), torch.zeros(())).backward()
        optimizer.step()
        errors.append(float(losses["mask"].detach() + losses["picture"].detach()))
    assert np.mean(errors[-4:]) < 0.7 * np.mean(errors[:4])
    file = tmp_path / "baseline.safetensors"
    save_file(model.network.state_dict(), file)
    network = load_baseline(kind, file)
    assert held_f1(cast(VaeTrainer, network), data) == held_f1(model.network.eval(), data)  # type: ignore[arg-type]
    figures = evaluate(OneNetwork(network), 1, 910_000).figures()
    assert figures["edits"] >= 1 and figures["outside_changed_pixels"] == 0
    with pytest.raises(ModelError, match="of this kind"):
        load_baseline("gan" if kind == "vae" else "vae", file)


def test_words_in_another_order_say_another_thing() -> None:
    torch.manual_seed(0)
    reader = NETWORKS["gan"]().eval().reader
    with torch.no_grad():
        one, other = reader(tokens(["red hat to a blue hat", "blue hat to a red hat"]))
    assert not torch.allclose(one, other, atol=1e-3)


def test_weights_that_are_missing_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"recipes\.baselines gan"):
        load_baseline("gan", tmp_path / "none.safetensors")
