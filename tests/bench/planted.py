# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""How far each method's maps lie on the evidence that was planted, and which of them find a leak.

    tests/bench/planted.py SACCADE-CLI SETS [--count N] [--keep FILE.jsonl] > table

SETS holds the folders network and ruler, as data/recipe/planted.py says how to draw them.  Test images only, of the class
"network", whose evidence is drawn and masked to the pixel.  In the set ruler those that also have a ruler: the model
planted-ruler saw a ruler in every training image of that class and in no other one, planted-network saw rulers by chance;
both explain the same class on the same images.  A method finds the leak where its maps have more energy on the ruler than
its area, and more than the other model's, both beyond 95 % percentile bootstraps over images.
"""
import argparse
import csv
import io
import json
import subprocess
import sys
from pathlib import Path

from localisation import by_method, cell, get, interval, read_kept

CAM = ["grad-cam", "grad-cam++", "hirescam", "layercam", "xgrad-cam", "eigen-cam", "eigengrad-cam", "score-cam", "ablation-cam",
       "cam-fusion", "gradient", "gradient-x-input", "smoothgrad", "integrated-gradients", "fullgrad", "occlusion"]
ATTENTION = ["attention", "key-importance", "rollout", "gradient-rollout", "relevance", "legrad", "attention-grad-cam"]
PARAMS = {"rise": ["masks=300"]}  # apart, as parameters belong to methods
METHODS = {"planted-network": CAM, "planted-network-ga": CAM + ATTENTION, "planted-ruler": CAM}
MEASURES = [("ratio", "energy / area"), ("energy_inside", "energy inside"), ("rank_accuracy", "rank"), ("pointing", "pointing"),
            ("heat_ratio_auc", "effective heat")]
CLASS = "network"
# set, structure whose mask counts, models
PARTS = [("network", "network", ["planted-network", "planted-network-ga"]),
         ("ruler", "ruler", ["planted-ruler", "planted-network"]),
         ("ruler", "network", ["planted-ruler", "planted-network"])]


def draw_cases(folder, count):
    """The first test images of the class that have all structures of the set's name."""
    rows = list(csv.DictReader(open(folder / "labels.csv", newline="")))
    return [r["image_id"] for r in rows
            if r["split"] == "test" and r["label"] == CLASS and int(r[f"{folder.name}_pixels"]) > 0][:count]


def measure(cli, folder, structure, image, model):
    mask = folder / "masks" / "structures" / f"{image}_{structure}.png"
    lines = []
    for methods, params in [(METHODS[model], [])] + [([m], p) for m, p in PARAMS.items()]:
        words = [cli, "measure", model, folder / f"{image}.png", "--mask", mask, "--class", CLASS, "--method", ",".join(methods)]
        done = subprocess.run(words + [w for p in params for w in ("--param", p)], capture_output=True, text=True)
        if done.returncode:
            sys.exit(done.stderr.strip())
        lines += [json.loads(line) for line in io.StringIO(done.stdout)]
    for line in lines:
        for curve in ("iou_curve", "heat_curve"):
            del line["mask"][curve]
        line.update(image=image, set=folder.name, structure=structure)
    return lines


def select(lines, part, model):
    return by_method([l for l in lines if (l["set"], l["structure"]) == part], model)


def defined(found, name):
    return [v for v in (get(line, name) for line in found) if v is not None]


def print_part(lines, part, model):
    found = select(lines, part, model)
    print(f"### {model}, on the {part[1]}\n")
    print("| method | cells | n | none positive | " + " | ".join(title for _, title in MEASURES) + " |")
    print("|---" * (4 + len(MEASURES)) + "|")
    for method, of_method in found.items():
        grid = "%d x %d" % tuple(of_method[0]["grid"])
        blind = "" if of_method[0]["class_specific"] else " *"
        empty = sum(line["evidence"] != "present" for line in of_method)
        print(f"| {method}{blind} | {grid} | {len(of_method)} | {empty} | "
              + " | ".join(cell(defined(of_method, name)) for name, _ in MEASURES) + " |")
    print()


def print_leak(lines):
    """Energy / area on the ruler of both models on the same images, and what follows."""
    leaking, other = (select(lines, ("ruler", "ruler"), model) for model in ("planted-ruler", "planted-network"))
    print("| method | planted-ruler | planted-network | difference, image by image | finds the leak |\n|---|---|---|---|---|")
    for method, found in leaking.items():
        ratios = {line["image"]: get(line, "ratio") for line in other[method]}
        pairs = [(get(line, "ratio"), ratios[line["image"]]) for line in found]
        pairs = [(a, b) for a, b in pairs if a is not None and b is not None]
        if len(pairs) < 2:
            print(f"| {method} | not defined | not defined | not defined | no |")
            continue
        own, differences = [a for a, _ in pairs], [a - b for a, b in pairs]
        verdict = "yes" if interval(own)[1] > 1 and interval(differences)[1] > 0 else "no"
        print(f"| {method} | {cell(own)} | {cell([b for _, b in pairs])} | {cell(differences)} | {verdict} |")
    print()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("cli")
    parser.add_argument("sets", type=Path)
    parser.add_argument("--count", type=int, default=45)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    lines = read_kept(options.keep)
    done = {(line["set"], line["structure"], line["image"], line["model"]) for line in lines}
    for name, structure, models in PARTS:
        for image in draw_cases(options.sets / name, options.count):
            for model in models:
                if (name, structure, image, model) in done:
                    continue
                new = measure(options.cli, options.sets / name, structure, image, model)
                lines += new
                if options.keep:
                    with options.keep.open("a") as file:
                        file.writelines(json.dumps(line) + "\n" for line in new)
        print(f"{name}, {structure}: done", file=sys.stderr)
    print("### Which methods find the leak: energy / area on the ruler\n")
    print_leak(lines)
    for name, structure, models in PARTS:
        for model in models:
            print_part(lines, (name, structure), model)


if __name__ == "__main__":
    main()
