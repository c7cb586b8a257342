# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""What each map must be, in float64, from PyTorch's own activations and gradients.

Attention of every kind is laid out as one matrix over all tokens of a picture, prefix tokens first, whatever the
network cuts it into; the formulas are then those of the papers, matrix by matrix."""
import copy

import numpy as np
import torch

from common import Weights
from windows import Modulator


class Look:
    """One run of a float64 copy: the score's gradient at the inputs, the named layers and every attention."""

    def __init__(self, model, inputs, layers, output=0, index=0, sample=0):
        model = copy.deepcopy(model).double()
        self.probabilities, self.modulators, self.layers = [], [], {}
        for name, module in model.named_modules():
            if isinstance(module, Weights):
                module.register_forward_hook(self.keep_in(self.probabilities))
            elif isinstance(module, Modulator):
                module.register_forward_hook(self.keep_in(self.modulators))
            if name in layers:
                module.register_forward_hook(self.keep_as(name))
        self.inputs = [x.clone().requires_grad_() for x in inputs]
        outputs = model(*self.inputs)
        self.outputs = list(outputs) if isinstance(outputs, tuple) else [outputs]
        self.outputs[output][sample, index].backward()

    @staticmethod
    def keep_in(store):
        def hook(_, __, value):
            value.retain_grad()
            store.append(value)
        return hook

    def keep_as(self, name):
        def hook(_, __, value):
            value = value + 0  # an in-place activation may follow
            value.retain_grad()
            self.layers.setdefault(name, []).append(value)
            return value
        return hook


def gradient_of(value):
    return torch.zeros_like(value) if value.grad is None else value.grad


def planes(value, layout, prefix, sample):
    """[channels, places] of one sample."""
    if layout == "NCHW":
        return value[sample].flatten(1)
    if layout == "NHWC":
        return value[sample].flatten(0, 1).T
    if layout == "LNC":
        return value[prefix:, sample].T
    return value[sample, prefix:].T


def first_pattern(a):
    m = (a - a.mean(1, keepdim=True)).T
    u, s, _ = torch.linalg.svd(m, full_matrices=False)
    y = u[:, 0] * s[0]
    return y * torch.sign(y[y.abs().argmax()])


def plus_plus(a, g):
    d = 2 * g ** 2 + a.sum(1, keepdim=True) * g ** 3
    alpha = torch.where(g > 0, g ** 2 / torch.where(d == 0, torch.ones_like(d), d), torch.zeros_like(g))
    return ((alpha * g).sum(1, keepdim=True) * a).sum(0)


CAMS = {
    "grad-cam": lambda a, g: (g.mean(1, keepdim=True) * a).sum(0),
    "hirescam": lambda a, g: (g * a).sum(0),
    "layercam": lambda a, g: (g.clamp(min=0) * a).sum(0),
    "grad-cam++": plus_plus,
    "xgrad-cam": lambda a, g: ((g * a).sum(1, keepdim=True) / (a.sum(1, keepdim=True) + 1e-7) * a).sum(0),
    "eigen-cam": lambda a, g: first_pattern(a),
}


class Layout:
    """Where the tokens of an attention lie.  kind "global", "window" (side, shift) or "local" (kernel)."""

    def __init__(self, kind, heads, grid, prefix=0, side=0, shift=0, kernel=0, name=None):
        self.kind, self.heads, self.grid, self.prefix = kind, heads, grid, prefix
        self.side, self.shift, self.kernel, self.name = side, shift, kernel, name

    @property
    def tokens(self):
        return self.prefix + self.grid[0] * self.grid[1]

    def describe(self):
        return {"kind": self.kind, "heads": self.heads, "grid": list(self.grid), "prefix": self.prefix,
                "kernel": self.kernel}

    def window_cells(self):
        h, w = self.grid
        ids = np.full((h + -h % self.side, w + -w % self.side), -1)
        ids[:h, :w] = np.arange(h * w).reshape(h, w)
        ids = np.roll(ids, (-self.shift, -self.shift), (0, 1))
        rows, columns = ids.shape[0] // self.side, ids.shape[1] // self.side
        return ids.reshape(rows, self.side, columns, self.side).transpose(0, 2, 1, 3).reshape(rows * columns, -1)

    def pairs(self):
        """(place in [groups, queries, keys], query token, key token) of everything that is a place."""
        if self.kind == "window":
            cells = self.window_cells()
            q = np.repeat(cells[:, :, None], cells.shape[1], 2)
            k = np.repeat(cells[:, None, :], cells.shape[1], 1)
        else:
            h, w = self.grid
            r = self.kernel // 2
            y, x = np.divmod(np.arange(h * w), w)
            dy, dx = np.divmod(np.arange(self.kernel ** 2), self.kernel)
            ny, nx = y[:, None] + dy - r, x[:, None] + dx - r
            inside = (ny >= 0) & (ny < h) & (nx >= 0) & (nx < w)
            k = np.where(inside, ny * w + nx, -1)[None]
            q = np.repeat(np.arange(h * w)[:, None], self.kernel ** 2, 1)[None]
        places = np.flatnonzero((q >= 0) & (k >= 0))
        return places, q.ravel()[places], k.ravel()[places]

    def dense(self, value, sample):
        """[heads, tokens, tokens] of one sample, and which of them the network looks at."""
        value = value.detach()
        n = self.tokens
        if self.kind == "global":
            return value.reshape(-1, self.heads, n, n)[sample], torch.ones(n, n)
        places, q, k = self.pairs()
        keys, queries = value.shape[-1], value.shape[-2]
        groups = len(self.window_cells()) if self.kind == "window" else 1
        value = value.reshape(-1, groups, self.heads, queries * keys)[sample].transpose(0, 1).flatten(1)
        matrix = torch.zeros(self.heads, n, n, dtype=value.dtype)
        seen = torch.zeros(n, n)
        matrix[:, q, k] = value[:, places]
        seen[q, k] = 1
        return matrix, seen


class Block:
    def __init__(self, layout, value, sample):
        self.layout = layout
        self.a, self.seen = layout.dense(value, sample)
        self.d, _ = layout.dense(gradient_of(value), sample)


def received(matrix, seen, query=None):
    if query is not None:
        return matrix[query] * seen[query]
    return (matrix * seen).sum(0) / seen.sum(0).clamp(min=1)


def start(block):
    row = torch.zeros(block.layout.tokens, dtype=torch.float64)
    if block.layout.prefix:
        row[0] = 1
    else:
        row[:] = 1 / block.layout.tokens
    return row


def class_token(block):
    return 0 if block.layout.prefix else None


def attention(blocks, head=None, query=None):
    block = blocks[-1]
    fused = block.a.mean(0) if head is None else block.a.max(0)[0] if head == "max" else block.a[head]
    return received(fused, block.seen, class_token(block) if query is None else query)


def normalised(matrix):
    matrix = matrix + torch.eye(len(matrix))
    return matrix / matrix.sum(1, keepdim=True)


def rollout(blocks):
    row = start(blocks[-1])
    for block in reversed(blocks):
        row = row @ normalised(block.a.mean(0))
    return row


def gradient_rollout(blocks):
    row = start(blocks[-1])
    for block in reversed(blocks):
        row = row @ normalised((block.a * block.d).mean(0).clamp(min=0))
    return row


def relevance(blocks):
    first = start(blocks[-1])
    row = first
    for block in reversed(blocks):
        row = row + row @ (block.a * block.d).clamp(min=0).mean(0)
    return row - first


def legrad(blocks):
    return sum(received(b.d.clamp(min=0).mean(0), b.seen) for b in blocks) / len(blocks)


def attention_grad_cam(blocks):
    block = blocks[-1]
    query, total = class_token(block), 0
    for a, d in zip(block.a, block.d):
        weight = received(d, block.seen, query)[block.layout.prefix:].mean()
        total = total + weight * received(a, block.seen, query) / len(block.a)
    return total


ATTENTIONS = {
    "attention": attention,
    "key-importance": lambda blocks: received(blocks[-1].a.mean(0), blocks[-1].seen),
    "rollout": rollout,
    "gradient-rollout": gradient_rollout,
    "relevance": relevance,
    "legrad": legrad,
    "attention-grad-cam": attention_grad_cam,
}


def pooled(model, inputs, index):
    """Raw scores, weights and class evidence a_i (w_c . h_i) of a bag, from the formula."""
    model = copy.deepcopy(model).double()
    with torch.no_grad():
        h = model.fc(inputs[0].double())
        raw = model.gate(h).T
        branch = index if model.branches > 1 else 0
        a = torch.softmax(raw, -1)[branch]
        w = model.heads[index].weight[0] if model.branches > 1 else model.head.weight[index]
        return {"raw": raw[branch], "weights": a, "times-n": a * a.numel(), "evidence": a * (h @ w)}
