"""The peer of `lattice-bench uvim-base`: UViM's base model (stage I) for depth in PyTorch, random weights.

One-hot depths of 512 x 512 pixels in 256 bins and the picture, as 1024 patches, through 6 blocks to 256 codes of 4096, and
through 12 blocks back to logits. Reads lines "PEER" from standard input, of those that "peers" names, and answers each
with the seconds that a picture took. Written for torch 2.x on the CPU.

    printf 'peers\\ntorch-bf16\\n' | python3 uvim_base_torch.py --threads 2
"""

import argparse
import sys
import time

import torch
from torch import nn
from torch.nn import functional

WIDTH, HEADS, INNER, PATCH, SIDE, BINS, CODES = 768, 12, 3072, 16, 32, 256, 4096


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norms = nn.ModuleList(nn.LayerNorm(WIDTH, eps=1e-6) for _ in range(2))
        self.query_key_value = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.first = nn.Linear(WIDTH, INNER)
        self.second = nn.Linear(INNER, WIDTH)

    def forward(self, tokens):
        parts = self.query_key_value(self.norms[0](tokens)).chunk(3, -1)
        query, key, value = (part.unflatten(-1, (HEADS, -1)).transpose(1, 2) for part in parts)
        found = functional.scaled_dot_product_attention(query, key, value)
        tokens = tokens + self.out(found.transpose(1, 2).flatten(2))
        return tokens + self.second(functional.gelu(self.first(self.norms[1](tokens)), approximate="tanh"))


class BaseModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.label = nn.Linear(BINS * PATCH * PATCH, WIDTH)
        self.contexts = nn.ModuleList(nn.Linear(3 * PATCH * PATCH, WIDTH) for _ in range(2))
        self.places = nn.ParameterList(torch.randn(1, SIDE * SIDE, WIDTH) * 0.03 for _ in range(2))
        self.encoder = nn.Sequential(*[Block() for _ in range(6)], nn.LayerNorm(WIDTH, eps=1e-6))
        self.decoder = nn.Sequential(*[Block() for _ in range(12)], nn.LayerNorm(WIDTH, eps=1e-6))
        self.to_code = nn.Linear(WIDTH, WIDTH)
        self.from_code = nn.Linear(WIDTH, WIDTH)
        self.dictionary = nn.Parameter(functional.normalize(torch.randn(CODES, WIDTH), dim=-1))
        self.head = nn.Linear(WIDTH, BINS * PATCH * PATCH)

    def resized(self, tokens, side):
        grid = tokens.transpose(1, 2).unflatten(2, (int(tokens.shape[1] ** 0.5), -1))
        small = side * side < tokens.shape[1]
        found = functional.interpolate(grid.float(), (side, side), mode="bilinear", antialias=small)
        return found.to(tokens.dtype).flatten(2).transpose(1, 2)

    def forward(self, labels, patches):
        tokens = self.encoder(self.label(labels) + self.contexts[0](patches) + self.places[0])
        vectors = functional.layer_norm(self.to_code(self.resized(tokens, SIDE // 2)), (WIDTH,))
        chosen = self.dictionary[(functional.normalize(vectors, dim=-1) @ self.dictionary.T).argmax(-1)]
        tokens = self.resized(self.from_code(chosen), SIDE) + self.contexts[1](patches) + self.places[1]
        return self.head(self.decoder(tokens))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=2)
    torch.set_num_threads(parser.parse_args().threads)
    torch.set_grad_enabled(False)
    kinds = {"torch-f32": torch.float32, "torch-bf16": torch.bfloat16}
    known = {}
    for line in sys.stdin:
        name = line.strip()
        if name == "peers":
            print(*kinds, flush=True)
            continue
        if name not in known:
            known = {name: BaseModel().eval().to(kinds[name])}
        labels = torch.zeros(1, SIDE * SIDE, BINS, PATCH * PATCH, dtype=kinds[name])
        labels[:, :, 17] = 1
        patches = torch.rand(1, SIDE * SIDE, 3 * PATCH * PATCH).to(kinds[name])
        start = time.perf_counter()
        known[name](labels.flatten(2), patches)
        print(time.perf_counter() - start, flush=True)


main()
