"""The peer of `lattice-bench uvim`: the decoder of a UViM language model in PyTorch, random weights, KV cache.

Each layer attends to the tokens before, then to 1024 tokens of the picture, then comes an MLP with tanh-GELU. Reads
lines "SIZE BATCH TOKENS MODE" (base or large; bf16 or f32) from standard input and answers each with the seconds that
decoding so many tokens took. Written for torch 2.x on the CPU.

    echo "base 1 16 bf16" | python3 uvim_decode_torch.py --threads 2
"""

import argparse
import sys
import time

import torch
from torch import nn
from torch.nn import functional

SIZES = {"base": (12, 768, 12, 3072), "large": (24, 1024, 16, 4096)}
VOCABULARY, LENGTH, PICTURE = 4097, 256, 1024


class Layer(nn.Module):
    def __init__(self, width, heads, inner):
        super().__init__()
        self.heads = heads
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(3))
        self.query_key_value = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)
        self.cross_query = nn.Linear(width, width, bias=False)
        self.cross_key_value = nn.Linear(width, 2 * width, bias=False)
        self.cross_out = nn.Linear(width, width, bias=False)
        self.first = nn.Linear(width, inner)
        self.second = nn.Linear(inner, width)

    def split(self, tokens):
        return tokens.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def start(self, memory):
        key, value = self.cross_key_value(memory).chunk(2, -1)
        self.cross = self.split(key).contiguous(), self.split(value).contiguous()
        shape = (*self.cross[0].shape[:2], LENGTH, self.cross[0].shape[-1])
        self.seen = memory.new_zeros(shape), memory.new_zeros(shape)

    def forward(self, token, position):
        query, key, value = self.query_key_value(self.norms[0](token)).chunk(3, -1)
        for cache, new in zip(self.seen, (key, value)):
            cache[:, :, position : position + 1] = self.split(new)
        keys, values = (cache[:, :, : position + 1] for cache in self.seen)
        token = token + self.out(self.attend(query, keys, values))
        token = token + self.cross_out(self.attend(self.cross_query(self.norms[1](token)), *self.cross))
        inner = functional.gelu(self.first(self.norms[2](token)), approximate="tanh")
        return token + self.second(inner)

    def attend(self, query, keys, values):
        found = functional.scaled_dot_product_attention(self.split(query), keys, values)
        return found.transpose(1, 2).flatten(2)


class Decoder(nn.Module):
    def __init__(self, layers, width, heads, inner):
        super().__init__()
        self.width = width
        self.embedding = nn.Embedding(VOCABULARY, width)
        self.positions = nn.Parameter(torch.randn(LENGTH, width) * 0.02)
        self.layers = nn.ModuleList(Layer(width, heads, inner) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, VOCABULARY)

    def decode(self, batch, count):
        memory = torch.randn(batch, PICTURE, self.width).to(self.positions.dtype)
        for layer in self.layers:
            layer.start(memory)
        last = torch.zeros(batch, 1, dtype=torch.long)
        start = time.perf_counter()
        for position in range(count):
            token = self.embedding(last) + self.positions[position]
            for layer in self.layers:
                token = layer(token, position)
            last = self.head(self.norm(token)).argmax(-1)
        return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=2)
    torch.set_num_threads(parser.parse_args().threads)
    torch.set_grad_enabled(False)
    networks = {}
    for line in sys.stdin:
        size, batch, count, mode = line.split()
        if (size, mode) not in networks:
            networks = {}
            kind = torch.bfloat16 if mode == "bf16" else torch.float32
            networks[size, mode] = Decoder(*SIZES[size]).eval().to(kind)
        print(networks[size, mode].decode(int(batch), int(count)), flush=True)


main()
