# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""Gradients of 3x3 convolutions over small maps, in less time than PyTorch's own on a CPU with bfloat16 matrix units.

The gradient of the input is a forward convolution with the kernel turned by half a circle and its channels exchanged; that of the
weights is one product of the unfolded input and the output's gradient.  Both are the sums that PyTorch makes, in another order; run
alone the file compares them with PyTorch's, and times both.
"""
import time

import torch
from torch import nn
from torch.nn import functional as F

SIDE_MAX = 8  # of the map: from 12 x 12 on PyTorch's gradient of the weights is quicker
CHANNELS_MIN = 64


def unfold(x):
    """N x C x H x W in channels-last order -> (N * H * W) x (9 * C), by rows of the kernel."""
    n, c, h, w = x.shape
    p = F.pad(x.permute(0, 2, 3, 1), (0, 0, 1, 1, 1, 1))
    s = p.stride()
    return p.as_strided((n, h, w, 3, 3, c), (s[0], s[1], s[2], s[1], s[2], s[3])).reshape(n * h * w, 9 * c)


class Convolution(torch.autograd.Function):
    """3x3, stride 1, padding 1, no bias, in bfloat16."""

    @staticmethod
    def forward(ctx, x, weight):
        x = x.bfloat16().contiguous(memory_format=torch.channels_last)
        ctx.save_for_backward(x, weight)
        return F.conv2d(x, weight.bfloat16(), padding=1)

    @staticmethod
    def backward(ctx, gradient):
        x, weight = ctx.saved_tensors
        cout, cin = weight.shape[:2]
        gradient = gradient.bfloat16().contiguous(memory_format=torch.channels_last)
        turned = weight.bfloat16().flip(2, 3).transpose(0, 1).contiguous(memory_format=torch.channels_last)
        of_weight = gradient.permute(0, 2, 3, 1).reshape(-1, cout).t() @ unfold(x)
        of_weight = of_weight.reshape(cout, 3, 3, cin).permute(0, 3, 1, 2).float()
        return F.conv2d(gradient, turned, padding=1) if ctx.needs_input_grad[0] else None, of_weight


class Conv2d(nn.Conv2d):
    def forward(self, x):
        if self.training and torch.is_autocast_cpu_enabled() and max(x.shape[2:]) <= SIDE_MAX:
            return Convolution.apply(x, self.weight)
        return super().forward(x)


def use(model):
    """Makes the 3x3 convolutions of `model` that can gain use the gradients above in training; weights and names stay."""
    for m in model.modules():
        if type(m) is nn.Conv2d and m.kernel_size == (3, 3) and m.stride == (1, 1) and m.groups == 1 and m.bias is None \
                and min(m.in_channels, m.out_channels) >= CHANNELS_MIN:
            m.__class__ = Conv2d
    return model


def main():
    import models
    torch.set_num_threads(1)
    for model_id in ("pcam-resnet18", "derm-resnet18"):
        torch.manual_seed(1)
        model = models.build(model_id).to(memory_format=torch.channels_last)
        size = models.FAMILIES[model_id.split("-")[0]]["size"]
        x, told = torch.randn(64, 3, size, size).contiguous(memory_format=torch.channels_last), {}
        for name in ("PyTorch", "quick"):
            if name == "quick":
                use(model)
            seconds = []
            for _ in range(4):
                start = time.perf_counter()
                model.zero_grad()
                with torch.autocast("cpu", torch.bfloat16):
                    loss = model(x).float().pow(2).mean()
                loss.backward()
                seconds.append(time.perf_counter() - start)
            told[name] = torch.cat([p.grad.flatten().double() for p in model.parameters()]), min(seconds)
        a, b = told["PyTorch"][0], told["quick"][0]
        print(f"{model_id}: {told['PyTorch'][1]:.3f} s a step, {told['quick'][1]:.3f} s; cosine of the gradients "
              f"{float(a @ b / a.norm() / b.norm()):.5f}")


if __name__ == "__main__":
    main()
