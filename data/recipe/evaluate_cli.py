# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""Measures the shipped models again, through the program itself: evaluate_cli.py [ID ...] [--sets DIR] [--peer]

`saccade-cli predict` reads every image file of the test split, so that its decoder, its resizing and its engine are in the figures;
they stand beside those of the card.  Models of bags get theirs from `saccade-cli run` on the features of the same bags as in
pooling.py; models of drawings theirs on the sets in DIR.  --peer: ONNX Runtime on Pillow's pixels of the same images as well, and the
greatest difference of a logit.  Where the test split at hand has another number of images than the card's, the line says so, and both
figures stand with their 95 % intervals (the card's; 1000 resamplings of the images at hand).
The exit status is 1 when figures of equal splits differ by more than 0.002, or logits by more than 0.01.
"""
import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

import data
import evaluate
import export
import models
import ort
import pooling
import references

TOLERANCE, LOGIT_TOLERANCE = 0.002, 0.01
CHUNK = 200  # images a start of the program
KEYS = ("accuracy", "balanced_accuracy", "auc", "ece")


def predict(folder, paths, extra=None):
    """(logits, probabilities) of the first head, by saccade-cli; extra: a second image of each, by role."""
    logits, probabilities = [], []
    chunk = CHUNK if extra is None else 1
    for i in range(0, len(paths), chunk):
        words = [references.CLI, "predict", str(folder), *map(str, paths[i:i + chunk])]
        words += [f"--image={role}={files[i]}" for role, files in (extra or {}).items()]
        done = subprocess.run(words, check=True, capture_output=True, text=True)
        for line in done.stdout.splitlines():
            classes = json.loads(line)["outputs"][0]["probabilities"]
            logits.append([c["logit"] for c in classes])
            probabilities.append([c["probability"] for c in classes])
    assert len(logits) == len(paths), (len(logits), len(paths))
    return np.array(logits), np.array(probabilities)


def own_set(model_id, sets):
    """Image files and classes of the test part that the card speaks of; of a pair the second images by role."""
    family, kind = model_id.split("-", 1)
    if family in data.LABELS and kind in models.KINDS:
        items = data.listing(family, "test")
        return [p for p, _ in items], np.array([c for _, c in items]), None
    ids = [label["id"] for label in json.loads((export.MODELS / model_id / "model.json").read_text())["outputs"][0]["labels"]]
    folder = Path(sets) / {"planted-network-ga": "network"}.get(model_id, model_id.split("-")[-1])
    rows = [r for r in csv.DictReader(open(folder / "labels.csv", newline="")) if r["split"] == "test"]
    extra = {"clinical": [folder / r["clinical"] for r in rows]} if "clinical" in rows[0] else None
    paths = [folder / (r["dermoscopy"] if extra else r["image_id"] + ".png") for r in rows]
    return paths, np.array([ids.index(r["label"]) for r in rows]), extra


def peer(folder, paths, extra):
    manifest = json.loads((folder / "model.json").read_text())
    files = {0: paths, **({1: extra["clinical"]} if extra else {})}
    x = {spec["name"]: np.concatenate([data.preprocess(spec, Image.open(p)) for p in files[k]])
         for k, spec in enumerate(manifest["inputs"])}
    (name, first), *others = x.items()
    output = manifest["outputs"][0]["name"]
    return ort.run(folder / "model.onnx", name, first, [output], others=dict(others))[output]


def of_bags(folder):
    """Logits and classes of the bags of pooling.py, each through one start of the program; and ONNX Runtime's."""
    manifest = json.loads((folder / "model.json").read_text())
    features, labels = pooling.features_of("test")
    indices, classes, _ = pooling.draw_bags(labels, 400, np.random.default_rng(11))
    rows, others = [], []
    with tempfile.TemporaryDirectory() as place:
        bag, out = Path(place) / "bag.npy", Path(place) / "logits.npy"
        for k in range(len(classes)):
            np.save(bag, features[indices[k]])
            subprocess.run([references.CLI, "run", str(folder), "--input", f"features={bag}", "--output", f"logits={out}"], check=True,
                           capture_output=True)
            rows.append(np.load(out)[0])
            if k < 20:  # a start of ONNX Runtime for each
                others.append(ort.run(folder / "model.onnx", "features", features[indices[k]], ["logits"], batch=pooling.BAG)["logits"][0])
    z = np.array(rows)
    return z, evaluate.softmax(z / manifest["outputs"][0]["temperature"]), classes, np.array(others)


def in_brackets(interval):
    return " [{:.3f}, {:.3f}]".format(*interval)


def cells_of(told, own, intervals):
    """What the card says and what was measured, for each figure; intervals: those of the images at hand, empty where the split is the card's."""
    for key in KEYS:
        card = f"{told[key]:.3f}" if key in told else "-"
        here = f"{own[key]:.3f}"
        if key in intervals:
            card, here = card + in_brackets(told[key + "_ci"]), here + in_brackets(intervals[key])
        yield f"{card}, {here}"


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("models", nargs="*")
    ap.add_argument("--sets", default=os.environ.get("SACCADE_SETS", "sets"), help="folder of the drawn sets: network, ruler, ...")
    ap.add_argument("--peer", action="store_true")
    a = ap.parse_args()
    print("| model | images | accuracy: card, program | balanced: card, program | AUC: card, program | ECE: card, program | "
          "greatest difference of a logit from ONNX Runtime |\n" + "|---" * 7 + "|")
    wrong = 0
    for folder in sorted(p.parent for p in export.MODELS.glob("*/model.json")):
        if a.models and folder.name not in a.models:
            continue
        told = json.loads((folder / "model.json").read_text())["metrics"]["test"]
        if folder.name.endswith("pooling"):
            z, p, y, other = of_bags(folder)
        else:
            paths, y, extra = own_set(folder.name, a.sets)
            z, p = predict(folder, paths, extra)
            other = peer(folder, paths, extra) if a.peer else None
        own = {**evaluate.figures(p, y), "ece": evaluate.ece(p, y)}
        count = told.get("images", told.get("n"))
        intervals = dict(zip(KEYS, evaluate.bootstrap(p, y, None))) if count != len(y) else {}
        cells = cells_of(told, own, intervals)
        apart = float(np.abs(other - z[:len(other)]).max()) if other is not None else 0.0
        if count == len(y):
            wrong += any(abs(told[k] - own[k]) > TOLERANCE for k in KEYS if k in told)
        wrong += apart > LOGIT_TOLERANCE
        print(f"| {folder.name} | {len(y)}" + (f" of the card's {count}" if count != len(y) else "") + " | " + " | ".join(cells) +
              (f" | {apart:.1e} |" if other is not None else " | |"), flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
