# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""Vision transformers (Dosovitskiy et al., 2021) as several libraries write them: DeiT with and without a
distillation token, DINO, DINOv2 with and without registers, BLIP's and OpenCLIP's image encoders, and an encoder
followed by a whole DeiT."""
import torch
from torch import nn
from torch.nn import functional as F

from common import Weights


class FusedAttention(nn.Module):
    """One projection for queries, keys and values."""

    def __init__(self, dim, heads):
        super().__init__()
        self.heads, self.scale = heads, (dim // heads) ** -0.5
        self.qkv = nn.Linear(dim, 3 * dim)
        self.weights = Weights()
        self.proj = nn.Linear(dim, dim)

    def forward(self, x):
        b, n, c = x.shape
        q, k, v = self.qkv(x).reshape(b, n, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        p = self.weights((q * self.scale) @ k.transpose(-2, -1))
        return self.proj((p @ v).transpose(1, 2).reshape(b, n, c))


class SplitAttention(nn.Module):
    """A projection each."""

    def __init__(self, dim, heads):
        super().__init__()
        self.heads, self.wide = heads, dim // heads
        self.query = nn.Linear(dim, dim)
        self.key = nn.Linear(dim, dim)
        self.value = nn.Linear(dim, dim)
        self.weights = Weights()
        self.proj = nn.Linear(dim, dim)

    def split(self, x):
        return x.view(x.size()[:-1] + (self.heads, self.wide)).permute(0, 2, 1, 3)

    def forward(self, x):
        q, k, v = self.split(self.query(x)), self.split(self.key(x)), self.split(self.value(x))
        p = self.weights(torch.matmul(q, k.transpose(-1, -2)) / self.wide ** 0.5)
        y = torch.matmul(p, v).permute(0, 2, 1, 3).contiguous()
        return self.proj(y.view(y.size()[:-2] + (self.heads * self.wide,)))


class LibraryAttention(nn.Module):
    """PyTorch's own module when exported; the same written out, to look into, when not."""

    def __init__(self, dim, heads, batch_first=True):
        super().__init__()
        self.heads, self.batch_first = heads, batch_first
        self.attn = nn.MultiheadAttention(dim, heads, batch_first=batch_first)
        self.weights = Weights()

    def train(self, mode=True):
        """In training the module is made of the operations that can be exported."""
        super().train(mode)
        self.attn.train(True)
        return self

    def forward(self, x):
        if torch.onnx.is_in_onnx_export():
            return self.attn(x, x, x, need_weights=False)[0]
        if not self.batch_first:
            x = x.transpose(0, 1)
        b, n, c = x.shape
        qkv = F.linear(x, self.attn.in_proj_weight, self.attn.in_proj_bias)
        q, k, v = (t.reshape(b, n, self.heads, -1).transpose(1, 2) for t in qkv.chunk(3, -1))
        p = self.weights(q @ k.transpose(-2, -1) * (c // self.heads) ** -0.5)
        y = self.attn.out_proj((p @ v).transpose(1, 2).reshape(b, n, c))
        return y if self.batch_first else y.transpose(0, 1)


class SequenceFirst(LibraryAttention):
    def __init__(self, dim, heads):
        super().__init__(dim, heads, batch_first=False)


class Mlp(nn.Module):
    def __init__(self, dim, ratio=2, act=nn.GELU):
        super().__init__()
        self.fc1 = nn.Linear(dim, ratio * dim)
        self.act = act()
        self.fc2 = nn.Linear(ratio * dim, dim)

    def forward(self, x):
        return self.fc2(self.act(self.fc1(x)))


class QuickGelu(nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(1.702 * x)


class QuickMlp(Mlp):
    def __init__(self, dim):
        super().__init__(dim, act=QuickGelu)


class SwiGlu(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.w12 = nn.Linear(dim, 4 * dim)
        self.fc2 = nn.Linear(2 * dim, dim)

    def forward(self, x):
        a, b = self.w12(x).chunk(2, dim=-1)
        return self.fc2(F.silu(a) * b)


class LayerScale(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(dim))

    def forward(self, x):
        return x * self.gamma


class Block(nn.Module):
    def __init__(self, dim, heads, attention=FusedAttention, mlp=Mlp, scale=False, eps=1e-6):
        super().__init__()
        self.norm1 = nn.LayerNorm(dim, eps=eps)
        self.attn = attention(dim, heads)
        self.ls1 = LayerScale(dim) if scale else nn.Identity()
        self.norm2 = nn.LayerNorm(dim, eps=eps)
        self.mlp = mlp(dim)
        self.ls2 = LayerScale(dim) if scale else nn.Identity()

    def forward(self, x):
        x = x + self.ls1(self.attn(self.norm1(x)))
        return x + self.ls2(self.mlp(self.norm2(x)))


class Vit(nn.Module):
    """read: what the head sees, "class", "both" (DeiT's two tokens, each with its own head), "index1" (BLIP's
    trap), "class+mean" (DINOv2's official linear head), or nothing: all normalised tokens come out."""

    def __init__(self, side, patch=16, dim=8, depth=12, heads=2, read="class", classes=5, tokens=None, **block):
        super().__init__()
        self.read, self.patch_size = read, patch
        self.patch = nn.Conv2d(3, dim, patch, patch)
        self.cls = nn.Parameter(torch.zeros(1, 1, dim))
        self.dist = nn.Parameter(torch.zeros(1, 1, dim)) if read == "both" else None
        self.prefix = 2 if read == "both" else 1
        self.position = nn.Parameter(torch.zeros(1, side * side + self.prefix, dim))
        self.blocks = nn.ModuleList(Block(dim, heads, **block) for _ in range(depth))
        self.norm = nn.LayerNorm(dim, eps=1e-6)
        self.head = nn.Linear(2 * dim if read == "class+mean" else dim, classes) if read else None
        self.head_dist = nn.Linear(dim, classes) if read == "both" else None

    def embed(self, x):
        x = self.patch(x).flatten(2).transpose(1, 2)
        prefix = [self.cls.expand(x.shape[0], -1, -1)]
        if self.dist is not None:
            prefix.append(self.dist.expand(x.shape[0], -1, -1))
        return torch.cat(prefix + [x], 1) + self.position

    def forward(self, x):
        x = self.embed(x)
        for block in self.blocks:
            x = block(x)
        return self.score(self.norm(x))

    def score(self, x):
        if self.read == "both":
            return (self.head(x[:, 0]) + self.head_dist(x[:, 1])) / 2
        if self.read == "index1":
            return self.head(x[:, 1])
        if self.read == "class+mean":
            return self.head(torch.cat([x[:, 0], x[:, self.prefix:].mean(1)], dim=1))
        return self.head(x[:, 0]) if self.read else x


class Dinov2(Vit):
    """The position embedding of a side x side grid is interpolated to the grid of the picture: by its scale and a
    small offset at a fixed size, as in the release without registers, or by the size that is met."""

    def __init__(self, side, registers=0, sized=False, **options):
        super().__init__(side, scale=True, **options)
        self.side, self.sized = side, sized
        dim = self.patch.out_channels
        self.registers = nn.Parameter(torch.zeros(1, registers, dim)) if registers else None
        self.prefix = 1 + registers

    def interpolate(self, h, w):
        grid = self.position[:, 1:].reshape(1, self.side, self.side, -1).permute(0, 3, 1, 2)
        if self.sized:
            grid = F.interpolate(grid, size=(h, w), mode="bicubic", align_corners=False)
        else:
            scale = ((h + 0.1) / self.side, (w + 0.1) / self.side)
            grid = F.interpolate(grid, scale_factor=scale, mode="bicubic", align_corners=False)
        return torch.cat([self.position[:, :1], grid.permute(0, 2, 3, 1).flatten(1, 2)], 1)

    def embed(self, x):
        h, w = x.shape[2] // self.patch_size, x.shape[3] // self.patch_size
        if not self.sized:
            h, w = int(h), int(w)
        x = self.patch(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls.expand(x.shape[0], -1, -1), x], 1) + self.interpolate(h, w)
        if self.registers is None:
            return x
        return torch.cat([x[:, :1], self.registers.expand(x.shape[0], -1, -1), x[:, 1:]], 1)


class OpenClip(nn.Module):
    """Tokens first inside the blocks; the class token goes through a projection and is made of length 1.  texts:
    classes are compared with fixed vectors of length 1; else a linear head reads the embedding."""

    def __init__(self, side, patch=16, dim=8, depth=12, heads=2, out=6, classes=5, quick=True, texts=True):
        super().__init__()
        self.conv1 = nn.Conv2d(3, dim, patch, patch, bias=False)
        self.cls = nn.Parameter(torch.zeros(dim))
        self.position = nn.Parameter(torch.zeros(side * side + 1, dim))
        self.ln_pre = nn.LayerNorm(dim)
        self.blocks = nn.ModuleList(
            Block(dim, heads, SequenceFirst, QuickMlp if quick else Mlp, eps=1e-5) for _ in range(depth))
        self.ln_post = nn.LayerNorm(dim)
        self.projection = nn.Parameter(torch.randn(dim, out) * dim ** -0.5)
        self.texts = nn.Parameter(F.normalize(torch.randn(out, classes), dim=0)) if texts else None
        self.head = None if texts else nn.Linear(out, classes)

    def forward(self, x):
        x = self.conv1(x)
        x = x.reshape(x.shape[0], x.shape[1], -1).permute(0, 2, 1)
        cls = self.cls + torch.zeros(x.shape[0], 1, x.shape[-1], dtype=x.dtype)
        x = self.ln_pre(torch.cat([cls, x], dim=1) + self.position).permute(1, 0, 2)
        for block in self.blocks:
            x = block(x)
        x = self.ln_post(x.permute(1, 0, 2)[:, 0, :]) @ self.projection
        x = F.normalize(x, dim=-1)
        return 10.0 * x @ self.texts if self.head is None else self.head(x)


class Stacked(nn.Module):
    """Patch tokens of an encoder, a linear layer and a norm, then a whole DeiT that has no patches of its own."""

    def __init__(self, encoder, cells, dim=8, heads=2, depth=12, classes=5, pick=None, width=None):
        super().__init__()
        self.encoder, self.pick = encoder, pick or (lambda x: x[:, encoder.prefix:])
        self.adapt = nn.Linear(width or encoder.patch.out_channels, dim)
        self.adapt_norm = nn.LayerNorm(dim)
        self.cls = nn.Parameter(torch.zeros(1, 1, dim))
        self.position = nn.Parameter(torch.zeros(1, cells + 1, dim))
        self.deit = nn.ModuleList(Block(dim, heads) for _ in range(depth))
        self.norm = nn.LayerNorm(dim)
        self.head = nn.Linear(dim, classes)

    def forward(self, x):
        x = self.adapt_norm(self.adapt(self.pick(self.encoder(x))))
        x = torch.cat([self.cls.expand(x.shape[0], -1, -1), x], 1) + self.position
        for block in self.deit:
            x = block(x)
        return self.head(self.norm(x)[:, 0])
