# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""Whether the maps of the shipped dermoscopy models name what the score depends on, and what they themselves depend on.

    tests/bench/faithfulness.py SACCADE-CLI SHARED --keep FILE.jsonl [--count N] [--models ID,ID] [--table]

Lesions, models, methods and intervals are those of localisation.py.  For each image and model `saccade-cli
faithfulness` and `saccade-cli sanity` are run once; what they say, without the curves, is added to FILE, so that
several runs may share the work and one that was stopped goes on where it was.  --table runs nothing and prints what FILE holds
of lesions that every model has been asked about.
"""
import argparse
import io
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from localisation import MODELS, by_method, cell, draw_cases, extract, read_kept

FAITHFULNESS = ["steps=10", "samples=50", "random-maps=1"]
SANITY = ["stages=4", "seeds=2", "samples=3"]
CONTROLS = ["centre", "random"]
PAIRED = ["relevance", "legrad", "rollout", "attention"]  # each less Grad-CAM of the same model and image


def ask(cli, command, settings, image, model):
    """The answers, one a method; a method without an answer has none."""
    arguments = [word for setting in settings for word in ("--setting", setting)]
    done = subprocess.run([cli, command, model, image, "--threads", "1", "--method", ",".join(MODELS[model]), *arguments],
                          capture_output=True, text=True)
    return {line["method"]: line for line in map(json.loads, io.StringIO(done.stdout))}


def trim(line):
    """What is counted of one map: of both baselines and of ROAD, the map's and its controls' figures."""
    baselines = []
    for baseline in line["faithfulness"]["baselines"]:
        subjects = {name: baseline[name] for name in ["map", *CONTROLS]}
        for figures in subjects.values():
            del figures["deletion"], figures["insertion"]
        baselines.append({"baseline": baseline["baseline"], "score": baseline["score"], **subjects})
    road = line["faithfulness"]["road"]
    return {"score": line["faithfulness"]["score"], "baselines": baselines,
            "class_specific": line["provenance"]["class_specific"],
            "road": {name: road[name]["road"] for name in ["map", *CONTROLS]}}


def measure(cli, folder, case, model):
    image = folder / (case["image_id"] + ".jpg")
    faithful = ask(cli, "faithfulness", FAITHFULNESS, image, model)
    sane = ask(cli, "sanity", SANITY, image, model)
    lines = []
    for method in MODELS[model]:
        line = {"image": case["image_id"], "dx": case["dx"], "model": model, "method": method}
        if method in faithful:
            line.update(trim(faithful[method]))
        if method in sane:
            line["sanity"] = {check["check"]: [check["figure"], check["badge"]]
                              for check in sane[method]["sanity"]["checks"]}
        lines.append(line)
    return lines


def run(options, cases):
    done = {(line["image"], line["model"]) for line in read_kept(options.keep)}
    with tempfile.TemporaryDirectory() as folder:
        extract(options.shared, cases, Path(folder))
        for number, case in enumerate(cases):
            for model in options.models.split(","):
                if (case["image_id"], model) in done:
                    continue
                new = measure(options.cli, Path(folder), case, model)
                with options.keep.open("a") as file:
                    file.write("".join(json.dumps(line) + "\n" for line in new))
            print(f"{number + 1} of {len(cases)}", file=sys.stderr)


def whole(lines):
    """Lines of lesions that every model has been asked about."""
    seen = {}
    for line in lines:
        seen.setdefault(line["image"], set()).add(line["model"])
    return [line for line in lines if len(seen[line["image"]]) == len(MODELS)]


def figure(line, subject, name, baseline):
    """One number of a map or a control; None where it is not defined."""
    if "baselines" not in line:
        return None
    return line["road"][subject] if name == "road" else line["baselines"][baseline][subject][name]


FIGURES = [("deletion_auc", 0, "deletion, blur"), ("insertion_auc", 0, "insertion, blur"),
           ("deletion_auc", 1, "deletion, mean"), ("insertion_auc", 1, "insertion, mean"), ("aopc", 1, "AOPC, mean"),
           ("average_drop", 1, "drop, mean"), ("increase", 1, "increase, mean"), ("road", 0, "ROAD")]
DIFFERENCES = [("abpc", 0, "blur"), ("abpc", 1, "mean"), ("road", 0, "ROAD")]


def defined(values):
    return [value for value in values if value is not None]


def head(columns):
    print("| " + " | ".join(columns) + " |")
    print("|---" * len(columns) + "|")


def row(title, count, cells):
    print(f"| {title} | {count} | " + " | ".join(cells) + " |")


def star(found):
    return "" if all(line.get("class_specific", True) for line in found) else " *"


def print_faithfulness(lines, model):
    methods = by_method(lines, model)
    head(["map", "n"] + [title for _, _, title in FIGURES])
    for method, found in methods.items():
        row(method + star(found), sum("baselines" in line for line in found),
            [cell(defined(figure(line, "map", name, b) for line in found)) for name, b, _ in FIGURES])
    for control in CONTROLS:
        found = methods["grad-cam"]
        row(f"({control})", len(found),
            [cell(defined(figure(line, control, name, b) for line in found)) for name, b, _ in FIGURES])
    print()


def less(found, others, subject, name, baseline):
    pairs = [(figure(a, "map", name, baseline), figure(b, subject, name, baseline)) for a, b in zip(found, others)]
    return [a - b for a, b in pairs if a is not None and b is not None]


def print_differences(lines, model):
    methods = by_method(lines, model)
    head(["map", "n"] + [f"less {control}, {title}" for control in CONTROLS for _, _, title in DIFFERENCES])
    for method, found in methods.items():
        row(method + star(found), sum("baselines" in line for line in found),
            [cell(less(found, found, control, name, b)) for control in CONTROLS for name, b, _ in DIFFERENCES])
    print()


def print_paired(lines):
    head(["model", "attention method less Grad-CAM", "n"] + [title for _, _, title in DIFFERENCES])
    for model in MODELS:
        methods = by_method(lines, model)
        cams = {line["image"]: line for line in methods["grad-cam"]}
        for method in (name for name in PAIRED if name in methods):
            found = methods[method]
            others = [cams[line["image"]] for line in found]
            cells = [cell(less(found, others, "map", name, b)) for name, b, _ in DIFFERENCES]
            print(f"| {model} | {method} | {len(found)} | " + " | ".join(cells) + " |")
    print()


CHECKS = ["randomisation", "one-stage", "entropy", "class", "max-sensitivity"]


def badges(found, check):
    """The mean figure, and of how many maps the badge is pass, warn, fail."""
    own = [line["sanity"][check] for line in found if check in line.get("sanity", {})]
    counts = [sum(badge == name for _, badge in own) for name in ("pass", "warn", "fail")]
    return cell(defined(value for value, _ in own)) + "; " + " / ".join(map(str, counts))


def print_sanity(lines, model):
    head(["map", "n"] + CHECKS)
    for method, found in by_method(lines, model).items():
        row(method + star(found), sum("sanity" in line for line in found), [badges(found, check) for check in CHECKS])
    print()


def print_tables(lines):
    print(f"{len({line['image'] for line in lines})} lesions, one image each.\n")
    for title, print_one in (("Faithfulness", print_faithfulness),
                             ("Insertion less deletion, and ROAD, less those of the controls", print_differences)):
        for model in MODELS:
            print(f"### {title}: {model}\n")
            print_one(lines, model)
    print("### Attention less Grad-CAM, image by image\n")
    print_paired(lines)
    for model in MODELS:
        print(f"### Sanity: {model}\n")
        print_sanity(lines, model)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("cli")
    parser.add_argument("shared", type=Path)
    parser.add_argument("--keep", type=Path, required=True)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--models", default=",".join(MODELS))
    parser.add_argument("--table", action="store_true")
    options = parser.parse_args()
    if options.table:
        print_tables(whole(read_kept(options.keep)))
    else:
        run(options, draw_cases(options.shared, options.count))


if __name__ == "__main__":
    main()
