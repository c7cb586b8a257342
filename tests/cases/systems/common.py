# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""What the networks share: pictures made of integers, weights that keep numbers
in range, and the softmax whose output is looked at."""
import numpy as np
import torch
from torch import nn


def picture(shape, seed):
    """Stripes and noise, the same numbers wherever they are made: see make_picture in system-case.c."""
    count = int(np.prod(shape))
    i = np.arange(count, dtype=np.uint64)
    h = (i + np.uint64(1 + seed * 1000003)) * np.uint64(2654435761) & np.uint64(0xFFFFFFFF)
    h ^= h >> np.uint64(15)
    h = h * np.uint64(2246822519) & np.uint64(0xFFFFFFFF)
    noise = (h >> np.uint64(16)).astype(np.int64) - 32768
    i = i.astype(np.int64)
    rows, columns = shape[-2], shape[-1]
    x, y, plane = i % columns, i // columns % rows, i // (rows * columns)
    stripe = np.abs((x * 192 // columns + y * 128 // rows + plane * 17 + seed * 7) % 64 - 32) - 16
    return torch.from_numpy(noise / 65536 + stripe / 16).reshape(shape)


class Weights(nn.Module):
    """The probabilities of an attention: a place to look at."""

    def forward(self, scores):
        return torch.softmax(scores, dim=-1)


def draw(model, gain=1.0, query_gain=1.4):
    """Weights that neither saturate a softmax nor leave it flat, and branches that add little to what they branch
    from: deep networks then answer smoothly, as trained ones do."""
    names = {name for name, _ in model.named_modules()}
    branches = {n for n in names if n.endswith("bn3") or n.endswith("bn2") and n[:-1] + "3" not in names}
    for name, module in model.named_modules():
        if isinstance(module, (nn.Linear, nn.Conv2d)):
            fan = module.weight[0].numel()
            std = gain * fan ** -0.5
            if any(part in name for part in ("qkv", "query", "key")):
                std = query_gain * fan ** -0.5
            elif any(part in name for part in ("proj", "fc2")):
                std *= 0.6
            nn.init.normal_(module.weight, std=std)
            if module.bias is not None:
                nn.init.normal_(module.bias, std=0.1)
        elif isinstance(module, (nn.LayerNorm, nn.BatchNorm2d)):
            size = len(branches) ** -0.5 if name in branches else 1
            nn.init.uniform_(module.weight, 0.8 * size, 1.2 * size)
            nn.init.normal_(module.bias, std=0.1)
        elif isinstance(module, nn.MultiheadAttention):
            nn.init.normal_(module.in_proj_weight, std=query_gain * module.embed_dim ** -0.5)
            nn.init.normal_(module.in_proj_bias, std=0.1)
    for name, parameter in model.named_parameters(recurse=True):
        leaf = name.split(".")[-1]
        if leaf in ("cls", "dist", "registers"):
            nn.init.normal_(parameter, std=1.0)
        elif leaf in ("position", "bias_table", "rel_rows", "rel_columns"):
            nn.init.normal_(parameter, std=0.5)
        elif leaf == "gamma":
            nn.init.uniform_(parameter, 0.3, 0.9)


def level(model, inputs):
    """Scales every convolution and linear layer to outputs of unit variance, then lets batch norms see them."""
    def rescale(module, _, output):
        factor = 1 / output.square().mean().sqrt().clamp_min(1e-6)
        module.weight.data *= factor
        if module.bias is not None:
            module.bias.data *= factor
        return output * factor

    layers = [m for m in model.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    hooks = [m.register_forward_hook(rescale) for m in layers]
    norms = [m for m in model.modules() if isinstance(m, nn.BatchNorm2d)]
    for norm in norms:
        norm.momentum = None
    with torch.no_grad():
        model.train()
        model(*inputs)
        for hook in hooks:
            hook.remove()
        for norm in norms:
            norm.reset_running_stats()
        for k in range(3):
            model(*[x + 0.05 * k for x in inputs])
    model.eval()
