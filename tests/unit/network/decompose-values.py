# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""Writes decompose-values.c: what the ops that are taken apart give, by their
definitions in PyTorch (1.13) in double precision.

    python3 decompose-values.py > decompose-values.c
"""
import math

import torch
import torch.nn.functional as F

from values import Fixed, write

INF = float("inf")


def heads(x, n):
    return x.reshape(x.shape[0], x.shape[1], n, -1).transpose(1, 2)


def joined(x):
    return x.transpose(1, 2).reshape(x.shape[0], x.shape[2], -1)


def attend(q, k, v, mask=None, scale=None, cap=0, causal=False):
    """All four stages and the result, for [B, heads, S, d]."""
    group = q.shape[1] // k.shape[1]
    k, v = k.repeat_interleave(group, 1), v.repeat_interleave(group, 1)
    scale = 1 / math.sqrt(q.shape[-1]) if scale is None else scale
    raw = q @ k.transpose(-1, -2) * scale
    capped = cap * torch.tanh(raw / cap) if cap else raw
    masked = capped
    if mask is not None and mask.dtype == torch.bool:
        masked = masked.masked_fill(~mask, -INF)
    elif mask is not None:
        masked = masked + mask
    if causal:
        above = torch.ones(masked.shape[-2:], dtype=torch.bool).triu(1)
        masked = masked.masked_fill(above, -INF)
    p = torch.softmax(masked, -1)
    return p @ v, (raw, capped, masked, p)


MASK = torch.tensor([[1, 0, 1, 1, 0], [0, 1, 1, 0, 1], [1, 1, 1, 1, 1]], dtype=torch.bool)


def packed_attention(x, w, b, bias=None, sizes=None, n=2, **rest):
    width = w.shape[1] // 3
    q, k, v = torch.split(x @ w + b, sizes or [width] * 3, -1)
    return joined(attend(heads(q, n), heads(k, n), heads(v, n), bias, **rest)[0])


def separate_attention(q, k, v, b, bias):
    q, k, v = q + b[:4], k + b[4:8], v + b[8:]
    return joined(attend(heads(q, 2), heads(k, 2), heads(v, 2), bias, scale=0.7)[0])


def rms(x, g, axis=-1, eps=1e-5):
    return x / torch.sqrt((x * x).mean(axis, keepdim=True) + eps) * g


def nhwc(x):
    return x.permute(0, 2, 3, 1)


def nchw(x):
    return x.permute(0, 3, 1, 2)


def stage(number):
    def run(q, k, v):
        y, stages = attend(q, k, v, MASK, cap=0.4)
        return y, stages[number]

    return run


def hidden(*rows):
    """What ONNX Runtime adds where a mask is zero."""
    return (1 - torch.tensor(rows, dtype=torch.float64)) * -10000


def packed_queries(x, m):
    q, k, v = (t.squeeze(3).transpose(1, 2) for t in x.split(1, 3))
    seen = hidden([[1, 1, 0], [1, 0, 1], [1, 1, 1]], [[0, 1, 0], [1, 1, 1], [0, 0, 1]])
    return joined(attend(q, k, v, m + seen[:, None])[0])


def packed_keys(q, kv):
    k, v = (t.squeeze(3).transpose(1, 2) for t in kv.split(1, 3))
    return joined(attend(heads(q, 2), k, v)[0])


def rotate(x, cos, sin, interleaved=False):
    """Each pair of elements of [B, heads, S, d] is a complex number, times that of its position."""
    a, b = (x[..., 0::2], x[..., 1::2]) if interleaved else x.chunk(2, -1)
    real, imaginary = a * cos - b * sin, a * sin + b * cos
    if interleaved:
        return torch.stack([real, imaginary], -1).reshape(x.shape)
    return torch.cat([real, imaginary], -1)


def rotate_tokens(x, cos, sin):
    ids = torch.tensor([[0, 1, 4], [5, 2, 2]])
    x = heads(x, 2)
    turned = rotate(x[..., :2], cos[ids][:, None], sin[ids][:, None], True)
    return joined(torch.cat([turned, x[..., 2:]], -1))


def reverse(x, lengths):
    y = x.clone()
    for b, n in enumerate(lengths):
        y[:n, b] = x[:n, b].flip(0)
    return y


UNPOOL = torch.tensor([[[[1, 2], [12, 15]], [[0, 7], [9, 10]]]])


QKV3 = [(2, 3, 4), (2, 5, 4), (2, 5, 6)]
QKV4 = [(2, 2, 3, 2), (2, 2, 5, 2), (2, 2, 5, 3)]
GROUPED = [(1, 4, 3, 2), (1, 2, 5, 2), (1, 2, 5, 3)]

CASES = [
    ("attention", QKV3, lambda q, k, v: joined(attend(heads(q, 2), heads(k, 2), heads(v, 2))[0])),
    ("attention_float_mask", QKV4 + [(3, 5)], lambda q, k, v, m: attend(q, k, v, m)[0]),
    ("attention_bool_mask", QKV4, lambda q, k, v: attend(q, k, v, MASK)[0]),
    ("attention_causal", QKV4, lambda q, k, v: attend(q, k, v, causal=True)[0]),
    ("attention_causal_mask", QKV4, lambda q, k, v: attend(q, k, v, MASK | True, causal=True, cap=0.4)[0]),
    ("attention_grouped", GROUPED, lambda q, k, v: attend(q, k, v, scale=0.3)[0]),
    ("attention_grouped_tokens", [(1, 3, 8), (1, 5, 4), (1, 5, 6)],
     lambda q, k, v: joined(attend(heads(q, 4), heads(k, 2), heads(v, 2), scale=0.3)[0])),
    ("attention_stage_0", QKV4, stage(0)),
    ("attention_stage_1", QKV4, stage(1)),
    ("attention_stage_3", QKV4, stage(3)),
    ("runtime_attention", [(2, 3, 4), (4, 12), (12,)], packed_attention),
    ("runtime_attention_sizes", [(2, 3, 4), (4, 14), (14,), (1, 2, 3, 3)],
     lambda x, w, b, m: packed_attention(x, w, b, m, [4, 4, 6], scale=0.3)),
    ("runtime_attention_causal", [(2, 3, 4), (4, 12), (12,)],
     lambda x, w, b: packed_attention(x, w, b, causal=True)),
    ("multi_head_attention", [(2, 3, 4), (2, 5, 4), (2, 5, 4), (12,), (2, 1, 3, 5)], separate_attention),
    ("runtime_attention_mask", [(2, 3, 4), (4, 12), (12,)],
     lambda x, w, b: packed_attention(x, w, b, hidden([1, 1, 0], [1, 0, 0])[:, None, None])),
    ("multi_head_attention_packed", [(2, 3, 2, 3, 2), (2, 1, 3, 3)], packed_queries),
    ("multi_head_attention_packed_keys", [(2, 3, 4), (2, 5, 2, 2, 2)], packed_keys),
    ("rotary", [(1, 2, 3, 6), (1, 3, 3), (1, 3, 3)], lambda x, c, s: rotate(x, c[:, None], s[:, None])),
    ("rotary_tokens", [(2, 3, 8), (6, 1), (6, 1)], rotate_tokens),
    ("affine_grid", [(2, 2, 3)], lambda t: F.affine_grid(t, [2, 1, 3, 4], align_corners=False)),
    ("affine_grid_aligned", [(1, 2, 3)], lambda t: F.affine_grid(t, [1, 1, 3, 1], align_corners=True)),
    ("center_crop_pad", [(3, 5, 4)], lambda x: F.pad(x, (0, 0, -1, -2, 0, 1))),
    ("center_crop_pad_axes", [(3, 5, 4)], lambda x: F.pad(x, (-1, -1, 1, 2))),
    ("col2im", [(2, 12, 6)],
     lambda x: F.fold(x, (5, 6), (2, 3), dilation=(1, 2), padding=(1, 0), stride=(2, 1))),
    ("max_unpool", [(1, 2, 2, 2)], lambda x: F.max_unpool2d(x, UNPOOL, 2, 2)),
    ("max_unpool_shape", [(1, 2, 2, 2)], lambda x: F.pad(F.max_unpool2d(x, UNPOOL, 2, 2), (0, 1, 0, 2))),
    ("reverse_sequence", [(4, 3, 2)], lambda x: reverse(x, [4, 2, 1])),
    ("reverse_sequence_batch", [(3, 4)], lambda x: reverse(x.T, [4, 2, 1]).T),
    ("shrink", [(2, 5)], lambda x: torch.where(x > 0.3, x - 0.1, torch.where(x < -0.3, x + 0.1, 0 * x))),
    ("dequantize", [(2, 3)],
     lambda x: x @ ((torch.tensor([[-128., 127.], [5., -6.], [0., 100.]]).double()
                     - torch.tensor([3., -4.]).double()) * torch.tensor([0.5, 0.25]).double())),
    ("dequantize_whole", [(2, 3)],
     lambda x: x @ (torch.tensor([[255., 0.], [128., 1.], [7., 100.]]).double() - 128) * 0.125),
    ("gelu", [(2, 5)], F.gelu),
    ("bias_gelu", [(2, 5), (5,)], lambda x, b: F.gelu(x + b)),
    ("fast_gelu", [(2, 5)], lambda x: F.gelu(x, approximate="tanh")),
    ("fast_gelu_bias", [(2, 5), (5,)], lambda x, b: F.gelu(x + b, approximate="tanh")),
    ("quick_gelu", [(2, 5)], lambda x: x * torch.sigmoid(1.702 * x)),
    ("quick_gelu_alpha", [(2, 5)], lambda x: x * torch.sigmoid(0.5 * x)),
    ("layer_norm", [(2, 3, 4), Fixed((4,)), Fixed((4,))], lambda x, g, b: F.layer_norm(x, [4], g, b, 1e-3)),
    ("layer_norm_axis", [(2, 3, 4), Fixed((3, 4))], lambda x, g: F.layer_norm(x, [3, 4], g)),
    ("simplified_norm", [(2, 3, 4), Fixed((4,))], lambda x, g: rms(x, g, eps=1e-6)),
    ("skip_layer_norm", [(2, 3, 4), (2, 3, 4), Fixed((4,)), Fixed((4,)), (4,)],
     lambda x, s, g, c, b: (F.layer_norm(x + s + b, [4], g, c, 1e-12), x + s + b)),
    ("skip_layer_norm_plain", [(2, 3, 4), (3, 4), Fixed((4,))],
     lambda x, s, g: F.layer_norm(x + s, [4], g, None, 1e-5)),
    ("skip_simplified_norm", [(2, 3, 4), (2, 3, 4), Fixed((4,)), (4,)],
     lambda x, s, g, b: (rms(x + s + b, g, eps=1e-6), x + s + b)),
    ("fused_mat_mul", [(2, 4, 3), (2, 5, 4)],
     lambda a, b: 0.25 * a.transpose(-1, -2) @ b.transpose(-1, -2)),
    ("fused_mat_mul_plain", [(2, 3, 4), (4, 5)], lambda a, b: a @ b),
    ("fused_mat_mul_batch", [(3, 2, 4), (4, 2, 5)],
     lambda a, b: 0.5 * torch.einsum("mbk,kbn->bmn", a, b)),
    ("fused_mat_mul_both", [(4, 2, 2, 3), (5, 2, 2, 4)],
     lambda a, b: torch.einsum("kbcm,nbck->bcmn", a, b)),
    ("fused_mat_mul_vector", [(4,), (2, 3, 4)],
     lambda a, b: torch.einsum("k,bnk->bn", a, b)),
    ("fused_gemm", [(4, 3), (5, 4), (5,)],
     lambda a, b, c: F.leaky_relu(0.5 * a.T @ b.T + 2 * c, 0.2)),
    ("fused_conv_sum", [(1, 2, 4, 5), Fixed((3, 2, 3, 3)), Fixed((3,)), (1, 3, 4, 5)],
     lambda x, w, b, z: torch.relu(F.conv2d(x, w, b, padding=1) + z)),
    ("fused_conv_clip", [(1, 2, 4, 5), Fixed((3, 2, 3, 3)), Fixed((3,))],
     lambda x, w, b: torch.clamp(F.conv2d(x, w, b, stride=2), -0.5, 1.5)),
    ("fused_conv_sigmoid", [(1, 2, 4, 5), Fixed((3, 2, 3, 3))],
     lambda x, w: torch.clamp(0.3 * F.conv2d(x, w) + 0.4, 0, 1)),
    ("nhwc_conv", [(1, 4, 5, 2), Fixed((3, 2, 3, 3)), Fixed((3,))],
     lambda x, w, b: nhwc(F.conv2d(nchw(x), w, b, padding=1))),
    ("nhwc_fused_conv", [(1, 4, 5, 2), Fixed((3, 2, 3, 3)), Fixed((3,)), (1, 4, 5, 3)],
     lambda x, w, b, z: torch.tanh(nhwc(F.conv2d(nchw(x), w, b, padding=1)) + z)),
    ("conv_volume", [(1, 2, 4, 5, 3), Fixed((2, 1, 2, 3, 2)), Fixed((2,))],
     lambda x, w, b: F.conv3d(F.pad(x, (0, 0, 1, 1, 1, 0)), w, b, stride=(2, 1, 1), dilation=(1, 2, 1),
                              groups=2)),
    ("conv_volume_same", [(1, 2, 5, 6, 7), Fixed((3, 2, 3, 3, 2))],
     lambda x, w: F.conv3d(F.pad(x, (0, 1, 1, 1, 0, 1)), w, stride=(3, 1, 2))),
    ("conv_volume_same_lower", [(1, 2, 4, 3, 3), Fixed((2, 2, 2, 2, 2))],
     lambda x, w: F.conv3d(F.pad(x, (1, 0, 1, 0, 1, 0)), w)),
    ("conv_transpose_volume", [(2, 2, 3, 2, 2), Fixed((2, 1, 3, 2, 2)), Fixed((2,))],
     lambda x, w, b: F.conv_transpose3d(x, w, b, stride=(2, 1, 1), padding=(1, 1, 0),
                                        output_padding=(1, 0, 0), groups=2)),
    ("max_pool_volume", [(1, 2, 4, 5, 3)],
     lambda x: F.max_pool3d(x, (2, 3, 2), stride=(2, 2, 1), padding=(1, 1, 0))),
    ("average_pool_volume", [(1, 2, 4, 5, 3)],
     lambda x: F.avg_pool3d(x, (3, 2, 2), stride=(2, 2, 1), padding=(1, 1, 0), ceil_mode=True,
                            count_include_pad=False)),
]

write("decompose", CASES)
