# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""Trains a small ResNet on a set of phantoms with planted evidence, and exports it.

    saccade-cli phantom set --out ruler --evidence network --leak ruler --count 1200 --size 96x96 --seed 100000
    python3 planted.py ruler --out ../models/planted-ruler --minutes 6 --leak ruler

The folder holds images, masks/, and labels.csv with a class, a part (train, valid, test) and the pixels of every
structure for each image.  What counts is not how good the model is, but that the truth about it is known: the class
depends on one structure, so a faithful map must be high there; and with a leak the accuracy on test images whose
artefact says otherwise tells whether the model looks at the artefact instead.
"""
import argparse
import csv
import hashlib
import json
import math
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch.nn import functional as F

import cards
import evaluate
import export
import models
import ort
import train

MEAN, STD = 0.6, 0.2


def read_set(folder):
    """{part: (images as uint8 NHWC, classes, rows of the table)} and the names of the classes."""
    rows = list(csv.DictReader(open(folder / "labels.csv", newline="")))
    names = sorted({r["label"] for r in rows}, key=lambda n: (n != "none", n))
    parts = {}
    for part in ("train", "valid", "test"):
        own = [r for r in rows if r["split"] == part]
        images = np.stack([np.asarray(Image.open(folder / (r["image_id"] + ".png")).convert("RGB")) for r in own])
        parts[part] = images, np.array([names.index(r["label"]) for r in own]), own
    return parts, names


def to_batch(images):
    x = torch.from_numpy(np.ascontiguousarray(images)).permute(0, 3, 1, 2).float() / 255
    return (x - MEAN) / STD


def augment(images, rng):
    """Mirrors and quarter turns: a phantom has no up, and neither has its evidence."""
    turned = [np.rot90(i, k) for i, k in zip(images, rng.integers(0, 4, len(images)))]
    return to_batch(np.stack([t[:, ::-1] if m else t for t, m in zip(turned, rng.integers(0, 2, len(turned)))]))


def predict_logits(model, images):
    model.eval()
    with torch.no_grad():
        return torch.cat([model(to_batch(images[i:i + 100])) for i in range(0, len(images), 100)])


def predict(model, images):
    return predict_logits(model, images).argmax(1).numpy()


def interval(hits):
    """Share and Wilson's 95 % interval."""
    n, p, z = len(hits), float(np.mean(hits)), 1.96
    middle, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return {"n": n, "accuracy": round(p, 4), "low": round((middle - half) / (1 + z * z / n), 4),
            "high": round((middle + half) / (1 + z * z / n), 4)}


def batches(optimizer, count, rate, start, minutes, rng):
    """A round through `count` images in batches of 32: (indices, part of the minutes since start); the learning rate follows the clock."""
    order = rng.permutation(count)
    for first in range(0, count - 31, 32):
        done = min(1.0, (time.time() - start) / (60 * minutes))
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1, done / 0.05 + 0.02) * 0.5 * (1 + math.cos(math.pi * done))
        yield order[first:first + 32], done


def fit(model, parts, minutes, rate, rng):
    images, classes, _ = parts["train"]
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.05)
    start, step, best, kept, done = time.time(), 0, -1.0, None, 0.0
    while done < 1:
        model.train()
        for index, done in batches(optimizer, len(classes), rate, start, minutes, rng):
            with torch.autocast("cpu", torch.bfloat16):
                logits = model(augment(images[index], rng).contiguous(memory_format=torch.channels_last)).float()
            loss = F.cross_entropy(logits, torch.from_numpy(classes[index]), label_smoothing=0.05)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            step += 1
        score = float((predict(model, parts["valid"][0]) == parts["valid"][1]).mean())
        print(f"{done:.2f} step {step} loss {loss.item():.3f} valid {score:.4f}", flush=True)
        if score >= best:
            best, kept = score, {k: v.clone() for k, v in model.state_dict().items()}
    model.load_state_dict(kept)
    return {"steps": step, "seconds": round(time.time() - start), "valid_accuracy": round(best, 4)}


def measure(model, parts, names, leak):
    images, classes, rows = parts["test"]
    temperature = temperature_of(predict_logits(model, parts["valid"][0]), parts["valid"][1])
    p = torch.softmax(predict_logits(model, images) / temperature, 1).numpy()
    hits = p.argmax(1) == classes
    figures = {"test": {**interval(hits), "ece": round(evaluate.ece(p, classes), 4), "ece_by_chance": evaluate.ece_by_chance(p)}}
    if leak:  # the leak says "last class" where it is there
        says = np.array([int(r[f"{leak}_pixels"]) > 0 for r in rows])
        agrees = says == (classes == len(names) - 1)
        figures[f"test, {leak} agrees"] = interval(hits[agrees])
        figures[f"test, {leak} misleads"] = interval(hits[~agrees])
    return figures


def temperature_of(logits, classes):
    """That of least negative log-likelihood, on the validation part."""
    times = torch.from_numpy(np.exp(np.linspace(np.log(0.1), np.log(4), 400)).astype(np.float32))
    losses = [F.cross_entropy(logits / t, torch.from_numpy(classes)).item() for t in times]
    return round(float(times[int(np.argmin(losses))]), 4)


def write_references(parts, names, folder):
    """The first test phantom of every class, and the logits that ONNX Runtime gives to it."""
    images, classes, rows = parts["test"]
    chosen = [int(np.flatnonzero(classes == k)[0]) for k in range(len(names))]
    logits = ort.run(folder / "model.onnx", "image", to_batch(images[chosen]).numpy(), ["logits"])["logits"]
    references = []
    for k, (index, row) in enumerate(zip(chosen, logits)):
        file = folder / f"reference-{k + 1}-{names[k]}.png"
        Image.fromarray(images[index]).save(file, optimize=True)
        references.append({"file": file.name, "sha256": hashlib.sha256(file.read_bytes()).hexdigest(), "label": names[k],
                           "logits": [float(v) for v in row]})
    return references


def store(model, names, size, parts, folder, notes):
    """model.onnx with large weights as float16, model.json, references and card; the class map's layer feeds the global pooling."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "model.onnx"
    proto, _ = export.write(model.eval().to(memory_format=torch.contiguous_format), [torch.zeros(1, 3, size, size)], path, {
        "image": {0: "batch"}, "logits": {0: "batch"}})
    pool = [n for n in proto.graph.node if n.op_type == "GlobalAveragePool"]
    softmax = [n.output[0] for n in proto.graph.node if n.op_type == "Softmax"]
    grid = [size // 16] * 2
    logits, classes = predict_logits(model, parts["valid"][0]), parts["valid"][1]
    manifest = {
        "schema": 1, "id": folder.name, "name": f"Planted evidence: {', '.join(names)}" + notes.pop("suffix"), "file": "model.onnx",
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "task": "classification",
        "inputs": [{"name": "image", "role": "image", "size": [size, size], "channels": "RGB", "layout": "NCHW",
                    "resize": {"mode": "squash", "size": size, "filter": "bilinear-antialias"}, "scale": 1 / 255,
                    "mean": [MEAN] * 3, "std": [STD] * 3}],
        "outputs": [{"name": "logits", "activation": "softmax", "temperature": temperature_of(logits, classes),
                     "labels": [{"id": n, "name": "without" if n == "none" else n} for n in names]}],
        "explain": {"cam": {"tensor": pool[0].input[0], "layout": "NCHW", "grid": grid},
                    "attention": [{"tensor": t, "kind": "global", "heads": 4, "grid": grid, "prefix_tokens": 0} for t in softmax]},
        **notes, "licence": "CC0-1.0", "citation": "The Saccade authors: phantoms with planted evidence.",
        "reference": write_references(parts, names, folder)}
    (folder / "model.json").write_text(json.dumps(manifest, indent=1) + "\n")
    leak = notes["training"]["leak"]
    limits = [f"Whatever is said of it holds for phantoms of {size} x {size} px drawn by the same program, and for nothing else."]
    if leak:
        limits.append(f"It is meant to be caught: in training every image of the last class, and no other, has a {leak}. Where the {leak} "
                      "misleads, the accuracy above tells what the model follows.")
    cards.write_simple(folder, manifest, "It knows nothing of skin: it was trained on drawings, so that the truth about what it may "
                       "look at is known.", limits)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("set", type=Path, help="folder that saccade-cli phantom set wrote; square images")
    ap.add_argument("--out", type=Path, required=True, help="folder of the model")
    ap.add_argument("--minutes", type=float, default=6)
    ap.add_argument("--leak", help="the structure that --leak named")
    ap.add_argument("--width", type=int, default=16)
    ap.add_argument("--rate", type=float, default=2e-3)
    ap.add_argument("--attention", choices=["global"], help="with two blocks of global self-attention")
    ap.add_argument("--seed", type=int, default=1)
    a = ap.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(a.seed)
    rng = np.random.default_rng(a.seed)
    parts, names = read_set(a.set)
    size = parts["train"][0].shape[1]
    model = models.ResNet18(size, len(names), width=a.width, attention=a.attention).to(memory_format=torch.channels_last)
    training = fit(model, parts, a.minutes, a.rate, rng)
    figures = measure(model, parts, names, a.leak)
    told = (f"{sum(len(p[1]) for p in parts.values())} phantoms of {size} x {size} px, drawn by `saccade-cli phantom set`; the class is "
            f"the structure that is planted ({', '.join(names)})" + (f"; in training and validation a {a.leak} comes with the last "
            "class alone, in the test part by chance." if a.leak else "; everything else is drawn alike for every class."))
    store(model, names, size, parts, a.out, {
        "suffix": (f", {a.leak} leaks" if a.leak else "") + (", global self-attention" if a.attention else ""),
        "training": {"recipe": "data/recipe, planted.py; from scratch", **training, "batch": 32, "seed": a.seed, "leak": a.leak,
                     "data": told, "machine": train.machine()}, "metrics": figures})
    print(json.dumps({**training, **figures}))


if __name__ == "__main__":
    main()
