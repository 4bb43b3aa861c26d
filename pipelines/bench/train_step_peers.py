"""The peers of `lattice-bench train-step`: the same small FSQ autoencoder trained in PyTorch.

Answers lines from standard input. "peers" names the ways of running it. "PEER BATCH" takes one step, forward, backward
and Adam, and gives the seconds it took; the first step of each, which compiles, isn't timed. Written for torch 2.x.

    printf 'peers\\ntorch-bf16 32\\n' | python3 train_step_peers.py --threads 2
"""

import argparse
import sys
import time

import torch
from torch import nn
from torch.nn import functional

PEERS = ("torch-f32", "torch-bf16", "torch-compiled-f32", "torch-compiled-bf16")


def convolution(width_in, width_out, size=3, stride=1):
    return nn.Conv2d(width_in, width_out, size, stride, size // 2)


class Block(nn.Module):
    def __init__(self, width_in, width_out):
        super().__init__()
        self.inner = nn.Sequential(
            nn.GroupNorm(32, width_in), nn.SiLU(), convolution(width_in, width_out),
            nn.GroupNorm(32, width_out), nn.SiLU(), convolution(width_out, width_out),
        )  # fmt: skip
        self.outer = nn.Identity() if width_in == width_out else convolution(width_in, width_out, 1)

    def forward(self, features):
        return self.outer(features) + self.inner(features)


class Rounding(nn.Module):
    """Finite scalar quantization with a straight-through gradient, levels last in memory as the paper's code has it."""

    def __init__(self, levels):
        super().__init__()
        counts = torch.tensor(levels, dtype=torch.float32)
        self.register_buffer("extent", (counts - 1) * (1 - 1e-3) / 2)
        self.register_buffer("offset", torch.where(counts % 2 == 0, 0.5, 0.0))
        self.register_buffer("width", counts.div(2, rounding_mode="floor"))

    def forward(self, latents):
        latents = latents.movedim(1, -1).float()
        bounded = torch.tanh(latents + torch.tan(self.offset / self.extent)) * self.extent - self.offset
        rounded = bounded + (bounded.round() - bounded).detach()
        return (rounded / self.width).movedim(-1, 1)


def autoencoder(width=64, multipliers=(1, 2, 2), levels=(8, 8, 8, 5, 5, 5)):
    widths = [width * each for each in multipliers]
    layers, now = [convolution(3, width)], width
    for index, wanted in enumerate(widths):
        layers.append(Block(now, wanted))
        now = wanted
        if index + 1 < len(widths):
            layers.append(convolution(now, now, stride=2))
    layers += [Block(now, now), nn.GroupNorm(32, now), nn.SiLU(), convolution(now, len(levels), 1), Rounding(levels)]
    layers += [convolution(len(levels), now), Block(now, now)]
    for index in reversed(range(len(widths))):
        layers.append(Block(now, widths[index]))
        now = widths[index]
        if index:
            layers += [nn.Upsample(scale_factor=2, mode="nearest"), convolution(now, now)]
    layers += [nn.GroupNorm(32, now), nn.SiLU(), convolution(now, 3)]
    return nn.Sequential(*layers)


def stepper(peer, batch):
    net = autoencoder().to(memory_format=torch.channels_last)
    images = torch.rand(batch, 3, 64, 64).to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(net.parameters(), 1e-4)
    forward = torch.compile(net) if "compiled" in peer else net

    def step():
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled="bf16" in peer):
            pictures = forward(images)
        functional.mse_loss(pictures.float(), images).backward()
        optimizer.step()

    return step


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    torch.set_num_threads(parser.parse_args().threads)
    torch.manual_seed(0)
    steppers = {}
    for line in sys.stdin:
        if line.strip() == "peers":
            print(" ".join(PEERS), flush=True)
            continue
        peer, batch = line.split()
        if line not in steppers:
            steppers[line] = stepper(peer, int(batch))
            steppers[line]()
        start = time.perf_counter()
        steppers[line]()
        print(time.perf_counter() - start, flush=True)


if __name__ == "__main__":
    main()
