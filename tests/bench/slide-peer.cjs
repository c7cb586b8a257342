// SPDX-License-Identifier: Apache-2.0
// Copyright (c) The Saccade authors
//
// Runs batches of tiles from standard input with ONNX Runtime, and tells how
// many there were, when the first was done, and how long it took.
//
//   slide-peer.cjs MODEL.onnx INPUT SIDE BATCH THREADS
"use strict";
const ort = require("onnxruntime-node");

const [model, input, side, batch, threads] = process.argv.slice(2);
const tile = 3 * side * side;

async function main() {
  const session = await ort.InferenceSession.create(model, { intraOpNumThreads: Number(threads), executionProviders: ["cpu"] });
  const bytes = 4 * tile * batch;
  let parts = [];
  let held = 0;
  let tiles = 0;
  const run = async (data) => {
    const copy = new Float32Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.length));
    const count = copy.length / tile;
    await session.run({ [input]: new ort.Tensor("float32", copy, [count, 3, Number(side), Number(side)]) });
    tiles += count;
  };
  for await (const part of process.stdin) {
    parts.push(part);
    held += part.length;
    if (held < bytes) continue;
    let data = Buffer.concat(parts);
    for (; data.length >= bytes; data = data.subarray(bytes)) await run(data.subarray(0, bytes));
    parts = [data];
    held = data.length;
  }
  if (held > 0) await run(Buffer.concat(parts));
  console.log(tiles);
}

main();
