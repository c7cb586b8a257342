// SPDX-License-Identifier: Apache-2.0
// Copyright (c) The Saccade authors
//
// How far logits and Grad-CAM maps are from PyTorch's in float64: the largest
// difference of the largest value.
"use strict";
const { execFileSync } = require("child_process");
const fs = require("fs");
const path = require("path");
const { python } = require("./peers.cjs");

const BOUNDS = { default: { logits: 1e-4, map: 1e-3 }, exact: { logits: 2e-5, map: 2e-4 } };
const KERNELS = ["plain", "avx2", "avx512", "amx"];

// A program's own kernels, if the processor has them.
function has(program, kernels, model) {
  const env = { ...process.env, SACCADE_KERNELS: kernels };
  const text = execFileSync(program, ["bench", model, "--repeat", "1"], { env, stdio: ["ignore", "pipe", "ignore"] });
  return JSON.parse(text.toString()).kernels === kernels;
}

function compute(program, model, folder, kernels, exact) {
  const env = { ...process.env, SACCADE_KERNELS: kernels };
  const extra = exact ? ["--exact"] : [];
  const input = `input=${path.join(folder, "input.npy")}`;
  const quiet = { env, stdio: ["ignore", "ignore", "inherit"] };
  const reference = JSON.parse(fs.readFileSync(path.join(folder, "reference.json")));
  execFileSync(program, ["run", model, "--input", input, "--output", `logits=${path.join(folder, "logits.npy")}`, ...extra], quiet);
  execFileSync(program, ["explain", model, "--input", input, "--method", "grad-cam", "--class", String(reference.class), "--out", folder, ...extra], quiet);
}

// Returns: [{ what, got, most }] for the kernels that the processor has, or for
// the best of them.
function measure(program, exported, name, all) {
  const folder = path.join(exported, "accuracy", name);
  const model = path.join(folder, name + ".onnx");
  const rows = [];
  python("torch-accuracy.py", ["reference", name, folder], 2);
  const there = KERNELS.filter((kernels) => has(program, kernels, model));
  for (const kernels of all ? there : there.slice(-1))
    for (const kind of Object.keys(BOUNDS)) {
      const exact = kind === "exact";
      const ran = exact && kernels === "amx" ? "avx512" : kernels; // --exact leaves AMX out
      if (all && ran !== kernels) continue; // measured by itself
      compute(program, model, folder, kernels, exact);
      const got = JSON.parse(python("torch-accuracy.py", ["compare", name, folder], 1));
      for (const [what, key] of [["logits", "logits"], ["Grad-CAM map", "map"]])
        rows.push({ what: `${what}, ${ran}${exact ? ", exact" : ""}`, got: got[key], most: BOUNDS[kind][key] });
    }
  fs.rmSync(model); // hundreds of megabytes, and soon made again
  return rows;
}

module.exports = { measure };
