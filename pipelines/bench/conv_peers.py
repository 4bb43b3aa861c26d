"""The peers of `lattice-bench conv`: 3x3 convolutions in PyTorch, channels last.

Answers lines from standard input. "peers" names the precisions. "PEER PASS CHANNELS SIDE BATCH" (forward, backwardData
or backwardWeights) runs that pass once and gives the seconds it took, after a first run that isn't timed.

    printf 'peers\\ntorch-f32 forward 128 64 1\\n' | python3 conv_peers.py --threads 2
"""

import argparse
import sys
import time

import torch


def work(peer, what, channels, side, batch):
    kind = torch.bfloat16 if peer.endswith("bf16") else torch.float32
    source, gradient = (
        torch.randn(batch, channels, side, side).to(kind).to(memory_format=torch.channels_last) for _ in range(2)
    )
    weight = torch.randn(channels, channels, 3, 3).to(kind).to(memory_format=torch.channels_last)
    if what == "forward":
        return lambda: torch.nn.functional.conv2d(source, weight, padding=1)
    wanted = [what == "backwardData", what == "backwardWeights", False]
    one, none = [1, 1], [0, 0]
    return lambda: torch.ops.aten.convolution_backward(
        gradient, source, weight, None, one, one, one, False, none, 1, wanted
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    torch.set_num_threads(parser.parse_args().threads)
    torch.set_grad_enabled(False)
    last, run = None, None
    for line in sys.stdin:
        if line.strip() == "peers":
            print("torch-f32 torch-bf16", flush=True)
            continue
        if line != last:
            peer, what, *sizes = line.split()
            run = work(peer, what, *map(int, sizes))
            last = line
        run()
        start = time.perf_counter()
        run()
        print(time.perf_counter() - start, flush=True)


if __name__ == "__main__":
    main()
