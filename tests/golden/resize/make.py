#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""Writes cases.txt and expected.rgb: what Pillow's Image.resize gives.

The input is not stored: test-resize.c makes the same pixels by the same rule.
A line of cases.txt: filter, size in, box (x0 y0 x1 y1), size out.
"""
import os

import numpy as np
from PIL import Image, __version__

FILTERS = {
    "nearest": Image.Resampling.NEAREST,
    "box": Image.Resampling.BOX,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}

# in, box (None: all), out
SHAPES = [
    ((61, 47), None, (16, 12)),
    ((61, 47), None, (70, 55)),
    ((64, 64), None, (32, 32)),
    ((64, 48), None, (64, 17)),
    ((64, 48), None, (19, 48)),
    ((97, 3), None, (13, 5)),
    ((5, 7), None, (23, 20)),
    ((1, 1), None, (4, 3)),
    ((300, 200), None, (7, 5)),
    ((61, 47), (3.25, 5.5, 52.75, 41.125), (24, 24)),
    ((61, 47), (10.0, 8.0, 42.0, 40.0), (32, 32)),
    ((61, 47), (20.5, 20.25, 24.0, 23.75), (30, 30)),
    ((300, 200), (0.0, 12.5, 150.25, 187.5), (22, 31)),
]


def picture(width, height):
    """A ramp, a hard edge and noise; the noise is a linear congruence."""
    pixels = np.zeros((height, width, 3), np.uint8)
    state = 12345
    for y in range(height):
        for x in range(width):
            for c in range(3):
                state = (state * 1664525 + 1013904223) % 2**32
                value = state >> 24 if (x // 8 + y // 8) % 2 else \
                    (x * 5 + y * 3 + c * 60) % 256
                if x > y and c == 1:
                    value = 255 - value // 8
                pixels[y, x, c] = value
    return Image.fromarray(pixels)


def main():
    folder = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(folder, "cases.txt"), "w") as cases, \
            open(os.path.join(folder, "expected.rgb"), "wb") as expected:
        for size_in, box, size_out in SHAPES:
            image = picture(*size_in)
            for name, code in FILTERS.items():
                used = box or (0.0, 0.0, float(size_in[0]), float(size_in[1]))
                out = image.resize(size_out, code, box=used)
                cases.write(f"{name} {size_in[0]} {size_in[1]} "
                            f"{' '.join(map(str, used))} "
                            f"{size_out[0]} {size_out[1]}\n")
                expected.write(out.tobytes())
    print("Pillow", __version__)


main()
