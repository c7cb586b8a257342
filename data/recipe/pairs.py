# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""Trains the model of two images, dermoscopy and clinical, on a set of phantom pairs, and exports it.

    saccade-cli phantom set --pairs --out sets/pair --evidence network,raised --count 2000 --size 96x96 --seed 300000
    python3 pairs.py sets/pair --minutes 6

The four classes are whether the dermoscopy image has its structure and whether the clinical image has its own, so that each
image alone tells the right class of half of the pairs at best.  The loss weighs the head of the dermoscopy image above that of the
clinical one; both see the other image through the attention alone.
"""
import argparse
import csv
import json
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch.nn import functional as F

import cards
import data
import evaluate
import export
import models
import ort
import planted
import quick
import train

ROLES = ("dermoscopy", "clinical")
OUTPUTS = ("logits", *(f"{role}_logits" for role in ROLES))
WEIGHTS = (1.0, 0.5, 0.25)  # of the losses: both together, dermoscopy, clinical


def read_set(folder):
    """{part: ((dermoscopy, clinical) as uint8 NHWC, classes, rows)} and the classes, "none" first and both structures last."""
    rows = list(csv.DictReader(open(folder / "labels.csv", newline="")))
    names = sorted({r["label"] for r in rows}, key=lambda n: (n.count("+"), n != "none", n))
    parts = {}
    for part in ("train", "valid", "test"):
        own = [r for r in rows if r["split"] == part]
        images = tuple(np.stack([np.asarray(Image.open(folder / r[role]).convert("RGB")) for r in own]) for role in ROLES)
        parts[part] = images, np.array([names.index(r["label"]) for r in own]), own
    return parts, names


def predict(model, images):
    """Logits of the three heads."""
    model.eval()
    with torch.no_grad():
        steps = [model(*(planted.to_batch(x[i:i + 50]) for x in images)) for i in range(0, len(images[0]), 50)]
    return [torch.cat(head) for head in zip(*steps)]


def fit(model, parts, minutes, rate, rng):
    images, classes, _ = parts["train"]
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.05)
    start, step, best, kept, done, round_ = time.time(), 0, -1.0, None, 0.0, 0
    while done < 1:
        model.train()
        for index, done in planted.batches(optimizer, len(classes), rate, start, minutes, rng):
            target = torch.from_numpy(classes[index])
            with torch.autocast("cpu", torch.bfloat16):
                heads = model(*(planted.augment(x[index], rng).contiguous(memory_format=torch.channels_last) for x in images))
            loss = sum(w * F.cross_entropy(z.float(), target, label_smoothing=0.05) for w, z in zip(WEIGHTS, heads))
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 2.0)
            optimizer.step()
            step += 1
        round_ += 1
        if round_ % 3 and done < 1:
            continue
        valid = predict(model, parts["valid"][0])
        score = float((valid[0].argmax(1).numpy() == parts["valid"][1]).mean())
        print(f"{done:.2f} step {step} loss {loss.item():.3f} valid {score:.4f}", flush=True)
        if score >= best:
            best, kept = score, {k: v.clone() for k, v in model.state_dict().items()}
    model.load_state_dict(kept)
    return {"steps": step, "seconds": round(time.time() - start), "valid_accuracy": round(best, 4)}


def predict_stored(folder, images):
    """Logits of the three heads, by ONNX Runtime from the file that is shipped."""
    x = [planted.to_batch(i).numpy() for i in images]
    return list(ort.run(folder / "model.onnx", ROLES[0], x[0], list(OUTPUTS), others={ROLES[1]: x[1]}).values())


def measure(folder, parts, temperature):
    """The heads, and the first one with one image of each pair exchanged for that of another pair."""
    images, classes, _ = parts["test"]
    heads = predict_stored(folder, images)
    hits = [z.argmax(1) == classes for z in heads]
    p = evaluate.softmax(heads[0] / temperature)
    figures = {"test": {**planted.interval(hits[0]), "ece": round(evaluate.ece(p, classes), 4),
                        "ece_by_chance": evaluate.ece_by_chance(p)}}
    figures.update({f"test, head of the {role} image": planted.interval(h) for role, h in zip(ROLES, hits[1:])})
    other = np.random.default_rng(5).permutation(len(classes))
    for k, role in enumerate(ROLES):
        mixed = [x[other] if i == k else x for i, x in enumerate(images)]
        figures[f"test, {role} image of another pair"] = planted.interval(predict_stored(folder, mixed)[0].argmax(1) == classes)
    return figures


def write_references(parts, names, folder):
    """The first test pair of every class, and the logits that ONNX Runtime gives to it by the first head."""
    images, classes, _ = parts["test"]
    chosen = [int(np.flatnonzero(classes == k)[0]) for k in range(len(names))]
    logits = predict_stored(folder, [i[chosen] for i in images])[0]
    references = []
    for k, (index, row) in enumerate(zip(chosen, logits)):
        files = [folder / f"reference-{k + 1}-{role}.png" for role in ROLES]
        for file, own in zip(files, images):
            Image.fromarray(own[index]).save(file, optimize=True)
        references.append({"files": [f.name for f in files], "sha256": [data.sha256(f) for f in files], "label": names[k],
                           "logits": [float(v) for v in row]})
    return references


def write_network(model, x, folder):
    """The network's file, and how far its logits are from PyTorch's for the pairs x: with float32 weights, and as they are stored."""
    path = folder / "model.onnx"
    proto, plain = export.write(model, [i[:2] for i in x], path, {name: {0: "batch"} for name in (*ROLES, *OUTPUTS)})
    full = folder / "float32.onnx"
    full.write_bytes(plain)
    with torch.no_grad():
        own = [z.numpy() for z in model(*x)]
    apart = []
    for file in (full, path):
        stored = ort.run(file, ROLES[0], x[0].numpy(), list(OUTPUTS), others={ROLES[1]: x[1].numpy()})
        apart.append(max(float(np.abs(stored[name] - z).max()) for name, z in zip(OUTPUTS, own)))
    full.unlink()
    assert apart[0] < 1e-4 and apart[1] < 2e-2, apart
    return proto, apart


def store(model, names, size, parts, folder, training):
    folder.mkdir(parents=True, exist_ok=True)
    model = model.eval().to(memory_format=torch.contiguous_format)
    proto, apart = write_network(model, [planted.to_batch(i[:40]) for i in parts["valid"][0]], folder)
    temperature = planted.temperature_of(torch.from_numpy(predict_stored(folder, parts["valid"][0])[0]), parts["valid"][1])
    labels = [{"id": n, "name": "neither" if n == "none" else n.replace("+", " and ")} for n in names]
    figures = measure(folder, parts, temperature)
    manifest = {
        "schema": 1, "id": folder.name, "name": "Phantom pairs: dermoscopy and clinical image, shared cross-attention",
        "file": "model.onnx", "sha256": data.sha256(folder / "model.onnx"), "task": "classification",
        "inputs": [{"name": role, "role": role, "size": [size, size], "channels": "RGB", "layout": "NCHW",
                    "resize": {"mode": "squash", "size": size, "filter": "bilinear-antialias"}, "scale": 1 / 255,
                    "mean": [planted.MEAN] * 3, "std": [planted.STD] * 3} for role in ROLES],
        "outputs": [{"name": name, "activation": "softmax", "temperature": temperature if k == 0 else 1.0, "labels": labels}
                    for k, name in enumerate(OUTPUTS)],
        "explain": {"attention": [{"tensor": n.output[0], "kind": "cross", "heads": 4, "grid": [size // 16] * 2, "prefix_tokens": 0}
                                  for n in proto.graph.node if n.op_type == "Softmax"]},
        "training": training, "metrics": figures, "licence": "CC0-1.0",
        "citation": "The Saccade authors: pairs of phantoms. The design follows P. Tang and T. Lasser, arXiv 2403.19203.",
        "reference": write_references(parts, names, folder)}
    (folder / "model.json").write_text(json.dumps(manifest, indent=1) + "\n")
    cards.write_simple(folder, manifest, "**It was trained on drawings, because there is no set of pairs of a clinical and a dermoscopy image "
                       "that may be passed on.** It shows how a model of two images is opened and explained; of skin it knows nothing.", [
                           f"Whatever is said of it holds for pairs of {size} x {size} px drawn by the same program, and for nothing else.",
                           "The class is made of two structures that were planted independently: real images of one lesion tell much of "
                           "the same thing twice, so how much either image counts here says nothing of real ones.",
                           "The heads of the two images see the other image through the cross-attention alone, and are not calibrated."],
                       f"\n\nCalibration error of the first head on the test part {figures['test']['ece']:.3f}. With the image of another pair "
                       "in the place of one, what is right is what the other image tells, and chance.")
    return figures, apart


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("set", type=Path, help="folder that saccade-cli phantom set --pairs wrote; square images")
    ap.add_argument("--out", type=Path, default=export.MODELS / "phantom-pair")
    ap.add_argument("--minutes", type=float, default=6)
    ap.add_argument("--width", type=int, default=16)
    ap.add_argument("--rate", type=float, default=2e-3)
    ap.add_argument("--again", action="store_true", help="go on from where the last run of this script ended")
    ap.add_argument("--seed", type=int, default=1)
    a = ap.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(a.seed)
    rng = np.random.default_rng(a.seed)
    parts, names = read_set(a.set)
    size = parts["train"][0][0].shape[1]
    model, kept = models.PairNet(size, len(names), a.width), train.CHECKPOINTS / f"{a.out.name}.pt"
    before = torch.load(kept) if a.again else {"training": []}
    if a.again:
        model.load_state_dict(before["state"])
    model = quick.use(model.to(memory_format=torch.channels_last))
    training = fit(model, parts, a.minutes, a.rate, rng)
    torch.save({"state": model.state_dict(), "training": [*before["training"], training]}, kept)
    told = (f"{sum(len(p[1]) for p in parts.values())} pairs of phantoms of {size} x {size} px, drawn by `saccade-cli phantom set --pairs`: a "
            f"dermoscopy and a clinical image of the same drawn lesion. The class is which of two structures are planted, {names[-1].split('+')[0]} "
            f"in the dermoscopy image and {names[-1].split('+')[-1]} in the clinical one ({', '.join(names)}); everything else is drawn alike.")
    figures, apart = store(model, names, size, parts, a.out, {
        "recipe": "data/recipe, pairs.py; from scratch" + "".join(
            f", after {t['steps']} steps in {t['seconds'] / 60:.1f} minutes" for t in before["training"]), **training, "batch": 32, "seed": a.seed, "data": told, "machine": train.machine()})
    print(json.dumps({**training, **figures, "torch_to_float32": apart[0], "torch_to_stored": apart[1]}))


if __name__ == "__main__":
    main()
