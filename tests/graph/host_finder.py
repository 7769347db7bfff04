"""Run by test_from_sam3.py inside the host: a SAM 3 of its own classes, small and with random
weights, finds and cuts through the real nodes."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import comfy.options
from small_models import ROOT, load_pack, settled

comfy.options.enable_args_parsing()
sys.argv = ["main.py", "--cpu"]

import comfy.model_management as memory  # noqa: E402
import comfy.sd  # noqa: E402
import comfy.supported_models as families  # noqa: E402
import comfy.utils  # noqa: E402
import torch  # noqa: E402
from comfy import sd1_clip  # noqa: E402

CPU = torch.device("cpu")
SIDE = 112  # of its frame, in place of 1008
NETWORK = {"d_model": 32, "embed_dim": 64, "num_queries": 9, "depth": 2, "global_att_blocks": (1,),
           "img_size": SIDE, "window_size": 4, "pretrain_img_size": SIDE // 2}  # fmt: skip
WORDS = {"hidden_size": 64, "intermediate_size": 64, "num_attention_heads": 2,
         "num_hidden_layers": 2}  # fmt: skip
LOAD = "Load a SAM 3 checkpoint with Load Checkpoint: "


def model(name: str = "SAM3", dtype: torch.dtype = torch.float32) -> Any:
    """A MODEL as the host's checkpoint loader gives it."""
    config = getattr(families, name)({**NETWORK, "image_model": name, "dtype": dtype})
    config.set_inference_dtype(dtype, None)
    network = config.get_model({}, "", device=CPU)
    tracker = network.diffusion_model.tracker
    tracker.image_size = SIDE
    eyes = tracker.sam_prompt_encoder if name == "SAM3" else tracker.interactive_sam_prompt_encoder
    eyes.image_embedding_size, eyes.input_image_size = (SIDE // 14,) * 2, (SIDE, SIDE)
    settled(network, 0.2)
    spread_out(network.diffusion_model.detector)
    patcher = importlib.import_module("comfy.model_patcher").CoreModelPatcher
    return patcher(network, load_device=memory.get_torch_device(), offload_device=CPU)


def spread_out(detector: Any) -> None:
    """Random weights find the same flat box nine times, without a mask. Here the boxes lie in a
    grid, each mask covers some half of the picture, and what is asked for is there."""
    decoder = detector.transformer.decoder
    places = [[x, y, 0.26, 0.3] for y in (0.2, 0.5, 0.8) for x in (0.2, 0.5, 0.8)]
    decoder.reference_points.weight.data = (
        torch.tensor(places).logit().to(decoder.reference_points.weight)
    )
    decoder.bbox_embed.layers[-1].weight.data *= 0.01
    decoder.bbox_embed.layers[-1].bias.data *= 0.01
    decoder.presence_token_head.layers[-1].bias.data += 3.0

    def smooth(_: Any, __: Any, masks: torch.Tensor) -> torch.Tensor:
        masks = torch.nn.functional.avg_pool2d(masks, 13, 1, 6, count_include_pad=False)
        return (masks - masks.mean(dim=(-2, -1), keepdim=True)) * 1000

    detector.segmentation_head.register_forward_hook(smooth)


def clip() -> Any:
    import comfy.text_encoders.sam3_clip as encoder

    target = SimpleNamespace(
        params={}, clip=encoder.SAM3ClipModelWrapper, tokenizer=encoder.SAM3TokenizerWrapper
    )
    text_encoder = comfy.sd.CLIP(
        target, embedding_directory=[str(ROOT / "no-embeddings")],
        model_options={"sam3_clip_model_config": {**WORDS}},
    )  # fmt: skip
    settled(text_encoder.cond_stage_model, 0.05)
    return text_encoder


def sd1() -> Any:
    small = {"hidden_size": 32, "intermediate_size": 64, "num_attention_heads": 4,
             "num_hidden_layers": 2}  # fmt: skip
    target = SimpleNamespace(params={}, clip=sd1_clip.SD1ClipModel,
                             tokenizer=sd1_clip.SD1Tokenizer)  # fmt: skip
    return comfy.sd.CLIP(target, model_options={"clip_l_model_config": small})


def pictures(count: int, height: int, width: int, seed: int = 0) -> torch.Tensor:
    """Pictures [B,H,W,3] of 8 bits, as they come from files."""
    numbers = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, (count, height, width, 3), generator=numbers) / 255


@contextmanager
def looks(patcher: Any) -> Iterator[list[int]]:
    """Counts how often the network encodes a picture, whichever way it is asked."""
    seen: list[int] = []
    trunk = patcher.model.diffusion_model.detector.backbone["vision_backbone"].trunk
    heard = trunk.register_forward_hook(lambda *_: seen.append(1))
    try:
        yield seen
    finally:
        heard.remove()


def run(name: str, **given: Any) -> Any:
    """A node as the host runs it, its inputs checked."""
    nodes = {
        each.define_schema().node_id: each
        for stage in ("detect", "segment")
        for each in load_pack(f"nodes.{stage}").NODES
    }
    return load_pack("nodes.inputs").checked(nodes[name]).execute(**given)


def detect(detector: Any, image: torch.Tensor, phrase: str = "dress", **more: Any) -> Any:
    given = {"phrase": phrase, "threshold": 0.0, "choose": "as planned", "rank": 1, "count": 1}
    return run("PromptEditDetect", detector=detector, image=image, **{**given, **more})


def mask(segmenter: Any, image: torch.Tensor, detections: Any) -> Any:
    return run("PromptEditMask", segmenter=segmenter, image=image, detections=detections, grow=0,
               feather=0.0, fill_holes=False)  # fmt: skip


def said(sam: Any, words: Any, image: torch.Tensor, phrase: str) -> tuple[torch.Tensor, ...]:
    """Scores and boxes in pixels of one picture, as the host's own forward gives them."""
    text, more = words.encode_from_tokens_scheduled(words.tokenize(phrase))[0]
    frame = comfy.utils.common_upscale(image.movedim(-1, 1), SIDE, SIDE, "bilinear", "disabled")
    size = (image.shape[1], image.shape[2])
    out = sam.model.diffusion_model(
        frame, text_embeddings=text, text_mask=more["attention_mask"], orig_size=size
    )
    scores = out["scores"][0].sigmoid() * out["presence"].sigmoid().flatten()
    limit = torch.tensor([size[1], size[0]] * 2)
    return scores, torch.minimum(out["boxes"][0].clamp(min=0), limit), out["masks"][0]


def finds(module: Any, sam: Any, words: Any) -> None:
    """What the host's own forward says, every instance of it; and no second look for the masks."""
    detector, segmenter = module.FinderFromSam3.execute(sam, words).result
    images = pictures(2, 48, 64)
    least = float(min(said(sam, words, each[None], "dress")[0].median() for each in images)) - 1e-3
    with looks(sam) as seen:
        out = detect(detector, images, threshold=least).result
    found, preview = out[0], out[2]
    assert len(found) == 2 and len(seen) == 2 and preview.shape[0] == 2
    assert sum(len(each.found) for each in found) == out[5] > 2, out[5]
    for image, each in zip(images, found, strict=True):
        scores, boxes, logits = said(sam, words, image[None], "dress")
        for box, score in zip(each.found.boxes, each.found.scores, strict=True):
            near = (boxes - box).abs().amax(dim=1)
            assert near.min() < 1e-3, near
            assert abs(scores[near.argmin()] - score) < 1e-5
        assert set(each.found.labels) == {"dress"} and each.found.scores.min() >= least
        assert 0 < logits.shape[0] == 9
    with looks(sam) as seen:
        cut = mask(segmenter, images, found).result
        again = detect(detector, images, threshold=0.01).result
    assert not seen, "it looked again"
    assert cut[0].shape == (2, 48, 64) and cut[1].shape == (out[5], 48, 64)
    assert set(cut[1].unique().tolist()) == {0.0, 1.0}
    assert sorted(cut[2]) == [n for n, each in enumerate(found) for _ in each.found.labels]
    assert again[5] >= out[5]
    kept_masks(sam, words, images, found, cut[1])


def kept_masks(sam: Any, words: Any, images: torch.Tensor, found: Any, cut: torch.Tensor) -> None:
    """They are those of the network, but for specks and the very edge."""
    agreed, number = [], 0
    for image, each in zip(images, found, strict=True):
        _, boxes, logits = said(sam, words, image[None], "dress")
        for box in each.found.boxes:
            theirs = logits[(boxes - box).abs().amax(dim=1).argmin()] > 0
            agreed.append(float((theirs == (cut[number] > 0.5)).float().mean()))
            number += 1
    print("kept masks agree with the network's on", [round(each, 2) for each in agreed])
    assert min(agreed) > 0.7


def finds_nothing(module: Any, words: Any) -> None:
    """At a high threshold, and where the network says that the phrase is not there."""
    sam = model()
    detector, segmenter = module.FinderFromSam3.execute(sam, words).result
    images = pictures(3, 40, 56)
    out = detect(detector, images, threshold=1.0).result
    assert [len(each.found) for each in out[0]] == [0, 0, 0] and out[4:] == (False, 0)
    assert out[3].count("dress") >= 3 and "the best score is" in out[3], out[3]
    with looks(sam) as seen:
        cut = mask(segmenter, images, out[0]).result
    assert cut[0].shape == (3, 40, 56) and not cut[0].any() and cut[1].shape == (0, 40, 56)
    assert cut[2] == [-1] and not seen
    assert detect(detector, images, threshold=0.01).result[4], "there is something to find"

    decoder = sam.model.diffusion_model.detector.transformer.decoder
    decoder.presence_token_head.layers[-1].bias.data -= 20.0
    detector, _ = module.FinderFromSam3.execute(sam, words).result
    out = detect(detector, images, threshold=0.01).result
    assert out[4:] == (False, 0) and 'no "dress"' in out[3], out[3]


def prompts(module: Any, name: str, words: Any) -> None:
    """Boxes that it did not find, points and rough masks go to the host's own prompts."""
    sam = model(name)
    detector, resident = module.FinderFromSam3.execute(sam, words).result
    segmenter, network = resident.ready(), sam.model.diffusion_model
    image = pictures(1, 48, 64)[0]
    boxes = torch.tensor([[4.0, 4, 40, 40], [20, 10, 60, 44], [-9, -9, -1, -1]])
    asked: list[dict[str, Any]] = []
    forward = network.forward_segment

    def forward_segment(images: Any, **given: Any) -> Any:
        asked.append(given)
        return forward(images, **given)

    network.forward_segment = forward_segment
    with looks(sam) as seen:
        assert segmenter.segment(image, boxes).shape == (3, 48, 64)
    assert len(seen) == 1, "one look for all boxes"
    corners = torch.tensor([[[7.0, 28 / 3], [70, 280 / 3]], [[35, 70 / 3], [105, 308 / 3]]])
    assert (asked[0]["box_inputs"] - corners).abs().max() < 1e-3
    points = torch.tensor([[[32.0, 24.0], [4, 4]], [[8, 12], [0, 0]]])
    labels = torch.tensor([[1, 0], [1, -1]])
    assert segmenter.segment(image, points=points, labels=labels).shape == (2, 48, 64)
    where = asked[1]["point_inputs"]
    assert where["point_labels"].tolist() == labels.tolist()
    assert (where["point_coords"][0, 0] - SIDE / 2).abs().max() < 1e-3
    assert segmenter.segment(image, points=points[:, :1]).shape == (2, 48, 64)
    rough = torch.zeros(2, 48, 64)
    rough[0, 10:30, 10:40] = 1
    masks = segmenter.segment(image, rough=rough)
    assert masks.shape == (2, 48, 64) and not masks[1].any()
    assert asked[3]["mask_inputs"].shape == (1, 1, 32, 32) and len(asked[3]["box_inputs"]) == 1
    many = torch.tensor([[1.0, 1, 30, 30]]).repeat(20, 1) + torch.arange(20)[:, None]
    assert segmenter.segment(image, many).shape == (20, 48, 64)
    assert [len(each["box_inputs"]) for each in asked[4:]] == [16, 4]
    by_hand = run("PromptEditMaskByHand", segmenter=resident, image=image[None], inside="32, 24",
                  outside="4, 4", grow=0, feather=0.0, fill_holes=False).result  # fmt: skip
    assert by_hand[0].shape == (1, 48, 64)

    found = detector.ready().detect(image[None], ["dress"], 0.01)[0]
    count = len(asked)
    assert len(found) and segmenter.segment(image, found.boxes).shape[0] == len(found)
    assert len(asked) == count, "what it found it knows"
    segmenter.segment(1 - image, found.boxes)
    assert len(asked) > count, "another picture, other masks"
    print(name, "boxes, points, rough masks:", len(asked), "passes")


def reads(module: Any, sam: Any, words: Any) -> None:
    """Whatever stands in a phrase, it is one phrase, of plain words."""
    finder = module.FinderFromSam3.execute(sam, words).result[0].ready()
    read: list[str] = []
    tokenize = words.tokenize

    def spied(text: str, **more: Any) -> Any:
        tokens = tokenize(text, **more)
        assert list(tokens) == ["sam3_clip"] and len(tokens["sam3_clip"][0]) == 32
        row = [token for token, *_ in tokens["sam3_clip"][0] if token]
        read.append(words.tokenizer.sam3_clip.tokenizer.decode(row, skip_special_tokens=True))
        return tokens

    words.tokenize = spied
    images = pictures(1, 40, 40)
    for phrase in ("Red dress, blue hat", "dog:3", "(big:1.4) car", "a [cat] {x} \\(y\\)",
                   "embedding:evil", "<|endoftext|> man", "café", "woman's t-shirt"):  # fmt: skip
        found = finder.detect(images, [phrase], 0.0)[0]
        assert len(found) and set(found.labels) == {phrase}
    assert [each.replace(" ", "") for each in read] == [
        "reddressbluehat", "dog3", "big1.4car", "acatxy", "embeddingevil", "endoftextman", "café",
        "woman'st-shirt",
    ], read  # fmt: skip
    assert len(finder.detect(images, ["?!", "🐕"])[0]) == 0 and len(read) == 8
    try:
        finder.detect(images, ["very " * 40 + "long dress"])
    except Exception as error:
        assert type(error).__name__ == "InstructionError", error
        assert str(error).startswith("Name it in fewer words: SAM 3 reads 32 tokens"), error
    else:
        raise AssertionError("it was cut")
    words.tokenize = tokenize


def grounds(module: Any, sam: Any, words: Any) -> None:
    """Choice, relations and exceptions work on top, with one look at the picture for all words."""
    detector, segmenter = module.FinderFromSam3.execute(sam, words).result
    plan = load_pack("prompt_edit.plan")
    edit = plan.Edit(operation="extract", target="dress", exclude=("red hat",),
                     which=plan.Which(by="left"))  # fmt: skip
    whole = plan.EditPlan(edits=(edit,), instruction="", parser="")
    image = pictures(1, 48, 64)
    with looks(sam) as seen:
        out = detect(detector, image, "", plan=whole, threshold=0.01).result
        cut = mask(segmenter, image, out[0]).result
    (grounded,) = out[0]
    assert len(grounded.found) == 1 and len(grounded.left_out) and len(seen) == 1, len(seen)
    assert cut[1].shape == (1, 48, 64)


def sizes(module: Any, sam: Any, words: Any) -> None:
    for height, width in ((3, 400), (400, 3), (1, 1), (300, 200)):
        detector, segmenter = module.FinderFromSam3.execute(sam, words).result
        image = pictures(1, height, width)
        out = detect(detector, image, threshold=0.01).result
        boxes = out[0][0].found.boxes
        assert (boxes >= 0).all() and (boxes <= torch.tensor([width, height] * 2)).all()
        assert mask(segmenter, image, out[0]).result[0].shape == (1, height, width)
    alpha = torch.cat([pictures(1, 48, 64), torch.zeros(1, 48, 64, 1)], dim=-1)
    assert detect(detector, alpha, threshold=0.01).result[4]


def halves(module: Any, words: Any) -> None:
    """In the precision that checkpoints come in."""
    for dtype in (torch.float16, torch.bfloat16):
        sam = model(dtype=dtype)
        detector, segmenter = module.FinderFromSam3.execute(sam, words).result
        image = pictures(1, 48, 64)
        out = detect(detector, image, threshold=0.01).result
        assert out[4] and mask(segmenter, image, out[0]).result[0].shape == (1, 48, 64)
        marked = torch.zeros(1, 48, 64)
        marked[0, 10:30, 10:40] = 1
        assert segmenter.ready().segment(image[0], rough=marked).shape == (1, 48, 64)
        points = torch.tensor([[[20.0, 20.0]]])
        assert segmenter.ready().segment(image[0], points=points).shape == (1, 48, 64)


def cancels(module: Any, sam: Any, words: Any) -> None:
    detector, _ = module.FinderFromSam3.execute(sam, words).result
    with looks(sam) as seen:
        trunk = sam.model.diffusion_model.detector.backbone["vision_backbone"].trunk
        heard = trunk.register_forward_hook(
            lambda *_: memory.interrupt_current_processing(True) if len(seen) == 2 else None
        )
        try:
            detect(detector, pictures(5, 40, 40))
        except memory.InterruptProcessingException:
            assert len(seen) == 2
        else:
            raise AssertionError("Cancel was not heard")
        finally:
            heard.remove()
            memory.interrupt_current_processing(False)
    assert len(detect(detector, pictures(5, 40, 40)).result[0]) == 5
    decoder = sam.model.diffusion_model.detector.transformer.decoder
    assert not decoder._forward_hooks


def refusal(module: Any, sam: Any, words: Any) -> str:
    try:
        module.FinderFromSam3.execute(sam, words)
    except Exception as error:
        assert type(error).__name__ == "ModelError", error
        return str(error)
    raise AssertionError("it was taken")


def refuses(module: Any, sam: Any, words: Any) -> None:
    other = SimpleNamespace(model=torch.nn.Identity())
    assert refusal(module, None, None) == f"{LOAD}there is no MODEL."
    assert refusal(module, other, words) == f"{LOAD}this MODEL is Identity."
    connect = "Connect the CLIP of the Load Checkpoint that SAM 3 is from: "
    assert refusal(module, sam, None) == f"{connect}there is no CLIP."
    assert refusal(module, sam, sd1()) == f"{connect}this CLIP is SD1ClipModel."


def main() -> None:
    load_pack("nodes.host").register_folders()
    module = load_pack("nodes.from_sam3")
    if not hasattr(families, "SAM3"):
        message = refusal(module, SimpleNamespace(model=torch.nn.Identity()), None)
        assert message.startswith("Update ComfyUI to 0.20 or later: "), message
        print("skipped: this host has no SAM 3", "all held", sep="\n")
        return
    sam, words = model(), clip()
    refuses(module, sam, words)
    finds(module, sam, words)
    finds_nothing(module, words)
    prompts(module, "SAM3", words)
    prompts(module, "SAM31", words)
    reads(module, sam, words)
    grounds(module, sam, words)
    sizes(module, sam, words)
    halves(module, words)
    cancels(module, sam, words)
    print("all held")


with torch.inference_mode():
    main()
