#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""Writes a slide as scanners do, of any size, in a small file.

  large-slide.py OUT.tif SIDE [PICTURE]

A tiled BigTIFF of SIDE x SIDE pixels, JPEG 4:2:0, tiles of 256, levels a
quarter as large each.  Its tiles are 64 pieces of the picture, or of coloured
noise, which the table of tiles names over and over: each read decodes as much
as from a slide of gigabytes."""
import io
import struct
import sys

import numpy
from PIL import Image

TILE = 256
PIECES = 64
BYTE, SHORT, LONG, RATIONAL, LONG8 = 1, 3, 4, 5, 16


def read_pieces(path):
    if path:
        picture = Image.open(path).convert("RGB")
    else:
        noise = numpy.random.default_rng(7).integers(90, 250, (256, 256, 3))
        picture = Image.fromarray(noise.astype("uint8")).resize((2048, 2048), Image.BICUBIC)
    across = max(picture.width // TILE, 1)
    down = max(picture.height // TILE, 1)
    for i in range(PIECES):
        x, y = i % across * TILE, i // across % down * TILE
        data = io.BytesIO()
        piece = picture.crop((x, y, x + TILE, y + TILE))
        piece.save(data, "JPEG", quality=80, subsampling=2)
        yield data.getvalue()


def main():
    path, side = sys.argv[1], int(sys.argv[2])
    pieces = list(read_pieces(sys.argv[3] if len(sys.argv) > 3 else None))
    sizes = [side]
    while sizes[-1] > 1024:
        sizes.append(sizes[-1] // 4)
    with open(path, "wb") as out:
        out.write(struct.pack("<2sHHHQ", b"II", 43, 8, 0, 0))
        places = []
        for piece in pieces:
            places.append(out.tell())
            out.write(piece)
        link = 8
        for level, size in enumerate(sizes):
            link = write_level(out, link, level, size, pieces, places)


def write_level(out, link, level, size, pieces, places):
    across = -(-size // TILE)
    order = numpy.arange(across * across) * 29 % PIECES
    offsets, counts = out.tell(), 0
    out.write(numpy.array(places, "<u8")[order].tobytes())
    counts = out.tell()
    out.write(numpy.array([len(piece) for piece in pieces], "<u4")[order].tobytes())
    bits = struct.pack("<HHHxx", 8, 8, 8)
    resolution = struct.pack("<II", 40000 // 4**level, 1)
    count = across * across
    entries = [
        (254, LONG, 1, struct.pack("<I", 1 if level else 0)),
        (256, LONG, 1, struct.pack("<I", size)),
        (257, LONG, 1, struct.pack("<I", size)),
        (258, SHORT, 3, bits),
        (259, SHORT, 1, struct.pack("<H", 7)),
        (262, SHORT, 1, struct.pack("<H", 6)),
        (277, SHORT, 1, struct.pack("<H", 3)),
        (282, RATIONAL, 1, resolution),
        (283, RATIONAL, 1, resolution),
        (284, SHORT, 1, struct.pack("<H", 1)),
        (296, SHORT, 1, struct.pack("<H", 3)),
        (322, LONG, 1, struct.pack("<I", TILE)),
        (323, LONG, 1, struct.pack("<I", TILE)),
        (324, LONG8, count, struct.pack("<Q", offsets)),
        (325, LONG, count, struct.pack("<Q", counts)),
        (530, SHORT, 2, struct.pack("<HH", 2, 2)),
    ]
    here = out.tell() + out.tell() % 2
    out.seek(here)
    out.write(struct.pack("<Q", len(entries)))
    for tag, kind, number, value in entries:
        out.write(struct.pack("<HHQ", tag, kind, number) + value.ljust(8, b"\0"))
    next_link = out.tell()
    out.write(struct.pack("<Q", 0))
    out.seek(link)
    out.write(struct.pack("<Q", here))
    out.seek(0, 2)
    return next_link


main()
