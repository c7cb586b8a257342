# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""Self-attention inside convolutional networks: over all places, over each place's neighbourhood (Ramachandran et
al., 2019), and over neighbourhoods of an embedding that is narrower than the map."""
import torch
from torch import nn
from torch.nn import functional as F

from common import Weights


class GlobalAttention(nn.Module):
    """Over the whole map, with a bias for each relative place; added to what it was made of."""

    def __init__(self, channels, side, heads=2):
        super().__init__()
        self.heads, self.side = heads, side
        self.qkv = nn.Conv2d(channels, 3 * channels, 1)
        self.weights = Weights()
        self.proj = nn.Conv2d(channels, channels, 1, bias=False)
        self.norm = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU()
        self.bias_table = nn.Parameter(torch.zeros(heads, (2 * side - 1) ** 2))
        place = torch.stack(torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")).flatten(1)
        offset = place[:, :, None] - place[:, None, :] + side - 1
        self.register_buffer("offset", offset[0] * (2 * side - 1) + offset[1], persistent=False)

    def forward(self, x):
        b, c, h, w = x.shape
        q, k, v = self.qkv(x).reshape(b, 3, self.heads, c // self.heads, h * w).unbind(1)
        scores = q.transpose(-1, -2) @ k * (c // self.heads) ** -0.5 + self.bias_table[:, self.offset]
        y = v @ self.weights(scores).transpose(-1, -2)
        return self.relu(x + self.norm(self.proj(y.reshape(b, c, h, w))))


class AxisAttention(nn.Module):
    """Over the whole map as token rows: separate queries, keys and values, channels last."""

    def __init__(self, channels, heads=2):
        super().__init__()
        self.heads = heads
        self.norm = nn.LayerNorm(channels)
        self.query = nn.Linear(channels, channels)
        self.key = nn.Linear(channels, channels)
        self.value = nn.Linear(channels, channels)
        self.weights = Weights()
        self.proj = nn.Linear(channels, channels)

    def split(self, x):
        return x.reshape(x.shape[0], x.shape[1], self.heads, -1).permute(0, 2, 1, 3)

    def forward(self, x):
        b, c, h, w = x.shape
        t = self.norm(x.flatten(2).transpose(1, 2))
        q, k, v = self.split(self.query(t)), self.split(self.key(t)), self.split(self.value(t))
        y = self.weights(q @ k.transpose(-1, -2) / (c // self.heads) ** 0.5) @ v
        y = self.proj(y.permute(0, 2, 1, 3).reshape(b, h * w, c))
        return x + y.transpose(1, 2).reshape(b, c, h, w)


class LocalAttention(nn.Module):
    """Each place over the kernel x kernel places around it, zeros beyond the border, an offset for each place added
    to the keys.  shifted: neighbours are slices of the padded map laid side by side, not an unfolding."""

    def __init__(self, channels, kernel=3, heads=2, shifted=False):
        super().__init__()
        self.heads, self.kernel, self.shifted = heads, kernel, shifted
        self.query = nn.Conv2d(channels, channels, 1, bias=False)
        self.key = nn.Conv2d(channels, channels, 1, bias=False)
        self.value = nn.Conv2d(channels, channels, 1, bias=False)
        self.rel_rows = nn.Parameter(torch.zeros(channels // heads, kernel * kernel))
        self.weights = Weights()

    def neighbours(self, x):
        b, c, h, w = x.shape
        r = self.kernel // 2
        if not self.shifted:
            y = F.unfold(x, self.kernel, padding=r)
            return y.reshape(b, self.heads, c // self.heads, self.kernel ** 2, h * w)
        x = F.pad(x, (r, r, r, r))
        y = torch.stack([x[:, :, i:i + h, j:j + w] for i in range(self.kernel) for j in range(self.kernel)], 2)
        return y.reshape(b, self.heads, c // self.heads, self.kernel ** 2, h * w)

    def forward(self, x):
        b, c, h, w = x.shape
        wide = c // self.heads
        q = self.query(x).reshape(b, self.heads, wide, 1, h * w)
        k = self.neighbours(self.key(x)) + self.rel_rows[:, :, None]
        scores = (q * k).sum(2).transpose(-1, -2) * wide ** -0.5
        p = self.weights(scores).transpose(-1, -2)
        return (p.unsqueeze(2) * self.neighbours(self.value(x))).sum(3).reshape(b, c, h, w)


class EmbeddedLocalAttention(nn.Module):
    """Local attention between two 1 x 1 convolutions that halve and restore the channels; added."""

    def __init__(self, channels, kernel=3, heads=2, shifted=False):
        super().__init__()
        inner = channels // 2
        self.embed = nn.Conv2d(channels, inner, 1)
        self.local = LocalAttention(inner, kernel, heads, shifted)
        self.proj = nn.Conv2d(inner, channels, 1, bias=False)
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, x):
        return torch.relu(x + self.norm(self.proj(self.local(self.embed(x)))))
