// SPDX-License-Identifier: Apache-2.0
// Copyright (c) The Saccade authors
//
// Times models with saccade-cli and with its peers in turn, and prints one
// table of medians and their ratios: below 1 we are faster, or smaller.
//
//   bench.cjs PROGRAM MODELS EXPORTS [OPTION...] [PART...] [NAME...]
//
// PART: one of those below; all, when none is given.
// NAME: of a model; all, when none is given.
// --minutes N: what has not begun by then is left out, and told.
// --rounds N, --seconds S: how often each program has its turn, at most, and how
// long all of its turns are together, at least.
// --batch N, --threads N: only these.
// --markdown FILE: writes the same as short tables, with the machine.
// --results FILE: what was measured, in JSON, together with what earlier calls
// of the same program left in the file; the short tables are of all calls.
"use strict";
const { execFileSync } = require("child_process");
const fs = require("fs");
const path = require("path");
const accuracy = require("./accuracy.cjs");
const bars = require("./bars.cjs");
const machine = require("./machine.cjs");
const { saccade, cancelled, maps, saccadeTurns, torchTurns, findPeers, OnnxRuntime, onnxRuntimeFirst } = require("./peers.cjs");
const table = require("./table.cjs");
const turns = require("./turns.cjs");

const FULL = ["resnet18", "resnet50", "vgg16", "efficientnet_b0", "mobilenet_v2", "vit_b_16", "swin_t", "convnext_tiny"];
const ATTENTIVE = ["vit_b_16"];
const BESIDE_TORCH = ["resnet18", "resnet50", "vgg16"];
const CANCELLED = ["resnet50", "vgg16", "vit_b_16"];
const PARTS = { tiles: benchTiles, forward: benchForward, gradcam: benchGradCam, relevance: benchRelevance, methods: benchMethods, gradient: benchGradient, load: benchLoad, cancel: benchCancel, accuracy: benchAccuracy };
const METHODS = ["grad-cam", "hirescam", "grad-cam++", "layercam", "xgrad-cam", "eigen-cam", "eigengrad-cam", "ablation-cam", "score-cam"];
const STREAMING = ["occlusion", "rise"];
const NUMBERS = ["rounds", "seconds", "batch", "threads", "minutes"];
const FILES = ["markdown", "results"];
// Processes of each program from which loading and memory are taken.
const FRESH_STARTS = 3;
// Bytes at an exported model's end.
const ENDING = 4096;

const [program, shipped, exported, ...rest] = process.argv.slice(2);
const options = { rounds: 12, seconds: 1.2, minutes: 19, parts: [], names: [] };
const start = Date.now();
const rows = [];
let peers = {};
let failed = 0;

for (let i = 0; i < rest.length; i++) {
  const name = rest[i].startsWith("--") ? rest[i].slice(2) : undefined;
  if (NUMBERS.includes(name)) options[name] = Number(rest[++i]);
  else if (FILES.includes(name)) options[name] = rest[++i];
  else if (name !== undefined) throw new Error(`there is no option ${rest[i]}`);
  else if (rest[i] in PARTS) options.parts.push(rest[i]);
  else options.names.push(rest[i]);
}

const chosen = (names) => names.filter((name) => options.names.length === 0 || options.names.includes(name));
const file = (name) => path.join(exported, name + ".onnx");

// Those of [threads, batch] that were asked for.
const wanted = (settings) =>
  settings
    .filter(([threads, batch]) => threads === (options.threads ?? threads) && batch === (options.batch ?? batch))
    .map(([threads, batch]) => ({ threads, batch }));

// compared: what turns.compare gave; the peer is not here, or cannot do it,
// where it has no `theirs`.
function add(part, name, { batch, threads }, compared, peer, unit = "ms") {
  const row = { part, name, batch, threads, peer, unit, calls: 1, ...compared };
  rows.push(row);
  console.log(table.long(row));
}

function addPromise(part, name, settings, milliseconds, most) {
  add(part, name, settings, turns.compare([milliseconds], [most]), "promise");
}

function complain(what, error) {
  console.error(`bench: ${what}: ${String(error.stderr ?? error.message).trim().split("\n")[0]}`);
}

// What fails is told, and the rest is measured all the same.
async function attempt(what, measure) {
  try {
    if (Date.now() - start > 60000 * options.minutes) throw new Error("left out, the time is over (--minutes)");
    await measure();
  } catch (error) {
    failed++;
    complain(what, error);
  }
}

const inTurn = (programs) => turns.inTurn(programs, options, complain);

// extra: options of `saccade-cli bench`.
const ours = (model, settings, extra = []) => saccadeTurns(program, model, { ...settings, extra });

async function openPeer(model, input) {
  if (peers.onnxruntime === undefined) return undefined;
  try {
    return await new OnnxRuntime(model, input).open();
  } catch (error) {
    complain(`ONNX Runtime does not open ${model}`, error);
    return undefined;
  }
}

async function againstOnnxRuntime(part, name, model, onnx, input, settings) {
  const peer = await openPeer(onnx, { ...input, ...settings });
  const [a, b] = await inTurn([ours(model, settings), ...(peer ? [peer] : [])]);
  add(part, name, settings, turns.compare(a, b), "ONNX Runtime");
}

async function benchForward(names) {
  for (const name of names)
    for (const settings of wanted([[1, 1], [2, 1], [1, 8], [2, 8]]))
      await attempt(name, () => againstOnnxRuntime("forward", name, file(name), file(name), {}, settings));
}

async function benchTiles() {
  const ids = chosen(fs.readdirSync(shipped).filter((id) => fs.existsSync(path.join(shipped, id, "model.json"))).sort());
  for (const id of ids) {
    const [input, other] = JSON.parse(fs.readFileSync(path.join(shipped, id, "model.json"))).inputs;
    if (input.role === "bag" || other) continue; // features, not pixels: its encoder is measured; or pairs of images
    const model = path.join(shipped, id);
    for (const settings of wanted([[2, 1], [2, 32]]))
      await attempt(id, () => againstOnnxRuntime("tiles", id, model, path.join(model, "model.onnx"), { input: input.name, size: input.size[0] }, settings));
  }
}

// Beside our own forward pass of the same rounds, and PyTorch, which does what
// `kind` says, for some.
async function besideForwardOf(name, part, settings, extra, kind) {
  const programs = [ours(file(name), settings, extra), ours(file(name), settings)];
  const torch = kind && peers.torch && BESIDE_TORCH.includes(name);
  if (torch) programs.push(torchTurns(name, kind, settings));
  const [a, forward, theirs] = await inTurn(programs);
  add(part, name, settings, turns.compare(a, forward), "own forward");
  if (torch) add(part, name, settings, turns.compare(a, theirs), "PyTorch");
}

async function besideForward(part, names, extra, kind) {
  for (const name of names)
    for (const settings of wanted([[1, 1], [2, 1]]))
      await attempt(name, () => besideForwardOf(name, part, settings, extra, kind));
}

function benchGradCam(names) {
  return besideForward("gradcam", names, ["--gradcam"], "gradcam");
}

function benchGradient(names) {
  return besideForward("gradient", names, ["--gradient"], "gradient");
}

function benchRelevance(names) {
  return besideForward("relevance", names.filter((name) => ATTENTIVE.includes(name)), ["--method", "relevance"]);
}

const beside = (name) => path.join(path.dirname(program), "../../tests/bench", name);

// Grids of maps that the window compares, and a mask of a large one.
function benchMaps(settings) {
  for (const { what, side, median_ms } of maps(beside("bench-maps"), { ...settings, rounds: 25 }))
    addPromise("methods", `${what} ${side} x ${side}`, settings, median_ms, what === "mask" ? bars.MASK_MS : bars.AGREEMENT_MS);
}

// Beside one forward pass of the same rounds, or beside that of every mask.
async function besidePasses(method, model, settings) {
  const [a, forward] = await inTurn([ours(model, settings, ["--method", method]), ours(model, settings)]);
  if (method === "score-cam") add("methods", method, settings, turns.compare(a, forward, 512), "512 own forwards");
  else add("methods", method, settings, turns.compare(a, forward), "own forward");
}

// On ResNet-18 at 224 with two threads.
async function benchMethods() {
  const settings = { threads: 2, batch: 1 }, model = file("resnet18");
  for (const method of METHODS) await attempt(method, () => besidePasses(method, model, settings));
  for (const method of STREAMING)
    await attempt(method, () => {
      const { partial_ms, median_ms } = saccade(program, model, { ...settings, repeat: 1, extra: ["--method", method] });
      addPromise("methods", `${method}, first picture`, settings, partial_ms ?? median_ms, bars.FIRST_PICTURE_MS);
    });
  await attempt("maps", () => benchMaps(settings));
}

function loadAndMemory(name, settings) {
  const mine = [], theirs = [];
  for (let round = 0; round < FRESH_STARTS; round++) {
    mine.push(saccade(program, file(name), { ...settings, repeat: 1 }));
    if (peers.onnxruntime !== undefined) theirs.push(onnxRuntimeFirst(file(name), settings));
  }
  const of = (get) => (theirs.length > 0 ? theirs.map(get) : undefined);
  const peaks = mine.map((r) => r.peak_mib);
  add("load", name, settings, turns.compare(mine.map((r) => r.first_ms), of((r) => r.first_ms)), "ONNX Runtime");
  add("memory", name, settings, turns.compare(peaks, of((r) => r.peak_mib - r.node_mib)), "ONNX Runtime", "MiB");
  add("memory", name, settings, turns.compare(peaks, of((r) => r.peak_mib)), "ONNX Runtime and Node", "MiB");
}

// Each time in a process of its own, the file in the system's memory: from
// opening it to the end of the first run.
async function benchLoad(names) {
  const settings = { threads: 2, batch: 1 };
  for (const name of names) await attempt(name, () => loadAndMemory(name, settings));
}

// Whether the batch of an exported model is open, as export.py leaves it: its
// name stands behind the weights.
function isOpen(name) {
  const end = Buffer.alloc(Math.min(ENDING, fs.statSync(file(name)).size));
  const from = fs.openSync(file(name));
  fs.readSync(from, end, 0, end.length, fs.fstatSync(from).size - end.length);
  fs.closeSync(from);
  return end.includes("batch");
}

// Those of the full-size models that are here or can be made; one with a fixed
// batch is made anew.
function exportModels(names) {
  const missing = names.filter((name) => !fs.existsSync(file(name)) || !isOpen(name));
  if (missing.length > 0 && peers.torch !== undefined) {
    missing.forEach((name) => fs.rmSync(file(name), { force: true }));
    execFileSync("/usr/bin/python3", [path.join(__dirname, "export.py"), exported, ...missing], { stdio: ["ignore", "ignore", "inherit"] });
  }
  const there = names.filter((name) => fs.existsSync(file(name)));
  if (there.length < names.length) console.log(`Without PyTorch there is no way to make: ${names.filter((n) => !there.includes(n)).join(", ")}.`);
  return there;
}

// How long a run goes on after it was cancelled, the longest of some moments
// spread over its length.
async function benchCancel(names) {
  for (const name of names.filter((name) => CANCELLED.includes(name)))
    for (const settings of wanted([[1, 1], [2, 1]]))
      await attempt(name, () => {
        const longest = cancelled(beside("bench-cancel"), file(name), settings);
        add("cancel", name, settings, { longest: true, ...turns.compare([longest], [bars.CANCEL_MS]) }, "promise");
      });
}

// Named, with every kind of kernels; else with the processor's own.
async function benchAccuracy(names) {
  const all = options.parts.includes("accuracy");
  for (const name of names)
    await attempt(name, () => {
      if (peers.torch === undefined) throw new Error("PyTorch is not here");
      for (const { what, got, most } of accuracy.measure(program, exported, name, all))
        add("accuracy", name, { threads: 2, batch: 1 }, turns.compare([got], [most]), what, "");
    });
}

// calls: how many the tables are of.
function introduction(calls) {
  const own = saccade(program, path.join(shipped, "derm-resnet18"), { threads: 1, batch: 1, repeat: 1 });
  return [
    `${machine.describe()}.`,
    `Saccade ${machine.output(program, "--version").split(" ").pop()} with ${own.kernels} kernels, OpenBLAS for ${own.blas}; ` +
      `ONNX Runtime ${peers.onnxruntime ?? "is not here"}; PyTorch ${peers.torch ?? "is not here"}; Node ${process.version}.`,
    `Medians of up to ${options.rounds} turns of some ${Math.round((1000 * options.seconds) / options.rounds)} ms, or one run, that the programs have in turn; a ratio is the median of those of the turns. Float32; random weights of fixed seeds.`,
    ...(calls > 1 ? [`Each cell is of all its turns in up to ${calls} calls.`] : []),
    "Memory is the process's peak, for ONNX Runtime less what Node had before. Load: a new process, the file in the system's memory.",
    "Cancel: the longest that a run went on after it was cancelled at 40 moments of each call. Accuracy: the largest difference from PyTorch in float64, of the largest value.",
  ];
}

async function main() {
  const parts = options.parts.length > 0 ? options.parts : Object.keys(PARTS);
  peers = findPeers();
  fs.mkdirSync(exported, { recursive: true });
  console.log(introduction(1).join("\n"));
  if (machine.load() > 0.7) console.log(`Other programs are running (load ${machine.load().toFixed(1)}): the figures are theirs as well.`);
  const names = parts.some((part) => part !== "tiles") ? exportModels(chosen(FULL)) : [];
  console.log(`\n${table.header(table.COLUMNS)}`);
  for (const part of Object.keys(PARTS).filter((name) => parts.includes(name))) await attempt(part, () => PARTS[part](names));
  const all = table.merge(options.results, rows);
  if (options.markdown !== undefined) fs.writeFileSync(options.markdown, table.markdown(introduction(Math.max(...all.map((row) => row.calls))), all) + "\n");
  const missed = rows.filter(table.missed).length;
  console.log(`\nTook ${((Date.now() - start) / 60000).toFixed(1)} minutes${missed > 0 ? `; ${missed} above what is promised` : ""}${failed > 0 ? `; ${failed} could not be measured` : ""}.`);
  process.exitCode = failed > 0 ? 1 : 0;
}

main().catch((error) => {
  console.error(`bench: ${error.message}`);
  process.exit(1);
});
