// Shows inside a node what its Python side said of the run: the plan, or why nothing was found.
import { app } from "../../../scripts/app.js";
import { ComfyWidgets } from "../../../scripts/widgets.js";

const NAME = "said";

function show(node, lines) {
  const text = (lines ?? []).join("\n");
  let widget = node.widgets?.find((each) => each.name === NAME);
  if (!widget && !text) return;
  if (!widget) {
    widget = ComfyWidgets.STRING(node, NAME, ["STRING", { multiline: true }], app).widget;
    widget.serialize = false; // it is no input: neither the workflow nor the prompt holds it
    widget.options.serialize = false;
    widget.inputEl.readOnly = true;
    widget.inputEl.style.opacity = 0.7;
    node.removeInput?.(node.inputs?.findIndex((each) => each.widget?.name === NAME));
    const [width, height] = node.computeSize();
    node.setSize([Math.max(node.size[0], width), Math.max(node.size[1], height)]);
  }
  widget.value = text;
}

app.registerExtension({
  name: "prompt-edit.said",
  beforeRegisterNodeDef(nodeType, nodeData) {
    if (!nodeData.name.startsWith("PromptEdit")) return;
    const before = nodeType.prototype.onExecuted;
    nodeType.prototype.onExecuted = function (output) {
      before?.apply(this, arguments);
      // The inner nodes of Prompt Edit speak here too: their silence must not wipe out the plan.
      if (output?.text?.length || (output?.text && nodeData.name !== "PromptEdit")) {
        show(this, output.text);
      }
    };
  },
});
