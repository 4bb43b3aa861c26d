"""The peers of `lattice-bench fsq`: finite scalar quantization by the vector-quantize-pytorch package and by plain PyTorch.

Answers lines from standard input. "peers" names those that are installed. "PEER VECTORS" quantizes so many vectors with
levels 8 8 8 5 5 5 to codes and indices, and gives the seconds it took, after a first run that isn't timed.

    printf 'peers\\ntorch 1000000\\n' | python3 fsq_peers.py --threads 2
"""

import argparse
import importlib.util
import sys
import time

import torch

LEVELS = (8, 8, 8, 5, 5, 5)


def plain():
    counts = torch.tensor(LEVELS, dtype=torch.float32)
    half, offset = (counts - 1) * (1 - 1e-3) / 2, torch.where(counts % 2 == 0, 0.5, 0.0)
    shift, width = torch.tan(offset / half), counts.div(2, rounding_mode="floor")
    basis = torch.cumprod(torch.tensor((1,) + LEVELS[:-1]), 0).float()

    def quantize(latents):
        digits = (torch.tanh(latents + shift) * half - offset).round()
        return digits / width, ((digits + width) * basis).sum(-1).to(torch.int32)

    return quantize


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    torch.set_num_threads(parser.parse_args().threads)
    torch.set_grad_enabled(False)
    makers = {"torch": plain}
    if importlib.util.find_spec("vector_quantize_pytorch"):
        from vector_quantize_pytorch import FSQ

        makers["vector-quantize-pytorch"] = lambda: FSQ(levels=list(LEVELS)).eval()
    for line in sys.stdin:
        if line.strip() == "peers":
            print(" ".join(makers), flush=True)
            continue
        peer, count = line.split()
        quantize, latents = makers[peer](), torch.randn(1, int(count), len(LEVELS))
        quantize(latents)
        start = time.perf_counter()
        quantize(latents)
        print(time.perf_counter() - start, flush=True)


if __name__ == "__main__":
    main()
