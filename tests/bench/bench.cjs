// SPDX-License-Identifier: Apache-2.0
// Copyright (c) The Saccade authors
//
// Times every shipped model with saccade-cli and with ONNX Runtime in turn, and
// prints medians and their ratio: below 1 we are faster.
"use strict";
const { execFileSync } = require("child_process");
const fs = require("fs");
const os = require("os");
const path = require("path");
const ort = require("onnxruntime-node");

const [program, models, ...rest] = process.argv.slice(2);
const ROUNDS = Number(rest[0] || 3);
const REPEAT = Number(rest[1] || 15);

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function ours(folder, threads, extra) {
  const out = execFileSync(program, ["bench", folder, "--threads", String(threads), "--repeat", String(REPEAT), ...extra]);
  return JSON.parse(out.toString()).median_ms;
}

async function theirs(folder, input, size, threads) {
  const session = await ort.InferenceSession.create(path.join(folder, "model.onnx"), {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
  });
  const data = Float32Array.from({ length: 3 * size * size }, (_, i) => (i % 255) / 127.5 - 1);
  const feed = { [input]: new ort.Tensor("float32", data, [1, 3, size, size]) };
  const times = [];
  for (let i = -1; i < REPEAT; i++) {
    const start = process.hrtime.bigint();
    await session.run(feed);
    if (i >= 0) times.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
  await session.release();
  return median(times);
}

async function measure(id, threads) {
  const folder = path.join(models, id);
  const input = JSON.parse(fs.readFileSync(path.join(folder, "model.json"))).inputs[0];
  const rounds = { ours: [], gradcam: [], theirs: [] };
  for (let i = 0; i < ROUNDS; i++) {
    rounds.ours.push(ours(folder, threads, []));
    rounds.theirs.push(await theirs(folder, input.name, input.size[0], threads));
    rounds.gradcam.push(ours(folder, threads, ["--gradcam"]));
  }
  return { ours: median(rounds.ours), gradcam: median(rounds.gradcam), theirs: median(rounds.theirs) };
}

async function main() {
  const version = require("onnxruntime-node/package.json").version;
  console.log(`${os.cpus()[0].model}, ${os.cpus().length} processors; ONNX Runtime ${version}; medians in ms, batch 1`);
  console.log("| model | threads | Saccade | ONNX Runtime | ratio | with Grad-CAM / forward |");
  console.log("|---|---|---|---|---|---|");
  for (const id of fs.readdirSync(models).filter((f) => fs.existsSync(path.join(models, f, "model.json"))).sort()) {
    for (const threads of [1, 2]) {
      const m = await measure(id, threads);
      console.log(`| ${id} | ${threads} | ${m.ours.toFixed(1)} | ${m.theirs.toFixed(1)} | ` +
        `${(m.ours / m.theirs).toFixed(2)} | ${(m.gradcam / m.ours).toFixed(2)} |`);
    }
  }
}

main();
