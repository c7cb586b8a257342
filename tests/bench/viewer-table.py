#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""What `viewer` printed, on standard input, as the table of docs/viewer.md.

A measure that was taken several times gives all its values.  Bold: worse than
wanted."""
import json
import sys

COLUMNS = ("cairo", "gl")

# What is printed, the most that is wanted, the measure, its value, and the
# measure of GTK alone that has the same value.
ROWS = (
    ("process start to a window that answers, ms", 400, "start", "ms", "gtk start"),
    ("opening the slide alone, ms", None, "open", "source_ms", None),
    ("opening it until the view is whole, ms", 250, "open", "view_ms", None),
    ("cold view at a level of the file, 1 : 1, median, ms", 100, "cold 1.00", "p50_ms", None),
    ("cold view at a level that the file lacks, 1 : 2", 100, "cold 0.50", "p50_ms", None),
    ("cold view, 1 : 4", 100, "cold 0.25", "p50_ms", None),
    ("pan, cost, median of frames, ms", None, "pan", "cost_p50_ms", "gtk pan"),
    ("pan, interval, 95 of 100 frames within, ms", 33, "pan", "interval_p95_ms", "gtk pan"),
    ("fling, interval, 95 of 100, ms", None, "fling", "interval_p95_ms", None),
    ("longest wait of the main loop, model and slow tiles, ms", 50, "alive", "longest_wait_ms", "gtk alive"),
    ("of it, the main thread on a processor, ms", None, "alive", "of_it_processor_ms", "gtk alive"),
    ("of it, the canvases' own work, ms", None, "alive", "of_it_canvases_ms", None),
    ("99 of 100 waits within, ms", None, "alive", "waits_p99_ms", "gtk alive"),
    ("memory with two such slides open, MiB", 400, "memory", "most_mib", None),
    ("processor at rest, %", 0.5, "rest", "cpu_percent", None),
)


def read(lines):
    values = {}
    renderer = ""
    for line in lines:
        # A measure of several lines names its renderer in the first.
        named, _, text = line.partition("{")
        renderer = named.strip() or renderer
        text = "{" + text
        try:
            result = json.loads(text)
        except ValueError:
            continue
        name = result.get("measure", "")
        if "scale" in result:
            name += f" {result['scale']:.2f}"
        values.setdefault((renderer, name), []).append(result)
    return values


def show(results, field, wanted):
    numbers = [result[field] for result in results if field in result]
    shown = [f"**{n:g}**" if wanted is not None and n > wanted else f"{n:g}" for n in numbers]
    return ", ".join(shown)


def main():
    values = read(sys.stdin)
    heads = [*COLUMNS, *(f"GTK alone, {column}" for column in COLUMNS)]
    print("| measure | wanted | " + " | ".join(heads) + " |")
    print("|---" * (len(heads) + 2) + "|")
    for label, wanted, name, field, alone in ROWS:
        cells = [show(values.get((column, measure), []), field, wanted)
                 for measure in (name, alone) for column in COLUMNS]
        if any(cells):
            print(f"| {label} | {'' if wanted is None else wanted} | " + " | ".join(cells) + " |")


main()
