# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""Whether attention helped, at equal small budgets: seeds.py pcam derm --steps 100 --seeds 5 > tables of ../../docs/attention-helped.md

For each seed the CNN, the CNN with global and that with local attention go on from the same trained CNN for the same number of steps,
on the same batches with the same augmentation; the last step is kept, and the test split is measured once for each run.  Differences
to the CNN of the same seed: their mean, the 95 % interval of Student's t, and the share of the 2^n sign changes of the differences
whose mean is as far from zero (the exact paired permutation test; with five seeds it cannot be below 0.0625).
"""
import argparse
import contextlib
import itertools
import json
import math
import sys
import time

import numpy as np
import torch
from torch.nn import functional as F

import data
import evaluate
import models
import quick
import train

KINDS = ("resnet18", "resnet18-ga", "resnet18-la")
MEASURES = (("accuracy", "accuracy"), ("balanced_accuracy", "balanced accuracy"), ("auc", "AUC"), ("ece", "calibration error"))
STUDENT = {2: 12.706, 3: 4.303, 4: 3.182, 5: 2.776, 6: 2.571, 7: 2.447, 8: 2.365}  # 97.5 % of Student's t, by the number of pairs
START = "resnet18"


def run(family, kind, seed, steps, rate):
    """The figures on the test split after `steps` steps from the common start."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    x, y = data.arrays(family, "train")
    model = quick.use(models.build(f"{family}-{kind}"))
    with contextlib.redirect_stdout(sys.stderr):  # the table goes to standard output
        train.load_matching(model, f"{family}-{START}")
    model = model.to(memory_format=torch.channels_last)
    opt = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.05)
    start = time.time()
    for step, index in enumerate(itertools.islice(train.batches(y, 64, family, rng), steps)):
        for group in opt.param_groups:
            group["lr"] = rate * min(1, (step + 1) / (0.1 * steps)) * 0.5 * (1 + math.cos(math.pi * step / steps))
        model.train()
        with torch.autocast("cpu", torch.bfloat16):
            logits = model(data.augment(family, x[index], rng).contiguous(memory_format=torch.channels_last)).float()
        loss = F.cross_entropy(logits, torch.from_numpy(y[index]), label_smoothing=0.05)
        opt.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 2.0)
        opt.step()
    xt, yt = data.arrays(family, "test")
    p = evaluate.softmax(train.predict(model, family, xt, bf16=True).numpy())
    return {"family": family, "kind": kind, "seed": seed, "steps": steps, "seconds": round(time.time() - start),
            **evaluate.figures(p, yt), "ece": evaluate.ece(p, yt)}


def paired(differences):
    """Mean, 95 % interval, and the share of sign changes that are as far from zero."""
    d = np.array(differences)
    half = STUDENT[len(d)] * d.std(ddof=1) / math.sqrt(len(d))
    means = [abs((d * signs).mean()) for signs in itertools.product((1, -1), repeat=len(d))]
    return d.mean(), d.mean() - half, d.mean() + half, float(np.mean(np.array(means) >= abs(d.mean()) - 1e-12))


def tell(lines, family):
    own = {(l["kind"], l["seed"]): l for l in lines if l["family"] == family}
    seeds = sorted(s for k, s in own if k == KINDS[-1] and all((kind, s) in own for kind in KINDS))
    if len(seeds) < 2:
        return
    steps = own[KINDS[0], seeds[0]]["steps"]
    print(f"## {evaluate.FAMILY[family]['name']}: {len(seeds)} seeds, {steps} steps of 64 images from {family}-{START}\n")
    print("| network | " + " | ".join(title for _, title in MEASURES) + " |\n|" + "---|" * (1 + len(MEASURES)))
    for kind in KINDS:
        values = [[own[kind, s][m] for s in seeds] for m, _ in MEASURES]
        print(f"| {evaluate.NAMES[kind]} | " + " | ".join(f"{np.mean(v):.4f} ± {np.std(v, ddof=1):.4f}" for v in values) + " |")
    print("\n| less the CNN of the same seed | " + " | ".join(title for _, title in MEASURES) + " |\n|" + "---|" * (1 + len(MEASURES)))
    for kind in KINDS[1:]:
        cells = [paired([own[kind, s][m] - own[KINDS[0], s][m] for s in seeds]) for m, _ in MEASURES]
        print(f"| {kind} | " + " | ".join("%+.4f (%+.4f to %+.4f), p %.3f" % c for c in cells) + " |")
    print()


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("families", nargs="+", choices=list(models.FAMILIES))
    ap.add_argument("--steps", type=int, default=50)
    ap.add_argument("--seeds", type=int, default=5)
    ap.add_argument("--rate", type=float, default=5e-4)
    a = ap.parse_args()
    torch.set_num_threads(1)
    keep = data.CACHE / "seeds.jsonl"
    lines = [json.loads(line) for line in keep.read_text().splitlines()] if keep.exists() else []
    done = {(l["family"], l["kind"], l["seed"], l["steps"]) for l in lines}
    for family, seed, kind in itertools.product(a.families, range(1, a.seeds + 1), KINDS):
        if (family, kind, seed, a.steps) not in done:
            lines.append(run(family, kind, seed, a.steps, a.rate))
            with keep.open("a") as file:
                file.write(json.dumps(lines[-1]) + "\n")
    for family in a.families:
        tell([l for l in lines if l["steps"] == a.steps], family)


if __name__ == "__main__":
    main()
