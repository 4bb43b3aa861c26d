"""The peer of `lattice-bench pipeline`: the same work as a user would script it with Pillow and numpy.

Reads every picture of a folder, crops and resizes it to 256x256, rounds each colour to 8 x 8 x 5 codes, and writes the
tokens as .npy and the picture as PNG with Pillow's defaults.

    python3 pillow_pipeline.py IMAGES OUTPUT --processes 2
"""

import argparse
import functools
import multiprocessing
import pathlib

import numpy as np
from PIL import Image, ImageOps

LEVELS = np.array([8, 8, 5], dtype=np.float32)
BASIS = np.array([1, 8, 64], dtype=np.int32)


def convert(output, path):
    with Image.open(path) as image:
        image = ImageOps.fit(
            ImageOps.exif_transpose(image).convert("RGB"), (256, 256), method=Image.Resampling.BICUBIC
        )
    values = np.asarray(image, dtype=np.float32) / 255
    digits = np.rint(values * (LEVELS - 1))
    tokens = (digits.astype(np.int32) * BASIS).sum(axis=-1, dtype=np.int32)
    np.save(output / f"{path.stem}.npy", tokens)
    pixels = np.rint(digits / (LEVELS - 1) * 255).astype(np.uint8)
    Image.fromarray(pixels).save(output / f"{path.stem}.png")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("images", type=pathlib.Path)
    parser.add_argument("output", type=pathlib.Path)
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    paths = sorted(path for path in arguments.images.iterdir() if path.suffix in {".png", ".jpg"})
    with multiprocessing.Pool(arguments.processes) as pool:
        for _ in pool.imap_unordered(functools.partial(convert, arguments.output), paths, chunksize=8):
            pass


if __name__ == "__main__":
    main()
