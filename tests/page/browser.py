"""A tab of the host's page: opens workflows, runs them, and says what is on the screen."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Playwright, Request

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
FRONTEND = os.environ.get("COMFYUI_FRONTEND")
"""A folder with an index.html, where not the host's own page is to be taken."""

SETTINGS: dict[str, Any] = {
    "Comfy.TutorialCompleted": True,
    "Comfy.Workflow.ShowMissingModelsWarning": False,
    "Comfy.Release.Status": "changelog seen",
}
VUE = "Comfy.VueNodes.Enabled"
VUE_SINCE = (1, 45)  # Nodes 2.0 was a trial before
WIDE = {"width": 2400, "height": 1500}
_OF_THE_HOST = ("Failed to load resource", "ComfyApp graph accessed before initialization")
"""How errors begin that the page writes without us: files of the user that are not there yet, and
addresses in the internet."""
_AT_ITS_START = ".addSetting ("
"""Where 1.27 stumbles over one of its own settings, the first time that it is started."""
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
          "--disable-background-networking", "--disable-component-update",
          "--disable-sync"]  # fmt: skip

_RUN = """async () => {
  const kinds = ["execution_success", "execution_error", "execution_interrupted"];
  const ended = new Promise((resolve) => {
    for (const kind of kinds)
      app.api.addEventListener(kind, ({ detail }) =>
        resolve({ kind, node: detail.node_type, said: detail.exception_message }), { once: true });
  });
  const over = new Promise((resolve) => {
    const listen = ({ detail }) => {
      if (detail) return;
      app.api.removeEventListener("executing", listen);
      resolve();
    };
    app.api.addEventListener("executing", listen);
  });
  await app.queuePrompt(0, 1);
  const refused = Object.values(app.lastNodeErrors ?? {});
  if (refused.length) return { kind: "refused", refused };
  await over;
  return await ended;
}"""

_BUILD = """async ([nodes, links]) => {
  await app.loadGraphData({ nodes: [], links: [], groups: [], version: 0.4 });
  const made = {};
  for (const [name, [type, values]] of Object.entries(nodes)) {
    const node = (made[name] = LiteGraph.createNode(type));
    app.graph.add(node);
    const place = Object.keys(made).length;
    node.pos = [(place % 4) * 500, Math.floor(place / 4) * 700];
    for (const [key, value] of Object.entries(values))
      node.widgets.find((each) => each.name === key).value = value;
  }
  for (const [source, output, target, input] of links) {
    const slot = made[target].inputs.findIndex((each) => each.name === input);
    if (!made[source].connect(output, made[target], slot)) throw Error(`no link to ${input}`);
  }
}"""

_JOIN = """([source, output, target, name]) => {
  const [from, to] = [source, target].map((type) => {
    const found = app.graph.nodes.find((each) => each.type === type);
    if (found) return found;
    const made = LiteGraph.createNode(type);
    app.graph.add(made);
    return made;
  });
  const slot = to.inputs.findIndex((each) => each.name === name);
  if (!from.connect(output, to, slot)) throw Error(`no link to ${name}`);
}"""

_SETTLED = """() => app.graph.nodes.every((node) => {
  if (!app.nodeOutputs[node.id]?.images?.length) return true;
  const drawn = document.querySelector(`[data-node-id="${node.id}"]`);
  return drawn ? drawn.querySelector("img")?.complete : node.imgs?.length;
})"""

_NODES = """() => app.graph.nodes.map((node) => ({
  id: node.id,
  type: node.type,
  title: node.title,
  links: (node.inputs ?? []).filter((each) => each.link != null).map((each) => each.name),
  sockets: (node.inputs ?? []).map((each) => each.name),
  values: Object.fromEntries((node.widgets ?? []).map((each) => [each.name, each.value])),
  pictures: document.querySelector(`[data-node-id="${node.id}"]`)?.querySelectorAll("img").length
    ?? node.imgs?.length ?? 0,
}))"""

_FIT = """() => {
  const boxes = app.graph.nodes.map((node) => node.boundingRect ?? node.getBounding());
  const [left, top] = [0, 1].map((side) => Math.min(...boxes.map((box) => box[side])));
  const [right, bottom] =
    [0, 1].map((side) => Math.max(...boxes.map((box) => box[side] + box[side + 2])));
  const [width, height] = [window.innerWidth, window.innerHeight];
  const scale = Math.min((width - 260) / (right - left), (height - 200) / (bottom - top), 1);
  app.canvas.ds.scale = scale;
  app.canvas.ds.offset = [120 / scale - left, 120 / scale - top];
  app.canvas.setDirty(true, true);
}"""

_BOXES = """() => {
  const { scale, offset } = app.canvas.ds;
  const origin = app.canvas.canvas.getBoundingClientRect();
  const nodes = app.graph.nodes.map((node) => {
    const element = document.querySelector(`[data-node-id="${node.id}"]`);
    let box = [...(node.boundingRect ?? node.getBounding())];
    if (element) {
      const on = element.getBoundingClientRect();
      box = [(on.x - origin.x) / scale - offset[0], (on.y - origin.y) / scale - offset[1],
             on.width / scale, on.height / scale];
    }
    return { name: `${node.id} ${node.title}`, box };
  });
  const groups = app.graph.groups.map((group) =>
    ({ name: group.title, box: [...group.pos, ...group.size] }));
  return { nodes, groups };
}"""


@dataclass(frozen=True)
class Box:
    """A node with its title, or a group, as it is drawn; in the workflow's own units."""

    name: str
    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height

    def over(self, other: Box) -> float:
        """By how much two overlap, on the side where that is less; below 0 if they do not."""
        across = min(self.right, other.right) - max(self.left, other.left)
        return min(across, min(self.bottom, other.bottom) - max(self.top, other.top))

    def outside(self, other: Box) -> float:
        """How far it reaches out of another."""
        return max(other.left - self.left, other.top - self.top,
                   self.right - other.right, self.bottom - other.bottom)  # fmt: skip


@dataclass(frozen=True)
class Layout:
    """Where everything lies on the page."""

    nodes: tuple[Box, ...]
    groups: tuple[Box, ...]

    def faults(self, slack: float = 1.0) -> list[str]:
        """What lies on what, and what spills out of its group, a sentence each.

        Args:
            slack: by how many units a box may be off, since the browser rounds.
        """
        faults = [
            f"{one.name!r} and {other.name!r} overlap by {one.over(other):.0f}"
            for boxes in (self.nodes, self.groups)
            for one, other in combinations(boxes, 2)
            if one.over(other) > slack
        ]
        faults += [
            f"{node.name!r} spills out of {group.name!r} by {node.outside(group):.0f}"
            for node in self.nodes
            for group in self.groups
            if node.over(group) > slack and node.outside(group) > slack
        ]
        return faults


class Tab:
    """One tab with the host's page.

    Attributes:
        page: Playwright's page.
        errors: what the page wrote to its console as errors, and exceptions that nothing caught.
        asking: what the page asks its host for just now.
    """

    def __init__(self, browser: Browser, address: str) -> None:
        self.page: Page = browser.new_page(viewport=WIDE)  # type: ignore[arg-type]
        self.errors: list[str] = []
        self.page.on("console", self._note)
        self.page.on("pageerror", self._note_exception)
        self.asking: set[Request] = set()
        self.page.on("request", lambda request: self.asking.add(request))
        self.page.on("requestfinished", lambda request: self.asking.discard(request))
        self.page.on("requestfailed", lambda request: self.asking.discard(request))
        self.page.goto(address)
        self._ready()

    def _note(self, message: Any) -> None:
        where = message.location.get("url", "")
        ours = "prompt-edit" in where or "prompt_edit" in where
        if message.type == "error" and (ours or not message.text.startswith(_OF_THE_HOST)):
            self.errors.append(f"{message.text} ({where})")

    def _note_exception(self, error: Any) -> None:
        if _AT_ITS_START not in (error.stack or ""):
            self.errors.append(f"{error}\n{error.stack}")

    @property
    def version(self) -> tuple[int, ...]:
        """Of the page, such as (1, 45, 19)."""
        text = self.page.evaluate("window.__COMFYUI_FRONTEND_VERSION__")
        return tuple(int(part) for part in text.split("."))

    def _ready(self) -> None:
        self.page.wait_for_function(
            "window.app?.graph && window.app.extensionManager && LiteGraph.registered_node_types"
            ".PromptEdit && !document.querySelector('#splash-loader')",
            timeout=120_000,
        )
        self.frames()

    def away_and_back(self, nodes: dict[str, tuple[str, dict[str, Any]]]) -> None:
        """Builds another workflow, in a tab of its own, and brings the one before to the front."""
        self.build(nodes, [])
        self.page.evaluate(
            "() => app.extensionManager.command.execute('Workspace.PreviousOpenedWorkflow')"
        )
        self.page.wait_for_function("(count) => app.graph.nodes.length > count", arg=len(nodes))
        self.frames()

    def frames(self, count: int = 10) -> None:
        """Waits until the page was drawn so many times more."""
        self.page.evaluate(
            "async (count) => { for (let n = 0; n < count; n++)"
            " await new Promise((done) => requestAnimationFrame(done)); }", count
        )  # fmt: skip

    def quiet(self) -> None:
        """Waits until the page asks its host for nothing more; one answer may bring a question."""
        still = 0
        while still < 4:
            self.frames()
            still = 0 if self.asking else still + 1

    def vue(self, on: bool) -> None:
        """Nodes 2.0, or the classic canvas."""
        self.page.evaluate(
            "async ([name, on]) => await app.ui.settings.setSettingValueAsync(name, on)", [VUE, on]
        )
        self.frames()

    def open(self, workflow: Path | dict[str, Any]) -> None:
        """Opens a workflow, as dropping its file on the page does."""
        graph = json.loads(workflow.read_text()) if isinstance(workflow, Path) else workflow
        self.page.evaluate("async (graph) => { await app.loadGraphData(graph); }", graph)
        self.frames()

    def build(
        self,
        nodes: dict[str, tuple[str, dict[str, Any]]],
        links: list[tuple[str, int, str, str]],
    ) -> None:
        """A new workflow.

        Args:
            nodes: of each, by any name, its type and the values of its widgets.
            links: node, number of its output, node, name of its input.
        """
        self.page.evaluate(_BUILD, [nodes, links])
        self.frames()

    def join(self, source: str, output: int, target: str, name: str) -> None:
        """Links two nodes by their types; one that is not there yet is made."""
        self.page.evaluate(_JOIN, [source, output, target, name])
        self.frames()

    def settled(self) -> None:
        """Waits until nodes hold the pictures that they were sent; they load what is in view."""
        self.fit()
        self.page.wait_for_function(_SETTLED)
        self.frames()

    def search(self, words: str) -> list[str]:
        """The search that a double click on the empty canvas opens: what it lists, best first."""
        self.page.mouse.dblclick(WIDE["width"] // 2, WIDE["height"] * 3 // 4)
        field = self.page.get_by_role("combobox").last
        field.fill(words)
        self.page.get_by_test_id("result-item").first.wait_for()
        self.page.wait_for_timeout(300)  # the search waits itself until typing pauses
        listed = self.page.get_by_test_id("result-item").all_inner_texts()
        self.page.keyboard.press("Escape")
        return listed

    def prompt(self) -> dict[str, Any]:
        """What Run would send: of each node `class_type` and `inputs`."""
        return self.page.evaluate("async () => (await app.graphToPrompt()).output")

    def run(self) -> dict[str, Any]:
        """Presses Run and waits for the end.

        Returns:
            `kind`: `execution_success`, `execution_error`, `execution_interrupted` or `refused`;
            `node` and `said` of an error.
        """
        ended = self.page.evaluate(_RUN)
        self.quiet()
        return ended

    def reload(self) -> None:
        """The browser's reload; the page brings the workflow back by itself."""
        self.page.reload()
        self._ready()

    def nodes(self) -> list[dict[str, Any]]:
        """Of each node: id, type, title, linked inputs, sockets, widget values, pictures in it."""
        return self.page.evaluate(_NODES)

    def node(self, kind: str) -> dict[str, Any]:
        """The only node of that type."""
        (found,) = [each for each in self.nodes() if each["type"] == kind]
        return found

    def saved(self) -> dict[str, Any]:
        """The workflow as the page would save it."""
        return self.page.evaluate("() => app.graph.serialize()")

    def fit(self) -> None:
        """Moves the view so that all nodes are in it."""
        self.page.evaluate(_FIT)
        self.frames(20)

    def layout(self) -> Layout:
        """Where nodes and groups are drawn, in whichever renderer is on."""
        self.fit()
        boxes = self.page.evaluate(_BOXES)
        nodes, groups = (tuple(Box(each["name"], *each["box"]) for each in boxes[kind])
                         for kind in ("nodes", "groups"))  # fmt: skip
        return Layout(nodes, groups)

    def picture(self, file: Path) -> None:
        """What is on the screen, as a file."""
        self.page.screenshot(path=file)


def launch(driver: Playwright) -> Browser:
    """Chromium without a window."""
    return driver.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
