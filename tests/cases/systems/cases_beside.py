# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""Networks that the program was not made with."""
import torch

from beside import Cait, StackedPair
from case import BATCH, Case, Run, Target, Wish
from references import ATTENTIONS, Block, Layout, gradient_of, normalised


def of_class(change, fused, less):
    """All blocks over the class token and 16 patches; of a block in which only some ask, the other rows are those of
    the identity."""
    def formula(look, run):
        row = torch.zeros(17, dtype=torch.float64)
        row[0] = 1
        for p in reversed(look.probabilities):
            a = fused(p.detach()[run.sample], gradient_of(p)[run.sample])
            whole = torch.zeros(17, 17, dtype=torch.float64)
            asking = slice(0, 1) if len(a) == 1 else slice(1, 17)
            whole[asking, 17 - a.shape[1]:] = a
            matrix = torch.eye(17, dtype=torch.float64)
            matrix[asking] = change(whole)[asking]
            row = row @ matrix
        row[0] -= less
        return row[1:], (4, 4)
    return formula


def last_of_class(look, run):
    return look.probabilities[-1][run.sample].mean(0)[0, 1:], (4, 4)


def positive(a, d):
    return (a * d).clamp(min=0).mean(0)


def cait(sample, shape, seed):
    maps = [Wish("attention", formula=last_of_class),
            Wish("rollout", formula=of_class(normalised, lambda a, d: a.mean(0), 0)),
            Wish("relevance", formula=of_class(lambda m: m + torch.eye(17), positive, 1)), Wish("grad-cam")]
    return Run([shape], Target("asking.1.norm1", "/asking.1/norm1/", "NLC", (4, 4), 1), maps, sample=sample, seed=seed,
               attention=[Layout("global", 4, (4, 4))] * 2 + [Layout("global", 4, (4, 4), 1)] * 2)


def of_stacked(method, above):
    def formula(look, run):
        blocks = [Block(layout, p, run.sample + above) for layout, p in zip(run.attention, look.probabilities)]
        return ATTENTIONS[method](blocks)[1:], (4, 4)
    return formula


def stacked(count, sample, seed):
    """Every map on either picture."""
    target = Target("encoder.blocks.1.norm1", "/encoder/blocks.1/norm1/", "NLC", (4, 4), 1)
    maps = []
    for k in range(2):
        above = k * count
        maps += [Wish(m, input=k, formula=of_stacked(m, above))
                 for m in ("attention", "rollout", "relevance", "legrad", "attention-grad-cam")]
        maps += [Wish(m, input=k, target=target, above=above) for m in ("grad-cam", "hirescam")]
    return Run([(count, 3, 32, 32)] * 2, None, maps, sample=sample, seed=seed,
               attention=[Layout("global", 2, (4, 4), 1)] * 2)


PAIR = ("first", "second")

BESIDE = [
    Case("cait", "CaiT: heads that talk, a class token that asks", lambda: Cait(4), opset=12, dynamic=BATCH,
         runs=[cait(0, (1, 3, 32, 32), 1), cait(1, (2, 3, 32, 32), 5)]),
    Case("pair-stacked", "Two pictures one on the other through one encoder", StackedPair, opset=13, input_names=PAIR,
         roles=("image", "image"), dynamic={n: {0: "n"} for n in PAIR + ("logits",)},
         runs=[stacked(1, 0, 1), stacked(2, 1, 6)]),
]
