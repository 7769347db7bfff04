// What the host itself leaves in English: the values of lists, and the first text of a field.
// The words are in locales/<language>/nodeDefs.json, as `options` and `default` of an input. What
// is saved and sent stays the English value; a host that knows no such labels shows that value.
import { api } from "../../../scripts/api.js";
import { app } from "../../../scripts/app.js";

let words = {}; // by node, in the page's language

app.registerExtension({
  name: "prompt-edit.words",
  async init() {
    const all = (await api.getCustomNodesI18n?.()) ?? {};
    words = all[app.ui.settings.getSettingValue("Comfy.Locale")]?.nodeDefs ?? {};
  },
  beforeRegisterNodeDef(nodeType, nodeData) {
    if (!nodeData.name.startsWith("PromptEdit")) return;
    for (const inputs of [nodeData.input?.required, nodeData.input?.optional])
      for (const [name, [, settings]] of Object.entries(inputs ?? {})) {
        const text = words[nodeData.name]?.inputs?.[name]?.default;
        if (text && settings) settings.default = text;
      }
  },
  nodeCreated(node) {
    if (!node.comfyClass?.startsWith("PromptEdit")) return;
    for (const widget of node.widgets ?? []) {
      const labels = words[node.comfyClass]?.inputs?.[widget.name]?.options;
      if (labels) widget.options.getOptionLabel = (value) => labels[value] ?? value ?? "";
    }
  },
});
