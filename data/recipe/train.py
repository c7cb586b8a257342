# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""Trains one model: train.py pcam-resnet18 --minutes 15

The learning rate follows the wall clock, so that a run ends on time on any machine; --steps N gives a run
of fixed length instead, whose learning rates and batches do not depend on the speed of the machine.
"""
import argparse
import copy
import json
import math
import time

import numpy as np
import torch
from torch.nn import functional as F

import data
import models
import quick

CHECKPOINTS = data.CACHE / "checkpoints"


def predict(model, family, x, batch=200, bf16=False):
    model.eval()
    out = []
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=bf16):
        for i in range(0, len(x), batch):
            b = data.test_batch(family, x[i:i + batch]).contiguous(memory_format=torch.channels_last)
            out.append(model(b).float())
    return torch.cat(out)


def balanced_accuracy(pred, y):
    return float(np.mean([(pred[y == c] == c).mean() for c in np.unique(y)]))


def area_under_curve(logits, y):
    d = (logits[:, 1] - logits[:, 0]).numpy()
    return float((np.searchsorted(np.sort(d[y == 0]), d[y == 1]) / (y == 0).sum()).mean())


def load_matching(model, model_id):
    """Copies every tensor of another checkpoint that has the same name and shape."""
    saved = torch.load(CHECKPOINTS / f"{model_id}.pt")
    old, new = saved["state"], model.state_dict()
    same = {k: v for k, v in old.items() if k in new and new[k].shape == v.shape}
    model.load_state_dict(same, strict=False)
    print(f"init from {model_id}: {len(same)} of {len(new)} tensors", flush=True)
    return {"model": model_id, **{k: saved["meta"].get(k) for k in ("step", "seconds", "parents")}}


def batches(y, size, family, rng):
    """Endless index batches. Dermoscopy: class frequency to the power 1/2, to lift the rare classes."""
    weight = 1.0 / np.sqrt(np.bincount(y)[y]) if family == "derm" else None
    while True:
        if weight is None:
            order = rng.permutation(len(y))
        else:
            order = rng.choice(len(y), len(y), p=weight / weight.sum())
        for i in range(0, len(y) - size + 1, size):
            yield order[i:i + size]


def lower(x, family, side):
    """PCam: the centre; dermoscopy: the whole image, smaller."""
    if family == "pcam":
        edge = (x.shape[2] - (side or 64)) // 2
        x = x[:, :, edge:x.shape[2] - edge, edge:x.shape[3] - edge]
    else:
        x = F.interpolate(x, size=[side or 96] * 2, mode="bilinear", align_corners=False, antialias=True)
    return x.contiguous(memory_format=torch.channels_last)


def load_teacher(model_id):
    teacher = models.build(model_id)
    teacher.load_state_dict(torch.load(CHECKPOINTS / f"{model_id}.pt")["state"])
    return teacher.to(memory_format=torch.channels_last).eval()


def follow(kept, model, decay):
    """Moves the running mean of weights and statistics towards the model."""
    with torch.no_grad():
        for old, new in zip(kept.state_dict().values(), model.state_dict().values()):
            if old.is_floating_point():
                old.lerp_(new, 1 - decay)


def machine():
    """The processor's name, as the system tells it."""
    names = [line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
    return f"one thread of a shared {names[0]}, no GPU" if names else "one thread, no GPU"


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("model", help="pcam- or derm- and one of " + ", ".join(models.KINDS))
    ap.add_argument("--minutes", type=float, default=15)
    ap.add_argument("--steps", type=int)
    ap.add_argument("--init", action="append", default=[], help="model id to copy matching weights from")
    ap.add_argument("--teacher", action="append", default=[], help="model ids whose mean softened output is half of the target")
    ap.add_argument("--average", type=float, default=0.0, help="decay a step of the running mean of the weights that is kept; 0: none")
    ap.add_argument("--lr", type=float, default=2e-3)
    ap.add_argument("--batch", type=int, default=64)
    ap.add_argument("--decay", type=float, default=0.05)
    ap.add_argument("--smooth", type=float, default=0.05)
    ap.add_argument("--low", type=float, default=0.0, help="first part of the run at a smaller side (CNN only); teachers see it whole")
    ap.add_argument("--low-side", type=int, help="that side; else 64 px of PCam, 96 of dermoscopy")
    ap.add_argument("--swap", type=float, default=0.0, help="PCam: part of the tiles that get the surroundings of another")
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--threads", type=int, default=1)
    a = ap.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(a.seed)
    rng = np.random.default_rng(a.seed)
    family = a.model.split("-")[0]
    x, y = data.arrays(family, "train")
    xv, yv = data.arrays(family, "valid")
    model = quick.use(models.build(a.model))
    parents = [load_matching(model, source) for source in a.init]
    model = model.to(memory_format=torch.channels_last)
    teachers = [load_teacher(t) for t in a.teacher]
    kept = copy.deepcopy(model) if a.average else model
    decay = [p for p in model.parameters() if p.ndim > 1]
    plain = [p for p in model.parameters() if p.ndim <= 1]
    opt = torch.optim.AdamW([{"params": decay, "weight_decay": a.decay}, {"params": plain, "weight_decay": 0.0}], lr=a.lr)
    CHECKPOINTS.mkdir(parents=True, exist_ok=True)
    best, checks, start, losses, step = -1.0, [0.25, 0.45, 0.6, 0.72, 0.82, 0.9, 0.95, 1.0], time.time(), [], 0
    for index in batches(y, a.batch, family, rng):
        done = step / a.steps if a.steps else (time.time() - start) / (a.minutes * 60)
        if done >= checks[0]:
            logits = predict(kept, family, xv, bf16=True)
            p = logits.argmax(1).numpy()
            nll = F.cross_entropy(logits, torch.from_numpy(yv)).item()
            acc, bal = float((p == yv).mean()), balanced_accuracy(p, yv)
            score = area_under_curve(logits, yv) if family == "pcam" else (acc + bal) / 2
            print(f"{done:.2f} step {step} {time.time() - start:.0f} s loss {np.mean(losses[-200:]):.3f} "
                  f"valid acc {acc:.4f} balanced {bal:.4f} nll {nll:.3f} score {score:.4f}", flush=True)
            if score > best:
                best = score
                torch.save({"state": kept.state_dict(), "meta": {
                    "args": vars(a), "parents": parents, "step": step, "seconds": round(time.time() - start), "images": step * a.batch,
                    "machine": machine(),
                    "valid_accuracy": acc, "valid_balanced_accuracy": bal}}, CHECKPOINTS / f"{a.model}.pt")
            while checks and done >= checks[0]:
                checks.pop(0)
            if not checks:
                break
        rate = min(1.0, done / 0.05 + 0.01) * 0.5 * (1 + math.cos(math.pi * min(done, 1.0)))
        for group in opt.param_groups:
            group["lr"] = a.lr * rate
        xb = data.augment(family, x[index], rng, a.swap)
        xb = xb.contiguous(memory_format=torch.channels_last)
        shown = lower(xb, family, a.low_side) if done < a.low else xb
        yb = torch.from_numpy(y[index])
        model.train()
        with torch.autocast("cpu", torch.bfloat16):
            logits = model(shown).float()
            loss = F.cross_entropy(logits, yb, label_smoothing=a.smooth)
            if teachers:
                with torch.no_grad():
                    target = torch.stack([torch.softmax(t(xb).float() / 2, 1) for t in teachers]).mean(0)
                soft = F.kl_div(torch.log_softmax(logits / 2, 1), target, reduction="batchmean") * 4
                loss = 0.5 * loss + 0.5 * soft
        opt.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 2.0)
        opt.step()
        if a.average:
            follow(kept, model, min(a.average, (1 + step) / (10 + step)))
        losses.append(loss.item())
        step += 1
        if step % 100 == 0:
            print(f"{done:.2f} step {step} {time.time() - start:.0f} s loss {np.mean(losses[-100:]):.3f}", flush=True)
    print(json.dumps({"model": a.model, "steps": step, "seconds": round(time.time() - start), "best_valid": best}))


if __name__ == "__main__":
    main()
