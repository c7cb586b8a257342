// SPDX-License-Identifier: Apache-2.0
// Copyright (c) The Saccade authors
//
// Times models with saccade-cli and with its peers in turn, and prints medians
// and their ratios: below 1 we are faster.
//
//   bench.cjs PROGRAM MODELS EXPORTS [--rounds N] [--repeat N] [PART...] [NAME...]
//
// PART: shipped, forward, gradcam, gradient, load (all, when none is given).
// NAME: of a model (all, when none is given).
"use strict";
const { execFileSync } = require("child_process");
const fs = require("fs");
const os = require("os");
const path = require("path");
const { median, saccade, torch, OnnxRuntime } = require("./peers.cjs");

const FULL = ["resnet18", "resnet50", "vgg16", "efficientnet_b0", "mobilenet_v2", "vit_b_16", "swin_t", "convnext_tiny"];
const PARTS = ["shipped", "forward", "gradcam", "gradient", "load"];
const [program, shipped, exports_, ...rest] = process.argv.slice(2);
const options = { rounds: 3, repeat: 11, names: [], parts: [] };

for (let i = 0; i < rest.length; i++) {
  if (rest[i] === "--rounds" || rest[i] === "--repeat") options[rest[i].slice(2)] = Number(rest[++i]);
  else if (PARTS.includes(rest[i])) options.parts.push(rest[i]);
  else options.names.push(rest[i]);
}

const wants = (part) => options.parts.length === 0 || options.parts.includes(part);
const chosen = (names) => names.filter((n) => options.names.length === 0 || options.names.includes(n));
const file = (name) => path.join(exports_, name + ".onnx");
const row = (...cells) => console.log("| " + cells.join(" | ") + " |");
const ms = (x) => x.toFixed(x < 10 ? 2 : 1);

function head(title, ...cells) {
  console.log(`\n${title}\n`);
  row(...cells);
  console.log("|" + "---|".repeat(cells.length));
}

function exported(names) {
  const missing = names.filter((n) => !fs.existsSync(file(n)));
  if (missing.length > 0)
    execFileSync("/usr/bin/python3", [path.join(__dirname, "export.py"), exports_, ...missing], { stdio: ["ignore", "ignore", "inherit"] });
  return names;
}

// The two in turn, round after round.
async function inTurn(model, peer, settings) {
  const ours = [], theirs = [];
  await peer.open();
  for (let i = 0; i < options.rounds; i++) {
    ours.push(saccade(program, model, settings).median_ms);
    theirs.push(await peer.time(settings.repeat));
  }
  await peer.close();
  return [median(ours), median(theirs)];
}

async function forwardRow(name, model, input, size, threads, batch) {
  const settings = { threads, batch, repeat: options.repeat };
  const peer = new OnnxRuntime(fs.existsSync(path.join(model, "model.onnx")) ? path.join(model, "model.onnx") : model, { input, size, threads, batch });
  const [ours, theirs] = await inTurn(model, peer, settings);
  row(name, threads, batch, ms(ours), ms(theirs), (ours / theirs).toFixed(2));
}

async function benchShipped() {
  const folders = chosen(fs.readdirSync(shipped).filter((f) => fs.existsSync(path.join(shipped, f, "model.json"))).sort());
  if (folders.length === 0) return;
  head("Shipped models, forward", "model", "threads", "batch", "Saccade ms", "ONNX Runtime ms", "ratio");
  for (const id of folders) {
    const input = JSON.parse(fs.readFileSync(path.join(shipped, id, "model.json"))).inputs[0];
    for (const [threads, batch] of [[1, 1], [2, 1], [2, 32]])
      await forwardRow(id, path.join(shipped, id), input.name, input.size[0], threads, batch);
  }
}

async function benchForward(names) {
  head("Full size, forward, 224 x 224", "model", "threads", "batch", "Saccade ms", "ONNX Runtime ms", "ratio");
  for (const name of names)
    for (const [threads, batch] of [[1, 1], [2, 1], [1, 8], [2, 8]])
      await forwardRow(name, file(name), "input", 224, threads, batch);
}

async function benchGradient(names, kind) {
  head(`Full size, ${kind === "gradcam" ? "Grad-CAM" : "gradient to the image"}, batch 1`, "model", "threads", "Saccade ms", "own forward ms", "of forward", "PyTorch ms", "ratio");
  for (const name of names)
    for (const threads of [1, 2]) {
      const settings = { threads, batch: 1, repeat: options.repeat };
      const with_ = [], without = [], theirs = [];
      for (let i = 0; i < options.rounds; i++) {
        with_.push(saccade(program, file(name), { ...settings, extra: ["--" + kind] }).median_ms);
        without.push(saccade(program, file(name), settings).median_ms);
        theirs.push(torch(name, kind, settings));
      }
      const [a, b, c] = [with_, without, theirs].map(median);
      row(name, threads, ms(a), ms(b), (a / b).toFixed(2), ms(c), (a / c).toFixed(2));
    }
}

async function benchLoad(names) {
  head("From the file to the first result, 2 threads, batch 1; peak memory of the process", "model", "Saccade ms", "ONNX Runtime ms", "ratio", "Saccade MiB", "ONNX Runtime MiB", "ratio");
  const settings = { threads: 2, batch: 1 };
  for (const name of names) {
    const ours = [], theirs = [];
    for (let i = 0; i < options.rounds; i++) {
      ours.push(saccade(program, file(name), { ...settings, repeat: 1 }));
      theirs.push(JSON.parse(execFileSync(process.execPath, [path.join(__dirname, "peers.cjs"), file(name), JSON.stringify(settings)])));
    }
    const of = (list, key) => median(list.map((r) => r[key]));
    const [a, b, c, d] = [of(ours, "first_ms"), of(theirs, "first_ms"), of(ours, "peak_mib"), of(theirs, "added_mib")];
    row(name, ms(a), ms(b), (a / b).toFixed(2), c.toFixed(0), d.toFixed(0), (c / d).toFixed(2));
  }
}

async function main() {
  const version = require("onnxruntime-node/package.json").version;
  fs.mkdirSync(exports_, { recursive: true });
  console.log(`${os.cpus()[0].model}, ${os.cpus().length} processors; ONNX Runtime ${version}.`);
  console.log(`Medians of ${options.rounds} interleaved rounds of ${options.repeat} runs; float32; random weights, fixed seeds.`);
  if (wants("shipped")) await benchShipped();
  const names = chosen(FULL);
  if (names.length === 0) return;
  exported(names);
  if (wants("forward")) await benchForward(names);
  for (const kind of ["gradcam", "gradient"]) if (wants(kind)) await benchGradient(names, kind);
  if (wants("load")) await benchLoad(names);
}

main().catch((error) => {
  console.error(`bench: ${error.message}`);
  process.exit(1);
});
