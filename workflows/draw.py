"""Draws the page's form of each graph in `api/`: positions, groups, notes, and every slot.

    python workflows/draw.py http://127.0.0.1:8188

asks a running ComfyUI what slots its nodes have. A graph is changed in `api/`, its layout in
`PAGES` below; what the page shows is never edited by hand.
"""

from __future__ import annotations

import json
import sys
import urllib.request
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
WIDTH, GAP, TITLE, MARGIN = 360, 100, 40, 30
"""Of a node, between columns, above a node's own box, and around a group's nodes; in pixels."""

HEIGHTS = {
    "PromptEditPaperDoll": 180, "LoadImage": 440, "PromptEditParse": 400, "PromptEditLines": 260,
    "PromptEditLoadGroundingDINO": 180, "PromptEditLoadSAM": 180, "PromptEditLoadInpaint": 260,
    "PromptEditDetect": 720, "PromptEditMask": 640, "PromptEditMaskByHand": 680,
    "PromptEditInpaint": 600, "PromptEdit": 760, "PromptEditGrid": 560, "PromptEditCrop": 230,
    "PromptEditStitch": 170, "ImageScale": 200, "SaveImage": 480, "CheckpointLoaderSimple": 160,
    "CLIPTextEncode": 220, "ControlNetLoader": 120, "Canny": 420, "ControlNetApplyAdvanced": 270,
    "VAEEncode": 110, "SetLatentNoiseMask": 110, "InpaintModelConditioning": 190,
    "DifferentialDiffusion": 130, "KSampler": 460, "VAEDecode": 110, "UNETLoader": 140,
    "CLIPLoader": 170, "DualCLIPLoader": 200, "VAELoader": 120, "LoraLoader": 200,
    "ModelSamplingAuraFlow": 120, "CFGNorm": 140, "PromptEditPainterFromModel": 700,
    "PromptEditLlmFromClip": 100, "PromptEditFinderFromSAM3": 130,
}  # fmt: skip
"""As tall as the newest page draws them after a run, pictures and texts included, and some more."""

GROWS = {"PromptEdit": 240}
"""By how much 1.58 enlarges a node for its picture, whatever its height was."""

COLOURS = ("#3f789e", "#8A8", "#b58b2a", "#a1309b", "#444", "#444")
_PLAIN = {"INT", "FLOAT", "STRING", "BOOLEAN", "COMBO"}
_HUB = "https://huggingface.co"
FILES = {
    "512-inpainting-ema.safetensors":
        ("checkpoints", "Comfy-Org/stable_diffusion_2.1_repackaged/resolve/main"),
    "v1-5-pruned-emaonly-fp16.safetensors":
        ("checkpoints", "Comfy-Org/stable-diffusion-v1-5-archive/resolve/main"),
    "control_v11p_sd15_canny_fp16.safetensors":
        ("controlnet", "comfyanonymous/ControlNet-v1-1_fp16_safetensors/resolve/main"),
    "sd_xl_base_1.0_inpainting_0.1.safetensors":
        ("checkpoints", "benjamin-paine/sd-xl-alternative-bases/resolve/main"),
    "flux1-fill-dev.safetensors":
        ("diffusion_models", "Comfy-Org/flux1-dev/resolve/main/split_files/diffusion_models"),
    "clip_l.safetensors":
        ("text_encoders", "comfyanonymous/flux_text_encoders/resolve/main"),
    "t5xxl_fp8_e4m3fn_scaled.safetensors":
        ("text_encoders", "comfyanonymous/flux_text_encoders/resolve/main"),
    "ae.safetensors":
        ("vae", "Comfy-Org/Lumina_Image_2.0_Repackaged/resolve/main/split_files/vae"),
    "qwen_image_edit_2511_bf16.safetensors":
        ("diffusion_models",
         "Comfy-Org/Qwen-Image-Edit_ComfyUI/resolve/main/split_files/diffusion_models"),
    "qwen_2.5_vl_7b_fp8_scaled.safetensors":
        ("text_encoders",
         "Comfy-Org/HunyuanVideo_1.5_repackaged/resolve/main/split_files/text_encoders"),
    "qwen_image_vae.safetensors":
        ("vae", "Comfy-Org/Qwen-Image_ComfyUI/resolve/main/split_files/vae"),
    "z_image_turbo_bf16.safetensors":
        ("diffusion_models", "Comfy-Org/z_image_turbo/resolve/main/split_files/diffusion_models"),
    "qwen_3_4b.safetensors":
        ("text_encoders", "Comfy-Org/z_image_turbo/resolve/main/split_files/text_encoders"),
    "sam3.1_multiplex_fp16.safetensors":
        ("checkpoints", "Comfy-Org/sam3.1/resolve/main/checkpoints"),
    "sdxl_lightning_8step_lora.safetensors":
        ("loras", "ByteDance/SDXL-Lightning/resolve/main"),
    "diffusers_xl_canny_mid.safetensors":
        ("controlnet", "lllyasviel/sd_control_collection/resolve/main"),
}  # fmt: skip
"""What a host's loader asks for: the folder below models/, and where on the hub it is published."""

OWN = (
    "**Your own picture:** put *Load Image* in the place of *Paper Doll Scene*, and choose real"
    " models in all three loaders: the sample models know paper dolls only."
)
OWN_KO = (
    "**내 사진으로:** *Paper Doll Scene* 자리에 *이미지 로드*를 놓고, 로더 세 개 모두에서 실제"
    " 모델을 고르세요. 샘플 모델은 종이 인형만 압니다."
)
REAL = (
    "The detector and SAM are real models here, downloaded once when you queue (1.0 GB); the"
    " picture is the host's own example. Put yours into *Load Image* and say what to change."
)
REAL_KO = (
    "여기서는 탐지기와 SAM이 실제 모델이며, 처음 실행할 때 한 번 내려받습니다(1.0GB). 사진은"
    " ComfyUI의 예제입니다. *이미지 로드*에 내 사진을 넣고 바꿀 것을 적으세요."
)
GRAPH = (
    "The picture of this template shows the graph, not a result: these weights were not at hand"
    " where it was made."
)
GRAPH_KO = "이 템플릿의 그림은 결과가 아니라 그래프입니다. 만든 곳에는 이 모델 파일이 없었습니다."


@dataclass(frozen=True)
class Page:
    """How a graph is shown: its title, a note in English and Korean, and columns of node ids."""

    title: str
    note: str
    korean: str
    columns: tuple[tuple[str, tuple[int, ...]], ...]


SAY, FIND, CUT, PAINT, RESULT = (
    "1 · Say it · 말하기", "2 · Find it · 찾기", "3 · Cut it · 마스크", "4 · Paint it · 그리기",
    "Result · 결과",
)  # fmt: skip
LOADED, PAINTER = "Models · 모델", "Your model paints · 내 모델이 그립니다"
_STAGES = ((SAY, (2, 3)), ("Models · 모델", (4, 5, 6)), (FIND, (7,)), (CUT, (8,)), (PAINT, (9,)),
           (RESULT, (10,)))  # fmt: skip

PAGES = {
    "stage_by_stage": Page(
        "Prompt Edit 01 - Stage by stage",
        "The whole graph, one node a stage: type what to change in **LLM Intent Parse** and queue."
        " Change only the seed in **Diffusion Inpaint**, and only the painting runs again.\n\n"
        + OWN,
        "한 단계에 노드 하나씩, 전체 그래프입니다. **LLM 의도 해석**에 바꿀 내용을 적고 실행하세요."
        " **디퓨전 인페인팅**의 시드만 바꾸면 그리기만 다시 실행됩니다.\n\n" + OWN_KO,
        _STAGES,
    ),
    "one_node": Page(
        "Prompt Edit 02 - One node",
        "The whole graph in one node: several edits in one sentence follow each other. Connect"
        " three loaders to choose models. Without them, real models are taken where a whole set of"
        " three is installed, else the samples, which know paper dolls only.",
        "전체 그래프를 노드 하나에 담았습니다. 한 문장에 적은 여러 편집이 차례로 실행됩니다. 모델을"
        " 고르려면 로더 세 개를 연결하세요. 연결하지 않으면, 세 종류가 모두 설치되어 있을 때는 실제"
        " 모델을, 아니면 종이 인형만 아는 샘플 모델을 씁니다.",
        (("Picture · 사진", (2,)), ("One sentence · 한 문장", (3,)), (RESULT, (4,))),
    ),
    "colour_variants": Page(
        "Prompt Edit 03 - Colour variants",
        "One mask, many results: each line of **Prompt Lines** is painted into the same mask, and"
        " the sheet shows them all. For a catalogue: set the phrase in **Grounding DINO Detect**"
        " and one line a colour.\n\n" + OWN,
        "마스크 하나로 여러 결과를 만듭니다. **줄별 프롬프트**의 각 줄이 같은 마스크 안에 그려지고,"
        " 한 장에 모아 보여 줍니다.\n\n" + OWN_KO,
        (("Garment · 옷", (2,)), ("Models · 모델", (3, 4, 5)), (FIND, (6,)),
         ("Cut it once · 마스크 한 번", (7, 8)), ("Paint it many times · 여러 번 그리기", (9,)),
         ("Catalogue · 카탈로그", (10, 11))),
    ),
    "batch": Page(
        "Prompt Edit 04 - Batch",
        "A batch of pictures goes through the same graph: one result a picture. Where nothing is"
        " found the picture passes unchanged, and **Grounding DINO Detect** says why.\n\n" + OWN,
        "여러 사진이 같은 그래프를 함께 지나며, 사진마다 결과가 하나씩 나옵니다. 찾지 못한 사진은"
        " 그대로 지나가고, **Grounding DINO 감지**가 이유를 알려 줍니다.\n\n" + OWN_KO,
        _STAGES,
    ),
    "remove": Page(
        "Prompt Edit 05 - Remove",
        "An instruction to remove fills the place with what surrounds it: the prompt is empty"
        " then.\n\n" + OWN,
        "지우라는 지시는 그 자리를 주변으로 채웁니다. 이때 프롬프트는 비어 있습니다.\n\n" + OWN_KO,
        _STAGES,
    ),
    "extract": Page(
        "Prompt Edit 06 - Cut out",
        "*Cut out* gives the object on transparency: the saved PNG is RGBA, and nothing of the rest"
        " is left in it.\n\n" + OWN,
        "*Cut out*은 물체를 투명 배경 위에 남깁니다. 저장된 PNG는 RGBA이며, 나머지는 남지 않습니다."
        "\n\n" + OWN_KO,
        _STAGES,
    ),
    "by_hand": Page(
        "Prompt Edit 07 - By hand",
        "For what no words find: say **where** by hand and **what** in words. Here one point lies"
        " on the jacket, and the woman's black shirt stays as it is.\n\n**Other ways to point:**"
        " several points (`120, 80; 200, 90`); points *outside* on what does not belong to it; or"
        " *Load Image*, a patch painted over it in the mask editor, and its mask into *rough*.\n\n"
        + OWN,
        "말로 찾을 수 없을 때, **어디**는 손으로, **무엇**은 말로 알려 줍니다. 여기서는 재킷 위에"
        " 점 하나를 찍었습니다.\n\n" + OWN_KO,
        (("1 · Look · 보기", (2, 3, 4)), ("2 · Point at it · 가리키기", (5,)),
         ("3 · Paint it · 그리기", (6,)), (RESULT, (7,))),
    ),
    "crop_stitch_upscale": Page(
        "Prompt Edit 08 - Crop, stitch and enlarge",
        "**Crop Region** cuts the surroundings of the mask out at the size that a model works at;"
        " anything may edit the cut; **Stitch Region** puts it back, every other pixel as it was."
        "\n\n" + OWN,
        "**영역 자르기**는 마스크 주변을 모델에 맞는 크기로 잘라 냅니다. 잘라 낸 것을 편집한 뒤"
        " **영역 다시 붙이기**로 되돌리면, 나머지 픽셀은 그대로입니다.\n\n" + OWN_KO,
        ((SAY, (2, 3)), ("Models · 모델", (4, 5, 6)), (FIND, (7,)), (CUT, (8,)),
         ("Crop and paint · 자르고 그리기", (9, 10)),
         ("Stitch and enlarge · 붙이고 키우기", (11, 12)), (RESULT, (13,))),
    ),
    "your_sampler": Page(
        "Prompt Edit 09 - Your sampler (downloads)",
        "Our plan, boxes and mask; the host's own sampler. **Crop Region** and **Stitch Region**"
        " keep every other pixel as it was.\n\n" + REAL,
        "계획, 상자, 마스크는 이 팩이, 샘플링은 ComfyUI가 맡습니다. 나머지 픽셀은 그대로입니다.\n\n"
        + REAL_KO,
        ((SAY, (2, 3)), ("Models · 모델", (4, 5, 9)), (FIND, (6,)), (CUT, (7,)),
         ("Crop, and your prompts · 자르기와 프롬프트", (8, 10, 11)),
         ("Conditioning · 조건", (12, 13)), ("Your sampler, then stitch · 샘플러", (14, 15, 16)),
         (RESULT, (17,))),
    ),
    "controlnet": Page(
        "Prompt Edit 10 - ControlNet (downloads)",
        "Our plan, boxes and mask; the host's own sampler, held to the outlines of the old picture"
        " by a ControlNet. **Crop Region** and **Stitch Region** keep every other pixel as it was."
        "\n\n" + REAL,
        "계획, 상자, 마스크는 이 팩이 맡고, ComfyUI의 샘플러가 ControlNet으로 원래 윤곽을 따라"
        " 그립니다. 나머지 픽셀은 그대로입니다.\n\n" + REAL_KO,
        ((SAY, (2, 3)), ("Models · 모델", (4, 5, 9, 12)), (FIND, (6,)), (CUT, (7,)),
         ("Crop, and your prompts · 자르기와 프롬프트", (8, 10, 11)),
         ("Conditioning · 조건", (13, 14, 15, 16)),
         ("Your sampler, then stitch · 샘플러", (17, 18, 19)), (RESULT, (20,))),
    ),
    "sdxl_inpainting": Page(
        "Prompt Edit 11 - SDXL inpainting (downloads)",
        "**Painter from MODEL** paints with whatever ComfyUI has loaded. Here that is a checkpoint"
        " in *Load Checkpoint*: choose one of yours, trained to inpaint or not. How it wants to"
        " inpaint, steps and cfg are told from the model, and the node says what it took it for."
        "\n\n" + REAL + "\n\n" + GRAPH,
        "**MODEL을 인페인팅 모델로** 노드는 ComfyUI가 불러온 모델이면 무엇으로든 그립니다. 여기서는"
        " 체크포인트이니 가진 것을 고르세요. 인페인팅 방식, 단계 수, cfg는 모델을 보고 정하며,"
        " 무엇으로 보았는지 노드가 알려 줍니다.\n\n" + REAL_KO + "\n\n" + GRAPH_KO,
        ((SAY, (2, 3)), (LOADED, (4, 5, 6)), (PAINTER, (7,)), (FIND, (8,)), (CUT, (9,)),
         (PAINT, (10,)), (RESULT, (11,))),
    ),
    "flux_fill": Page(
        "Prompt Edit 12 - FLUX Fill in fp8 (downloads)",
        "FLUX Fill from three files, as ComfyUI loads them: the model in fp8 (*weight_dtype*), two"
        " text encoders, the VAE. A GGUF file works as well: put its loader in the place of *Load"
        " Diffusion Model*.\n\n" + REAL + "\n\n" + GRAPH,
        "ComfyUI 방식대로 파일을 나누어 불러온 FLUX Fill입니다. 모델은 fp8(*weight_dtype*), 텍스트"
        " 인코더 두 개, VAE입니다. GGUF 파일도 됩니다. *확산 모델 로드* 자리에 그 로더를 놓으세요."
        "\n\n" + REAL_KO + "\n\n" + GRAPH_KO,
        ((SAY, (2, 3)), ("Finder · 찾는 모델", (4, 5)), ("FLUX Fill", (6, 7, 8)), (PAINTER, (9,)),
         (FIND, (10,)), (CUT, (11,)), (PAINT, (12,)), (RESULT, (13,))),
    ),
    "qwen_image_edit": Page(
        "Prompt Edit 13 - Qwen-Image-Edit in a mask (downloads)",
        "An edit model sees the picture and is told what to do: *make the pink dress blue, and"
        " keep the shape*, made from the plan. What it changes outside the mask is not kept, so its"
        " drift ends there. Patches before the painter count: here the two that ComfyUI's own"
        " template has; a Lightning LoRA beside them is known by its name and paints in few steps."
        "\n\n" + REAL + "\n\n" + GRAPH,
        "편집 모델은 사진을 보고 지시를 따릅니다. 지시는 계획에서 만듭니다: *make the pink dress"
        " blue, and keep the shape*. 마스크 밖에서 바뀐 것은 버리므로 나머지 픽셀은 그대로입니다."
        " 모델에 붙인 패치도 함께 쓰이며, Lightning LoRA는 이름을 보고 적은 단계로 그립니다."
        "\n\n" + REAL_KO + "\n\n" + GRAPH_KO,
        ((SAY, (2, 3)), ("Finder · 찾는 모델", (4, 5)), ("Qwen-Image-Edit-2511", (6, 9, 10, 7, 8)),
         (PAINTER, (11,)), (FIND, (12,)), (CUT, (13,)), (PAINT, (14,)), (RESULT, (15,))),
    ),
    "z_image": Page(
        "Prompt Edit 14 - Z-Image paints and reads (downloads)",
        "One download does both: Z-Image's text encoder is a whole language model, Qwen3 4B."
        " **Intent LLM from CLIP** lets it read the sentence, and **Painter from MODEL** lets it"
        " encode the prompt. What it misread shows in *LLM Intent Parse*; take the link to *llm*"
        " away, and the offline grammar reads.\n\n" + REAL + "\n\n" + GRAPH,
        "내려받기 하나로 둘 다 합니다. Z-Image의 텍스트 인코더 Qwen3 4B는 온전한 언어 모델입니다."
        " **CLIP을 의도 해석 LLM으로** 노드를 거쳐 문장을 읽고, **MODEL을 인페인팅 모델로** 노드를"
        " 거쳐 프롬프트를 인코딩합니다. *llm* 연결을 끊으면 오프라인 문법이 읽습니다.\n\n"
        + REAL_KO + "\n\n" + GRAPH_KO,
        (("Z-Image", (6, 7, 8)), ("Reader and painter · 읽기와 그리기", (9, 10)), (SAY, (2, 3)),
         ("Finder · 찾는 모델", (4, 5)), (FIND, (11,)), (CUT, (12,)), (PAINT, (13,)),
         (RESULT, (14,))),
    ),
    "sam3": Page(
        "Prompt Edit 15 - SAM 3 finds (downloads)",
        "SAM 3 as ComfyUI loads it (0.20 or later), in the place of Grounding DINO and SAM: **SAM 3"
        " Finder** gives boxes and masks in one pass, so that *SAM Mask* has nothing to cut anew."
        " Which one is meant, what is left out and what is not there is judged as ever. The"
        " picture is the host's own example: put yours into *Load Image* and say what to change."
        "\n\n" + GRAPH,
        "Grounding DINO와 SAM 자리에, ComfyUI가 불러온 SAM 3을 씁니다(0.20 이상)."
        " **SAM 3 찾기** 노드가 박스와 마스크를 한 번에 주므로, *SAM 마스크*가 다시 자르지"
        " 않습니다. 사진은 ComfyUI의 예제입니다. *이미지 로드*에 내 사진을 넣고 바꿀 것을"
        " 적으세요.\n\n" + GRAPH_KO,
        ((SAY, (2, 3)), ("SAM 3", (4, 5)), ("Your model · 내 모델", (6,)), (PAINTER, (7,)),
         (FIND, (8,)), (CUT, (9,)), (PAINT, (10,)), (RESULT, (11,))),
    ),
    "lora_controlnet": Page(
        "Prompt Edit 16 - LoRA and ControlNet (downloads)",
        "The painter of template 11 behind a LoRA, and held to the outlines of the old picture."
        " Any LoRA loader or patch counts; this LoRA is known by its name, so that 8 steps do. The"
        " control picture is of the whole picture: each region's part is cut from it.\n\n"
        + REAL + "\n\n" + GRAPH,
        "템플릿 11의 그리기에 LoRA를 더하고, 원래 사진의 윤곽을 따르게 합니다. 어떤 LoRA 로더나"
        " 패치도 쓰입니다. 이 LoRA는 이름을 보고 8단계로 그립니다. 제어 사진은 전체 사진이며, 영역"
        "마다 필요한 부분을 잘라 씁니다.\n\n" + REAL_KO + "\n\n" + GRAPH_KO,
        ((SAY, (2, 3)), (LOADED, (4, 5, 6)), ("LoRA and ControlNet · LoRA와 ControlNet", (7, 8, 9)),
         (PAINTER, (10,)), (FIND, (11,)), (CUT, (12,)), (PAINT, (13,)), (RESULT, (14,))),
    ),
}  # fmt: skip
"""By the name of the graph in `api/`, less "prompt_edit_"; titles count up for a newcomer."""

Json = dict[str, Any]


def main(host: str) -> None:
    """Write a page for each graph, and the blueprint of the first."""
    with urllib.request.urlopen(f"{host}/object_info") as answer:
        known = json.load(answer)
    for stem, page in PAGES.items():
        file = FOLDER / "api" / f"prompt_edit_{stem}.json"
        graph = json.loads(file.read_text("utf-8"))
        drawn = draw(stem, graph, page, known)
        _write(file, graph)  # with the defaults of what has come to the nodes since
        _write(FOLDER / f"{page.title}.json", drawn)
        if stem == "stage_by_stage":
            _write(FOLDER.parent / "subgraphs" / "Prompt Edit.json", blueprint(drawn))


def draw(stem: str, graph: Json, page: Page, known: Json) -> Json:
    """A graph in API form as the page stores it."""
    links: list[list[Any]] = []
    nodes = [_node(int(key), asked, known[asked["class_type"]]) for key, asked in graph.items()]
    for node, asked in zip(nodes, graph.values(), strict=True):
        for slot, each in enumerate(node["inputs"]):
            value = asked["inputs"].get(each["name"])
            if isinstance(value, list):
                source = next(n for n in nodes if n["id"] == int(value[0]))
                kind = source["outputs"][value[1]]["type"]
                links.append([len(links) + 1, source["id"], value[1], node["id"], slot, kind])
                each["link"] = len(links)
                source["outputs"][value[1]]["links"].append(len(links))
    groups = _place({node["id"]: node for node in nodes}, page)
    note = _note(page, nodes)
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, stem)), "revision": 0,
        "last_node_id": max(node["id"] for node in nodes), "last_link_id": len(links),
        "nodes": [note, *nodes], "links": links, "groups": groups, "config": {},
        "extra": {"ds": {"scale": 0.6, "offset": [80, note["size"][1] + 140]}}, "version": 0.4,
    }  # fmt: skip


def _node(number: int, asked: Json, kind: Json) -> Json:
    """One node, with every slot that its class has; places and links come later."""
    named = [(name, option, group == "optional")
             for group in ("required", "optional")
             for name, option in kind["input"].get(group, {}).items()]  # fmt: skip
    sockets, widgets, values = [], [], []
    for name, option, optional in named:
        options = option[1] if len(option) > 1 else {}
        type_ = "COMBO" if isinstance(option[0], list) else option[0]
        slot = {"localized_name": options.get("display_name") or name, "name": name, "type": type_,
                "link": None} | ({"shape": 7} if optional else {})  # fmt: skip
        if type_ not in _PLAIN or options.get("forceInput"):
            sockets.append(slot)
            continue
        widgets.append({**slot, "widget": {"name": name}})
        first = next(iter(option[0]), None) if isinstance(option[0], list) else None
        value = asked["inputs"].setdefault(name, options.get("default", first))
        values.append("" if isinstance(value, list) else value)
        if options.get("control_after_generate"):
            values.append("fixed")  # a shared graph gives the result that it shows
        if options.get("image_upload"):
            button = {"localized_name": "choose file to upload", "name": "upload"}
            widgets.append({**button, "type": "IMAGEUPLOAD", "widget": {"name": "upload"},
                            "link": None})  # fmt: skip
            values.append("image")
    title = asked["_meta"]["title"]
    given = zip(kind["output_name"], kind["output"], strict=True)
    outputs = [{"localized_name": name, "name": name, "type": type_, "links": []}
               for name, type_ in given]  # fmt: skip
    ours = {"cnr_id": "prompt-edit"} if asked["class_type"].startswith("PromptEdit") else {}
    files = [{"name": value, "url": _url(value), "directory": FILES[value][0]}
             for value in values if value in FILES]  # fmt: skip
    return {
        "id": number, "type": asked["class_type"], "pos": [0, 0], "size": [WIDTH, 100], "flags": {},
        "order": number - 1, "mode": 0, "inputs": sockets + widgets, "outputs": outputs,
        **({"title": title} if title != kind["display_name"] else {}),  # else the page's language
        "properties": {"Node name for S&R": asked["class_type"], **ours,
                       **({"models": files} if files else {})},
        "widgets_values": values,
    }  # fmt: skip


def _url(file: str) -> str:
    return f"{_HUB}/{FILES[file][1]}/{file}"


def _place(nodes: dict[int, Json], page: Page) -> list[Json]:
    """Set the nodes' places, column by column; the groups that hold them."""
    groups = []
    for number, (title, column) in enumerate(page.columns):
        left, top = number * (WIDTH + GAP), TITLE + MARGIN
        for key in column:
            height = HEIGHTS[nodes[key]["type"]]
            nodes[key]["pos"], nodes[key]["size"] = [left, top], [WIDTH, height]
            top += height + GROWS.get(nodes[key]["type"], 0) + TITLE + MARGIN
        groups.append({
            "id": number + 1, "title": title, "color": COLOURS[min(number, len(COLOURS) - 1)],
            "bounding": [left - MARGIN, -MARGIN, WIDTH + 2 * MARGIN, top], "font_size": 24,
            "flags": {},
        })  # fmt: skip
    return groups


def _note(page: Page, nodes: list[Json]) -> Json:
    """The text above the graph."""
    wanted = [file for node in nodes for file in node["properties"].get("models", [])]
    needs = "".join(f"\n- [{file['name']}]({file['url']}) in `models/{file['directory']}`"
                    for file in wanted)  # fmt: skip
    text = page.note + (f"\n\n**Needs**{needs}" if needs else "") + f"\n\n---\n{page.korean}"
    lines = sum(1 + len(line) // 85 for line in text.splitlines())
    height = 70 + 24 * lines
    return {
        "id": 1, "type": "MarkdownNote", "pos": [0, -height - 2 * MARGIN - TITLE],
        "size": [2 * WIDTH + GAP, height], "flags": {}, "order": 0, "mode": 0, "inputs": [],
        "outputs": [], "title": "What to change · 바꿀 것",
        "properties": {"Node name for S&R": "MarkdownNote"}, "widgets_values": [text],
        "color": "#432", "bgcolor": "#653",
    }  # fmt: skip


_SHOWN = {
    "instruction": ("PromptEditParse", "instruction"), "seed": ("PromptEditInpaint", "seed"),
    "detector": ("PromptEditLoadGroundingDINO", "model"),
    "segmenter": ("PromptEditLoadSAM", "model"), "painter": ("PromptEditLoadInpaint", "model"),
}  # fmt: skip
"""What stands on the blueprint's face: of each widget its node and its name there."""


def blueprint(drawn: Json) -> Json:
    """The stages as one node of the page: picture, sentence, seed and models on its face."""
    picture = next(n["id"] for n in drawn["nodes"] if n["type"] == "PromptEditPaperDoll")
    result = next(n["id"] for n in drawn["nodes"] if n["type"] == "SaveImage")
    nodes = [json.loads(json.dumps(node)) for node in drawn["nodes"]
             if node["id"] not in (1, picture, result)]  # fmt: skip
    links, inputs, outputs = list[Json](), _Face("input"), _Face("output")
    for number, *ends, kind in drawn["links"]:
        origin, slot, target, at = ends
        if origin == picture:
            origin, slot = -10, inputs.take("image", kind, number)
        if target == result:
            target, at = -20, outputs.take("image", kind, number)
        links.append(_link(number, origin, slot, target, at, kind))
    for face, (node_type, name) in _SHOWN.items():
        node = next(node for node in nodes if node["type"] == node_type)
        at = next(n for n, each in enumerate(node["inputs"]) if each["name"] == name)
        kind, number = node["inputs"][at]["type"], len(links) + 1
        node["inputs"][at]["link"] = number
        links.append(_link(number, -10, inputs.take(face, kind, number), node["id"], at, kind))
    masks = next(node for node in nodes if node["type"] == "PromptEditMask")
    masks["outputs"][0]["links"].append(len(links) + 1)
    links.append(_link(len(links) + 1, masks["id"], 0, -20,
                       outputs.take("mask", "MASK", len(links) + 1), "MASK"))  # fmt: skip
    right = max(node["pos"][0] for node in nodes) + WIDTH + GAP
    inner = {
        "id": _identity("graph"), "version": 1, "revision": 0, "config": {}, "name": _TITLE,
        "description": "One sentence in, one edited picture out: every other pixel stays.",
        "category": "Prompt Edit",
        "state": {"lastGroupId": 0, "lastNodeId": max(n["id"] for n in nodes),
                  "lastLinkId": len(links), "lastRerouteId": 0},
        "inputNode": {"id": -10, "bounding": [-260, 200, 130, 40 + 20 * len(inputs.slots)]},
        "outputNode": {"id": -20, "bounding": [right, 200, 130, 40 + 20 * len(outputs.slots)]},
        "inputs": inputs.slots, "outputs": outputs.slots,
        "widgets": [], "nodes": nodes, "groups": [], "links": links, "extra": {},
    }  # fmt: skip
    return _on_its_face(inner)


_TITLE = "Prompt Edit"


def _identity(what: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"blueprint of {_TITLE} {what}"))


class _Face:
    """The inputs or outputs of a subgraph, as links take them."""

    def __init__(self, side: str) -> None:
        self.side, self.slots = side, list[Json]()

    def take(self, name: str, kind: str, link: int) -> int:
        """The place of the slot of that name, which that link is at now, too."""
        names = [each["name"] for each in self.slots]
        if name not in names:
            names.append(name)
            known = name if self.side == "input" else f"{name} that comes out"
            self.slots.append({"id": _identity(known), "name": name, "type": kind, "linkIds": [],
                               "localized_name": name})  # fmt: skip
        self.slots[names.index(name)]["linkIds"].append(link)
        return names.index(name)


def _link(number: int, origin: int, slot: int, target: int, at: int, kind: str) -> Json:
    return {"id": number, "origin_id": origin, "origin_slot": slot, "target_id": target,
            "target_slot": at, "type": kind}  # fmt: skip


def _on_its_face(inner: Json) -> Json:
    """A page with one node, which holds the graph."""
    face = [{"localized_name": each["name"], "name": each["name"], "type": each["type"],
             "link": None} | ({"widget": {"name": each["name"]}} if each["name"] in _SHOWN else {})
            for each in inner["inputs"]]  # fmt: skip
    outer = {
        "id": 1, "type": inner["id"], "pos": [0, 0], "size": [400, 280], "flags": {}, "order": 0,
        "mode": 0, "inputs": face, "title": inner["name"], "properties": {}, "widgets_values": [],
        "outputs": [{"localized_name": each["name"], "name": each["name"], "type": each["type"],
                     "links": []} for each in inner["outputs"]],
    }  # fmt: skip
    return {
        "id": _identity("whole"), "revision": 0, "last_node_id": 1, "last_link_id": 0,
        "nodes": [outer], "links": [], "groups": [], "definitions": {"subgraphs": [inner]},
        "config": {}, "extra": {}, "version": 0.4,
    }  # fmt: skip


def _write(path: Path, graph: Json) -> None:
    path.write_text(json.dumps(graph, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
