# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""Looks at the explanations: sheet.py pcam (or derm) draws CACHE/sheet-<family>.png and prints how well maps meet the truth.

Truth: the expert lesion mask for dermoscopy; for PCam tumour tiles the central 32x32 px, which alone make the label.
Energy is the part of a map's sum inside the truth, to be compared with the area of the truth; pointing counts how often the
greatest value lies inside. Two maps that need no image are measured beside them: a blob in the middle, and what an attention
that is uniform in its 7x7 window gives to each place. Class maps are those of the true class; the classes called stand below.
"""
import sys

import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import torch
from PIL import Image
from torch.nn import functional as F

import data
import export
import models
import train


def watch(model_id, x, target):
    """{map name: N x h x w}, the predicted classes and the probabilities; class maps are those of `target`."""
    model, _ = export.load(model_id)
    with torch.enable_grad():
        found = {}
        softmax = torch.softmax
        attention = []

        def keep(*args, **kw):
            attention.append(softmax(*args, **kw))
            return attention[-1]
        vit = model_id.endswith("vit")

        def hook(module, args, out):
            out.retain_grad()
            found["map"] = out
        export.last_layer(model).register_forward_hook(hook)
        torch.softmax, whole = keep, models.LocalAttention.whole_map
        z = model(x)
        torch.softmax, models.LocalAttention.whole_map = softmax, whole
        pred = z.argmax(1)
        z[torch.arange(len(z)), target].sum().backward()
    a, g = found["map"].detach(), found["map"].grad
    maps = {}
    if vit:
        n = model.grid
        a, g = a[:, 1:], g[:, 1:]
        maps["vit cam"] = F.relu((a * g.mean(1, keepdim=True)).sum(2)).reshape(-1, n, n)
        maps["vit cls"] = attention[-1].detach().mean(1)[:, 0, 1:].reshape(-1, n, n)
        roll = torch.eye(1 + n * n)
        for p in attention:
            roll = (0.5 * p.detach().mean(1) + 0.5 * torch.eye(1 + n * n)) @ roll
        maps["vit rollout"] = roll[:, 0, 1:].reshape(-1, n, n)
    else:
        short = model_id.split("-", 1)[1].replace("resnet18-", "").replace("resnet18", "cnn")
        maps[short + " cam"] = F.relu((a * g.mean((2, 3), keepdim=True)).sum(1))
        side = a.shape[2]
        for name, p in zip(("att3", "att4") if short == "ga" else ("la1", "la2"), attention):
            p = p.detach().mean(1)
            maps[name + " received"] = p.mean(1).reshape(-1, side, side)
            best = maps[short + " cam"].flatten(1).argmax(1)  # what the strongest place of the class map looks at
            maps[name + " at peak"] = p[torch.arange(len(p)), best].reshape(-1, side, side)
    return maps, pred, torch.softmax(z.detach(), 1)


def truth(family, paths):
    if family == "pcam":
        t = np.zeros((96, 96), bool)
        t[32:64, 32:64] = True
        return np.stack([t] * len(paths))
    out = []
    for p in paths:
        f = next((p.parent.parent / "masks").glob(p.stem + "*"))
        m = np.asarray(Image.open(f).convert("L").resize((171, 128), Image.BILINEAR))[..., None]
        out.append(data.center_crop(m, 128)[..., 0] > 127)
    return np.stack(out)


def main():
    family = sys.argv[1]
    size = models.FAMILIES[family]["size"]
    items = data.listing(family, "test")
    x, y = data.arrays(family, "test")
    rng = np.random.default_rng(11)
    if family == "pcam":
        some = np.concatenate([rng.choice(np.flatnonzero(y == 1), 200, False), rng.choice(np.flatnonzero(y == 0), 20, False)])
        show = np.r_[0:6, 200:203]
    else:
        some = rng.choice(len(y), 400, False)
        wanted = ((4, 0), (4, 1), (5, 0), (5, 1), (1, 0), (2, 0), (6, 0), (0, 0), (3, 0))
        show = np.array([np.flatnonzero(y[some] == c)[k] for c, k in wanted])
    inside = truth(family, [items[i][0] for i in some])
    batch = data.test_batch(family, x[some])
    picture = x[some] if family == "pcam" else data.center_crop(x[some], 128)
    columns, preds = {}, {}
    for kind in models.KINDS:
        model_id = f"{family}-{kind}"
        if not (train.CHECKPOINTS / f"{model_id}.pt").exists():
            continue
        got, pred, p = watch(model_id, batch, torch.from_numpy(y[some]))
        preds[kind] = (pred.numpy(), p.numpy())
        columns.update(got)
    side = size // 16
    blob = torch.exp(-((torch.arange(side) - (side - 1) / 2) / (side / 4)) ** 2 / 2)
    window = torch.softmax(models.LocalAttention(64, side).near, 1).mean(0).reshape(side, side)
    same = {"centre blob": blob[:, None] * blob[None, :], "uniform window": window}  # what needs no image at all
    columns.update({k: v.expand(len(some), -1, -1) for k, v in same.items()})
    judged = y[some] == 1 if family == "pcam" else np.ones(len(some), bool)
    print(f"area of the truth {inside[judged].mean():.3f}; images {judged.sum()}")
    big = {}
    for name, m in columns.items():
        m = F.interpolate(m[:, None], size=(size, size), mode="bilinear", align_corners=False)[:, 0].numpy()
        big[name] = m
        m, t = m[judged], inside[judged]
        some_energy = m.reshape(len(m), -1).sum(1) > 1e-9
        energy = ((m * t).sum((1, 2)) / np.maximum(m.sum((1, 2)), 1e-9))[some_energy].mean()
        point = np.mean([t[i].reshape(-1)[m[i].argmax()] for i in range(len(m))])
        print(f"{name:16s} energy {energy:.3f} pointing {point:.3f} empty {np.mean(~some_energy):.3f}")
    big = {k: v for k, v in big.items() if k not in same}
    fig, ax = plt.subplots(len(show), 1 + len(big), figsize=(1.5 * (1 + len(big)), 1.6 * len(show)))
    for r, i in enumerate(show):
        ids = [k for k, _ in data.LABELS[family]]
        ax[r, 0].imshow(picture[i])
        ax[r, 0].contour(inside[i], [0.5], colors="lime", linewidths=0.8)
        ax[r, 0].set_ylabel(ids[y[some][i]], fontsize=8)
        ax[r, 0].set_xlabel(" ".join(f"{ids[p[0][i]]} {p[1][i].max():.2f}" for p in preds.values()), fontsize=5)
        for c, (name, m) in enumerate(big.items()):
            ax[r, c + 1].imshow(picture[i])
            ax[r, c + 1].imshow(m[i], cmap="jet", alpha=0.5)
            if r == 0:
                ax[r, c + 1].set_title(name, fontsize=8)
        for q in ax[r]:
            q.set_xticks([]), q.set_yticks([])
    fig.tight_layout(pad=0.3)
    fig.savefig(data.CACHE / f"sheet-{family}.png", dpi=110)


if __name__ == "__main__":
    main()
