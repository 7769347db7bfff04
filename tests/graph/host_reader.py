"""Run by test_from_clip.py inside the host: text encoders of its own classes read instructions.

With the path of Gemma 3 270M's GGUF file, these real weights read in the host's Gemma 3 class.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import comfy.options
from small_models import ROOT, load_pack, settled

comfy.options.enable_args_parsing()
GGUF = sys.argv[1:]
sys.argv = ["main.py", "--cpu"]

import comfy.model_management as memory  # noqa: E402
import comfy.sd  # noqa: E402
import torch  # noqa: E402
from comfy import sd1_clip  # noqa: E402

INSTRUCTION = "change the red dress to a white t-shirt"
HOSTILE = 'remove the (red:1.2) \\(hat\\) [x] {y} embedding:z "q" <|im_end|> <end_of_turn> ((é))'
SMALL = {"hidden_size": 64, "intermediate_size": 64, "num_hidden_layers": 3,
         "num_attention_heads": 2, "num_key_value_heads": 1}  # fmt: skip


def clip_of(encoder: Any, tokenizer: Any, small: dict[str, Any], **data: Any) -> Any:
    """A CLIP as the host's loaders make it, with small random weights; `small` by its name."""
    target = SimpleNamespace(params={}, clip=encoder, tokenizer=tokenizer)
    options: dict[str, Any] = {f"{name}_model_config": {**each} for name, each in small.items()}
    options["dtype"] = torch.float32  # in half precision a CPU casts each weight at each token
    clip = comfy.sd.CLIP(
        target, embedding_directory=[str(ROOT / "no-embeddings")], model_options=options,
        tokenizer_data=data,
    )  # fmt: skip
    settled(clip.cond_stage_model)
    return clip


def sd1() -> Any:
    small = {"hidden_size": 32, "intermediate_size": 64, "num_attention_heads": 4,
             "num_hidden_layers": 2}  # fmt: skip
    return clip_of(sd1_clip.SD1ClipModel, sd1_clip.SD1Tokenizer, {"clip_l": small})


def qwen3() -> Any:
    import comfy.text_encoders.z_image as z_image

    return clip_of(z_image.te(), z_image.ZImageTokenizer, {"qwen3_4b": SMALL})


def klein() -> Any:
    import comfy.text_encoders.flux as flux

    small = {**SMALL, "num_hidden_layers": 28}  # it reads layers 9, 18 and 27
    return clip_of(flux.klein_te(), flux.KleinTokenizer, {"qwen3_4b": small})


def qwen3_06b() -> Any:
    import comfy.text_encoders.anima as anima

    return clip_of(anima.te(), anima.AnimaTokenizer, {"qwen3_06b": SMALL})


def qwen3vl() -> Any:
    import comfy.text_encoders.qwen3vl as encoder

    encoder.QWEN3VL_VISION["qwen3vl_4b"] = {
        "hidden_size": 64, "intermediate_size": 64, "depth": 2, "deepstack_visual_indexes": [0, 1]
    }  # fmt: skip
    encoder.QWEN3VL_VISION_COMMON.update(num_heads=2)
    name = "qwen3vl_4b"
    return clip_of(encoder.te(model_type=name), encoder.tokenizer(name), {name: SMALL})


def gemma4() -> Any:
    """With a tokenizer of letters; its marks have the numbers that the host looks for."""
    import comfy.text_encoders.gemma4 as encoder
    from tokenizers import Tokenizer, decoders, models

    marks = {"<pad>": 0, "<eos>": 1, "<bos>": 2, "<|turn>": 105, "<turn|>": 106,
             "<|image>": 255999, "<image|>": 258882, "<|image|>": 258880}  # fmt: skip
    letters = [chr(n) for n in (10, *range(32, 127))] + list("éÉ“”")
    numbers = {each: 200 + n for n, each in enumerate(letters)}
    words = Tokenizer(models.BPE({**marks, **numbers}, []))
    words.add_special_tokens(list(marks))
    words.decoder = decoders.Fuse()
    encoder.GEMMA4_VISION_CONFIG.update(
        hidden_size=64, intermediate_size=64, num_attention_heads=1, num_hidden_layers=1
    )
    encoder.GEMMA4_AUDIO_CONFIG.update(hidden_size=64, intermediate_size=64, num_hidden_layers=1)
    small = {**SMALL, "num_hidden_layers": 6, "hidden_size_per_layer_input": 8,
             "num_kv_shared_layers": 2}  # fmt: skip
    return clip_of(encoder.gemma4_te(model_class=encoder.Gemma4_E4B), encoder.Gemma4_E4B.tokenizer,
                   {"gemma4": small}, tokenizer_json=words.to_str().encode())  # fmt: skip


def pieces() -> bytes:
    """A SentencePiece file whose pieces are letters, with the marks of Gemma's turns.

    The end of a turn is number 106, as the host has it.
    """
    import io

    import sentencepiece

    written = io.BytesIO()
    letters = "".join(map(chr, range(33, 127))) + "éÉ“”"
    marks = ["\n", "<start_of_turn>", *(f"<unused{n}>" for n in range(100)), "<end_of_turn>"]
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([*(letters[n:] for n in range(90)), *["a b"] * 50]),
        model_writer=written, model_type="char", vocab_size=300, hard_vocab_limit=False,
        character_coverage=1.0, add_dummy_prefix=False, remove_extra_whitespaces=False,
        normalization_rule_name="identity", pad_id=0, eos_id=1, bos_id=2, unk_id=3,
        pad_piece="<pad>", eos_piece="<eos>", bos_piece="<bos>", user_defined_symbols=marks,
        minloglevel=2,
    )  # fmt: skip
    return written.getvalue()


def gemma3() -> Any:
    import comfy.text_encoders.llama as llama
    import comfy.text_encoders.lumina2 as lumina2
    import sentencepiece

    llama.GEMMA3_VISION_CONFIG.update(
        hidden_size=32, intermediate_size=32, num_attention_heads=2, num_hidden_layers=1
    )
    file = pieces()
    words = sentencepiece.SentencePieceProcessor(model_proto=file).vocab_size()
    return clip_of(lumina2.te(model_type="gemma3_4b_vision"), lumina2.NTokenizer,
                   {"gemma3_4b_vision": {**SMALL, "vocab_size": words}},
                   spiece_model=file)  # fmt: skip


def qwen25() -> Any:
    """Qwen-Image's: it has eyes and could write, but the host knows no token where it stops."""
    import comfy.text_encoders.qwen_image as qwen_image
    import comfy.text_encoders.qwen_vl as qwen_vl

    class Eyes(qwen_vl.Qwen2VLVisionTransformer):
        def __init__(self, **given: Any) -> None:
            super().__init__(**{**given, "hidden_size": 64, "num_heads": 2, "num_layers": 1})

    qwen_vl.Qwen2VLVisionTransformer = Eyes
    return clip_of(qwen_image.te(), qwen_image.QwenImageTokenizer, {"qwen25_7b": SMALL})


def ideogram() -> Any:
    """Its Qwen3-VL lacks the last norm: the host reads layers before it."""
    import comfy.text_encoders.ideogram4 as ideogram4

    small = {**SMALL, "num_hidden_layers": 37}
    return clip_of(ideogram4.te(), ideogram4.Ideogram4Tokenizer, {"qwen3vl_8b": small})


def refusal(node: Any, clip: Any) -> str:
    try:
        node.execute(clip)
    except Exception as error:
        assert type(error).__name__ == "ModelError", error
        return str(error)
    raise AssertionError("it was taken")


def read_back(clip: Any, tokens: dict[str, Any]) -> str:
    """What was read, a picture as <>."""
    name, (row, *_) = next(iter(tokens.items()))
    words = getattr(clip.tokenizer, name).tokenizer  # the host's own decode leaves marks out
    parts, ids = [], []
    for token, *_ in [*row, (None,)]:
        if isinstance(token, int):
            ids.append(token)
            continue
        parts += [words.decode(ids, skip_special_tokens=False), "<>"]
        ids = []
    return "".join(parts[:-1])


def hooks(clip: Any) -> int:
    return sum(len(part._forward_pre_hooks) for part in clip.cond_stage_model.modules())


def babbles(module: Any, make: Any, sees: bool) -> None:
    """Gibberish, asked for once more, then the grammar; and what was read, word for word."""
    clip = make()
    parser = module.LlmFromClip.execute(clip)[0]
    asked: list[dict[str, Any]] = []
    writes = clip.generate

    def generate(tokens: dict[str, Any], **options: Any) -> list[int]:
        assert options == {"do_sample": False, "max_length": module.MOST_TOKENS}
        asked.append({name: [list(row) for row in rows] for name, rows in tokens.items()})
        return writes(tokens, **options)

    clip.generate = generate
    picture = torch.linspace(0, 1, 40 * 64 * 3).reshape(1, 40, 64, 3)
    plan = parser(INSTRUCTION, picture, module_host().stop_if_cancelled)
    name = parser.language_model.model
    assert plan.parser == "grammar" and plan.edits[0].result == "white t-shirt", plan
    assert plan.warnings[0].startswith("CLIP answered with no valid plan ("), plan.warnings
    assert len(asked) == 2 and hooks(clip) == 0
    first, second = (read_back(clip, each) for each in asked)
    assert (first.count("<>"), second.count("<>")) == ((1, 1) if sees else (0, 0)), name
    assert "That does not fit the schema" in second and "That" not in first

    model = parser.language_model
    said = {}
    for words in (INSTRUCTION, HOSTILE):
        messages = brief().conversation(words, shots=2)
        said[words] = read_back(clip, model._tokens(messages))
        wanted = model._chat.prompt(messages) + module.OPENING
        wanted = wanted.replace("embedding:", "embedding :")
        got = said[words].removeprefix("<bos>").lstrip()
        assert flat(got) == flat(wanted), f"{name}\n{got[-400:]!r}\n{wanted[-400:]!r}"
    print(name, "sees" if sees else "reads", len(next(iter(asked[0].values()))[0]), "tokens")


def flat(text: str) -> str:
    """Without blanks, which some tokenizers put around marks when they read back."""
    return "".join(text.split())


def brief() -> Any:
    return importlib.import_module("pack.prompt_edit.intent.models.brief")


def module_host() -> Any:
    return importlib.import_module("pack.nodes.host")


def writes_a_plan(module: Any) -> None:
    """The host's own loop with words put into its mouth: it ends where the plan does."""
    clip = qwen3()
    parser = module.LlmFromClip.execute(clip)[0]
    words = ' [{"operation": "remove", "target": "dog"}]} and so on, and on, and on'
    row = next(iter(clip.tokenize(words, llama_template="{}", min_length=1).values()))[0]
    said = iter([token for token, _ in row])
    writer = clip.cond_stage_model.qwen3_4b.transformer

    def logits(x: torch.Tensor) -> torch.Tensor:
        chosen = torch.zeros(1, 1, writer.model.vocab_size)
        chosen[..., next(said)] = 1
        return chosen

    writer.logits = logits
    plan = parser("get rid of the dog", None, module_host().stop_if_cancelled)
    assert (plan.parser, plan.warnings) == ("CLIP:qwen3_4b", ()), plan
    assert [(each.operation, each.target) for each in plan.edits] == [("remove", "dog")]
    left = clip.decode(list(said))
    assert "so on" in left and hooks(clip) == 0, left


def cancels(module: Any) -> None:
    clip = qwen3()
    model = module.LlmFromClip.execute(clip)[0].language_model
    calls = 0

    def check() -> None:
        nonlocal calls
        calls += 1
        if calls == 6:  # amid the second token: three layers each, and once before
            memory.interrupt_current_processing(True)
        module_host().stop_if_cancelled()

    try:
        model.complete(brief().conversation(INSTRUCTION, shots=1), check)
    except memory.InterruptProcessingException:
        assert calls == 6 and hooks(clip) == 0
    else:
        raise AssertionError("Cancel was not heard")
    assert model.complete(brief().conversation(INSTRUCTION, shots=1)).startswith(module.OPENING)


def gemma_270m(path: str) -> Any:
    """Gemma 3 270M as the host would hold it, if it knew this size: its classes, its loop.

    Its tokenizer is read as the host's Gemma 4 reads one: the file has no SentencePiece model.
    """
    from dataclasses import dataclass

    import comfy.text_encoders.gemma4 as gemma4
    import comfy.text_encoders.llama as llama
    import comfy.text_encoders.lumina2 as lumina2

    @dataclass
    class Config(llama.Gemma3_4B_Config):
        vocab_size: int = 262144
        hidden_size: int = 640
        intermediate_size: int = 2048
        num_hidden_layers: int = 18
        num_attention_heads: int = 4
        num_key_value_heads: int = 1
        sliding_attention: ClassVar[list[Any]] = [512, 512, 512, 512, 512, False]
        rope_scale: ClassVar[None] = None

    class Network(llama.Gemma3_4B):
        def __init__(self, given: Any, dtype: Any, device: Any, operations: Any) -> None:
            torch.nn.Module.__init__(self)
            config = Config(**given)
            self.num_layers, self.dtype = config.num_hidden_layers, dtype
            self.model = llama.Llama2_(config, device=device, dtype=dtype, ops=operations)

    class Model(sd1_clip.SDClipModel):
        def __init__(self, **given: Any) -> None:
            super().__init__(textmodel_json_config={}, special_tokens={"start": 2, "pad": 0},
                             layer_norm_hidden_state=False, model_class=Network,
                             **given)  # fmt: skip

    class Encoder(sd1_clip.SD1ClipModel):
        def __init__(self, **given: Any) -> None:
            super().__init__(name="gemma3_270m", clip_model=Model, **given)

    class Words(lumina2.Gemma3_Tokenizer, sd1_clip.SDTokenizer):
        def __init__(self, embedding_directory: Any = None, tokenizer_data: Any = None) -> None:
            super().__init__(
                tokenizer_data["tokenizer_json"], pad_with_end=False, embedding_size=640,
                embedding_key="gemma3_270m", tokenizer_class=gemma4._Gemma4Tokenizer,
                has_start_token=False, start_token=2, has_end_token=False,
                pad_to_max_length=False, max_length=99999999, min_length=1,
                disable_weights=True, tokenizer_data=tokenizer_data,
            )  # fmt: skip

    class Tokenizer(sd1_clip.SD1Tokenizer):
        def __init__(self, **given: Any) -> None:
            super().__init__(name="gemma3_270m", tokenizer=Words, **given)

    weights, words = read_gguf(path)
    target = SimpleNamespace(params={}, clip=Encoder, tokenizer=Tokenizer)
    clip = comfy.sd.CLIP(target, tokenizer_data={"tokenizer_json": words},
                         model_options={"dtype": torch.float32})  # fmt: skip
    missing, more = clip.load_sd(weights)
    assert [*missing, *more] in ([], ["logit_scale"]), (missing, more)
    return clip


def read_gguf(path: str) -> tuple[dict[str, torch.Tensor], bytes]:
    """The weights of a language model in a GGUF file, and its tokenizer as JSON."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder, name = Path(path).parent, Path(path).name
    words = AutoTokenizer.from_pretrained(folder, gguf_file=name)
    net = AutoModelForCausalLM.from_pretrained(folder, gguf_file=name, dtype=torch.float32)
    weights = {key: value for key, value in net.state_dict().items() if "lm_head" not in key}
    return weights, words.backend_tokenizer.to_str().encode()


def reads(module: Any, path: str) -> None:
    if importlib.util.find_spec("gguf") is None:
        print("skipped: the host's Python has no gguf, which reads the file")
        return
    parser = module.LlmFromClip.execute(gemma_270m(path))[0]
    for words, *wanted in READ:
        plan = parser(words, None, module_host().stop_if_cancelled)
        (edit,) = plan.edits
        print(words, plan.parser, edit.operation, edit.target, edit.result, flush=True)
        assert (plan.parser, plan.warnings) == ("CLIP:gemma3_270m", ())
        assert [edit.operation, edit.target, edit.result] == wanted


READ = (
    ("make the car yellow", "recolor", "car", "yellow car"),
    ("change the blue shirt to a black coat", "replace", "blue shirt", "black coat"),
    ("자동차를 지워줘", "remove", "car", ""),
)
"""What a base model of 270M parameters reads right. It is no measure of how well: the background
that becomes a beach, say, is a beach that is replaced."""


def main() -> None:
    module = load_pack("nodes.from_clip")
    node = module.LlmFromClip
    if not hasattr(comfy.sd.CLIP, "generate"):
        assert refusal(node, sd1()).startswith("Update ComfyUI to 0.15 or later: ")
        print("skipped: no text encoder of this host writes", "all held", sep="\n")
        return
    if GGUF:
        reads(module, *GGUF)
        print("all held")
        return
    connect = "Connect a text encoder that writes, such as Qwen3 4B"
    assert refusal(node, None).startswith(connect)
    for make, name in ((sd1, "SD1ClipModel"), (qwen25, "QwenImageTEModel"),
                       (ideogram, "Ideogram4TEModel")):  # fmt: skip
        message = refusal(node, make())
        assert message.startswith(connect) and name in message, message
    module.MOST_TOKENS = 5  # of gibberish, that is enough
    for make, sees in ((qwen3, False), (klein, False), (qwen3_06b, False), (qwen3vl, True),
                       (gemma3, True), (gemma4, True)):  # fmt: skip
        babbles(module, make, sees)
    module.MOST_TOKENS = 512
    writes_a_plan(module)
    module.MOST_TOKENS = 5
    cancels(module)
    print("all held")


with torch.inference_mode():
    main()
