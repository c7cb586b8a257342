// SPDX-License-Identifier: Apache-2.0
// Copyright (c) The Saccade authors
//
// What was measured, as rows: one line each while they come, and in short, a
// table a part, for a document.
"use strict";
const fs = require("fs");
const { bar } = require("./bars.cjs");

const COLUMNS = ["", "model", "batch", "threads", "Saccade", "beside", "takes", "ratio", "at most"];
const TITLES = {
  forward: "Forward pass",
  tiles: "The shipped models",
  gradcam: "Grad-CAM at the last stage",
  gradient: "Gradient to the image",
  relevance: "Relevance over all blocks",
  load: "From opening the file to the first result",
  memory: "Peak memory",
};

const digits = (x) => x.toFixed(x < 10 ? 2 : x < 100 ? 1 : 0);
const line = (cells) => `| ${cells.join(" | ")} |`;
const ratioOf = (row) => row.ours / row.theirs;
const mostOf = (row) => bar(row.part, row.name, row.peer, row.batch);
const keyOf = (row) => [row.part, row.name, row.batch, row.threads, row.peer].join(" ");

function missed(row) {
  return row.theirs !== undefined && mostOf(row) !== undefined && ratioOf(row) > mostOf(row);
}

function header(columns) {
  return `${line(columns)}\n|${"---|".repeat(columns.length)}`;
}

function long(row) {
  const there = row.theirs !== undefined;
  const most = mostOf(row);
  return line([row.part, row.name, row.batch, row.threads, `${digits(row.ours)} ${row.unit}`, row.peer,
    there ? `${digits(row.theirs)} ${row.unit}` : "-", there ? ratioOf(row).toFixed(2) : "-",
    most === undefined ? "" : `${most}${missed(row) ? " missed" : ""}`]);
}

// "19.0 / 33.1 = 0.57", bold when above what is promised.
function short(row) {
  if (row === undefined) return "";
  if (row.theirs === undefined) return digits(row.ours);
  const ratio = ratioOf(row).toFixed(2);
  return `${digits(row.ours)} / ${digits(row.theirs)} = ${missed(row) ? `**${ratio}**` : ratio}`;
}

const distinct = (values) => [...new Set(values)];
const settingOf = (row) => `batch ${row.batch}, ${row.threads} thread${row.threads > 1 ? "s" : ""}`;

// One table: a line a model, a column a setting.
function brief(rows) {
  const settings = distinct(rows.map(settingOf));
  const bars = rows.some((row) => mostOf(row) !== undefined);
  const lines = distinct(rows.map((row) => row.name)).map((name) => {
    const own = rows.filter((row) => row.name === name);
    const most = distinct(own.map(mostOf).filter((x) => x !== undefined)).join(", ");
    return line([name, ...settings.map((setting) => short(own.find((row) => settingOf(row) === setting))), ...(bars ? [most] : [])]);
  });
  return [header(["", ...settings, ...(bars ? ["at most"] : [])]), ...lines].join("\n");
}

function markdown(introduction, rows) {
  const parts = [introduction.join("\n")];
  for (const part of Object.keys(TITLES)) {
    for (const peer of distinct(rows.filter((row) => row.part === part).map((row) => row.peer))) {
      const own = rows.filter((row) => row.part === part && row.peer === peer);
      parts.push(`${TITLES[part]}, ${own[0].unit}, Saccade / ${peer}:`, brief(own));
    }
  }
  return parts.join("\n\n");
}

// Rows of earlier runs and of this one, which replace those of the same name.
function merge(file, rows) {
  const earlier = file !== undefined && fs.existsSync(file) ? JSON.parse(fs.readFileSync(file)) : [];
  const all = new Map([...earlier, ...rows].map((row) => [keyOf(row), row]));
  if (file !== undefined) fs.writeFileSync(file, JSON.stringify([...all.values()], null, 1));
  return [...all.values()];
}

module.exports = { COLUMNS, header, long, missed, markdown, merge };
