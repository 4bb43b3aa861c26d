"""The peer of `lattice-bench gemm`: products of a row-major matrix and weights (outputs, inputs) in PyTorch.

Reads lines "ROWS INNER COLUMNS COPIES REPEATS MODE" (bf16 or f32) from standard input and answers each with the seconds
that so many products took, with weights taken in turn from so many copies. Written for torch 2.x on the CPU.

    echo "256 768 3072 1 10 bf16" | python3 gemm_torch.py --threads 2
"""

import argparse
import sys
import time

import torch
from torch.nn import functional


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=2)
    torch.set_num_threads(parser.parse_args().threads)
    torch.set_grad_enabled(False)
    known, left, weights = None, None, []
    for line in sys.stdin:
        *sizes, mode = line.split()
        rows, inner, columns, copies, repeats = map(int, sizes)
        if known != (rows, inner, columns, copies, mode):
            known, weights = (rows, inner, columns, copies, mode), []
            kind = torch.bfloat16 if mode == "bf16" else torch.float32
            left = torch.full((rows, inner), 0.5, dtype=kind)
            weights = [torch.full((columns, inner), 0.25, dtype=kind) for _ in range(copies)]
        start = time.perf_counter()
        for index in range(repeats):
            functional.linear(left, weights[index % copies])
        print(time.perf_counter() - start, flush=True)


main()
