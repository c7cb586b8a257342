# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""Writes opset-values.c: what ops give whose meaning changed after opset 17, by the text of the
standard, in PyTorch (1.13) in double precision.

    python3 opset-values.py > opset-values.c
"""
import torch
import torch.nn.functional as F

from values import Fixed, write


def hat(x):
    return max(0.0, 1 - abs(x))


def keys(x, a=-0.75):
    x = abs(x)
    if x < 1:
        return (a + 2) * x**3 - (a + 3) * x**2 + 1
    return a * x**3 - 5 * a * x**2 + 8 * a * x - 4 * a if x < 2 else 0.0


def resample(size, to, where, kernel=hat, support=1, stretch=1.0, exclude=False):
    """The matrix of one axis: output i is at where (i); weights are scaled to sum to one."""
    rows = torch.zeros(to, size, dtype=torch.float64)
    for i in range(to):
        x = where(i)
        reach = int(support * stretch) + 2
        for k in range(int(x) - reach, int(x) + reach + 1):
            if not exclude or 0 <= k < size:
                rows[i, min(max(k, 0), size - 1)] += kernel((k - x) / stretch)
        rows[i] /= rows[i].sum()
    return rows


def half_pixel(scale):
    return lambda i: (i + 0.5) / scale - 0.5


def half_pixel_symmetric(size, to, scale):
    adjustment = to / (scale * size)
    center = size / 2
    offset = center * (1 - adjustment)
    return lambda i: offset + (i + 0.5) / scale - 0.5


def antialias(size, to, kernel, support, exclude=False):
    scale = to / size
    return resample(size, to, half_pixel(scale), kernel, support, 1 / scale, exclude)


def both(x, rows, columns):
    return rows @ x @ columns.T


def resize(size, to, scale=None):
    scale = scale or to / size
    return resample(size, to, half_pixel(scale))


def crop_and_resize(x):
    """Rows 0.25 to 1.5 of the height; beyond the image the extrapolation value."""
    size, to, start, end = 4, 3, 0.25, 1.5
    rows, outside = torch.zeros(to, size, dtype=torch.float64), torch.zeros(to, 1, dtype=torch.float64)
    for i in range(to):
        at = start * (size - 1) + i * (end - start) * (size - 1) / (to - 1)
        if at < 0 or at > size - 1:
            outside[i] = 9
            continue
        for k in range(size):
            rows[i, k] = hat(k - at)
    return rows @ x + outside


def group_norm(x, groups, scale, bias):
    y = x.reshape(x.shape[0], groups, -1)
    y = (y - y.mean(-1, keepdim=True)) / torch.sqrt(y.var(-1, unbiased=False, keepdim=True) + 1e-5)
    return y.reshape(x.shape) * scale[:, None, None] + bias[:, None, None]


def attention(q, k, v, mask=None, causal=False, cap=0.0):
    raw = q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5
    raw = cap * torch.tanh(raw / cap) if cap else raw
    if mask is not None:
        raw = raw + mask
    if causal:
        raw = raw.masked_fill(torch.ones(raw.shape[-2:]).triu(1) > 0, -float("inf"))
    return torch.softmax(raw, -1) @ v


def dilated_average(x, include):
    """Windows of 3 x 2 places, 2 apart along the rows, with one row of padding on each side."""
    ones = torch.ones(1, 1, 3, 2, dtype=torch.float64)
    total = F.conv2d(x, ones, padding=(1, 0), dilation=(2, 1))
    count = F.conv2d(torch.ones_like(x), ones, padding=(1, 0), dilation=(2, 1))
    return total / (6 if include else count)


def ceil_average(x):
    """The last window begins in the padding of 5 + 2 places and is left out: 3 windows of 3, 2 apart."""
    y = F.pad(x, (1, 1, 1, 1))
    return torch.stack([torch.stack([y[..., i:i + 3, k:k + 3].sum((-1, -2)) / 9 for k in (0, 2, 4)], -1)
                        for i in (0, 2, 4)], -2)


def reduced(x, data, f):
    rows = list(data)
    for i, row in enumerate([0, 2, 0]):
        rows[row] = f(rows[row], x[i])
    return torch.stack(rows)


IMAGE = (1, 1, 4, 5)

CASES = [
    # Reductions: axes are an input from 18 on; none of them means all, or with noop_with_empty_axes nothing.
    ("reduce_mean_axes", [(2, 3, 4)], lambda x: x.mean((0, 2))),
    ("reduce_mean_all", [(2, 3)], lambda x: x.mean().reshape(1, 1)),
    ("reduce_mean_noop", [(2, 3)], lambda x: 1 * x),
    ("reduce_l2_axes", [(2, 3)], lambda x: x.norm(dim=1)),
    ("reduce_max_axes", [(2, 3)], lambda x: x.amax(0, keepdim=True)),
    ("reduce_log_sum_exp_axes", [(2, 3)], lambda x: torch.logsumexp(x, -1)),
    ("reduce_sum_square_empty", [(2, 3)], lambda x: (x * x).sum().reshape(1, 1)),
    # Split into equal parts, the last of which may be smaller.
    ("split_uneven", [(2, 5)], lambda x: (x[:, 4:], x[:, :2], x[:, 2:4])),
    # Pad: axes from 18 on, wrap from 19 on.
    ("pad_axes", [(2, 3, 4)], lambda x: F.pad(x, (1, -1, 0, 0, 0, 2), value=0.5)),
    ("pad_wrap", [(2, 3)], lambda x: x[:, [1, 2, 0, 1, 2, 0]][[1, 0, 1, 0]]),
    # Resize 18: antialias, axes, policies; 19: half_pixel_symmetric.
    ("resize_antialias", [IMAGE],
     lambda x: both(x, antialias(4, 2, hat, 1), antialias(5, 3, hat, 1))),
    ("resize_antialias_cubic", [IMAGE],
     lambda x: both(x, antialias(4, 2, keys, 2), antialias(5, 3, keys, 2))),
    ("resize_antialias_exclude", [IMAGE],
     lambda x: F.interpolate(x, (2, 3), mode="bilinear", antialias=True)),
    ("resize_axes", [IMAGE], lambda x: both(x, resize(4, 6), resize(5, 2))),
    ("resize_not_larger", [IMAGE], lambda x: both(x, resize(4, 5, 1.2), resize(5, 6, 1.2))),
    ("resize_not_smaller", [IMAGE], lambda x: both(x, resize(4, 7, 7 / 4), resize(5, 9, 7 / 4))),
    ("resize_symmetric", [IMAGE],
     lambda x: both(x, torch.eye(4).double(), resample(5, 3, half_pixel_symmetric(5, 3, 0.7)))),
    ("resize_exclude_outside", [IMAGE],
     lambda x: both(x, torch.eye(4).double(), resample(5, 8, half_pixel(1.6), keys, 2, 1.0, True))),
    ("resize_crop", [IMAGE], crop_and_resize),
    # Pools: dilations of averages from 19 on; a window that begins in the padding is left out.
    ("average_pool_dilations", [(1, 1, 5, 4)], lambda x: dilated_average(x, False)),
    ("average_pool_dilations_padding", [(1, 1, 5, 4)], lambda x: dilated_average(x, True)),
    ("average_pool_ceil", [(1, 1, 5, 5)], ceil_average),
    ("lp_pool_dilations", [(1, 1, 5, 4)],
     lambda x: F.conv2d(x**2, torch.ones(1, 1, 2, 2).double(), dilation=2).sqrt()),
    # GroupNormalization: a scale for each group in 18, for each channel from 21 on.
    ("group_norm_18", [(2, 4, 2, 2), Fixed((2,)), Fixed((2,))],
     lambda x, s, b: group_norm(x, 2, s.repeat_interleave(2), b.repeat_interleave(2))),
    ("group_norm_21", [(2, 4, 2, 2), Fixed((4,)), Fixed((4,))], lambda x, s, b: group_norm(x, 2, s, b)),
    ("rms_norm", [(2, 3, 4), Fixed((3, 4))],
     lambda x, s: x / torch.sqrt((x * x).mean((1, 2), keepdim=True) + 1e-5) * s),
    # Activations that were functions of several nodes.
    ("gelu", [(2, 5)], F.gelu),
    ("gelu_tanh", [(2, 5)], lambda x: F.gelu(x, approximate="tanh")),
    ("mish", [(2, 5)], F.mish),
    ("swish", [(2, 5)], lambda x: x * torch.sigmoid(0.7 * x)),
    # GridSample: linear and cubic instead of bilinear and bicubic from 20 on.
    ("grid_sample_linear", [IMAGE, (1, 2, 3, 2)],
     lambda x, g: F.grid_sample(x, g, mode="bilinear", padding_mode="border", align_corners=True)),
    ("grid_sample_cubic", [IMAGE, (1, 2, 3, 2)],
     lambda x, g: F.grid_sample(x, g, mode="bicubic", align_corners=False)),
    # ScatterElements and ScatterND: max and min from 18 on.
    ("scatter_elements_max", [(2, 3), (4, 3)],
     lambda x, d: torch.stack([torch.maximum(d[0], x[1]), d[1], torch.maximum(d[2], x[0]), d[3]])),
    ("scatter_nd_min", [(3, 2), (4, 2)], lambda x, d: reduced(x, d, torch.minimum)),
    ("scatter_nd_add", [(3, 2), (4, 2)], lambda x, d: reduced(x, d, torch.add)),
    # Attention 24: what a token sees is the mask's and the order's together.
    ("attention_24", [(1, 2, 3, 4), (1, 2, 3, 4), (1, 2, 3, 2), (3, 3)],
     lambda q, k, v, m: attention(q, k, v, m, causal=True, cap=2.0)),
    # Cast and Where over what shapes give; Shape with ends; Constant in short forms; Reshape that keeps zeros.
    ("shape_ends", [(2, 3, 4)], lambda x: x.reshape(2, 12) * 4),
    # Ops that only the newest versions have by that number.
    ("conv_22", [(1, 2, 4, 4), Fixed((3, 2, 3, 3))], lambda x, w: F.conv2d(x, w, padding=1, stride=2)),
    ("softmax_25", [(2, 3, 2)], lambda x: torch.softmax(x, 1)),
]

write("opset", CASES)
