// Brings back what nodes showed, where they have nothing to do and the host does not send it again:
// of a whole Prompt Edit the pictures of the stages inside it, and on older hosts all. It is in the
// host's history.
// While a Prompt Edit runs, each stage replaces what the one before showed; in the end it holds all
// texts and the last picture.
import { api } from "../../../scripts/api.js";
import { app } from "../../../scripts/app.js";
import { found, ours, whole } from "./nodes.js";

const BACK = [8, 64]; // so many runs are read first, and then so many; each holds its workflow
const shown = new WeakMap(); // what each node was sent last
let run = null; // what was heard of the run that goes on

function of(id) {
  if (run?.id !== id) run = { id, cached: [], ended: false, heard: new Map() };
  return run;
}

function same(one, two) {
  return JSON.stringify(one) === JSON.stringify(two);
}

// Whether a node of a prompt and one of another are the same, with all that they depend on.
function equal(prompt, id, other, otherId, known = new Set()) {
  const pair = `${id} ${otherId}`;
  if (known.has(pair)) return true;
  known.add(pair);
  const [inputs, others] = [prompt[id]?.inputs, other[otherId]?.inputs];
  if (!inputs || !others || prompt[id].class_type !== other[otherId].class_type) return false;
  if (Object.keys(inputs).length !== Object.keys(others).length) return false;
  return Object.entries(inputs).every(([name, value]) => {
    const against = others[name];
    const links = Array.isArray(value) && Array.isArray(against);
    if (!links || !(value[0] in prompt) || !(against[0] in other)) return same(value, against);
    return value[1] === against[1] && equal(prompt, value[0], other, against[0], known);
  });
}

// What a node showed in a run of the history, and the stages inside it, each under its own id.
function told({ outputs, meta }, id) {
  const keys = Object.keys(outputs).filter((key) => (meta?.[key]?.display_node ?? key) === id);
  return new Map(keys.map((key) => [key, outputs[key]]));
}

// All of it as one: every line once, its own first, and the pictures of the last stage.
function together(id, outputs) {
  const keys = [...outputs.keys()].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  const all = keys.map((key) => outputs.get(key) ?? {}); // "3" comes before "3.0.0.6"
  const pictures = all.findLast((each) => each.images?.length);
  const text = [...new Set(all.flatMap((each) => each.text ?? []))];
  return { ...outputs.get(id), ...pictures, text };
}

function show(node, id, prompt_id, output) {
  if (found(id) !== node || run?.heard.has(id)) return; // the page has gone on meanwhile
  if (same(shown.get(node), output)) return;
  shown.set(node, output);
  if (!output.images?.length) [node.imgs, node.imageIndex] = [undefined, null]; // of another run
  api.dispatchCustomEvent("executed", { node: id, display_node: id, output, prompt_id, again: true });
  node.setDirtyCanvas?.(true, true);
}

async function history(count) {
  const answer = await api.fetchApi(`/history?max_items=${count}`);
  return new Map(Object.entries(await answer.json()).reverse()); // the newest first
}

// What the newest run showed in which the same Prompt Edit, now kept, was really run.
function earlier(runs, now, id) {
  for (const entry of runs.values()) {
    if (!equal(now.prompt[2], id, entry.prompt[2], id)) continue;
    const outputs = told(entry, id);
    if (outputs.size > 1 && same(now.outputs[id], outputs.get(id))) return outputs;
  }
}

// Less the pictures whose files are gone.
async function there(output) {
  if (!output.images) return output;
  const answers = await Promise.all(
    output.images.map((image) =>
      api.fetchApi(`/view?${new URLSearchParams(image)}`, { method: "HEAD" }),
    ),
  );
  return { ...output, images: output.images.filter((_, number) => answers[number].ok) };
}

function missing(node, id, heard) {
  if (heard) return whole(node) && ![...heard.values()].some((each) => each?.images?.length);
  return !("has_intermediate_output" in (node.constructor.nodeData ?? {})); // or it was sent
}

async function finish({ id: number, cached, ended, heard }) {
  const left = new Map();
  for (const id of new Set([...cached, ...heard.keys()])) {
    const node = found(id);
    if (!ours(node)) continue;
    if (ended && missing(node, id, heard.get(id))) left.set(id, node);
    else if (whole(node) && heard.has(id)) show(node, id, number, together(id, heard.get(id)));
  }
  let now;
  for (const count of left.size ? BACK : []) {
    const runs = await history(count);
    now = runs.get(number);
    for (const [id, node] of now ? left : []) {
      const outputs = whole(node) ? earlier(runs, now, id) : told(now, id);
      if (!outputs) continue;
      left.delete(id);
      if (outputs.size) show(node, id, number, await there(together(id, outputs)));
    }
    if (!left.size || runs.size < count) break;
  }
  for (const [id, node] of left) {
    const outputs = heard.get(id) ?? (now && told(now, id));
    if (outputs?.size) show(node, id, number, together(id, outputs));
  }
}

app.registerExtension({
  name: "prompt-edit.again",
  setup() {
    api.addEventListener("execution_cached", ({ detail }) => {
      of(detail.prompt_id).cached = detail.nodes;
    });
    api.addEventListener("executed", ({ detail }) => {
      const id = String(detail.display_node ?? detail.node);
      const node = found(id);
      if (detail.again || !ours(node)) return;
      const { heard } = of(detail.prompt_id);
      if (!heard.has(id)) heard.set(id, new Map());
      heard.get(id).set(String(detail.node), detail.output);
      shown.set(node, detail.output);
    });
    api.addEventListener("execution_success", ({ detail }) => {
      of(detail.prompt_id).ended = true;
    });
    api.addEventListener("executing", ({ detail }) => {
      if (detail || !run) return; // nothing is executing: the run is in the history now
      const last = run;
      run = null;
      finish(last).catch(() => {}); // a page that cannot ask its host shows what it was sent
    });
  },
});
