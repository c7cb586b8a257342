# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""Networks beside those that the program was made with: CaiT (Touvron et al., 2021) with heads that talk before and
after the softmax and a class token that asks the patches; two pictures one on the other through one encoder."""
import torch
from torch import nn

from common import Weights
from tokens import Vit


class Mlp(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.fc1 = nn.Linear(dim, 2 * dim)
        self.fc2 = nn.Linear(2 * dim, dim)

    def forward(self, x):
        return self.fc2(nn.functional.gelu(self.fc1(x)))


class TalkingHeads(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(dim, 3 * dim)
        self.before = nn.Linear(heads, heads)
        self.weights = Weights()
        self.after = nn.Linear(heads, heads)
        self.proj = nn.Linear(dim, dim)

    @staticmethod
    def talk(layer, x):
        return layer(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)

    def forward(self, x):
        b, n, c = x.shape
        q, k, v = self.qkv(x).reshape(b, n, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        p = self.weights(self.talk(self.before, q @ k.transpose(-2, -1)))
        return self.proj((self.talk(self.after, p) @ v).transpose(1, 2).reshape(b, n, c))


class ClassAttention(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(dim, dim)
        self.key = nn.Linear(dim, dim)
        self.value = nn.Linear(dim, dim)
        self.weights = Weights()
        self.proj = nn.Linear(dim, dim)

    def split(self, x):
        return x.reshape(x.shape[0], -1, self.heads, x.shape[-1] // self.heads).permute(0, 2, 1, 3)

    def forward(self, x):
        q, k, v = self.split(self.query(x[:, 0])), self.split(self.key(x)), self.split(self.value(x))
        p = self.weights(q @ k.transpose(-2, -1))
        return self.proj((p @ v).transpose(1, 2).reshape(x.shape[0], 1, x.shape[-1]))


class Scaled(nn.Module):
    """A block whose branches are scaled; of the class token alone when `asks`."""

    def __init__(self, dim, attention, asks):
        super().__init__()
        self.asks = asks
        self.norm1, self.norm2 = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.attention, self.mlp = attention, Mlp(dim)
        self.gamma1 = nn.Parameter(torch.empty(dim).uniform_(0.3, 0.9))
        self.gamma2 = nn.Parameter(torch.empty(dim).uniform_(0.3, 0.9))

    def forward(self, x, patches=None):
        seen = torch.cat((x, patches), 1) if self.asks else x
        x = x + self.gamma1 * self.attention(self.norm1(seen))
        return x + self.gamma2 * self.mlp(self.norm2(x))


class Cait(nn.Module):
    def __init__(self, grid, dim=16, heads=4, classes=5):
        super().__init__()
        self.patches = nn.Conv2d(3, dim, 8, 8)
        self.position = nn.Parameter(torch.zeros(1, grid * grid, dim))
        self.cls = nn.Parameter(torch.zeros(1, 1, dim))
        self.blocks = nn.ModuleList([Scaled(dim, TalkingHeads(dim, heads), False) for _ in range(2)])
        self.asking = nn.ModuleList([Scaled(dim, ClassAttention(dim, heads), True) for _ in range(2)])
        self.norm, self.head = nn.LayerNorm(dim), nn.Linear(dim, classes)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2) + self.position
        for block in self.blocks:
            x = block(x)
        token = self.cls.expand(x.shape[0], -1, -1)
        for block in self.asking:
            token = block(token, x)
        return self.head(self.norm(torch.cat((token, x), 1))[:, 0])


class StackedPair(nn.Module):
    """Both pictures are one batch for the encoder."""

    def __init__(self, classes=5):
        super().__init__()
        self.encoder = Vit(4, patch=8, depth=2, read=None)
        self.head = nn.Linear(16, classes)

    def forward(self, first, second):
        n = first.shape[0]
        tokens = self.encoder(torch.cat((first, second), 0))[:, 0]
        return self.head(torch.cat((tokens[:n], tokens[n:]), 1))
