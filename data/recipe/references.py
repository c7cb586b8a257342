# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""Draws the reference pictures of a model of images and writes them, with the logits that ONNX Runtime gives, into its folder:

    references.py pcam-resnet18 derm-vit ...

The pictures are phantoms by `saccade-cli phantom` (SACCADE_CLI: its path), the same for every model of a family: what they are for
is that another program computes the same logits from the same file.  They say nothing of how good the model is.
"""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

import data
import export
import ort

CLI = os.environ.get("SACCADE_CLI", "saccade-cli")
SEED = 20181
LESIONS = (  # name of the file, what is drawn
    ("network", "--asymmetry 0.1 --irregularity 0.1 --with network --without regression,hair,ruler,bubbles,corners"),
    ("streaks", "--asymmetry 0.9 --irregularity 0.9 --with streaks,veil,dots --without hair,ruler,bubbles,corners"),
    ("vessels", "--with vessels --without network,hair,ruler,bubbles,corners"),
    ("artefacts", "--with hair,ruler,bubbles,corners"))
TISSUES = (("lymphocytes", 32, "normal"), ("fat", 16, "normal"), ("tumor", 2, "tumor"), ("margin", 2, "tumor"))  # bit of the slide's truth
TUMOR, SIDE, MPP = 2, 96, 0.972  # bit; px and um/px of a tile


def run_phantom(kind, folder, words):
    subprocess.run([CLI, "phantom", kind, "--out", str(folder), *words], check=True, stdout=subprocess.DEVNULL)


def draw_lesions(folder):
    """[(file, picture, label)]; a drawing has no diagnosis."""
    drawn = []
    for k, (name, words) in enumerate(LESIONS):
        run_phantom("dermoscopy", folder / name, ["--size", "200x150", "--seed", str(SEED + k), *words.split()])
        drawn.append((f"reference-{k + 1}-{name}.png", Image.open(next((folder / name).glob("*.png"))).convert("RGB"), None))
    return drawn


def draw_tiles(folder):
    """Of one lymph node, as those of PCam are, for each tissue the tile whose central third has most of it, and for the margin half of it; normal ones have no
    tumour at all."""
    run_phantom("slide", folder, ["--size", "4096x3072", "--organ", "node", "--tumor", "large", "--seed", str(SEED)])
    slide = np.asarray(Image.open(next(folder.glob("*.tif"))).convert("RGB"))
    truth = np.asarray(Image.open(next((folder / "masks" / "structures").glob("*.tif"))))
    side = round(SIDE * MPP / 0.5)  # the slide has 0.5 um/px
    drawn, third = [], side // 3
    for k, (name, bit, label) in enumerate(TISSUES):
        best = (-1.0, 0, 0)
        for y in range(0, len(truth) - side, third):
            for x in range(0, truth.shape[1] - side, third):
                part = truth[y:y + side, x:x + side]
                if label == "normal" and (part & TUMOR).any():
                    continue
                share = float(((part[third:2 * third, third:2 * third] & bit) > 0).mean())
                best = max(best, (share if name != "margin" else 1 - abs(share - 0.5), y, x))
        _, y, x = best
        tile = Image.fromarray(slide[y:y + side, x:x + side]).resize((SIDE, SIDE), Image.BILINEAR)
        drawn.append((f"reference-{k + 1}-{name}.png", tile, label))
    return drawn


def measure(path, spec, files, labels):
    """The entries of model.json for pictures that lie beside the network."""
    x = np.concatenate([data.preprocess(spec, Image.open(path.parent / f)) for f in files])
    logits = ort.run(path, spec["name"], x, ["logits"])["logits"]
    return [{"file": f, "sha256": data.sha256(path.parent / f), **({"label": label} if label else {}),
             "logits": [float(np.float32(v)) for v in row]} for f, label, row in zip(files, labels, logits)]


def write(folder):
    """Replaces the reference pictures of a folder, and what its model.json says of them."""
    manifest = json.loads((folder / "model.json").read_text())
    with tempfile.TemporaryDirectory() as place:
        drawn = (draw_tiles if folder.name.startswith("pcam") else draw_lesions)(Path(place))
    for old in folder.glob("reference-*.png"):
        old.unlink()
    for file, picture, _ in drawn:
        picture.save(folder / file, optimize=True)
    manifest["reference"] = measure(folder / manifest["file"], manifest["inputs"][0], [f for f, _, _ in drawn], [c for _, _, c in drawn])
    (folder / "model.json").write_text(json.dumps(manifest, indent=1) + "\n")


if __name__ == "__main__":
    for model_id in sys.argv[1:]:
        write(export.MODELS / model_id)
        print(model_id, flush=True)
