# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""Trains the gated-attention pooling over the features of a shipped model of tiles: pooling.py --minutes 2

A bag is BAG tiles of one part of PCam, drawn without replacement; of a bag of the class "tumor" one to a fifth of its tiles are
tumour tiles, of one of the class "normal" none.  The features are computed once, by the encoder's file.  Only the bag's class is
learned from; as the tiles' labels are known, it is told beside it how well the attention finds the tumour tiles.
"""
import argparse
import json
import math
import time

import numpy as np
import onnx
import torch
from torch import nn
from torch.nn import functional as F

import cards
import data
import evaluate
import export
import ort
import planted
import train

ENCODER, VALUE = "pcam-resnet18", "/Flatten_output_0"
BAG, SHARE_MAX = 150, 0.2
LABELS = [{"id": "normal", "name": "No metastasis"}, {"id": "tumor", "name": "Metastasis somewhere"}]


class GatedPooling(nn.Module):
    """Ilse, Tomczak and Welling, ICML 2018, equation 9: tanh and sigmoid branches, softmax over the tiles, a linear score."""

    def __init__(self, width, hidden=128, gate=64):
        super().__init__()
        self.project = nn.Linear(width, hidden)
        self.value, self.gate, self.weigh = nn.Linear(hidden, gate), nn.Linear(hidden, gate), nn.Linear(gate, 1)
        self.head = nn.Linear(hidden, 2)

    def attention(self, h):
        return torch.softmax(self.weigh(torch.tanh(self.value(h)) * torch.sigmoid(self.gate(h))).transpose(-1, -2), dim=-1)

    def forward(self, features):
        """features: ... x tiles x width; returns ... x 2, of a single bag 1 x 2."""
        h = F.relu(self.project(features))
        return self.head(self.attention(h) @ h).squeeze(-2) if features.ndim > 2 else self.head(self.attention(h) @ h)


def features_of(part):
    """(tiles x width float32, labels), kept beside the decoded tiles."""
    file = data.CACHE / f"pcam-{part}-{ENCODER}.npy"
    x, y = data.arrays("pcam", part)
    if not file.exists():
        path = data.CACHE / "encoder.onnx"
        proto = onnx.load(export.MODELS / ENCODER / "model.onnx")
        proto.graph.output.append(onnx.helper.make_tensor_value_info(VALUE, onnx.TensorProto.FLOAT, None))
        onnx.save(proto, path)
        np.save(file, ort.run(path, "image", data.test_batch("pcam", x).numpy(), [VALUE])[VALUE])
        path.unlink()
    return np.load(file), y


def draw_bags(labels, count, rng):
    """(count x BAG indices, classes, count x BAG tumour flags)."""
    tumor, normal = np.flatnonzero(labels == 1), np.flatnonzero(labels == 0)
    indices, classes = [], np.arange(count) % 2
    for positive in classes:
        k = int(rng.integers(1, int(SHARE_MAX * BAG) + 1)) if positive else 0
        indices.append(rng.permutation(np.concatenate([rng.choice(tumor, k, False), rng.choice(normal, BAG - k, False)])))
    indices = np.stack(indices)
    return indices, classes, labels[indices] == 1


def fit(model, features, labels, valid, minutes, rate, rng):
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.01)
    start, step, best, kept = time.time(), 0, math.inf, None
    while (done := (time.time() - start) / (60 * minutes)) < 1:
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1, done / 0.05 + 0.02) * 0.5 * (1 + math.cos(math.pi * done))
        indices, classes, _ = draw_bags(labels, 16, rng)
        model.train()
        bags = torch.from_numpy(features[indices])
        loss = F.cross_entropy(model(F.dropout(bags, 0.2)), torch.from_numpy(classes))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        step += 1
        if step % 100 == 0:
            model.eval()
            with torch.no_grad():
                score = F.cross_entropy(model(valid[0]), torch.from_numpy(valid[1])).item()
            print(f"{done:.2f} step {step} loss {loss.item():.3f} valid {score:.4f}", flush=True)
            if score < best:
                best, kept = score, {k: v.clone() for k, v in model.state_dict().items()}
    model.load_state_dict(kept)
    return {"steps": step, "batch": 16, "seconds": round(time.time() - start), "valid_nll": round(best, 4)}


def measure(model, bags, classes, flags, temperature):
    model.eval()
    with torch.no_grad():
        logits = model(bags) / temperature
        attention = model.attention(F.relu(model.project(bags)))[:, 0].numpy()
    p = torch.softmax(logits, 1).numpy()
    aucs = [evaluate.auc(attention[i], flags[i]) for i in np.flatnonzero(classes == 1)]
    return {"test": {**planted.interval(p.argmax(1) == classes), "auc": round(evaluate.auc(p[:, 1], classes == 1), 4),
                     "ece": round(evaluate.ece(p, classes), 4)},
            "attention_finds_tumour_tiles": {"bags": len(aucs), "mean_auc": round(float(np.mean(aucs)), 4)}}


def write_reference(folder, bag, label):
    """A bag of the test part as it goes in, and the logits that ONNX Runtime gives."""
    file = folder / f"reference-{label}.npy"
    np.save(file, bag)
    logits = ort.run(folder / "model.onnx", "features", bag, ["logits"], batch=len(bag))["logits"]
    return {"file": file.name, "sha256": data.sha256(file), "label": label, "logits": [float(v) for v in logits[0]]}


def store(model, folder, training, metrics, temperature, bags, classes):
    folder.mkdir(parents=True, exist_ok=True)
    bag = torch.from_numpy(bags[0])
    proto, _ = export.write(model.eval(), [bag], folder / "model.onnx", {"features": {0: "tiles"}, "logits": {}})
    softmax = [n.output[0] for n in proto.graph.node if n.op_type == "Softmax"]
    encoder = json.loads((export.MODELS / ENCODER / "model.json").read_text())
    references = [write_reference(folder, bags[int(np.flatnonzero(classes == k)[0])], LABELS[k]["id"]) for k in (0, 1)]
    with torch.no_grad():
        own = [model(torch.from_numpy(bags[int(np.flatnonzero(classes == k)[0])]))[0].numpy() for k in (0, 1)]
    assert max(np.abs(r["logits"] - o).max() for r, o in zip(references, own)) < 5e-3
    manifest = {
        "schema": 1, "id": folder.name, "name": "PatchCamelyon bags: gated attention pooling", "file": "model.onnx",
        "sha256": data.sha256(folder / "model.onnx"), "task": "classification",
        "inputs": [{"name": "features", "role": "bag",
                    "encoder": {"model": ENCODER, "value": VALUE, "sha256": encoder["sha256"]}}],
        "outputs": [{"name": "logits", "activation": "softmax", "temperature": temperature, "labels": LABELS}],
        "explain": {"attention": [{"tensor": t, "kind": "mil"} for t in softmax]},
        "training": training, "metrics": metrics, "licence": "CC0-1.0", "citation": evaluate.FAMILY["pcam"]["citation"],
        "reference": references}
    (folder / "model.json").write_text(json.dumps(manifest, indent=1) + "\n")
    test, found = metrics["test"], metrics["attention_finds_tumour_tiles"]
    cards.write_simple(
        folder, manifest, f"It weighs the features that {ENCODER} has of tiles, and was never shown a slide.",
        ["A bag is a draw of tiles from many slides, not a slide: what neighbours, stain or scanner have in common in one slide was not "
         "there to learn or to be misled by.",
         f"Bags had {BAG} tiles. A slide has thousands, so that a small metastasis is a smaller share of it than any that was trained "
         "on; and false alarms of the encoder, about one tile in seven, add up.",
         "The same 1,000 tiles make all test bags: the interval is that of the draw of bags, and too narrow."],
        f"\n\nAUC of the bags {test['auc']:.3f}, calibration error {test['ece']:.3f}. Within a bag with tumour the attention ranks tumour "
        f"tiles before others with a mean AUC of {found['mean_auc']:.3f} ({found['bags']} bags; 0.5: not at all).")


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--id", default="pcam-pooling")
    ap.add_argument("--minutes", type=float, default=2)
    ap.add_argument("--rate", type=float, default=1e-3)
    ap.add_argument("--seed", type=int, default=1)
    a = ap.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(a.seed)
    rng = np.random.default_rng(a.seed)
    (x, y), (xv, yv), (xt, yt) = (features_of(part) for part in ("train", "valid", "test"))
    valid, test = (draw_bags(labels, 400, np.random.default_rng(11)) for labels in (yv, yt))
    bags_v, bags_t = torch.from_numpy(xv[valid[0]]), torch.from_numpy(xt[test[0]])
    model = GatedPooling(x.shape[1])
    training = fit(model, x, y, (bags_v, valid[1]), a.minutes, a.rate, rng)
    with torch.no_grad():
        temperature = planted.temperature_of(model.eval()(bags_v), valid[1])
    metrics = measure(model, bags_t, test[1], test[2], temperature)
    told = (f"Bags of {BAG} tiles of PatchCamelyon (7,000 tiles to learn from, 1,000 to choose by, 1,000 to test on; the parts are PCam's, "
            f"split by slide); in a bag of the class tumor 1 to {int(SHARE_MAX * BAG)} are tumour tiles. Data licence: CC0.")
    store(model, export.MODELS / a.id, {"recipe": f"data/recipe, pooling.py; from scratch, over the features {VALUE} of {ENCODER}", **training,
                                        "seed": a.seed, "data": told, "machine": train.machine()},
          metrics, temperature, bags_t.numpy(), test[1])
    print(json.dumps({**training, "temperature": temperature, **metrics}))


if __name__ == "__main__":
    main()
