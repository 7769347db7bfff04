"""The training recipes: targets, examples, and whether what they minimise can be learnt."""

from __future__ import annotations

import pickle
from copy import deepcopy
from functools import cache, partialmethod
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL
from safetensors.torch import load_file, save_file
from transformers.loss.loss_grounding_dino import GroundingDinoHungarianMatcher

from prompt_edit.evaluate.drawn.changes import swap, without
from prompt_edit.models.store import sample_models
from prompt_edit.paperdoll.draw import backdrop, draw
from prompt_edit.paperdoll.phrases import vocabulary
from prompt_edit.paperdoll.scene import Item, random_scene
from recipes import (
    TRAIN_SEEDS,
    autoencoder,
    clock,
    detector,
    examples,
    mean,
    painter,
    segmenter,
    unet,
)
from recipes.pool import ScenePool, make

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> ScenePool:
    return make(tmp_path_factory.mktemp("pool"), range(12))


@cache
def examples_of(seed: int) -> list[examples.Example]:
    """For all to read, and none to change."""
    return examples.examples(seed)


@pytest.fixture(scope="module")
def vae() -> AutoencoderKL:
    """The autoencoder as its training begins; for all to use, and none to change."""
    return autoencoder.build()


def test_the_pool_holds_the_scenes_of_its_seeds(
    pool: ScenePool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = draw(random_scene(7))
    assert np.array_equal(pool.picture(7).image, picture.image)
    assert pool.picture(7).instances == picture.instances
    assert TRAIN_SEEDS.stop <= 800_000, "evaluation has its own"
    later = make(tmp_path / "later", range(300, 301))
    assert np.array_equal(later.picture(0).image, draw(random_scene(300)).image)
    assert make(tmp_path / "later").picture(0).scene == random_scene(300)
    with pytest.raises(SystemExit, match="later holds the scenes 300 to 300"):
        make(tmp_path / "later", range(300, 302))
    monkeypatch.setattr("recipes.pool.drawn_by", lambda: "other")
    with pytest.raises(SystemExit, match="later was drawn by other code"):
        make(tmp_path / "later")


@pytest.mark.parametrize("kind", ["one", "several", "colours", "nouns"])
def test_tokens_belong_to_their_own_image_and_phrase(
    pool: ScenePool, tmp_path: Path, kind: detector.Kind
) -> None:
    """What the library's loss gets wrong from the third image on. Each thing is one target, and
    the words of all phrases that name it, and no others, are meant."""
    _, processor = detector.build(tmp_path)
    rng = np.random.default_rng(0)
    examples = [detector.example(pool, rng, kind) for _ in range(6)]
    batch = detector.collate(examples, processor, "cpu")
    assert sum(len(boxes) for boxes in batch.boxes) > 1
    assert batch.inputs["input_ids"].shape[1] <= detector.WORDS
    for image, example in enumerate(examples):
        words = processor.tokenizer.convert_ids_to_tokens(batch.inputs["input_ids"][image])
        named: dict[tuple[float, ...], str] = {}
        for phrase, boxes in zip(example.phrases, example.boxes, strict=True):
            for box in boxes.astype(np.float32).tolist():
                named[tuple(box)] = named.get(tuple(box), "") + phrase.replace(" ", "")
        assert len(named) == len(batch.boxes[image])
        for box, tokens in zip(batch.boxes[image].tolist(), batch.tokens[image], strict=True):
            meant = [word for word, wanted in zip(words, tokens, strict=True) if wanted]
            assert "".join(meant).replace("##", "") == named[tuple(box)]


def test_the_detectors_loss_teaches_all_of_it(pool: ScenePool, tmp_path: Path) -> None:
    torch.manual_seed(0)
    model, processor = detector.build(tmp_path)
    detector.open_gates(model)
    rng = np.random.default_rng(3)
    examples = [detector.example(pool, rng, "several") for _ in range(2)]
    batch = detector.collate(examples, processor, "cpu")
    matcher = GroundingDinoHungarianMatcher(class_cost=2.0, bbox_cost=5.0, giou_cost=2.0)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    totals = []
    for _ in range(8):
        total = torch.stack([*detector.losses(model, batch, matcher).values()]).sum()
        optimizer.zero_grad()
        total.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        totals.append(float(total.detach()))
    heads = model.model.encoder_output_bbox_embed.layers[-1].weight
    assert heads.grad is not None and float(heads.grad.abs().sum()) > 0
    assert totals[-1] < 0.7 * totals[0]


def test_the_segmenters_loss_can_be_learnt(
    pool: ScenePool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From batches of a twelfth of the size that it is trained with."""
    monkeypatch.setattr(segmenter, "PROMPTS", 4)
    some = partialmethod(segmenter.Prompts.draw, batch=2)
    monkeypatch.setattr(segmenter.Prompts, "draw", some)
    torch.manual_seed(0)
    sam, processor = segmenter.build()
    model = segmenter.Trained(sam)
    prompts = segmenter.Prompts(pool, processor, "cpu")
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
    totals = []
    for step in range(6):
        parts = segmenter.losses(model, prompts, np.random.default_rng(step))
        total = sum(parts.values(), torch.zeros(()))
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
        totals.append(float(parts["mask"].detach()))
    assert min(totals[-3:]) < totals[0]


def test_the_segmenters_kinds_are_those_of_the_parts(pool: ScenePool) -> None:
    _, processor = segmenter.build()
    prompts = segmenter.Prompts(pool, processor, "cpu")
    _, masks, boxes, kinds = prompts.draw(np.random.default_rng(1), 3)
    assert kinds.shape == (3, 64, 64)
    assert int(kinds.max()) < len(segmenter.KINDS)
    covered = masks.any(dim=1)[:, 2::4, 2::4]
    assert bool((kinds[covered] > 0).all()), "no thing stands on background"
    assert float(boxes.min()) > -16 and float(boxes.max()) < 272


def test_the_autoencoder_begins_as_a_thumbnail(pool: ScenePool, vae: AutoencoderKL) -> None:
    picture = torch.from_numpy(np.array(pool.images[:2])).movedim(-1, 1).float() / 127.5 - 1
    thumbnail = F.interpolate(F.avg_pool2d(picture, 4), scale_factor=4)
    with torch.no_grad():
        code = vae.encode(picture).latent_dist.mean
        decoded = vae.decode(code).sample
    assert code.shape == (2, 4, 64, 64)
    assert 0.3 < float(code[:, :3].std()) < 2
    assert float((decoded - thumbnail).abs().mean()) < 0.05


def test_examples_for_the_painter() -> None:
    prompts, kinds = [], 0
    for seed in range(4):
        some = examples_of(seed)
        for example in some:
            assert example.image.shape == (256, 256, 3) and example.mask.shape == (256, 256)
            assert example.mask.any() and not example.mask.all()
            prompts.append(example.prompt)
        kinds = max(kinds, len(some))
        if not seed:
            backdrop.cache_clear()  # all is drawn anew
            for example, twin in zip(some, examples.examples(seed), strict=True):
                assert np.array_equal(example.image, twin.image) and example.prompt == twin.prompt
    assert "" in prompts and len(set(prompts)) > 15 and kinds > 4


@pytest.mark.parametrize("kind, style, said, drawn", [
    ("skirt", "short", "red short skirt", "short"),
    ("skirt", "short", "red skirt", "long"),
    ("shirt", "short", "white t-shirt", "short"),
    ("shirt", "short", "white shirt", "long"),
    ("hat", "cap", "blue cap", "cap"),
    ("hat", "beanie", "blue hat", "brim"),
    ("ball", "", "green ball", ""),
])  # fmt: skip
def test_what_is_not_said_is_always_the_same(kind: str, style: str, said: str, drawn: str) -> None:
    item = Item(kind, "red", style=style)
    assert examples.as_said(item, said).style == drawn


def test_an_example_is_cut_as_the_painter_cuts() -> None:
    """Large enough to be painted in detail, however small the thing, and whole."""
    rng = np.random.default_rng(0)
    image = np.zeros((512, 512, 3), dtype=np.uint8)
    mask = np.zeros((256, 256), dtype=bool)
    mask[100:130, 60:80] = True
    image[200:260, 120:160] = 255
    sizes = set()
    for _ in range(12):
        example = examples._cut(image, mask, "red ball", rng)
        ys, xs = np.nonzero(example.mask)
        sizes.add((round(float(np.ptp(ys)) / 6), round(float(np.ptp(xs)) / 6)))
        inside = example.image[example.mask].mean()
        assert inside > 240 and example.image[~example.mask].mean() < 6, "picture and mask agree"
    assert len(sizes) == 1, "of a third of its side, in a picture of 256 pixels and of 512"


def test_workers_share_the_scenes() -> None:
    """Two of them draw what one alone draws, a batch each in turn."""
    loader = examples.stream(2, first=2, size=3)
    assert loader.multiprocessing_context.get_start_method() == "spawn"
    pickle.loads(pickle.dumps((loader.dataset, loader.collate_fn, loader.worker_init_fn)))
    loader.multiprocessing_context = "fork"  # which spares them the imports, for that they can come
    shared = iter(loader)
    one, two = next(shared), next(shared)
    for batch, seed in ((one, 2), (two, 3)):
        alone = examples.stacked(examples_of(seed)[:3])
        assert torch.equal(batch.images, alone.images) and batch.prompts == alone.prompts
        assert batch.scene == seed
    assert {2, 3} <= set(examples.SCENES) and not set(examples.SCENES) & set(examples.HELD)


def test_codes_are_the_same_again(vae: AutoencoderKL) -> None:
    vae = deepcopy(vae).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    some = examples.stacked(examples_of(3)[:3])
    codes = examples.encode(vae, some)
    assert codes.picture.shape == codes.holed.shape == (3, 4, 64, 64)
    assert codes.mask.shape == (3, 1, 64, 64) and codes.mask.any()
    assert torch.equal(codes.picture, examples.encode(vae, some).picture)
    assert not torch.equal(codes.picture, codes.holed)


def test_the_bank_keeps_what_came_last() -> None:
    bank = painter.Bank.empty(5, torch.device("cpu"))
    for number in range(1, 5):
        codes = torch.full((2, 4, 64, 64), float(number))
        bank.add(examples.Codes(codes, codes, codes[:, :1] > 0), torch.full((2, 16), number))
    assert sorted(bank.ids[:, 0].tolist()) == [2, 3, 3, 4, 4]
    taken, ids = bank.some(40)
    assert torch.equal(taken.picture[:, 0, 0, 0].long(), ids[:, 0]), "one row, in all its parts"
    assert (bank.came, bank.given) == (8, 40)
    bank.codes.mask[1:] = False  # but one hole is large
    assert bank.some(40, 0.9)[0].mask.all() and not bank.some(40)[0].mask.all()
    bank.codes.mask[:] = False
    assert len(bank.some(40, 0.9)[1]) == 40, "where none is, all are as good"


def test_the_painter_learns_from_its_errors_and_goes_on_after_a_stop(
    vae: AutoencoderKL, tmp_path: Path
) -> None:
    torch.manual_seed(0)
    model, tokenizer, scheduler = unet.build(tmp_path)
    taught = painter.Taught(model, tokenizer)
    drawn = examples.stacked(examples_of(3)[:2])
    whole, ids = examples.encode(vae, drawn), unet.said(tokenizer, drawn.prompts)
    parts = (each[..., 16:48, 16:48] for each in (whole.picture, whole.holed, whole.mask))
    codes = examples.Codes(*parts)  # a quarter of the time
    noise, errors = painter.Noise(scheduler), []

    def loss() -> torch.Tensor:
        error = painter.losses(taught, noise, codes, ids)
        errors.append(float(error.detach()))
        return error

    training = clock.Training(taught, loss, torch.device("cpu"), {})
    training.rate.fill_(5e-3)
    while training.steps < 9:
        training.step()
    clock.fit(training, tmp_path, 1e-3, 1e-3, lambda: "")
    assert training.steps == 10, "one more, in which that time is over"
    assert np.mean(errors[-3:]) < 0.9 * np.mean(errors[:3])
    slope = taught.critic.last.weight.grad
    assert taught.steps == 10 and slope is not None and slope.any(), "the critic learns beside it"
    fresh = painter.Taught(unet.build(tmp_path)[0], tokenizer)
    again = clock.Training(fresh, loss, torch.device("cpu"), {})
    again.go_on(tmp_path, 60.0)
    assert again.steps == training.steps and again.spent == training.spent
    for kept, now in zip(again.average.parameters(), training.average.parameters(), strict=True):
        assert torch.equal(kept, now)


def test_each_level_has_its_share_and_its_noise(tmp_path: Path) -> None:
    noise = painter.Noise(unet.build(tmp_path)[2])
    counts = torch.bincount(noise.levels(1000), minlength=len(painter.TIMES))
    assert torch.allclose(counts / 1000, torch.tensor(painter.SHARES), atol=0.003)
    codes = torch.ones(2, 4, 32, 32)
    most, least = noise.blur(codes, torch.tensor([0, len(painter.TIMES) - 1]))
    assert abs(float(most.mean())) < 0.1, "pure noise"
    assert float(least.mean()) > 0.9


def test_a_network_that_told_the_velocity_goes_on_telling_codes(tmp_path: Path) -> None:
    model, _, scheduler = unet.build(tmp_path)
    model.unet.save_pretrained(tmp_path / "unet")
    noise, mask = torch.randn(1, 4, 8, 8), torch.ones(1, 1, 8, 8)
    inputs = (noise, mask, noise, torch.tensor([999]), torch.randn(1, 16, unet.WIDTH))
    predicted = {}
    for kind, sign in (("sample", 1), ("v_prediction", -1)):
        scheduler.register_to_config(prediction_type=kind)
        scheduler.save_pretrained(tmp_path / "scheduler")
        again = unet.Painter(model.text, unet.telling_codes(tmp_path))
        with torch.no_grad():
            predicted[kind] = sign * again(*inputs)
    assert torch.allclose(predicted["sample"], predicted["v_prediction"], atol=1e-6)


def test_words_of_the_world_are_one_token(tmp_path: Path) -> None:
    tokenizer = unet.build(tmp_path)[1]
    assert all(len(tokenizer(word).input_ids) == 3 for word in vocabulary())
    assert len(tokenizer("axolotl").input_ids) > 3


def test_changes_of_the_world() -> None:
    picture = draw(random_scene(800_003))
    worn = next(each for each in picture.instances if each.owner is not None and each.item.colour)
    gone = draw(without(picture.scene, worn))
    assert all(each.item != worn.item for each in gone.instances)
    new = Item(worn.item.kind, "green" if worn.item.colour != "green" else "red", seed=9)
    swapped = draw(swap(picture.scene, worn, new))
    assert any(each.item == new for each in swapped.instances)


def test_the_shipped_models_are_small() -> None:
    files = [path for path in sample_models().painter.parent.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 60_000_000
    weights = [path for path in files if path.suffix in (".bin", ".pth", ".pt", ".ckpt")]
    assert not weights, "safetensors only"


def test_the_mean_of_two_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("one", 1.0), ("other", 3.0)):
        (tmp_path / name).mkdir()
        weights = {"w": torch.full((4,), value).half(), "steps": torch.tensor(int(value))}
        save_file(weights, tmp_path / name / "model.safetensors", metadata={"format": "pt"})
    (tmp_path / "one" / "config.json").write_text("{}")
    words = [tmp_path / "one", tmp_path / "other", "--share", "0.25", "--out", tmp_path / "out"]
    monkeypatch.setattr("sys.argv", ["mean", *map(str, words)])
    mean.main()
    found = load_file(tmp_path / "out" / "model.safetensors")
    assert found["w"].tolist() == [1.5] * 4 and found["w"].dtype == torch.float16
    assert int(found["steps"]) == 1 and (tmp_path / "out" / "config.json").exists()
    with pytest.raises(ValueError, match="went on from one another"):
        mean.mean(found, {"w": torch.zeros(5)}, 0.5)


def test_close_cuts_show_the_hole() -> None:
    mask = torch.zeros(3, 1, 64, 64, dtype=torch.bool)
    mask[0, 0, 5:10, 50:63], mask[1, 0, :60, 20:30] = True, True  # and none in the last
    place = torch.arange(64 * 64).view(1, 1, 64, 64).expand(3, 4, 64, 64).float()
    for _ in range(20):
        cut = examples.close_up(examples.Codes(place, -place, mask), 32)
        assert cut.picture.shape == cut.holed.shape == (3, 4, 32, 32)
        assert torch.equal(cut.picture, -cut.holed)
        rows, columns = cut.picture[:, 0, :, 0] // 64, cut.picture[:, 0, 0] % 64
        assert (rows.diff() == 1).all() and (columns.diff() == 1).all()
        assert cut.mask[0].sum() == mask[0].sum() and cut.mask[1].sum() == 320
        assert not cut.mask[2].any()
