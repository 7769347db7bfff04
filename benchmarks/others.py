"""Ours beside what people use today: equal weights, equal pictures, each by its own code.

    STORYICON_PATH=FOLDER python -m benchmarks
    GROUNDED_SAM_PATH=FOLDER python -m benchmarks

The variables name folders of storyicon/comfyui_segment_anything, a pack of nodes, and of
IDEA-Research/Grounded-Segment-Anything, whose demo's functions are timed; neither is shipped. What
they import is what `make test-full` installs. Random weights of the true size are written in the
originals' own files, which all load. The thresholds leave each the same number of boxes. On a GPU
ours cuts twice, in half precision, as people have it, and in full, as theirs do.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from transformers import BertConfig, BertModel, BertTokenizerFast

from prompt_edit.detect.grounding_dino import GroundingDino
from prompt_edit.images import to_array, to_pil
from prompt_edit.segment.sam import Sam
from recipes.loop import save

from .models import WORDS, seeing
from .stages import PHRASES, Clock, Row, boxes_in, cover_drawn, label, pictures, some_boxes

sys.path[:0] = [str(Path(__file__).parents[1] / "tests")]
from detect.reference import SWIN_T, bert_as_it_was, published, settings  # noqa: E402

BOXES = 3


@dataclass(frozen=True)
class Files:
    """Random weights in the originals' files, where the pack of nodes looks for its models."""

    root: Path
    huge: bool

    @property
    def bert(self) -> Path:
        return self.root / "bert-base-uncased"

    @property
    def config(self) -> Path:
        return self.root / "grounding-dino" / "GroundingDINO_SwinT_OGC.cfg.py"

    @property
    def detector(self) -> Path:
        return self.root / "grounding-dino" / "groundingdino_swint_ogc.pth"

    @property
    def kind(self) -> str:
        return "vit_h" if self.huge else "vit_b"

    @property
    def segmenter(self) -> Path:
        name = "sam_vit_h_4b8939.pth" if self.huge else "sam_vit_b_01ec64.pth"
        return self.root / "sams" / name


class Other(Protocol):
    """What ours is compared with. Images float [1,H,W,3], boxes [N,4] xyxy in pixels."""

    name: str
    sam: nn.Module

    def scores(self, image: Tensor, phrase: str) -> Tensor:
        """Of all its boxes: [Q]."""
        ...

    def detect(self, image: Tensor, phrase: str, threshold: float) -> Any: ...

    def segment(self, image: Tensor, boxes: Tensor) -> Any: ...


class Storyicon:
    """The pack's own functions, as its node calls them."""

    name = "storyicon's pack"

    def __init__(self, folder: Path, files: Files, device: torch.device) -> None:
        _stand_in_for_the_host(files.root, device)
        sys.path.insert(0, str(folder))
        self._node = node = import_module("node")
        write(files, node.local_groundingdino_build_model, node.local_groundingdino_SLConfig,
              node.sam_model_registry[f"sam_{files.kind}"])  # fmt: skip
        sams = {"vit_b": "sam_vit_b (375MB)", "vit_h": "sam_vit_h (2.56GB)"}
        self._dino = node.load_groundingdino_model("GroundingDINO_SwinT_OGC (694MB)")
        self.sam = node.load_sam_model(sams[files.kind])

    def scores(self, image: Tensor, phrase: str) -> Tensor:
        return _scores(self._dino, _as_published(self._node.T, image), phrase)

    def detect(self, image: Tensor, phrase: str, threshold: float) -> Any:
        picture = to_pil(image[0]).convert("RGBA")
        return self._node.groundingdino_predict(self._dino, picture, phrase, threshold)

    def segment(self, image: Tensor, boxes: Tensor) -> Any:
        picture = to_pil(image[0]).convert("RGBA")
        return self._node.sam_segment(self.sam, picture, boxes.clone())


class GroundedSam:
    """The functions of `grounded_sam_demo.py`, called as it calls them."""

    name = "Grounded-SAM's demo"

    def __init__(self, folder: Path, files: Files, device: torch.device) -> None:
        paths = folder, folder / "GroundingDINO", folder / "segment_anything"
        sys.path[:0] = [str(each) for each in paths]
        for name in [each for each in sys.modules if each.startswith("segment_anything")]:
            del sys.modules[name]  # its own copy has more than the package
        self._demo = demo = import_module("grounded_sam_demo")
        registry = demo.sam_model_registry
        write(files, demo.build_model, demo.SLConfig, registry[files.kind])
        self._device = device
        self._dino = demo.load_model(str(files.config), str(files.detector), str(files.bert),
                                     device=str(device)).to(device)  # fmt: skip
        self.sam = registry[files.kind](checkpoint=str(files.segmenter)).to(device)
        self._predictor = demo.SamPredictor(self.sam)

    def scores(self, image: Tensor, phrase: str) -> Tensor:
        return _scores(self._dino, _as_published(self._demo.T, image), phrase)

    def detect(self, image: Tensor, phrase: str, threshold: float) -> Any:
        pixels = _as_published(self._demo.T, image)
        return self._demo.get_grounding_output(
            self._dino, pixels, phrase, threshold, 0.25, device=str(self._device)
        )

    def segment(self, image: Tensor, boxes: Tensor) -> Any:
        pixels = to_array(image[0])
        self._predictor.set_image(pixels)
        asked = self._predictor.transform.apply_boxes_torch(boxes, pixels.shape[:2])
        masks, _, _ = self._predictor.predict_torch(
            point_coords=None, point_labels=None, boxes=asked.to(self._device),
            multimask_output=False,
        )  # fmt: skip
        return masks.cpu()


KNOWN: dict[str, Callable[[Path, Files, torch.device], Other]] = {
    "STORYICON_PATH": Storyicon, "GROUNDED_SAM_PATH": GroundedSam,
}  # fmt: skip


def rows(
    folder: Path, clock: Clock, size: tuple[int, int], asked: Callable[[str], bool]
) -> Iterator[Row]:
    """Each that a variable names: its detector and its masks, ours against theirs.

    Args:
        asked: whether rows whose first word is this are asked for.
    """
    here = {variable: Path(os.environ[variable]) for variable in KNOWN if variable in os.environ}
    if not here or not (asked("detect") or asked("segment")):
        return
    files = Files(folder / "originals", huge=clock.device.type == "cuda")
    with bert_as_it_was():
        with redirect_stdout(sys.stderr):  # they print what they load
            others = [KNOWN[variable](path.resolve(), files, clock.device)
                      for variable, path in here.items()]  # fmt: skip
        finder = GroundingDino.load(files.detector, clock.device)
        kinds = dict.fromkeys((Sam.default_dtype(clock.device), torch.float32))
        cutters = [Sam.load(files.segmenter, clock.device, kind) for kind in kinds]
        clock.watch(finder.model, *(part for cutter in cutters
                                    for part in seeing(finder, cutter)[1:]))  # fmt: skip
        for other in others:
            if asked("detect"):
                yield _detect(finder, other, clock, size)
            for cutter in cutters if asked("segment") else ():
                yield _segment(cutter, other, clock, size)


def _detect(finder: GroundingDino, other: Other, clock: Clock, size: tuple[int, int]) -> Row:
    images = pictures(*size)
    ranked = other.scores(next(images), PHRASES[0]).sort(descending=True).values
    theirs = float(ranked[BOXES - 1 : BOXES + 1].mean())
    found = finder.detect(next(images), [PHRASES[0]], 0.0)[0]
    ours = float(found.scores.sort(descending=True).values[:BOXES].min())
    return clock.ratio(
        f"detect, against {other.name}, {label(size)}",
        lambda: finder.detect(next(images), [PHRASES[0]], ours),
        lambda: other.detect(next(images), PHRASES[0], theirs),
    )


def _segment(cutter: Sam, other: Other, clock: Clock, size: tuple[int, int]) -> Row:
    images, boxes, found = pictures(*size), boxes_in(*size, BOXES), some_boxes(size, BOXES)
    ours, theirs = (precision(sam) for sam in (cutter.network.model, other.sam))
    return clock.ratio(
        f"segment, {BOXES} boxes, in {ours}, against {other.name} in {theirs}, {label(size)}",
        lambda: cover_drawn(cutter, next(images), found),
        lambda: other.segment(next(images), boxes),
    )


def precision(model: nn.Module) -> str:
    """The numbers that a network computes in, as torch names them: float16."""
    return str(next(model.parameters()).dtype).removeprefix("torch.")


# --- weights -------------------------------------------------------------------------------------


@torch.no_grad()
def write(
    files: Files, detector: Callable[[Any], Any], config: Any, segmenter: Callable[[], Any]
) -> None:
    """The originals' files, built by one of the others; what is there already stays."""
    torch.manual_seed(0)
    if not files.detector.exists():
        BertModel(BertConfig()).save_pretrained(files.bert)
        BertTokenizerFast.from_pretrained(WORDS).save_pretrained(files.bert)
        files.config.parent.mkdir(parents=True, exist_ok=True)
        told = {"batch_size": 1, "modelname": "groundingdino",
                **settings(SWIN_T, Path("bert-base-uncased"))}  # fmt: skip
        files.config.write_text("".join(f"{name} = {value!r}\n" for name, value in told.items()))
        values = config.fromfile(str(files.config))
        values.text_encoder_type, values.bert_base_uncased_path = str(files.bert), None
        model = detector(values)
        model.transformer.decoder.norm.weight *= 0.1  # else most scores are 1 and all tie
        save(files.detector, published(model))
    if not files.segmenter.exists():
        files.segmenter.parent.mkdir(parents=True, exist_ok=True)
        save(files.segmenter, segmenter().state_dict())


def _stand_in_for_the_host(models: Path, device: torch.device) -> None:
    """The two modules of ComfyUI that the pack asks where models lie and which device to use."""
    paths, comfy, management = (
        ModuleType(name) for name in ("folder_paths", "comfy", "comfy.model_management")
    )
    paths.models_dir = str(models)  # type: ignore[attr-defined]
    paths.get_full_path = lambda folder, name: None  # type: ignore[attr-defined]
    management.get_torch_device = lambda: device  # type: ignore[attr-defined]
    comfy.model_management = management  # type: ignore[attr-defined]
    sys.modules |= {each.__name__: each for each in (paths, comfy, management)}


def _as_published(transforms: Any, image: Tensor) -> Tensor:
    """A picture as both show it to the detector: [3,h,w]."""
    mean, spread = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
    steps = [transforms.RandomResize([800], max_size=1333), transforms.ToTensor(),
             transforms.Normalize(mean, spread)]  # fmt: skip
    return transforms.Compose(steps)(to_pil(image[0]), None)[0]


@torch.no_grad()
def _scores(dino: Any, pixels: Tensor, phrase: str) -> Tensor:
    device = next(dino.parameters()).device
    out = dino(pixels[None].to(device), captions=[phrase + "."])
    return out["pred_logits"][0].sigmoid().amax(dim=1).cpu()
