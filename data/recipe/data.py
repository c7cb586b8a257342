# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""Reads PCam and HAM10000 once, keeps them as uint8 arrays, and makes augmented batches.

SACCADE_DATA is the folder that holds dermoscopy/ and pathology/; SACCADE_CACHE is where the arrays are kept.
"""
import csv
import hashlib
import json
import os
import random
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch.nn import functional as F

DATA = Path(os.environ.get("SACCADE_DATA", "data"))
CACHE = Path(os.environ.get("SACCADE_CACHE", "cache"))
SPLIT_CSV = CACHE / "ham10000_split.csv"
SPLIT_SEED = 20181
SPLIT_SHA256 = "bad8fa6aee1f63d852c4437778c6a034d365467c8f21452edf9167ee3c934cab"
LABELS = {
    "pcam": [("normal", "Normal tissue"), ("tumor", "Metastatic tumour in the central 32x32 px")],
    "derm": [("akiec", "Actinic keratosis / Bowen's disease"), ("bcc", "Basal cell carcinoma"),
             ("bkl", "Benign keratosis-like lesion"), ("df", "Dermatofibroma"), ("mel", "Melanoma"),
             ("nv", "Melanocytic naevus"), ("vasc", "Vascular lesion")],
}
MEAN_STD = {  # of the training images, rounded
    "pcam": ((0.70, 0.54, 0.69), (0.24, 0.28, 0.21)),
    "derm": ((0.76, 0.55, 0.57), (0.14, 0.15, 0.17)),
}


def resize_shorter(image, size):
    """Shorter side to `size`, longer side rounded half up; antialiased bilinear filter, 8-bit result."""
    w, h = image.size
    short = min(w, h)
    return image.resize((int(w * size / short + 0.5), int(h * size / short + 0.5)), Image.BILINEAR)


def load_image(family, path):
    """uint8 H x W x 3, before the crop: PCam as it is, dermoscopy with the shorter side at 128."""
    image = Image.open(path).convert("RGB")
    return np.asarray(image if family == "pcam" else resize_shorter(image, 128))


def center_crop(x, size):
    """x: (..., H, W, C) array; offsets rounded down."""
    top, left = (x.shape[-3] - size) // 2, (x.shape[-2] - size) // 2
    return x[..., top:top + size, left:left + size, :]


def write_ham_split(metadata):
    """70 / 10 / 20 % of the lesions, not of the images; the file lists every image."""
    rows = sorted(csv.DictReader(open(metadata)), key=lambda r: r["image_id"])
    lesions = sorted({r["lesion_id"] for r in rows})
    random.Random(SPLIT_SEED).shuffle(lesions)
    a, b = int(0.7 * len(lesions)), int(0.8 * len(lesions))
    where = {l: "train" if i < a else "valid" if i < b else "test" for i, l in enumerate(lesions)}
    with open(SPLIT_CSV, "w", newline="") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow(["image_id", "lesion_id", "dx", "split"])
        for r in rows:
            out.writerow([r["image_id"], r["lesion_id"], r["dx"], where[r["lesion_id"]]])
    assert hashlib.sha256(SPLIT_CSV.read_bytes()).hexdigest() == SPLIT_SHA256, "another split than that of the shipped models"


def listing(family, split):
    """[(path, label index)] in a fixed order."""
    if family == "pcam":
        root = DATA / "pathology" / "pcam_26k" / split
        return [(p, c) for c in (0, 1) for p in sorted((root / str(c)).iterdir())]
    root = DATA / "dermoscopy" / "ham10000_200x150"
    if not SPLIT_CSV.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        write_ham_split(root / "HAM10000_metadata.csv")
    ids = [i for i, _ in LABELS["derm"]]
    return [(root / "images" / (r["image_id"] + ".jpg"), ids.index(r["dx"]))
            for r in csv.DictReader(open(SPLIT_CSV)) if r["split"] == split]


def arrays(family, split):
    """(N x H x W x 3 uint8, N int64), decoded once and cached."""
    CACHE.mkdir(parents=True, exist_ok=True)
    xf, yf = CACHE / f"{family}-{split}-x.npy", CACHE / f"{family}-{split}-y.npy"
    if not yf.exists():
        items = listing(family, split)
        np.save(xf, np.stack([load_image(family, p) for p, _ in items]))
        np.save(yf, np.array([c for _, c in items], np.int64))
    return np.load(xf), np.load(yf)


def normalise(family, x):
    """uint8 N x H x W x 3 -> float32 N x 3 x H x W, as model.json states it."""
    mean, std = (torch.tensor(v).view(1, 3, 1, 1) for v in MEAN_STD[family])
    x = torch.from_numpy(np.ascontiguousarray(x)).permute(0, 3, 1, 2).float()
    return (x / 255 - mean) / std


def test_batch(family, x):
    return normalise(family, x if family == "pcam" else center_crop(x, 128))


def preprocess(spec, image):
    """An image file -> 1 x 3 x H x W, by the fields of model.json alone."""
    image = image.convert("RGB")
    if spec["resize"]["mode"] == "shorter-side":
        image = resize_shorter(image, spec["resize"]["size"])
    elif spec["resize"]["mode"] == "squash":
        image = image.resize(spec["size"][::-1], Image.BILINEAR)
    x = np.asarray(image)
    if spec.get("crop", "none") == "center":
        x = center_crop(x, spec["size"][0])
    x = x.astype(np.float32) * np.float32(spec["scale"])
    x = (x - np.array(spec["mean"], np.float32)) / np.array(spec["std"], np.float32)
    return x.transpose(2, 0, 1)[None]


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def augment(family, x, rng, swap=0.0):
    """Random flips, quarter turns, crop, and mild brightness, contrast and colour changes; see below for `swap`."""
    size = 96 if family == "pcam" else 128
    if family == "derm":  # a random place along the longer side
        left = rng.integers(0, x.shape[2] - size + 1, len(x))
        x = np.stack([im[:, l:l + size] for im, l in zip(x, left)])
    turned = np.empty_like(x)
    for i, k in enumerate(rng.integers(0, 8, len(x))):
        im = np.rot90(x[i], k % 4)
        turned[i] = im[:, ::-1] if k >= 4 else im
    x = torch.from_numpy(turned).permute(0, 3, 1, 2).float() / 255
    n = len(x)
    if family == "pcam":  # the label belongs to the centre, so the crop moves by 4 px at most
        dy, dx = rng.integers(0, 9, 2)
        x = F.pad(x, [4] * 4, mode="reflect")[:, :, dy:dy + size, dx:dx + size]
        if swap:  # the surroundings of some tiles come from another one: only the centre makes the label
            half = rng.integers(22, 40, n)
            away = (torch.arange(size) - (size - 1) / 2).abs()
            away = torch.maximum(away[:, None], away[None, :])[None, None]
            limit = torch.from_numpy(np.where(rng.random(n) < swap, half, size)).view(-1, 1, 1, 1)
            x = torch.where(away < limit, x, x.roll(1, 0))
    else:  # any angle, 0.8 to 1.25 times the size, up to 8 % off the centre
        angle, zoom = rng.uniform(-0.8, 0.8, n), np.exp(rng.uniform(-0.22, 0.22, n))
        c, s = np.cos(angle) * zoom, np.sin(angle) * zoom
        t = rng.uniform(-0.08, 0.08, (2, n))
        theta = torch.from_numpy(np.stack([[c, -s, t[0]], [s, c, t[1]]]).transpose(2, 0, 1).astype(np.float32))
        x = F.grid_sample(x, F.affine_grid(theta, x.shape, align_corners=False), padding_mode="reflection",
                          align_corners=False)

    def rand(spread, c=1):
        return torch.from_numpy(rng.uniform(1 - spread, 1 + spread, (n, c, 1, 1)).astype(np.float32))
    mean = x.mean((1, 2, 3), keepdim=True)
    x = (x - mean) * rand(0.15) + mean * rand(0.12)
    grey = x.mean(1, keepdim=True)
    x = ((x - grey) * rand(0.2) + grey) * rand(0.1 if family == "pcam" else 0.05, 3)
    m, s = (torch.tensor(v).view(1, 3, 1, 1) for v in MEAN_STD[family])
    return (x.clamp(0, 1) - m) / s


if __name__ == "__main__":
    for fam in LABELS:
        for part in ("train", "valid", "test"):
            xs, ys = arrays(fam, part)
            print(fam, part, xs.shape, np.bincount(ys).tolist())
        xs = arrays(fam, "train")[0][::5].reshape(-1, 3) / 255
        print(json.dumps({"family": fam, "mean": xs.mean(0).round(4).tolist(), "std": xs.std(0).round(4).tolist()}))
