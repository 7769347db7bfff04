// Which nodes of the page are ours, and where they are.
import { app } from "../../../scripts/app.js";

// The node of that id in the workflow that is in front: "12", or "12:5" in a subgraph; or with the
// subgraph's own id before it, by which the page keeps what nodes showed.
export function found(id) {
  const root = app.rootGraph ?? app.graph;
  const parts = String(id).split(":");
  const subgraph = root?.subgraphs?.get(parts[0]);
  let [graph, node] = [subgraph ?? root, null];
  for (const part of subgraph ? parts.slice(1) : parts) {
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
