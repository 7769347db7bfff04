// Which nodes of the page are ours, and where they are.
import { app } from "../../../scripts/app.js";

// The node of that id in the workflow that is in front: "12", or "12:5" in a subgraph.
export function found(id) {
  let [graph, node] = [app.rootGraph ?? app.graph, null];
  for (const part of String(id).split(":")) {
    node = graph?.getNodeById(/^\d+$/.test(part) ? Number(part) : part);
    graph = node?.subgraph;
  }
  return node;
}

export function ours(node) {
  return Boolean(node?.comfyClass?.startsWith("PromptEdit"));
}

// A whole Prompt Edit: the stages inside it speak in its place.
export function whole(node) {
  return node?.comfyClass === "PromptEdit";
}
