// Shows inside a node what its Python side said of the run: the plan, or why nothing was found.
// The host does so for its own text nodes alone.
import { api } from "../../../scripts/api.js";
import { app } from "../../../scripts/app.js";
import { found, ours } from "./nodes.js";

const NAME = "said";
const TALLEST = 160; // longer texts scroll
const said = new WeakMap(); // of each node: the run, and the lines by the node that said them

function added(node) {
  const frame = document.createElement("div");
  const text = frame.appendChild(document.createElement("div"));
  frame.style.cssText = "overflow: auto; font-size: 12px; user-select: text;";
  text.style.cssText = "white-space: pre-wrap; overflow-wrap: anywhere; padding: 2px 6px;";
  const height = () => Math.min(Math.max(text.offsetHeight, 20), TALLEST) + 2 * widget.margin;
  const widget = node.addDOMWidget(NAME, NAME, frame, {
    getMinHeight: height,
    getMaxHeight: height,
    getValue: () => text.textContent,
    setValue: (value) => {
      text.textContent = value;
    },
    margin: 4,
    serialize: false, // it is no input: neither the workflow nor the prompt holds it
  });
  widget.serialize = false;
  return widget;
}

function show(node, text) {
  let widget = node.widgets?.find((each) => each.name === NAME);
  if (!widget && !text) return;
  widget ??= added(node);
  widget.value = text;
  requestAnimationFrame(() => {
    const [width, height] = node.computeSize();
    if (height > node.size[1]) node.setSize([Math.max(node.size[0], width), height]);
    node.setDirtyCanvas?.(true, true);
  });
}

app.registerExtension({
  name: "prompt-edit.said",
  onNodeOutputsUpdated(outputs) {
    // Another workflow came to the front: the host brings pictures back, and not texts.
    for (const [id, output] of Object.entries(outputs ?? {})) {
      const node = output?.text && found(id);
      if (ours(node)) show(node, output.text.join("\n"));
    }
  },
  setup() {
    api.addEventListener("executed", ({ detail }) => {
      const node = found(detail.display_node ?? detail.node);
      if (!ours(node) || !detail.output?.text) return;
      // The inner nodes of Prompt Edit speak in its place too, in any order.
      const last = said.get(node);
      const lines = last?.run === detail.prompt_id ? last.lines : new Map();
      lines.set(detail.node, detail.output.text);
      said.set(node, { run: detail.prompt_id, lines });
      const own = lines.get(detail.display_node) ?? [];
      show(node, [...new Set([...own, ...[...lines.values()].flat()])].join("\n"));
    });
  },
});
