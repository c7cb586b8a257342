// SPDX-License-Identifier: Apache-2.0
// Copyright (c) The Saccade authors
//
// Programs that have their turns one after another, so short that what the
// machine does meanwhile, for seconds at a time, hits all of them.
"use strict";
const { median } = require("./peers.cjs");

const MOST_RUNS = 30;
const FEWEST_ROUNDS = 3;
// So long a program's threads may go on spinning after its turn, in ms.
const SPIN_MS = 100;

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

// The first program has to do it; what another cannot is told, and undefined.
async function attempt(i, measure, complain) {
  try {
    return await measure();
  } catch (error) {
    if (i === 0) throw error;
    complain("a peer fails", error);
    return undefined;
  }
}

// How many runs a turn has, and what all of it takes.
async function plan(program, milliseconds) {
  const once = await program.time(1);
  const repeat = Math.max(1, Math.min(MOST_RUNS, Math.round(milliseconds / once)));
  return { program, repeat, takes: repeat * once, times: [] };
}

async function take(programs, { rounds, seconds }, complain) {
  const turns = [];
  for (const [i, program] of programs.entries()) turns.push(await attempt(i, () => plan(program, (1000 * seconds) / rounds), complain));
  const longest = Math.max(...turns.map((turn) => turn?.takes ?? 0));
  const count = Math.max(FEWEST_ROUNDS, Math.min(rounds, Math.round((1000 * seconds) / longest)));
  for (let round = 0; round < count; round++)
    for (const i of round % 2 ? [...turns.keys()].reverse() : turns.keys()) {
      if (turns[i] === undefined) continue;
      const { program, repeat, times } = turns[i];
      const time = await attempt(i, () => program.time(repeat), complain);
      if (time === undefined) turns[i] = undefined;
      else times.push(time);
      if (program.spins) await pause(SPIN_MS);
    }
  return turns.map((turn) => turn?.times);
}

// Every program has so many rounds at most and so many seconds in all at least,
// in every second round the other way round.  All are closed.
//
// Returns: of each, its milliseconds round by round; undefined for one, but the
// first, that failed.
async function inTurn(programs, options, complain) {
  try {
    return await take(programs, options, complain);
  } finally {
    for (const program of programs) await program.close();
  }
}

// What came of two programs' turns, of one call or of several.
//
// Returns: medians, `theirs` so many times, and that of the turns' ratios; with
// the turns themselves, for `pool`.
function compare(ours, theirs, factor = 1) {
  const turns = { ours, theirs, factor };
  if (theirs === undefined) return { ours: median(ours), turns };
  return { ours: median(ours), theirs: factor * median(theirs), ratio: median(ours.map((time, i) => time / theirs[i])) / factor, turns };
}

// The same of two comparisons' turns together; where only one has the other
// program's, it stands alone.  Of what is the longest of a call (`longest`), the
// longest.
function pool(earlier, later) {
  if (later.longest) return { ...(earlier.ours > later.ours ? earlier : later), calls: earlier.calls + later.calls };
  const [a, b] = [earlier.turns, later.turns];
  if (a.theirs === undefined) return later;
  if (b.theirs === undefined) return earlier;
  return { ...later, ...compare([...a.ours, ...b.ours], [...a.theirs, ...b.theirs], a.factor), calls: earlier.calls + later.calls };
}

module.exports = { inTurn, compare, pool };
