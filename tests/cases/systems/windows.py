# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""Attention in windows: Swin (Liu et al., 2021) and the image encoder of Segment Anything (Kirillov et al., 2023);
and SEEM's backbone FocalNet (Yang et al., 2022), which has none."""
import torch
from torch import nn
from torch.nn import functional as F

from common import Weights
from tokens import Mlp


def partition(x, side):
    b, h, w, c = x.shape
    x = x.view(b, h // side, side, w // side, side, c)
    return x.permute(0, 1, 3, 2, 4, 5).contiguous().view(-1, side, side, c)


def unpartition(x, side, h, w):
    b = x.shape[0] // (h * w // side // side)
    x = x.view(b, h // side, w // side, side, side, -1)
    return x.permute(0, 1, 3, 2, 4, 5).contiguous().view(b, h, w, -1)


class WindowAttention(nn.Module):
    def __init__(self, dim, side, heads):
        super().__init__()
        self.heads, self.scale = heads, (dim // heads) ** -0.5
        self.qkv = nn.Linear(dim, 3 * dim)
        self.weights = Weights()
        self.proj = nn.Linear(dim, dim)
        self.bias_table = nn.Parameter(torch.zeros((2 * side - 1) ** 2, heads))
        place = torch.stack(torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")).flatten(1)
        offset = (place[:, :, None] - place[:, None, :] + side - 1).permute(1, 2, 0)
        self.register_buffer("offset", offset[..., 0] * (2 * side - 1) + offset[..., 1], persistent=False)

    def forward(self, x, mask):
        b, n, c = x.shape
        q, k, v = self.qkv(x).reshape(b, n, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        bias = self.bias_table[self.offset.view(-1)].view(n, n, -1).permute(2, 0, 1)
        scores = (q * self.scale) @ k.transpose(-2, -1) + bias.unsqueeze(0)
        if mask is not None:
            count = mask.shape[0]
            scores = scores.view(b // count, count, self.heads, n, n) + mask.unsqueeze(1).unsqueeze(0)
            scores = scores.view(-1, self.heads, n, n)
        return self.proj((self.weights(scores) @ v).transpose(1, 2).reshape(b, n, c))


def shift_mask(h, w, side, shift):
    """-100 between places that the roll made neighbours."""
    region = torch.zeros(h, w)
    number = 0
    for rows in (slice(0, -side), slice(-side, -shift), slice(-shift, None)):
        for columns in (slice(0, -side), slice(-side, -shift), slice(-shift, None)):
            region[rows, columns] = number
            number += 1
    region = partition(region.view(1, h, w, 1), side).view(-1, side * side)
    return torch.where(region[:, None] == region[:, :, None], 0.0, -100.0)


class SwinBlock(nn.Module):
    """grid: of the stage; it is padded at the right and the bottom to whole windows."""

    def __init__(self, dim, heads, grid, side, shift):
        super().__init__()
        self.grid, self.side = grid, side
        self.padding = -grid % side
        padded = grid + self.padding
        self.shift = shift if padded > side else 0
        self.norm1 = nn.LayerNorm(dim)
        self.attn = WindowAttention(dim, side, heads)
        self.norm2 = nn.LayerNorm(dim)
        self.mlp = Mlp(dim)
        mask = shift_mask(padded, padded, side, shift) if self.shift else None
        self.register_buffer("mask", mask, persistent=False)

    def attend(self, x):
        b, n, c = x.shape
        x = F.pad(x.view(b, self.grid, self.grid, c), (0, 0, 0, self.padding, 0, self.padding))
        h = w = self.grid + self.padding
        if self.shift:
            x = torch.roll(x, shifts=(-self.shift, -self.shift), dims=(1, 2))
        x = partition(x, self.side).view(-1, self.side * self.side, c)
        x = self.attn(x, self.mask).view(-1, self.side, self.side, c)
        x = unpartition(x, self.side, h, w)
        if self.shift:
            x = torch.roll(x, shifts=(self.shift, self.shift), dims=(1, 2))
        return x[:, :self.grid, :self.grid, :].contiguous().view(b, n, c)

    def forward(self, x):
        x = x + self.attend(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class Merging(nn.Module):
    def __init__(self, dim, grid):
        super().__init__()
        self.grid = grid
        self.norm = nn.LayerNorm(4 * dim)
        self.reduction = nn.Linear(4 * dim, 2 * dim, bias=False)

    def forward(self, x):
        b, n, c = x.shape
        x = x.view(b, self.grid, self.grid, c)
        x = torch.cat([x[:, 0::2, 0::2], x[:, 1::2, 0::2], x[:, 0::2, 1::2], x[:, 1::2, 1::2]], -1)
        return self.reduction(self.norm(x.view(b, -1, 4 * c)))


class Swin(nn.Module):
    def __init__(self, grid, side, dim=4, depths=(2, 2, 6, 2), heads=(1, 2, 2, 4), classes=5):
        super().__init__()
        self.patch = nn.Conv2d(3, dim, 4, 4)
        self.patch_norm = nn.LayerNorm(dim)
        self.stages, self.merges = nn.ModuleList(), nn.ModuleList()
        for k, depth in enumerate(depths):
            blocks = [SwinBlock(dim << k, heads[k], grid >> k, side, side // 2 * (i % 2)) for i in range(depth)]
            self.stages.append(nn.Sequential(*blocks))
            if k + 1 < len(depths):
                self.merges.append(Merging(dim << k, grid >> k))
        self.norm = nn.LayerNorm(dim << (len(depths) - 1))
        self.head = nn.Linear(dim << (len(depths) - 1), classes)

    def forward(self, x):
        x = self.patch_norm(self.patch(x).flatten(2).transpose(1, 2))
        for k, stage in enumerate(self.stages):
            x = stage(x)
            if k < len(self.merges):
                x = self.merges[k](x)
        return self.head(self.norm(x).mean(1))


class RelativeAttention(nn.Module):
    """A vector for each difference of rows and of columns, multiplied with the unscaled queries."""

    def __init__(self, dim, heads, side, einsum):
        super().__init__()
        self.heads, self.einsum = heads, einsum
        self.scale = (dim // heads) ** -0.5
        self.qkv = nn.Linear(dim, 3 * dim)
        self.weights = Weights()
        self.proj = nn.Linear(dim, dim)
        self.rel_rows = nn.Parameter(torch.zeros(2 * side - 1, dim // heads))
        self.rel_columns = nn.Parameter(torch.zeros(2 * side - 1, dim // heads))
        self.register_buffer("offset", torch.arange(side)[:, None] - torch.arange(side)[None, :] + side - 1,
                             persistent=False)

    def bias(self, q, h, w):
        rows, columns = self.rel_rows[self.offset], self.rel_columns[self.offset]
        q = q.reshape(q.shape[0], h, w, q.shape[-1])
        if self.einsum:
            by_row = torch.einsum("bhwc,hkc->bhwk", q, rows)
            by_column = torch.einsum("bhwc,wkc->bhwk", q, columns)
        else:
            by_row = q @ rows.transpose(1, 2)
            by_column = (q.transpose(1, 2) @ columns.transpose(1, 2)).transpose(1, 2)
        return (by_row[:, :, :, :, None] + by_column[:, :, :, None, :]).reshape(-1, h * w, h * w)

    def forward(self, x):
        b, h, w, c = x.shape
        qkv = self.qkv(x).reshape(b, h * w, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        q, k, v = qkv.reshape(3, b * self.heads, h * w, c // self.heads).unbind(0)
        p = self.weights((q * self.scale) @ k.transpose(-2, -1) + self.bias(q, h, w))
        y = (p @ v).view(b, self.heads, h, w, -1).permute(0, 2, 3, 1, 4).reshape(b, h, w, c)
        return self.proj(y)


class SamBlock(nn.Module):
    def __init__(self, dim, heads, grid, window, einsum):
        super().__init__()
        self.window, self.grid = window, grid
        self.norm1 = nn.LayerNorm(dim, eps=1e-6)
        self.attn = RelativeAttention(dim, heads, window or grid, einsum)
        self.norm2 = nn.LayerNorm(dim, eps=1e-6)
        self.mlp = Mlp(dim)

    def attend(self, x):
        if not self.window:
            return self.attn(x)
        padding = -self.grid % self.window
        if padding:
            x = F.pad(x, (0, 0, 0, padding, 0, padding))
        padded = self.grid + padding
        x = unpartition(self.attn(partition(x, self.window)), self.window, padded, padded)
        return x[:, :self.grid, :self.grid, :].contiguous() if padding else x

    def forward(self, x):
        x = x + self.attend(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class ChannelNorm(nn.Module):
    def __init__(self, channels, eps=1e-6):
        super().__init__()
        self.weight, self.bias, self.eps = nn.Parameter(torch.ones(channels)), nn.Parameter(torch.zeros(channels)), eps

    def forward(self, x):
        u = x.mean(1, keepdim=True)
        s = (x - u).pow(2).mean(1, keepdim=True)
        x = (x - u) / torch.sqrt(s + self.eps)
        return self.weight[:, None, None] * x + self.bias[:, None, None]


class Sam(nn.Module):
    """Every third block from the third looks at the whole grid, the others at windows.  neck: the encoder's own
    end; without it the mean over places is read."""

    def __init__(self, grid, window=14, patch=16, dim=8, depth=12, heads=2, classes=5, neck=0, einsum=True):
        super().__init__()
        self.patch = nn.Conv2d(3, dim, patch, patch)
        self.position = nn.Parameter(torch.zeros(1, grid, grid, dim))
        self.blocks = nn.ModuleList(
            SamBlock(dim, heads, grid, 0 if i % 3 == 2 else window, einsum) for i in range(depth))
        self.neck = nn.Sequential(nn.Conv2d(dim, neck, 1, bias=False), ChannelNorm(neck),
                                  nn.Conv2d(neck, neck, 3, padding=1, bias=False), ChannelNorm(neck)) if neck else None
        self.head = nn.Linear(neck or dim, classes) if classes else None

    def forward(self, x):
        x = self.patch(x).permute(0, 2, 3, 1) + self.position
        for block in self.blocks:
            x = block(x)
        if self.head is None:
            return x
        if self.neck is not None:
            return self.head(self.neck(x.permute(0, 3, 1, 2)).mean((2, 3)))
        return self.head(x.mean((1, 2)))


class Modulator(nn.Module):
    """What the queries are multiplied with: a place to look at."""

    def __init__(self, dim):
        super().__init__()
        self.h = nn.Conv2d(dim, dim, 1)

    def forward(self, x):
        return self.h(x)


class FocalModulation(nn.Module):
    def __init__(self, dim, levels=3, first=3, scaled=False):
        super().__init__()
        self.dim, self.levels, self.scaled = dim, levels, scaled
        self.f = nn.Linear(dim, 2 * dim + levels + 1)
        self.modulator = Modulator(dim)
        self.act = nn.GELU()
        self.proj = nn.Linear(dim, dim)
        self.layers = nn.ModuleList(
            nn.Sequential(nn.Conv2d(dim, dim, first + 2 * k, 1, first // 2 + k, groups=dim, bias=False), nn.GELU())
            for k in range(levels))

    def forward(self, x):
        q, context, gates = torch.split(self.f(x).permute(0, 3, 1, 2), (self.dim, self.dim, self.levels + 1), 1)
        total = 0
        for k, layer in enumerate(self.layers):
            context = layer(context)
            total = total + context * gates[:, k:k + 1]
        overall = self.act(context.mean(2, keepdim=True).mean(3, keepdim=True))
        total = total + overall * gates[:, self.levels:]
        if self.scaled:
            total = total / (self.levels + 1)
        return self.proj((q * self.modulator(total)).permute(0, 2, 3, 1).contiguous())


class FocalBlock(nn.Module):
    def __init__(self, dim, scaled):
        super().__init__()
        self.norm1 = nn.LayerNorm(dim)
        self.modulation = FocalModulation(dim, scaled=scaled)
        self.norm2 = nn.LayerNorm(dim)
        self.mlp = Mlp(dim)

    def forward(self, x):
        x = x + self.modulation(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class FocalNet(nn.Module):
    """Overlapping patches: 7 x 7 by 4, then 3 x 3 by 2."""

    def __init__(self, dim=3, depths=(2, 2, 6, 2), classes=5, scaled=False):
        super().__init__()
        self.embeds, self.norms, self.stages = nn.ModuleList(), nn.ModuleList(), nn.ModuleList()
        for k, depth in enumerate(depths):
            self.embeds.append(nn.Conv2d(3, dim, 7, 4, 2) if k == 0 else nn.Conv2d(dim << (k - 1), dim << k, 3, 2, 1))
            self.norms.append(nn.LayerNorm(dim << k))
            self.stages.append(nn.Sequential(*[FocalBlock(dim << k, scaled) for _ in range(depth)]))
        self.norm = nn.LayerNorm(dim << (len(depths) - 1))
        self.head = nn.Linear(dim << (len(depths) - 1), classes) if classes else None

    def forward(self, x):
        for embed, norm, stage in zip(self.embeds, self.norms, self.stages):
            x = norm(embed(x).permute(0, 2, 3, 1))
            x = stage(x).permute(0, 3, 1, 2)
        x = self.norm(x.permute(0, 2, 3, 1))
        return self.head(x.mean((1, 2))) if self.head is not None else x
