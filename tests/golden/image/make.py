#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""Writes small JPEG and PNG files of every kind that the decoders know, and
expected.txt: name, width, height, SHA-256 of the RGB bytes that Pillow gives.

Where Pillow has no 8-bit reading of its own (16 bits a sample), the upper 8
bits are what is expected; transparency is pasted over white.
"""
import hashlib
import io
import os
import struct
import zlib

import numpy as np
from PIL import Image, ImageOps, __version__

WIDTH, HEIGHT = 53, 37
FOLDER = os.path.dirname(os.path.abspath(__file__))


def picture():
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(float)
    spot = np.hypot(x - 24, (y - 17) * 1.2) < 12
    red = np.where(spot, 120 - x, 220 - y)
    green = np.where(spot, 60 + y, 160 + 20 * np.sin(x / 4))
    blue = np.where(spot, 50 + 2 * x, 150 + x)
    return np.clip(np.stack([red, green, blue], -1), 0, 255).astype(np.uint8)


def wide():
    """16 bits a sample, the lower ones busy."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    return np.stack([x * 1201 + y * 7, y * 1711 + x * 3, (x * y * 31) % 65536],
                    -1).astype(np.uint16)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + \
        struct.pack(">I", zlib.crc32(kind + data))


def write_png(name, pixels, bits, color, interlaced=False, extra=b""):
    """pixels: [height, width, samples] of the file's own depth."""
    height, width, samples = pixels.shape
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4),
              (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)] \
        if interlaced else [(0, 0, 1, 1)]
    raw = b""
    for x, y, step_x, step_y in passes:
        for row in pixels[y::step_y, x::step_x]:
            if row.size == 0:
                continue
            if bits == 16:
                data = row.astype(">u2").tobytes()
            elif bits == 8:
                data = row.astype(np.uint8).tobytes()
            else:
                text = "".join(format(int(v), f"0{bits}b") for v in row[:, 0])
                text += "0" * (-len(text) % 8)
                data = bytes(int(text[i:i + 8], 2)
                             for i in range(0, len(text), 8))
            raw += b"\0" + data
    with open(os.path.join(FOLDER, name), "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(
            ">IIBBBBB", width, height, bits, color, 0, 0, int(interlaced))) +
            extra + chunk(b"IDAT", zlib.compress(raw, 9)) +
            chunk(b"IEND", b""))


def over_white(image):
    image = image.convert("RGBA")
    white = Image.new("RGB", image.size, (255, 255, 255))
    white.paste(image, (0, 0), image)
    return white


def main():
    rgb = Image.fromarray(picture())
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    alpha = Image.fromarray(((x * 5 + y * 3) % 256).astype(np.uint8))
    expected = {}

    def save(name, image, **options):
        path = os.path.join(FOLDER, name)
        image.save(path, **options)
        with Image.open(path) as again:
            seen = over_white(again) if again.mode in ("RGBA", "LA", "P") \
                else again.convert("RGB")
        expected[name] = np.asarray(seen)

    save("rgb-420.jpg", rgb, quality=85, subsampling=2)
    save("rgb-422.jpg", rgb, quality=85, subsampling=1)
    save("rgb-444.jpg", rgb, quality=95, subsampling=0)
    save("progressive.jpg", rgb, quality=85, subsampling=2, progressive=True)
    save("grey.jpg", rgb.convert("L"), quality=85)
    save("cmyk.jpg", rgb.convert("CMYK"), quality=85)
    save("rgb.png", rgb)
    save("grey.png", rgb.convert("L"))
    save("bilevel.png", rgb.convert("1"))
    save("palette.png", rgb.quantize(11))
    rgba = rgb.copy()
    rgba.putalpha(alpha)
    save("rgba.png", rgba)
    save("grey-alpha.png", Image.merge("LA", (rgb.convert("L"), alpha)))
    save("palette-alpha.png", rgb.quantize(7), transparency=bytes(
        [0, 60, 120, 180, 255, 255, 30]))

    write_png("rgb-16.png", wide(), 16, 2)
    expected["rgb-16.png"] = (wide() >> 8).astype(np.uint8)
    write_png("grey-16.png", wide()[..., :1], 16, 0)
    expected["grey-16.png"] = np.repeat(wide()[..., :1] >> 8, 3, -1).astype(
        np.uint8)
    write_png("grey-2.png", (wide()[..., :1] >> 14), 2, 0)
    expected["grey-2.png"] = np.repeat((wide()[..., :1] >> 14) * 85, 3,
                                       -1).astype(np.uint8)
    write_png("interlaced.png", picture(), 8, 2, interlaced=True)
    expected["interlaced.png"] = picture()
    # Little-endian EXIF with one entry: orientation 6.
    exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"
    write_png("turned.png", picture(), 8, 2, extra=chunk(b"eXIf", exif))
    expected["turned.png"] = np.rot90(picture(), -1)

    # The test puts the tag into rgb-444.jpg itself.
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        memory = io.BytesIO()
        rgb.save(memory, "JPEG", quality=95, subsampling=0, exif=exif)
        turned = ImageOps.exif_transpose(Image.open(memory))
        expected[f"orientation-{orientation}"] = np.asarray(turned)

    with open(os.path.join(FOLDER, "expected.txt"), "w") as file:
        for name, pixels in expected.items():
            digest = hashlib.sha256(np.ascontiguousarray(pixels).tobytes())
            file.write(f"{name} {pixels.shape[1]} {pixels.shape[0]} "
                       f"{digest.hexdigest()}\n")
    print("Pillow", __version__)


main()
