"""Looks at files that Lattice wrote with numpy and Pillow, which share no code with it.

    check_outputs.py tokenize IMAGES OUTPUT   tokens and pictures are what numpy makes of the same pictures
    check_outputs.py equal A.npy B.npy        two arrays of one type, shape and content
    check_outputs.py picture FILE             prints format, mode, size and the first and last pixel

Prints what it found; leaves with 1 and a sentence when something differs.
"""

import pathlib
import sys

import numpy as np
from PIL import Image

LEVELS = np.array([8, 8, 5], dtype=np.float32)
BASIS = np.array([1, 8, 64], dtype=np.int32)


def expect(condition, sentence):
    if not condition:
        sys.exit(sentence)


def tokenize(images, output):
    paths = sorted(pathlib.Path(images).glob("*.png"))
    expect(paths, "there are no pictures")
    for path in paths:
        pixels = np.asarray(Image.open(path).convert("RGB"), dtype=np.float32) / 255
        digits = np.rint(pixels * (LEVELS - 1)).astype(np.int32)
        tokens = np.load(pathlib.Path(output) / f"{path.stem}.npy")
        expect(tokens.dtype == np.int32, f"{path.stem}: tokens are {tokens.dtype}")
        expect(np.array_equal(tokens, (digits * BASIS).sum(axis=-1)), f"{path.stem}: other tokens")
        back = np.asarray(Image.open(pathlib.Path(output) / path.name))
        expected = np.rint(digits / (LEVELS - 1) * 255).astype(np.uint8)
        expect(np.array_equal(back, expected), f"{path.stem}: other pixels")
    print(f"{len(paths)} pictures")


def equal(first, second):
    a, b = np.load(first), np.load(second)
    expect(a.dtype == b.dtype and a.shape == b.shape, f"{a.dtype}{a.shape} and {b.dtype}{b.shape}")
    expect(np.array_equal(a, b), "other values")
    print(f"{a.dtype}{list(a.shape)}")


def picture(path):
    with Image.open(path) as image:
        image.load()
        corner = image.width - 1, image.height - 1
        print(image.format, image.mode, *image.size, image.getpixel((0, 0)), image.getpixel(corner))


{"tokenize": tokenize, "equal": equal, "picture": picture}[sys.argv[1]](*sys.argv[2:])
