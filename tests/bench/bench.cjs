// SPDX-License-Identifier: Apache-2.0
// Copyright (c) The Saccade authors
//
// Times models with saccade-cli and with its peers in turn, and prints one
// table of medians and their ratios: below 1 we are faster, or smaller.
//
//   bench.cjs PROGRAM MODELS EXPORTS [--rounds N] [--seconds S] [PART...] [NAME...]
//
// PART: one of those below, or accuracy; all but that, when none is given.
// NAME: of a model; all, when none is given.
"use strict";
const { execFileSync } = require("child_process");
const fs = require("fs");
const path = require("path");
const { accuracy } = require("./accuracy.cjs");
const { bar } = require("./bars.cjs");
const machine = require("./machine.cjs");
const { median, saccade, torch, findPeers, OnnxRuntime, onnxRuntimeFirst } = require("./peers.cjs");

const FULL = ["resnet18", "resnet50", "vgg16", "efficientnet_b0", "mobilenet_v2", "vit_b_16", "swin_t", "convnext_tiny"];
const ATTENTIVE = ["vit_b_16"];
const PARTS = { forward: benchForward, tiles: benchTiles, gradcam: benchGradCam, gradient: benchGradient, relevance: benchRelevance, load: benchLoad };
const MOST_RUNS = 30;

const [program, shipped, exported, ...rest] = process.argv.slice(2);
const options = { rounds: 3, seconds: 1.5, parts: [], names: [] };
let peers = {};
let missed = 0;

for (let i = 0; i < rest.length; i++) {
  if (rest[i] === "--rounds" || rest[i] === "--seconds") options[rest[i].slice(2)] = Number(rest[++i]);
  else if (rest[i] in PARTS || rest[i] === "accuracy") options.parts.push(rest[i]);
  else options.names.push(rest[i]);
}

const chosen = (names) => names.filter((name) => options.names.length === 0 || options.names.includes(name));
const file = (name) => path.join(exported, name + ".onnx");
const digits = (x) => x.toFixed(x < 10 ? 2 : x < 100 ? 1 : 0);
const line = (cells) => console.log("| " + cells.join(" | ") + " |");

// One row: what was measured, ours, theirs.  theirs undefined: the peer is not
// here, or cannot do it.
function row(part, name, { batch, threads }, ours, peer, theirs, unit = "ms") {
  const ratio = theirs === undefined ? undefined : ours / theirs;
  const most = bar(part, name, peer, batch);
  const missedThis = ratio !== undefined && most !== undefined && ratio > most;
  missed += missedThis;
  line([part, name, batch, threads, `${digits(ours)} ${unit}`, peer,
    theirs === undefined ? "-" : `${digits(theirs)} ${unit}`,
    ratio === undefined ? "-" : ratio.toFixed(2),
    most === undefined ? "" : `${most}${missedThis ? " missed" : ""}`]);
}

function complain(what, error) {
  console.error(`bench: ${what}: ${error.message.split("\n")[0]}`);
}

// So many runs that a round takes the seconds wanted, but at least two.
function countRuns(milliseconds) {
  return Math.max(2, Math.min(MOST_RUNS, Math.round((1000 * options.seconds) / milliseconds)));
}

// Every program once a round, so that what the machine does meanwhile hits all
// of them; the medians of the rounds.  A peer that fails is told, and undefined.
async function inTurn(first, others) {
  const repeat = countRuns(first(1));
  const times = [[], ...others.map(() => [])];
  for (let round = 0; round < options.rounds; round++) {
    times[0].push(first(repeat));
    for (let i = 0; i < others.length; i++) {
      if (times[i + 1] === undefined) continue;
      try {
        times[i + 1].push(await others[i](repeat));
      } catch (error) {
        complain("a peer fails", error);
        times[i + 1] = undefined;
      }
    }
  }
  return times.map((list) => (list === undefined ? undefined : median(list)));
}

// ours: extra options of `saccade-cli bench`.
const ours = (model, settings, extra = []) => (repeat) => saccade(program, model, { ...settings, repeat, extra }).median_ms;

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
  const [a, b] = await inTurn(ours(model, settings), peer ? [(repeat) => peer.time(repeat)] : []);
  if (peer) await peer.close();
  row(part, name, settings, a, "ONNX Runtime", b);
}

async function benchForward(names) {
  for (const name of names)
    for (const [threads, batch] of [[1, 1], [2, 1], [1, 8], [2, 8]])
      await againstOnnxRuntime("forward", name, file(name), file(name), {}, { threads, batch });
}

async function benchTiles() {
  const ids = chosen(fs.readdirSync(shipped).filter((id) => fs.existsSync(path.join(shipped, id, "model.json"))).sort());
  for (const id of ids) {
    const input = JSON.parse(fs.readFileSync(path.join(shipped, id, "model.json"))).inputs[0];
    const model = path.join(shipped, id);
    for (const [threads, batch] of [[1, 1], [2, 1], [2, 32]])
      await againstOnnxRuntime("tiles", id, model, path.join(model, "model.onnx"), { input: input.name, size: input.size[0] }, { threads, batch });
  }
}

// Beside our own forward pass of the same rounds, and PyTorch where it can.
async function besideForward(part, name, threads, extra, kind) {
  const settings = { threads, batch: 1 };
  const others = [ours(file(name), settings)];
  if (kind !== undefined && peers.torch !== undefined)
    others.push((repeat) => torch(name, kind, { ...settings, repeat }));
  const [a, forward, theirs] = await inTurn(ours(file(name), settings, extra), others);
  row(part, name, settings, a, "own forward", forward);
  if (kind !== undefined) row(part, name, settings, a, "PyTorch", theirs);
}

async function benchGradCam(names) {
  for (const name of names) for (const threads of [1, 2]) await besideForward("gradcam", name, threads, ["--gradcam"], "gradcam");
}

async function benchGradient(names) {
  for (const name of names) for (const threads of [1, 2]) await besideForward("gradient", name, threads, ["--gradient"], "gradient");
}

async function benchRelevance(names) {
  for (const name of names.filter((n) => ATTENTIVE.includes(n)))
    for (const threads of [1, 2]) await besideForward("relevance", name, threads, ["--method", "relevance"]);
}

// Each time in a process of its own, the file in the system's memory: from
// opening it to the end of the first run.
async function benchLoad(names) {
  const settings = { threads: 2, batch: 1 };
  for (const name of names) {
    const mine = [], theirs = [];
    for (let round = 0; round < options.rounds; round++) {
      mine.push(saccade(program, file(name), { ...settings, repeat: 1 }));
      if (peers.onnxruntime !== undefined) theirs.push(onnxRuntimeFirst(file(name), settings));
    }
    const of = (list, get) => (list.length > 0 ? median(list.map(get)) : undefined);
    const peak = of(mine, (r) => r.peak_mib);
    row("load", name, settings, of(mine, (r) => r.first_ms), "ONNX Runtime", of(theirs, (r) => r.first_ms));
    row("memory", name, settings, peak, "ONNX Runtime", of(theirs, (r) => r.peak_mib - r.node_mib), "MiB");
    row("memory", name, settings, peak, "ONNX Runtime and Node", of(theirs, (r) => r.peak_mib), "MiB");
  }
}

// Those of the full-size models that are here or can be made.
function exportModels(names) {
  const missing = names.filter((name) => !fs.existsSync(file(name)));
  if (missing.length > 0 && peers.torch !== undefined)
    execFileSync("/usr/bin/python3", [path.join(__dirname, "export.py"), exported, ...missing], { stdio: ["ignore", "ignore", "inherit"] });
  const there = names.filter((name) => fs.existsSync(file(name)));
  if (there.length < names.length) console.log(`Without PyTorch there is no way to make: ${names.filter((n) => !there.includes(n)).join(", ")}.`);
  return there;
}

function introduce() {
  const own = saccade(program, path.join(shipped, "derm-resnet18"), { threads: 1, batch: 1, repeat: 1 });
  console.log(`${machine.describe()}.`);
  console.log(`Saccade ${machine.output(program, "--version").split(" ").pop()} with ${own.kernels} kernels, OpenBLAS for ${own.blas}; ` +
    `ONNX Runtime ${peers.onnxruntime ?? "is not here"}; PyTorch ${peers.torch ?? "is not here"}; Node ${process.version}.`);
  console.log(`Medians of ${options.rounds} rounds, every program once a round for some ${options.seconds} s; float32; random weights of fixed seeds.`);
  console.log(`Memory is the process's peak, for ONNX Runtime less what Node had before. Load: 2 threads, file in memory, first result.`);
  if (machine.load() > 0.7) console.log(`Other programs are running (load ${machine.load().toFixed(1)}): the figures are theirs as well.`);
}

async function main() {
  const start = Date.now();
  const parts = options.parts.length > 0 ? options.parts : Object.keys(PARTS);
  peers = findPeers();
  fs.mkdirSync(exported, { recursive: true });
  introduce();
  const names = parts.some((part) => part in PARTS && part !== "tiles") ? exportModels(chosen(FULL)) : chosen(FULL);
  if (parts.some((part) => part in PARTS)) {
    console.log("");
    line(["", "model", "batch", "threads", "Saccade", "beside", "takes", "ratio", "at most"]);
    console.log("|" + "---|".repeat(9));
  }
  for (const part of parts.filter((p) => p in PARTS)) await PARTS[part](names);
  if (parts.includes("accuracy")) accuracy(program, exported, names, peers);
  console.log(`\nTook ${((Date.now() - start) / 60000).toFixed(1)} minutes${missed > 0 ? `; ${missed} above what is promised` : ""}.`);
}

main().catch((error) => {
  console.error(`bench: ${error.message}`);
  process.exit(1);
});
