# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""Reads the tiles of a slide the way a Python pipeline does, OpenSlide and Pillow
and NumPy, and writes batches of float32 to standard output, for ONNX Runtime to
run (slide-peer.cjs): Debian has no onnxruntime for Python.

    slide-peer.py SLIDE MPP MODEL.json BATCH
"""
import json
import math
import sys

import numpy
import openslide
from PIL import Image


def main():
    path, mpp, manifest, batch = sys.argv[1], float(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    wanted = json.load(open(manifest))["inputs"][0]
    side = wanted["size"][0]
    mean = numpy.array(wanted["mean"], numpy.float32)
    std = numpy.array(wanted["std"], numpy.float32)
    slide = openslide.open_slide(path)
    width, height = slide.dimensions
    ratio = wanted["mpp"] / mpp
    tile = side * ratio
    level = slide.get_best_level_for_downsample(ratio)
    read = max(1, round(tile / slide.level_downsamples[level]))
    ready = []
    for row in range(math.ceil(height / tile - 1e-6)):
        for column in range(math.ceil(width / tile - 1e-6)):
            place = (round(column * tile), round(row * tile))
            rgba = slide.read_region(place, level, (read, read))
            image = Image.new("RGB", rgba.size, (255, 255, 255))
            image.paste(rgba, mask=rgba.split()[3])
            image = image.resize((side, side), Image.BILINEAR)
            pixels = numpy.asarray(image, numpy.float32) * numpy.float32(wanted["scale"])
            ready.append(((pixels - mean) / std).transpose(2, 0, 1))
            if len(ready) == batch:
                sys.stdout.buffer.write(numpy.stack(ready).tobytes())
                ready = []
    if ready:
        sys.stdout.buffer.write(numpy.stack(ready).tobytes())


main()
