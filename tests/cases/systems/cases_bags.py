# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""Bags of tiles, and pairs of pictures."""
from bags import Pooling, SharedPair
from case import Case, Run, Target, Wish, convolutions
from references import CAMS, Layout

TILES = {"features": {0: "tiles"}}
ELSEWHERE = [("rollout", "mil attention"), ("relevance", "mil attention"), ("legrad", "mil attention")]


class Bag(Layout):
    """One row of weights for each branch."""

    def __init__(self, count, branches):
        super().__init__("mil", branches, (count, 1))


def bag(count, index, branches, seed=1):
    maps = [Wish("mil-attention", index), Wish("class-evidence", index),
            Wish("mil-attention", index, params={"show": "times-n" if index else "raw"})]
    return Run([(count, 32)], None, maps, attention=[Bag(count, branches)], refused=ELSEWHERE, seed=seed, index=index)


def pooling(name, title, opset, branches=1, gated=True, manifest=True, classes=3, runs=None):
    runs = runs or [bag(40, k, branches) for k in range(classes)] + [bag(23, 1, branches, seed=5)]
    return Case(name, title, lambda: Pooling(branches=branches, gated=gated, classes=classes), runs, opset=opset,
                input_names=("features",), dynamic=TILES, manifest=manifest, classes=classes, roles=("bag",))


POOLINGS = [
    pooling("abmil", "Attention pooling", 11, gated=False, classes=2),
    pooling("abmil-gated", "Gated attention pooling", 17, manifest=False, classes=2),
    pooling("clam-single", "CLAM, one branch", 13),
    pooling("clam-multi", "CLAM, a branch for each class", 17, branches=3, manifest=False),
]

NAMES = ("clinical", "dermoscopy")
BOTH = {n: {0: "n"} for n in NAMES + ("clinical_logits", "dermoscopy_logits")}


def other(number):
    """What each place of one picture gets from all places of the other."""
    def formula(look, run):
        p = look.probabilities[number][run.sample].detach()
        return p.mean((0, 1)), run.attention[number].grid
    return formula


def pair_run(shape, grid, sample=0, seed=1, index=1):
    """Block 0 asks from the clinical picture for places of the dermoscopic one, block 1 the other way round."""
    def of(call):
        scope = f"/encoder/stages.3/stages.3.1/relu_{2 * call + 1}/"
        return Target("encoder.stages.3.1", scope, "NCHW", grid, call=call)
    maps = []
    for k in range(2):
        maps += [Wish(m, index, input=k, output=o, target=of(k)) for m in CAMS for o in range(2)]
        maps += [Wish(m, index, input=k, formula=other(1 - k)) for m in ("attention", "key-importance")]
    return Run([shape, shape], None, maps, attention=[Layout("cross", 2, grid)] * 2, sample=sample, seed=seed,
               index=index, refused=[("rollout", "cross")])


PAIRS = [
    Case("pair", "Two pictures, one encoder, shared cross-attention", lambda: SharedPair(3), opset=13, seed=2,
         input_names=NAMES, output_names=("clinical_logits", "dermoscopy_logits"), roles=NAMES, dynamic=BOTH,
         prepare=convolutions, runs=[pair_run((1, 3, 96, 128), (3, 4)),
                                     pair_run((2, 3, 96, 128), (3, 4), sample=1, seed=6, index=3)]),
]

BAGS = POOLINGS + PAIRS
