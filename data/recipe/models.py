# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""The small networks of the recipe: a ResNet-18, the same with global or local self-attention, an EfficientNet, a ViT, and a network of pairs."""
import torch
from torch import nn
from torch.nn import functional as F


class GlobalAttention(nn.Module):
    """Multi-head attention over every position of an H x W map, with a learned bias per relative offset.

    The last batch norm starts at zero, so that a new block is the identity on a rectified map.
    """

    def __init__(self, channels, side, heads=4):
        super().__init__()
        self.heads, self.side, self.head_dim = heads, side, channels // heads
        self.qkv = nn.Conv2d(channels, 3 * channels, 1)
        self.proj = nn.Conv2d(channels, channels, 1, bias=False)
        self.norm = nn.BatchNorm2d(channels)
        nn.init.zeros_(self.norm.weight)
        self.bias = nn.Parameter(torch.zeros(heads, (2 * side - 1) ** 2))
        y, x = torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")
        y, x = y.flatten(), x.flatten()
        offset = (y[:, None] - y[None, :] + side - 1) * (2 * side - 1) + (x[:, None] - x[None, :] + side - 1)
        self.register_buffer("offset", offset.flatten(), persistent=False)

    def forward(self, x):
        n = self.side * self.side
        q, k, v = self.qkv(x).reshape(-1, 3, self.heads, self.head_dim, n).unbind(1)
        bias = self.bias.index_select(1, self.offset).reshape(1, self.heads, n, n)
        p = torch.softmax(q.transpose(-1, -2) @ k * self.head_dim ** -0.5 + bias, dim=-1)
        y = (v @ p.transpose(-1, -2)).reshape(-1, self.heads * self.head_dim, self.side, self.side)
        return F.relu(x + self.norm(self.proj(y)))


class LocalAttention(nn.Module):
    """Multi-head attention of each position over its kernel x kernel neighbourhood; positions off the map are masked.

    Exported, it unfolds keys and values (one Gather each). In training it is the same sum written as attention
    over the whole map with everything outside the neighbourhood masked, which is faster on maps this small.
    """

    def __init__(self, channels, side, heads=4, kernel=7):
        super().__init__()
        self.heads, self.side, self.kernel, self.head_dim = heads, side, kernel, channels // heads
        self.qkv = nn.Conv2d(channels, 3 * channels, 1, bias=False)
        self.bias = nn.Parameter(torch.zeros(heads, kernel * kernel))
        r = kernel // 2
        y, x = torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")
        y, x = y.flatten(), x.flatten()
        dy, dx = y[None, :] - y[:, None], x[None, :] - x[:, None]
        near = (dy.abs() <= r) & (dx.abs() <= r)
        self.register_buffer("near", torch.where(near, 0.0, -1e4), persistent=False)
        self.register_buffer("place", torch.where(near, (dy + r) * kernel + dx + r, 0).flatten(), persistent=False)
        ky, kx = torch.meshgrid(torch.arange(kernel), torch.arange(kernel), indexing="ij")
        ny, nx = y[:, None] + ky.flatten() - r, x[:, None] + kx.flatten() - r  # (H*W, kernel^2)
        on_map = (ny >= 0) & (ny < side) & (nx >= 0) & (nx < side)
        self.register_buffer("mask", torch.where(on_map, 0.0, -1e4), persistent=False)
        self.register_buffer("index", torch.where(on_map, ny * side + nx, 0).flatten(), persistent=False)

    def whole_map(self, q, k, v):
        n = self.side * self.side
        bias = self.bias.index_select(1, self.place).reshape(1, self.heads, n, n) + self.near
        p = torch.softmax(q.transpose(-1, -2) @ k + bias, dim=-1)
        return v @ p.transpose(-1, -2)

    def unfolded(self, q, k, v):
        n, k2 = self.side * self.side, self.kernel * self.kernel

        def neighbours(t):
            return t.index_select(3, self.index).reshape(-1, self.heads, self.head_dim, n, k2)
        logits = (q.unsqueeze(-1) * neighbours(k)).sum(2)
        p = torch.softmax(logits + self.bias.reshape(1, self.heads, 1, k2) + self.mask, dim=-1)
        return (neighbours(v) * p.unsqueeze(2)).sum(4)

    def forward(self, x):
        n = self.side * self.side
        q, k, v = self.qkv(x).reshape(-1, 3, self.heads, self.head_dim, n).unbind(1)
        attend = self.unfolded if torch.onnx.is_in_onnx_export() else self.whole_map
        return attend(q * self.head_dim ** -0.5, k, v).reshape(-1, self.heads * self.head_dim, self.side, self.side)


class BasicBlock(nn.Module):
    def __init__(self, cin, cout, stride, local_side=None):
        super().__init__()
        self.conv1 = nn.Conv2d(cin, cout, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(cout)
        if local_side:
            self.attn = LocalAttention(cout, local_side)
        else:
            self.conv2 = nn.Conv2d(cout, cout, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(cout)
        self.skip = None
        if stride != 1 or cin != cout:
            self.skip = nn.Sequential(nn.Conv2d(cin, cout, 1, stride, bias=False), nn.BatchNorm2d(cout))
        self.local = bool(local_side)

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.attn(y) if self.local else self.conv2(y))
        return F.relu(y + (x if self.skip is None else self.skip(x)))


def conv_stem(width):
    return nn.Sequential(nn.Conv2d(3, width, 7, 2, 3, bias=False), nn.BatchNorm2d(width), nn.ReLU(), nn.MaxPool2d(3, 2, 1))


class ResNet18(nn.Module):
    """ResNet-18 of reduced width; the last stage keeps its stride at 1, so that the last map has 1/16 of the input side.

    attention: None, "global" (a block after stage 3 and one after stage 4) or
    "local" (the second 3x3 convolution of both blocks of stage 4 is replaced).
    """

    def __init__(self, size, classes, width=32, attention=None):
        super().__init__()
        w, side = width, size // 16
        self.stem = conv_stem(w)
        local = side if attention == "local" else None
        self.stage1 = nn.Sequential(BasicBlock(w, w, 1), BasicBlock(w, w, 1))
        self.stage2 = nn.Sequential(BasicBlock(w, 2 * w, 2), BasicBlock(2 * w, 2 * w, 1))
        self.stage3 = nn.Sequential(BasicBlock(2 * w, 4 * w, 2), BasicBlock(4 * w, 4 * w, 1))
        self.stage4 = nn.Sequential(BasicBlock(4 * w, 8 * w, 1, local), BasicBlock(8 * w, 8 * w, 1, local))
        self.att3 = GlobalAttention(4 * w, side) if attention == "global" else nn.Identity()
        self.att4 = GlobalAttention(8 * w, side) if attention == "global" else nn.Identity()
        self.head = nn.Linear(8 * w, classes)
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.kaiming_normal_(m.weight, mode="fan_out", nonlinearity="relu")
        for m in self.modules():  # small scores at the start, or the softmax saturates
            if isinstance(m, (GlobalAttention, LocalAttention)):
                nn.init.normal_(m.qkv.weight, std=0.02)

    def features(self, x):
        x = self.stage2(self.stage1(self.stem(x)))
        return self.att4(self.stage4(self.att3(self.stage3(x))))

    def forward(self, x):
        return self.head(F.adaptive_avg_pool2d(self.features(x), 1).flatten(1))


class MbConv(nn.Module):
    """EfficientNet's block: 1x1 expansion, depthwise convolution, channel gate from the block's input width / 4, 1x1 projection."""

    def __init__(self, cin, cout, expand, stride):
        super().__init__()
        mid, squeeze = cin * expand, max(4, cin // 4)
        grow = [nn.Conv2d(cin, mid, 1, bias=False), nn.BatchNorm2d(mid), nn.Hardswish()]
        self.expand = nn.Sequential(*grow) if expand > 1 else nn.Identity()
        self.depth = nn.Sequential(nn.Conv2d(mid, mid, 3, stride, 1, groups=mid, bias=False), nn.BatchNorm2d(mid), nn.Hardswish())
        self.squeeze, self.excite = nn.Conv2d(mid, squeeze, 1), nn.Conv2d(squeeze, mid, 1)
        self.project = nn.Sequential(nn.Conv2d(mid, cout, 1, bias=False), nn.BatchNorm2d(cout))
        self.residual = stride == 1 and cin == cout

    def forward(self, x):
        y = self.depth(self.expand(x))
        y = y * torch.sigmoid(self.excite(F.hardswish(self.squeeze(F.adaptive_avg_pool2d(y, 1)))))
        y = self.project(y)
        return x + y if self.residual else y


class EfficientNet(nn.Module):
    """EfficientNet's seven stages at about 0.75 of B0's widths, made quick to train without a GPU: 3x3 depthwise convolutions only,
    hard-swish for SiLU, an expansion of 4 instead of 6 in stages 2 and 3, the first halving in stage 1. The last map has 1/16 of the
    input side, as that of ResNet18."""

    #        expansion, channels, blocks, stride
    STAGES = ((1, 16, 1, 2), (4, 24, 2, 1), (4, 40, 2, 2), (6, 64, 3, 2), (6, 88, 3, 1), (6, 144, 3, 1), (6, 224, 1, 1))

    def __init__(self, classes, head=768, dropout=0.1):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 24, 3, 2, 1, bias=False), nn.BatchNorm2d(24), nn.Hardswish())
        stages, cin = [], 24
        for expand, cout, blocks, stride in self.STAGES:
            for i in range(blocks):
                stages.append(MbConv(cin, cout, expand, stride if i == 0 else 1))
                cin = cout
        self.blocks = nn.Sequential(*stages)
        self.last = nn.Sequential(nn.Conv2d(cin, head, 1, bias=False), nn.BatchNorm2d(head), nn.Hardswish())
        self.dropout, self.head = nn.Dropout(dropout), nn.Linear(head, classes)
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.kaiming_normal_(m.weight, mode="fan_out" if m.groups == 1 else "fan_in", nonlinearity="relu")
                if m.bias is not None:
                    nn.init.zeros_(m.bias)

    def features(self, x):
        return self.last(self.blocks(self.stem(x)))

    def forward(self, x):
        return self.head(self.dropout(F.adaptive_avg_pool2d(self.features(x), 1).flatten(1)))


class CrossAttention(nn.Module):
    """Multi-head attention of the places of one map among those of another; used with the same weights both ways.

    The last batch norm starts at zero, so that a new block is the identity on a rectified map.
    """

    def __init__(self, channels, heads=4):
        super().__init__()
        self.heads, self.head_dim = heads, channels // heads
        self.query, self.key, self.value = (nn.Conv2d(channels, channels, 1) for _ in range(3))
        self.proj = nn.Conv2d(channels, channels, 1, bias=False)
        self.norm = nn.BatchNorm2d(channels)
        nn.init.zeros_(self.norm.weight)

    def forward(self, x, other):
        def split(t):
            return t.reshape(-1, self.heads, self.head_dim, x.shape[2] * x.shape[3])
        q, k, v = split(self.query(x)), split(self.key(other)), split(self.value(other))
        p = torch.softmax(q.transpose(-1, -2) @ k * self.head_dim ** -0.5, dim=-1)
        return F.relu(x + self.norm(self.proj((v @ p.transpose(-1, -2)).reshape(x.shape))))


class PairNet(nn.Module):
    """A dermoscopy and a clinical image through one ResNet, each with an eye on the other by shared cross-attention after stages 3
    and 4; a head for both together, and one for each.  After Tang and Lasser, arXiv 2403.19203; the layers are ours.

    In training both images are one batch, so that the batch norms see both; otherwise they go through one after the other.
    """

    def __init__(self, size, classes, width=16):
        super().__init__()
        self.encoder = ResNet18(size, classes, width)
        self.encoder.head = nn.Identity()
        self.cross3, self.cross4 = CrossAttention(4 * width), CrossAttention(8 * width)
        self.fused = nn.Linear(16 * width, classes)
        self.dermoscopy, self.clinical = nn.Linear(8 * width, classes), nn.Linear(8 * width, classes)

    def each(self, part, *maps):
        """part applied to the maps of the one and of the other; `maps`: pairs of them."""
        if self.training:
            return part(*(torch.cat(pair) for pair in maps)).chunk(2)
        return part(*(pair[0] for pair in maps)), part(*(pair[1] for pair in maps))

    def forward(self, dermoscopy, clinical):
        e = self.encoder
        maps = self.each(lambda x: e.stage3(e.stage2(e.stage1(e.stem(x)))), (dermoscopy, clinical))
        maps = self.each(e.stage4, self.each(self.cross3, maps, maps[::-1]))
        maps = self.each(self.cross4, maps, maps[::-1])
        m, c = (F.adaptive_avg_pool2d(x, 1).flatten(1) for x in maps)
        return self.fused(torch.cat([m, c], 1)), self.dermoscopy(m), self.clinical(c)


class VitBlock(nn.Module):
    def __init__(self, dim, heads, tokens):
        super().__init__()
        self.heads, self.head_dim, self.tokens = heads, dim // heads, tokens
        self.norm1, self.norm2 = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.qkv, self.proj = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)
        self.up, self.down = nn.Linear(dim, 4 * dim), nn.Linear(4 * dim, dim)

    def forward(self, x):
        n = self.tokens
        qkv = self.qkv(self.norm1(x)).reshape(-1, n, 3, self.heads, self.head_dim)
        q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        p = torch.softmax(q @ k.transpose(-1, -2) * self.head_dim ** -0.5, dim=-1)
        x = x + self.proj((p @ v).transpose(1, 2).reshape(-1, n, self.heads * self.head_dim))
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class ViT(nn.Module):
    """ViT with a class token and an 8 x 8 grid. The stem and first stage are those of ResNet18, so they can be copied."""

    def __init__(self, size, classes, dim=192, depth=6, heads=3, grid=8, width=32):
        super().__init__()
        self.grid, patch = grid, size // 4 // grid
        self.stem = conv_stem(width)
        self.stage1 = nn.Sequential(BasicBlock(width, width, 1), BasicBlock(width, width, 1))
        self.patch = nn.Conv2d(width, dim, patch, patch)
        self.pos = nn.Parameter(torch.randn(1, 1 + grid * grid, dim) * 0.02)  # the first row is the class token
        self.blocks = nn.ModuleList([VitBlock(dim, heads, 1 + grid * grid) for _ in range(depth)])
        self.norm, self.head = nn.LayerNorm(dim), nn.Linear(dim, classes)
        for m in self.blocks.modules():
            if isinstance(m, nn.Linear):
                nn.init.trunc_normal_(m.weight, std=0.02)
                nn.init.zeros_(m.bias)

    def forward(self, x):
        x = self.patch(self.stage1(self.stem(x))).reshape(-1, self.pos.shape[2], self.grid * self.grid).transpose(1, 2)
        x = torch.cat([x[:, :1] * 0, x], 1) + self.pos
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x)[:, 0])


FAMILIES = {"pcam": {"size": 96, "classes": 2}, "derm": {"size": 128, "classes": 7}}
KINDS = ("resnet18", "efficientnet", "resnet18-ga", "resnet18-la", "vit")


def build(model_id):
    """Model from its id, e.g. "derm-resnet18-ga"."""
    family, kind = model_id.split("-", 1)
    size, classes = FAMILIES[family]["size"], FAMILIES[family]["classes"]
    if kind == "vit":
        return ViT(size, classes)
    if kind == "efficientnet":
        return EfficientNet(classes)
    attention = {"resnet18": None, "resnet18-ga": "global", "resnet18-la": "local"}[kind]
    return ResNet18(size, classes, attention=attention)
