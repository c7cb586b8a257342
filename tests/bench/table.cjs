// SPDX-License-Identifier: Apache-2.0
// Copyright (c) The Saccade authors
//
// What was measured, as rows: one line each while they come, and in short, a
// table a part, for a document.
"use strict";
const fs = require("fs");
const { bar } = require("./bars.cjs");
const { pool } = require("./turns.cjs");

const COLUMNS = ["", "model", "batch", "threads", "Saccade", "beside", "takes", "ratio", "at most"];
const TITLES = {
  forward: "Forward pass",
  tiles: "The shipped models",
  gradcam: "Grad-CAM at the last stage",
  gradient: "Gradient to the image",
  relevance: "Relevance over all blocks",
  methods: "Methods on ResNet-18, the first picture of those of many passes, and numbers that follow the hand",
  load: "From opening the file to the first result",
  memory: "Peak memory",
  cancel: "Longest that a cancelled run goes on",
  accuracy: "Difference from PyTorch in float64",
};

const digits = (x) => (x > 0 && x < 0.01 ? x.toExponential(1) : x.toFixed(x < 10 ? 2 : x < 100 ? 1 : 0));
const line = (cells) => `| ${cells.join(" | ")} |`;
const mostOf = (row) => bar(row.part, row.name, row.peer, row.batch);
const keyOf = (row) => [row.part, row.name, row.batch, row.threads, row.peer].join(" ");

function missed(row) {
  return row.theirs !== undefined && mostOf(row) !== undefined && row.ratio > mostOf(row);
}

function header(columns) {
  return `${line(columns)}\n|${"---|".repeat(columns.length)}`;
}

function long(row) {
  const there = row.theirs !== undefined;
  const most = mostOf(row);
  return line([row.part, row.name, row.batch, row.threads, `${digits(row.ours)} ${row.unit}`, row.peer,
    there ? `${digits(row.theirs)} ${row.unit}` : "-", there ? row.ratio.toFixed(2) : "-",
    most === undefined ? "" : `${most}${missed(row) ? " missed" : ""}`]);
}

// "19.0 / 33.1 = 0.57 (0.65)": ours, theirs, the ratio and what it must not be
// above; bold when it is.
function short(row) {
  if (row === undefined) return "";
  if (row.theirs === undefined) return digits(row.ours);
  const ratio = row.ratio.toFixed(2), most = mostOf(row);
  return `${digits(row.ours)} / ${digits(row.theirs)} = ${missed(row) ? `**${ratio}**` : ratio}${most === undefined ? "" : ` (${most})`}`;
}

const distinct = (values) => [...new Set(values)];

// What tells the columns of a part apart.
function columnOf(row, rows) {
  const differ = (key) => distinct(rows.map((other) => other[key])).length > 1;
  return [
    ...(differ("batch") ? [`batch ${row.batch}`] : []),
    ...(differ("threads") ? [`${row.threads} thread${row.threads > 1 ? "s" : ""}`] : []),
    ...(differ("peer") ? [row.peer] : []),
  ].join(", ") || "both";
}

// One table: a line a model, a column a setting and peer.
function brief(rows) {
  const columns = distinct(rows.map((row) => columnOf(row, rows)));
  const lines = distinct(rows.map((row) => row.name)).map((name) => {
    const own = rows.filter((row) => row.name === name);
    return line([name, ...columns.map((column) => short(own.find((row) => columnOf(row, rows) === column)))]);
  });
  return [header(["", ...columns]), ...lines].join("\n");
}

function markdown(introduction, rows) {
  const parts = [[...introduction, "Each cell: Saccade's median / the other's = the ratio (what was promised it would not be above); bold where it is."].join("\n")];
  for (const part of Object.keys(TITLES)) {
    const own = rows.filter((row) => row.part === part);
    const peers = distinct(own.map((row) => row.peer));
    const beside = peers.length > 2 ? "what it must not be above" : peers.join(" or ");
    if (own.length > 0) parts.push(`${[TITLES[part], own[0].unit].filter(Boolean).join(", ")}, Saccade / ${beside}:`, brief(own));
  }
  return parts.join("\n\n");
}

// Rows of earlier calls and of this one; the turns of those of the same name
// are pooled.
function merge(file, rows) {
  const earlier = file !== undefined && fs.existsSync(file) ? JSON.parse(fs.readFileSync(file)) : [];
  const all = new Map(earlier.map((row) => [keyOf(row), row]));
  for (const row of rows) all.set(keyOf(row), all.has(keyOf(row)) ? pool(all.get(keyOf(row)), row) : row);
  if (file !== undefined) fs.writeFileSync(file, JSON.stringify([...all.values()], null, 1));
  return [...all.values()];
}

module.exports = { COLUMNS, header, long, missed, markdown, merge };
