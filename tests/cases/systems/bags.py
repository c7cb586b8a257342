# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""Bags of tiles: attention pooling, plain and gated (Ilse et al., 2018), and CLAM with one branch and one for each
class (Lu et al., 2021); and two pictures of one lesion through one encoder with shared cross-attention."""
import torch
from torch import nn

from common import Weights
from convolutional import Basic


class Gate(nn.Module):
    """branches scores for each tile."""

    def __init__(self, dim, hidden, branches, gated=True):
        super().__init__()
        self.v = nn.Sequential(nn.Linear(dim, hidden), nn.Tanh())
        self.u = nn.Sequential(nn.Linear(dim, hidden), nn.Sigmoid()) if gated else None
        self.w = nn.Linear(hidden, branches)

    def forward(self, h):
        return self.w(self.v(h) * self.u(h) if self.u is not None else self.v(h))


class Pooling(nn.Module):
    """classes of one branch read one bag; with branches, each class reads its own."""

    def __init__(self, features=32, dim=16, hidden=8, classes=3, branches=1, gated=True):
        super().__init__()
        self.fc = nn.Sequential(nn.Linear(features, dim), nn.ReLU())
        self.gate = Gate(dim, hidden, branches, gated)
        self.weights = Weights()
        self.branches = branches
        if branches > 1:
            self.heads = nn.ModuleList(nn.Linear(dim, 1) for _ in range(branches))
        else:
            self.head = nn.Linear(dim, classes)

    def forward(self, x):
        h = self.fc(x)
        a = self.weights(self.gate(h).transpose(0, 1))
        z = a @ h
        if self.branches == 1:
            return self.head(z)
        return torch.cat([head(z[k:k + 1]) for k, head in enumerate(self.heads)], dim=1)


class Shared(nn.Module):
    """Attention of one set of places to another, with weights that serve both ways."""

    def __init__(self, dim, heads=2):
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(dim, dim, bias=False)
        self.key = nn.Linear(dim, dim, bias=False)
        self.value = nn.Linear(dim, dim, bias=False)
        self.proj = nn.Linear(dim, dim)
        self.weights = Weights()

    def split(self, x):
        return x.reshape(x.shape[0], x.shape[1], self.heads, -1).transpose(1, 2)

    def forward(self, own, other):
        q, k, v = self.split(self.query(own)), self.split(self.key(other)), self.split(self.value(other))
        y = self.weights(q @ k.transpose(-2, -1) * q.shape[-1] ** -0.5) @ v
        return own + self.proj(y.transpose(1, 2).flatten(2))


class Encoder(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, width, 7, 2, 3, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
                                  nn.MaxPool2d(3, 2, 1))
        self.stages = nn.ModuleList(
            nn.Sequential(Basic(width << max(k - 1, 0), width << k, 2 if k else 1),
                          Basic(width << k, width << k, 1)) for k in range(4))

    def forward(self, x):
        x = self.stem(x)
        for stage in self.stages:
            x = stage(x)
        return x


class SharedPair(nn.Module):
    def __init__(self, width=4, classes=5):
        super().__init__()
        self.encoder = Encoder(width)
        self.cross = Shared(width * 8)
        self.head_clinical = nn.Linear(width * 8, classes)
        self.head_dermoscopy = nn.Linear(width * 8, classes)

    def forward(self, clinical, dermoscopy):
        c, d = self.encoder(clinical), self.encoder(dermoscopy)
        c, d = c.flatten(2).transpose(1, 2), d.flatten(2).transpose(1, 2)
        c, d = self.cross(c, d), self.cross(d, c)
        return self.head_clinical(c.mean(1)), self.head_dermoscopy(d.mean(1))
