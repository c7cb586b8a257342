// SPDX-License-Identifier: Apache-2.0
// Copyright (c) The Saccade authors
//
// One measurement of each program: medians in milliseconds.
"use strict";
const { execFileSync, spawn } = require("child_process");
const path = require("path");
const readline = require("readline");

// A run that takes longer needs none before it to warm up.
const LONG_MS = 400;
// What takes longer than this hangs.
const TIMEOUT = 180000;

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

// All figures that `saccade-cli bench` prints.
function saccade(program, model, { threads, batch, repeat, extra = [] }) {
  const args = ["bench", model, "--threads", threads, "--batch", batch, "--repeat", repeat, ...extra];
  return JSON.parse(execFileSync(program, args.map(String), { stdio: ["ignore", "pipe", "pipe"], timeout: TIMEOUT }).toString());
}

// The longest of 40 times in milliseconds.
function cancelled(program, model, { threads }) {
  const text = execFileSync(program, [model, String(threads), "40"], { stdio: ["ignore", "pipe", "pipe"], timeout: TIMEOUT }).toString();
  return Number(/longest ([0-9.]+) ms/.exec(text)[1]);
}

// Lines of bench-maps: what, side, median_ms, ...
function maps(program, { threads, rounds }) {
  const text = execFileSync(program, [String(threads), String(rounds)], { stdio: ["ignore", "pipe", "pipe"], timeout: TIMEOUT }).toString();
  return text.trim().split("\n").map((line) => JSON.parse(line));
}

// With the kernels of its own choice, whatever the environment forces.
function pythonEnvironment(threads) {
  const env = { ...process.env, OMP_NUM_THREADS: String(threads) };
  delete env.OPENBLAS_CORETYPE;
  delete env.OPENBLAS_L2_SIZE;
  return env;
}

function python(script, args, threads) {
  const words = [path.join(__dirname, script), ...args.map(String)];
  return execFileSync("/usr/bin/python3", words, { env: pythonEnvironment(threads), stdio: ["ignore", "pipe", "inherit"], timeout: TIMEOUT }).toString();
}

// A program in one process for all its turns: it reads how many runs to time
// and answers with a line.
class Turns {
  constructor(program, words, env, spins) {
    this.name = path.basename(program);
    this.spins = spins;
    this.process = spawn(program, words.map(String), { env, stdio: ["pipe", "pipe", "inherit"] });
    this.process.on("error", () => {}); // told by its lines, which end
    this.process.stdin.on("error", () => {});
    this.lines = readline.createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
  }

  // Returns: the median of the runs in milliseconds.
  async time(repeat) {
    this.process.stdin.write(`${repeat}\n`);
    const timer = setTimeout(() => this.process.kill(), TIMEOUT);
    const { value, done } = await this.lines.next();
    clearTimeout(timer);
    if (done) throw new Error(`${this.name} has ended`);
    const answer = JSON.parse(value);
    return answer.median_ms ?? answer;
  }

  close() {
    this.process.stdin.end();
  }
}

function saccadeTurns(program, model, { threads, batch, extra = [] }) {
  return new Turns(program, ["bench", model, "--threads", threads, "--batch", batch, "--turns", ...extra], process.env, false);
}

// PyTorch does what `kind` says.
function torchTurns(model, kind, { threads, batch }) {
  const words = [path.join(__dirname, "torch-peer.py"), model, kind, threads, batch];
  return new Turns("/usr/bin/python3", words, pythonEnvironment(threads), threads > 1);
}

// Versions of what there is to compare with; undefined: it is not here.
function findPeers() {
  const peers = {};
  try {
    peers.onnxruntime = require("onnxruntime-node/package.json").version;
  } catch {}
  try {
    peers.torch = execFileSync("/usr/bin/python3", ["-c", "import torch, torchvision; print(torch.__version__, 'with torchvision', torchvision.__version__)"], { stdio: ["ignore", "pipe", "ignore"] }).toString().trim();
  } catch {}
  return peers;
}

// ONNX Runtime, with what it needs to know to fold shapes as a plan does.
class OnnxRuntime {
  constructor(file, { input = "input", size = 224, threads, batch }) {
    Object.assign(this, { file, input, size, threads, batch, spins: threads > 1 });
  }

  async open() {
    const ort = require("onnxruntime-node");
    const count = this.batch * 3 * this.size * this.size;
    const data = Float32Array.from({ length: count }, (_, i) => (i % 255) / 127.5 - 1);
    this.feed = { [this.input]: new ort.Tensor("float32", data, [this.batch, 3, this.size, this.size]) };
    this.session = await ort.InferenceSession.create(this.file, {
      intraOpNumThreads: this.threads,
      interOpNumThreads: 1,
      freeDimensionOverrides: { batch: this.batch, N: this.batch },
    });
    return this;
  }

  async time(repeat) {
    const times = [];
    for (let i = this.last > LONG_MS ? 0 : -1; i < repeat; i++) {
      const start = process.hrtime.bigint();
      await this.session.run(this.feed);
      if (i >= 0) times.push(Number(process.hrtime.bigint() - start) / 1e6);
    }
    this.last = median(times);
    return this.last;
  }

  close() {
    return this.session.release();
  }
}

// In a process of its own: creating the session and the first run; the peak of
// the process's memory, and what of it Node took before there was a session.
async function firstResult(file, options) {
  const fs = require("fs");
  const peak = () => Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync("/proc/self/status", "utf8"))[1]) / 1024;
  require("onnxruntime-node");
  const before = peak();
  const start = process.hrtime.bigint();
  const peer = await new OnnxRuntime(file, options).open();
  await peer.session.run(peer.feed);
  const milliseconds = Number(process.hrtime.bigint() - start) / 1e6;
  return { first_ms: milliseconds, peak_mib: peak(), node_mib: before };
}

function onnxRuntimeFirst(file, settings) {
  return JSON.parse(execFileSync(process.execPath, [__filename, file, JSON.stringify(settings)], { timeout: TIMEOUT }));
}

module.exports = { median, saccade, cancelled, maps, python, saccadeTurns, torchTurns, findPeers, OnnxRuntime, onnxRuntimeFirst };

if (require.main === module) {
  const [file, options] = process.argv.slice(2);
  firstResult(file, JSON.parse(options)).then((result) => console.log(JSON.stringify(result)));
}
