"""The peers of `lattice-bench maskgit`: a masked token transformer of 24 layers, width 768, 16 heads, 257 places and
2025 words, random weights, in PyTorch, ONNX Runtime and OpenVINO.

Reads lines "ENGINE MODE BATCH STEPS" from standard input: torch, compile, onnxruntime or openvino; bf16 or f32; STEPS 0
for one pass through the network, else parallel decoding in so many steps. Answers each with the seconds it took. A new
engine, mode or batch is set up and warmed up before it is timed. Written for torch 2.x, onnx, onnxruntime 1.x and
openvino 2024 or later, on the CPU.

    echo "torch bf16 1 0" | python3 maskgit_peers.py --threads 2
"""

import argparse
import math
import os
import sys
import tempfile
import time

import numpy
import torch
from torch import nn
from torch.nn import functional

LAYERS, WIDTH, HEADS, INNER, PLACES, CODES, WORDS = 24, 768, 16, 3072, 257, 1024, 2025


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.query_key_value = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.first, self.second = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.norms = nn.ModuleList(nn.LayerNorm(WIDTH, eps=1e-12) for _ in range(2))

    def forward(self, x):
        parts = self.query_key_value(x).unflatten(-1, (3, HEADS, -1)).permute(2, 0, 3, 1, 4)
        attended = functional.scaled_dot_product_attention(parts[0], parts[1], parts[2])
        x = self.norms[0](x + self.out(attended.transpose(1, 2).flatten(2)))
        inner = functional.gelu(self.first(x), approximate="tanh")
        return self.norms[1](x + self.second(inner))


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(WORDS, WIDTH)
        self.places = nn.Parameter(torch.randn(1, PLACES, WIDTH) * 0.02)
        self.start, self.last = nn.LayerNorm(WIDTH, eps=1e-12), nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.dense = nn.Linear(WIDTH, WIDTH)
        self.bias = nn.Parameter(torch.zeros(CODES))

    def forward(self, tokens):
        x = self.start(self.words(tokens) + self.places)
        for layer in self.layers:
            x = layer(x)
        x = self.last(functional.gelu(self.dense(x), approximate="tanh"))
        return functional.linear(x, self.words.weight[:CODES], self.bias)


def exported(model, batch):
    path = os.path.join(tempfile.gettempdir(), f"lattice-maskgit-{os.getpid()}-{batch}.onnx")
    if not os.path.exists(path):
        tokens = torch.zeros(batch, PLACES, dtype=torch.int64)
        torch.onnx.export(
            model, (tokens,), path, input_names=["tokens"], output_names=["logits"],
            opset_version=17, dynamo=False)
    return path


def network(engine, mode, batch, threads):
    """A function from tokens to logits, both numpy arrays."""
    torch.manual_seed(0)
    model = Transformer().eval()
    if engine in ("torch", "compile"):
        model = model.to(torch.bfloat16) if mode == "bf16" else model
        run = torch.compile(model) if engine == "compile" else model
        return lambda tokens: run(torch.from_numpy(tokens)).float().numpy()
    path = exported(model, batch)
    if engine == "onnxruntime":
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        session = onnxruntime.InferenceSession(
            path, options, providers=["CPUExecutionProvider"])
        return lambda tokens: session.run(None, {"tokens": tokens})[0]
    import openvino

    core = openvino.Core()
    compiled = core.compile_model(
        core.read_model(path), "CPU",
        {"INFERENCE_PRECISION_HINT": mode, "INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY"})
    request = compiled.create_infer_request()
    return lambda tokens: request.infer({0: tokens})[0]


def decode(run, batch, steps, generator):
    """Parallel decoding by confidence; the mask is the last word."""
    tokens = numpy.full((batch, PLACES), WORDS - 1, dtype=numpy.int64)
    tokens[:, 0] = CODES
    masked = numpy.ones((batch, PLACES - 1), dtype=bool)
    for step in range(steps):
        logits = run(tokens)[:, 1:, :]
        gumbel = generator.gumbel(size=logits.shape).astype(numpy.float32)
        drawn = numpy.where(masked, (logits + gumbel).argmax(-1), tokens[:, 1:])
        top = logits.max(-1)
        weight = numpy.log(numpy.exp(logits - top[..., None]).sum(-1)) + top
        chosen = numpy.take_along_axis(logits, numpy.minimum(drawn, CODES - 1)[..., None], -1)[..., 0]
        share = (step + 1) / steps
        confidence = chosen - weight + 4.5 * (1 - share) * generator.gumbel(size=chosen.shape)
        confidence = numpy.where(masked, confidence, numpy.inf)
        length = max(1, int((PLACES - 1) * math.cos(math.pi / 2 * share)))
        if step == steps - 1:
            return drawn
        masked = confidence < numpy.sort(confidence, -1)[:, length : length + 1]
        tokens[:, 1:] = numpy.where(masked, WORDS - 1, drawn)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=2)
    threads = parser.parse_args().threads
    torch.set_num_threads(threads)
    torch.set_grad_enabled(False)
    generator = numpy.random.default_rng(0)
    known = None
    for line in sys.stdin:
        engine, mode, batch, steps = line.split()
        batch, steps = int(batch), int(steps)
        tokens = generator.integers(0, CODES, (batch, PLACES), dtype=numpy.int64)
        if known is None or known[0] != (engine, mode, batch):
            known = None
            known = (engine, mode, batch), network(engine, mode, batch, threads)
            known[1](tokens)
        start = time.perf_counter()
        if steps == 0:
            known[1](tokens)
        else:
            decode(known[1], batch, steps, generator)
        print(time.perf_counter() - start, flush=True)


main()
