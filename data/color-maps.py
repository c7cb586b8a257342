#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""Writes engine/map/color-map-tables.c: color-maps.py FOLDER | clang-format --assume-filename=x.c

FOLDER holds _cm_listed.py of Matplotlib (3.6 was used: python3-matplotlib of Debian 12), from which only the published
values are taken: viridis and magma by Nathaniel J. Smith, Stefan van der Walt and Eric Firing (CC0), cividis by Jamie R.
Nunez, Christopher R. Anderton and Ryan S. Renslow (PLOS ONE 13(7), e0199239, 2018). Values are rounded to 8 bits.
jet is drawn from its break points. The diverging map is ours: blue - white - orange, both arms with one CIE L* and one
OKLab chroma, so that +v and -v are equally far from the middle to the eye; its two middle entries are one neutral.
"""
import ast
import math
import pathlib
import sys

JET = {"r": [(0, 0), (.35, 0), (.66, 1), (.89, 1), (1, .5)],
       "g": [(0, 0), (.125, 0), (.375, 1), (.64, 1), (.91, 0), (1, 0)],
       "b": [(0, .5), (.11, 1), (.34, 1), (.65, 0), (1, 0)]}

# CIE L* of the middle and of the ends, OKLab chroma of the ends and hues in degrees.
MIDDLE, END, CHROMA, BLUE, ORANGE = 96, 49, 0.137, 255, 57


def published(folder):
    tree = ast.parse((pathlib.Path(folder) / "_cm_listed.py").read_text())
    return {node.targets[0].id[1:-5]: ast.literal_eval(node.value) for node in tree.body
            if isinstance(node, ast.Assign) and node.targets[0].id in ("_viridis_data", "_cividis_data", "_magma_data")}


def between(points, x):
    for (x0, y0), (x1, y1) in zip(points, points[1:]):
        if x <= x1:
            return y0 + (x - x0) / (x1 - x0) * (y1 - y0)


def oklab_to_linear(lightness, a, b):
    l, m, s = ((lightness + u * a + v * b) ** 3 for u, v in
               ((.3963377774, .2158037573), (-.1055613458, -.0638541728), (-.0894841775, -1.2914855480)))
    return (4.0767416621 * l - 3.3077115913 * m + .2309699292 * s,
            -1.2684380046 * l + 2.6097574011 * m - .3413193965 * s,
            -.0041960863 * l - .7034186147 * m + 1.7076147010 * s)


def l_star(linear):
    y = sum(w * c for w, c in zip((.2126, .7152, .0722), linear))
    return 116 * y ** (1 / 3) - 16  # none here is dark enough for the straight part


def color(wanted, a, b):
    """The sRGB colour of a CIE L* and OKLab a, b, by halving the interval."""
    low, high = 0, 1
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if l_star(oklab_to_linear(middle, a, b)) < wanted else (low, middle)
    linear = oklab_to_linear(low, a, b)
    assert all(-.002 < c < 1.002 for c in linear), "outside sRGB"
    linear = [min(max(c, 0), 1) for c in linear]
    return [12.92 * c if c <= .0031308 else 1.055 * c ** (1 / 2.4) - .055 for c in linear]


def diverging(i):
    hue, away = (math.radians(BLUE), (127 - i) / 127) if i < 128 else (math.radians(ORANGE), (i - 128) / 127)
    chroma = CHROMA * away
    return color(MIDDLE + (END - MIDDLE) * away, chroma * math.cos(hue), chroma * math.sin(hue))


def main():
    maps = published(sys.argv[1])
    maps["diverging"] = [diverging(i) for i in range(256)]
    maps["jet"] = [[between(JET[c], i / 255) for c in "rgb"] for i in range(256)]
    print("/* SPDX-License-Identifier: Apache-2.0 */\n/* Copyright (c) The Saccade authors */\n")
    print("/* Written by data/color-maps.py, which says where the values come from. */")
    print('#include "map/color-map-tables.h"\n')
    for name in ("viridis", "cividis", "magma", "diverging", "jet"):
        entries = [[math.floor(255 * c + .5) for c in rgb] for rgb in maps[name]]
        assert len(entries) == 256
        print(f"const uint8_t sac_color_map_{name}[256][3] = {{")
        for i in range(0, 256, 4):
            print("  " + " ".join("{ %d, %d, %d }," % tuple(e) for e in entries[i:i + 4]))
        print("};" if name == "jet" else "};\n")


if __name__ == "__main__":
    main()
