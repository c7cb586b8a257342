# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""How far the maps of the shipped dermoscopy models lie within the lesion.

    tests/bench/localisation.py SACCADE-CLI SHARED [--count N] [--keep FILE.jsonl] > docs/localisation.md

SHARED holds data/dermoscopy (HAM10000, see reference/data.md there) and recipe/ham10000_split.csv.  Lesions are drawn
at random, with a seed, from the split that no model was trained or tuned on, one image each; every model explains the
class that it predicts, and `saccade-cli measure` weighs each map against the expert's mask.  Intervals are percentile
bootstraps over lesions.  --keep holds what was measured, so that a run that was stopped goes on where it was.
"""
import argparse
import csv
import io
import json
import random
import statistics
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

MODELS = {
    "derm-resnet18": ["grad-cam", "grad-cam++", "hirescam", "layercam", "eigen-cam", "gradient"],
    "derm-resnet18-ga": ["grad-cam", "hirescam", "layercam", "attention", "rollout", "relevance", "legrad", "gradient"],
    "derm-resnet18-la": ["grad-cam", "hirescam", "layercam", "attention", "rollout", "relevance", "legrad", "gradient"],
    "derm-vit": ["grad-cam", "hirescam", "layercam", "attention", "rollout", "gradient-rollout", "relevance", "legrad",
                 "attention-grad-cam", "gradient"],
}
PAIRED = ["relevance", "rollout", "attention"]  # each less Grad-CAM of the same model and image
MEASURES = [("ratio", "energy / area"), ("energy_inside", "energy inside"), ("rank_accuracy", "rank"),
            ("auc", "ROC AUC"), ("pointing", "pointing"), ("best_iou", "best IoU"), ("heat_ratio_auc", "effective heat")]
SEED, RESAMPLES = 1, 2000


def draw_cases(shared, count):
    """One image of each of `count` lesions of the test split."""
    lesions = {}
    with open(shared / "recipe" / "ham10000_split.csv", newline="") as file:
        for row in csv.DictReader(file):
            if row["split"] == "test":
                lesions.setdefault(row["lesion_id"], row)
    return random.Random(SEED).sample(sorted(lesions.values(), key=lambda row: row["lesion_id"]), count)


def extract(shared, cases, folder):
    names = {row["image_id"] for row in cases}
    for tar in ("ham10000-200x150.tar", "ham10000-masks-600x450.tar"):
        with tarfile.open(shared / "data" / "dermoscopy" / tar) as archive:
            for member in archive:
                name = Path(member.name).name
                if name[:12] in names:
                    (folder / name).write_bytes(archive.extractfile(member).read())


def measure(cli, folder, case, model):
    """The lines of one model on one image; a method without an answer has none."""
    image, mask = folder / (case["image_id"] + ".jpg"), folder / (case["image_id"] + "_segmentation.png")
    done = subprocess.run([cli, "measure", model, image, "--mask", mask, "--method", ",".join(MODELS[model])],
                          capture_output=True, text=True)
    lines = [json.loads(line) for line in io.StringIO(done.stdout)]
    for line in lines:
        for curve in ("iou_curve", "heat_curve"):
            del line["mask"][curve]
        line.update(image=case["image_id"], dx=case["dx"])
    return lines


def get(line, name):
    mask = line["mask"]
    if name == "ratio":
        return mask["energy_inside"] / mask["area"] if mask["energy_inside"] is not None and mask["area"] else None
    return mask[name]


def interval(values):
    """The mean and the middle 95 % of the means of samples drawn with replacement."""
    draw = random.Random(SEED)
    means = sorted(statistics.fmean(draw.choices(values, k=len(values))) for _ in range(RESAMPLES))
    return statistics.fmean(values), means[int(0.025 * RESAMPLES)], means[int(0.975 * RESAMPLES) - 1]


def cell(values):
    return "%.2f (%.2f to %.2f)" % interval(values) if len(values) > 1 else "not defined"


def by_method(lines, model):
    found = {}
    for line in lines:
        if line["model"] == model:
            found.setdefault(line["method"], []).append(line)
    return found


def print_model(lines, model):
    print(f"### {model}\n")
    print("| method | cells | n | none positive | " + " | ".join(title for _, title in MEASURES) + " |")
    print("|---" * (4 + len(MEASURES)) + "|")
    for method, found in by_method(lines, model).items():
        cells = " | ".join(cell([v for v in (get(line, name) for line in found) if v is not None]) for name, _ in MEASURES)
        grid = "%d x %d" % tuple(found[0]["grid"])
        blind = "" if found[0]["class_specific"] else " *"
        empty = sum(line["evidence"] != "present" for line in found)
        print(f"| {method}{blind} | {grid} | {len(found)} | {empty} | {cells} |")
    print()


def print_paired(lines):
    print("| model | attention method less Grad-CAM | n | " + " | ".join(title for _, title in MEASURES[1:]) + " |")
    print("|---" * (2 + len(MEASURES)) + "|")
    for model in MODELS:
        found = by_method(lines, model)
        cams = {line["image"]: line for line in found.get("grad-cam", [])}
        for method in PAIRED:
            pairs = [(line, cams[line["image"]]) for line in found.get(method, []) if line["image"] in cams]
            if not pairs:
                continue
            cells = []
            for name, _ in MEASURES[1:]:
                both = [(get(a, name), get(b, name)) for a, b in pairs]
                cells.append(cell([a - b for a, b in both if a is not None and b is not None]))
            print(f"| {model} | {method} | {len(pairs)} | " + " | ".join(cells) + " |")
    print()


def read_kept(path):
    return [json.loads(line) for line in path.read_text().splitlines()] if path and path.exists() else []


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("cli")
    parser.add_argument("shared", type=Path)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    cases = draw_cases(options.shared, options.count)
    lines = read_kept(options.keep)
    done = {(line["image"], line["model"]) for line in lines}
    with tempfile.TemporaryDirectory() as folder:
        extract(options.shared, cases, Path(folder))
        for number, case in enumerate(cases):
            for model in MODELS:
                if (case["image_id"], model) in done:
                    continue
                new = measure(options.cli, Path(folder), case, model)
                lines += new
                if options.keep:
                    with options.keep.open("a") as file:
                        file.writelines(json.dumps(line) + "\n" for line in new)
            print(f"{number + 1} of {len(cases)}", file=sys.stderr)
    areas = [line["mask"]["area"] for line in lines if line["model"] == "derm-vit" and line["method"] == "attention"]
    print(f"{len(cases)} lesions, one image each. Share of the image's seen part that is lesion: {cell(areas)}.\n")
    for model in MODELS:
        print_model(lines, model)
    print("### Attention less Grad-CAM, image by image\n")
    print_paired(lines)


if __name__ == "__main__":
    main()
