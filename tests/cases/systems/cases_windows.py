# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""Windows, focal modulation, and encoders followed by a whole DeiT."""
import torch

from case import BATCH, Case, Run, Target, Wish
from cases_convolutional import NONE, NOT_POOLING
from cases_tokens import ALL, TOKEN_CAMS, norm1
from references import CAMS, Block, Layout, normalised, start
from tokens import Dinov2, Stacked
from windows import FocalNet, Sam, Swin


def sam_run(grid, target, window, heads=2, **more):
    """In blocks that cut the grid into windows, attention is one matrix of blocks."""
    layouts = [Layout("global", heads, (grid, grid)) if i % 3 == 2 or window >= grid else
               Layout("window", heads, (grid, grid), side=window) for i in range(12)]
    maps = [Wish(m) for m in TOKEN_CAMS + ALL]
    maps += [Wish("attention", head=h) for h in (1, "max")] + [Wish("attention", params={"query": "5"})]
    maps += [Wish("attention", block=10), Wish("key-importance", block=10)]
    return Run([(1, 3, 16 * grid, 16 * grid)], target, maps, attention=layouts, refused=NOT_POOLING, **more)


SAMS = [
    Case("sam-224", "SAM's encoder at 224 pixels, no neck: every block sees the whole grid", lambda: Sam(14), opset=17,
         manifest=False, runs=[sam_run(14, Target("blocks.11", "/blocks.11/", "NHWC", (14, 14)), 14)]),
    Case("sam-windows", "SAM's encoder, windows with padding, neck", lambda: Sam(10, window=4, neck=8, einsum=False),
         shared=True, opset=11, dynamic=BATCH, runs=[
             sam_run(10, Target("neck", "/neck/neck.3/", "NCHW", (10, 10)), 4)]),
]


def swin_layouts(grid, side):
    layouts, heads = [], (1, 2, 2, 4)
    for k, depth in enumerate((2, 2, 6, 2)):
        g = grid >> k
        for i in range(depth):
            if g <= side and g % side == 0:
                layouts.append(Layout("global", heads[k], (g, g)))
            else:
                shift = side // 2 * (i % 2) if g > side else 0
                layouts.append(Layout("window", heads[k], (g, g), side=side, shift=shift))
    return layouts


def merge(rows, columns):
    """Each merged token is the mean of its four: [merged, tokens]."""
    matrix = torch.zeros(rows * columns // 4, rows * columns, dtype=torch.float64)
    for i in range(rows):
        for j in range(columns):
            matrix[i // 2 * (columns // 2) + j // 2, i * columns + j] = 0.25
    return matrix


def through_stages(step, less=0):
    """A row of the last stage, block by block and merging by merging back to the first grid, less so much of what
    the same makes of the row without any block."""
    def formula(look, run):
        blocks = [Block(layout, p, run.sample) for layout, p in zip(run.attention, look.probabilities)]
        row = none = start(blocks[-1])
        grid = blocks[-1].layout.grid
        for block in reversed(blocks):
            if block.layout.grid != grid:
                row, none = row @ merge(*block.layout.grid), none @ merge(*block.layout.grid)
                grid = block.layout.grid
            row = step(row, block)
        return row - less * none, grid
    return formula


def rolled(row, block):
    return row @ normalised(block.a.mean(0))


def relevant(row, block):
    return row + row @ (block.a * block.d).clamp(min=0).mean(0)


def swin_run(size, grid, side, **more):
    last = grid >> 3
    target = Target("norm", "/norm/", "NLC", (last, last))
    maps = [Wish(m) for m in TOKEN_CAMS + ("attention", "key-importance", "attention-grad-cam")]
    maps += [Wish("attention", block=b) for b in (1, 3, 5)] + [Wish("key-importance", block=b) for b in (0, 5)]
    maps.append(Wish("rollout", formula=through_stages(rolled)))
    maps.append(Wish("relevance", formula=through_stages(relevant, less=1)))
    return Run([(1, 3, size, size)], target, maps, attention=swin_layouts(grid, side), refused=NOT_POOLING, **more)


SWINS = [
    Case("swin", "Swin: shifted windows, merging", lambda: Swin(16, 2, dim=3), shared=True, opset=13, dynamic=BATCH,
         runs=[swin_run(64, 16, 2)]),
    Case("swin-padded", "Swin whose grids are padded to whole windows", lambda: Swin(16, 3, dim=3), shared=True,
         opset=17, manifest=False, runs=[swin_run(64, 16, 3)]),
]


def modulator(number):
    """The length of each place's modulator in one block."""
    def formula(look, run):
        value = look.modulators[number][run.sample].detach()
        return value.norm(dim=0).flatten(), tuple(value.shape[1:])
    return formula


def focal_run(shape, grid, **more):
    target = Target("norm", "/norm/", "NHWC", grid)
    maps = [Wish(m) for m in CAMS if m != "xgrad-cam"]
    maps.append(Wish("modulator-norm", formula=modulator(-1)))
    return Run([shape], target, maps, refused=NONE, **more)


FOCAL = [
    Case("focalnet", "SEEM's backbone FocalNet-T", FocalNet, shared=True, opset=13, dynamic=BATCH,
         runs=[focal_run((1, 3, 128, 160), (4, 5))]),
    Case("focalnet-scaled", "FocalNet-T with scaled modulators", lambda: FocalNet(scaled=True), shared=True, opset=17,
         manifest=False, runs=[focal_run((1, 3, 224, 224), (7, 7))]),
]


def through_both(step):
    """The class token's row of the DeiT, its share on the patches back through the encoder."""
    def formula(look, run):
        blocks = [Block(layout, p, run.sample) for layout, p in zip(run.attention, look.probabilities)]
        row = start(blocks[-1])
        for block in reversed(blocks):
            if block.layout.tokens != len(row):
                before = torch.zeros(block.layout.tokens, dtype=torch.float64)
                before[block.layout.prefix:] = row[1:]
                row = before
            row = step(row, block)
        return row[blocks[0].layout.prefix:], blocks[0].layout.grid
    return formula


def stacked_run(shape, layouts, grid, both=True, **more):
    target = norm1(11, grid, blocks="deit")
    maps = [Wish(m) for m in TOKEN_CAMS + ("attention", "key-importance", "attention-grad-cam")]
    if both:
        maps.append(Wish("relevance", formula=through_both(relevant)))
        maps.append(Wish("rollout", formula=through_both(rolled)))
    else:
        maps += [Wish("relevance"), Wish("rollout"), Wish("legrad")]
    return Run([shape], target, maps, attention=layouts, refused=NOT_POOLING, **more)


def deit_layouts(grid):
    return [Layout("global", 2, grid, 1)] * 12


STACKED = [
    Case("dinov2-deit", "DINOv2 with registers, its patches through a whole DeiT",
         lambda: Stacked(Dinov2(5, registers=4, sized=True, patch=14, read=None), 25), shared=True, opset=17,
         manifest=False, runs=[
             stacked_run((1, 3, 70, 70), [Layout("global", 2, (5, 5), 5)] * 12 + deit_layouts((5, 5)), (5, 5))]),
    Case("sam-deit", "SAM's encoder without neck, its grid through a whole DeiT",
         lambda: Stacked(Sam(5, window=5, classes=0), 25, pick=lambda x: x.flatten(1, 2), width=8), shared=True,
         opset=13, runs=[
             stacked_run((1, 3, 80, 80), [Layout("global", 2, (5, 5))] * 12 + deit_layouts((5, 5)), (5, 5))]),
    Case("seem-deit", "SEEM's backbone, its places through a whole DeiT",
         lambda: Stacked(FocalNet(classes=0), 20, pick=lambda x: x.flatten(1, 2), width=24), shared=True, opset=11,
         manifest=False, runs=[stacked_run((1, 3, 128, 160), deit_layouts((4, 5)), (4, 5), both=False)]),
]

WINDOWS = SAMS + SWINS + FOCAL + STACKED
