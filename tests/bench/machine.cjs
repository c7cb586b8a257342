// SPDX-License-Identifier: Apache-2.0
// Copyright (c) The Saccade authors
//
// What a table of times says of where they were taken.
"use strict";
const { execFileSync } = require("child_process");
const os = require("os");

function output(program, ...args) {
  try {
    return execFileSync(program, args, { stdio: ["ignore", "pipe", "ignore"] }).toString().trim();
  } catch {
    return "";
  }
}

// "96 KiB (2 instances)" and the like, as lscpu says it.
function caches() {
  const lines = output("lscpu").split("\n");
  const sizes = ["L1d", "L2", "L3"].map((name) => [name, lines.find((line) => line.startsWith(name + " cache:"))]);
  return sizes.filter(([, line]) => line !== undefined).map(([name, line]) => `${name} ${line.split(":")[1].trim()}`);
}

// The widest vectors that the processor has, of those that matter here.
function vectors() {
  const flags = new Set((/^flags\s*:(.*)$/m.exec(output("cat", "/proc/cpuinfo")) ?? ["", ""])[1].split(" "));
  return ["amx_bf16", "avx512f", "avx2", "fma"].filter((flag) => flags.has(flag));
}

// Families and models tell processors apart whose names do not.
function processorName() {
  const text = output("cat", "/proc/cpuinfo");
  const numbers = ["cpu family", "model"].map((name) => new RegExp(`^${name}\\s*: (\\d+)$`, "m").exec(text)?.[1]);
  return `${os.cpus()[0]?.model.trim() ?? "unknown processor"} (family ${numbers[0] ?? "?"}, model ${numbers[1] ?? "?"})`;
}

function describe() {
  const memory = Math.round(os.totalmem() / 2 ** 30);
  return [`${processorName()}, ${os.cpus().length} cores (${vectors().join(", ")})`, ...caches(), `${memory} GiB memory`, `Linux ${/^[0-9]+\.[0-9]+/.exec(os.release())}`].join("; ");
}

// A run beside others measures the others too.
function load() {
  return os.loadavg()[0];
}

module.exports = { describe, load, output };
