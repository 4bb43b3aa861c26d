"""The peers of `lattice-bench vqgan`: MaskGIT's tokenizer, random weights, in PyTorch, ONNX Runtime and OpenVINO.

Answers lines from standard input. "peers" names those that are installed. "PEER PART BATCH SIZE" (encoder or decoder)
runs that one once and gives the seconds it took; what has to be built or compiled is done before the clock starts.
Written for torch 2.x on the CPU; onnx, onnxruntime and openvino are optional.

    printf 'peers\\ntorch-f32 encoder 1 256\\n' | python3 vqgan_peers.py --threads 2
"""

import argparse
import importlib.util
import pathlib
import sys
import tempfile
import time
import warnings

import torch
from torch import nn
from torch.nn import functional

WIDTHS = (128, 128, 256, 256, 512)
LATENT = 256


def norm(width):
    return nn.GroupNorm(32, width, eps=1e-6)


class Block(nn.Module):
    """The published net adds a 1x1 convolution of the block's own result where the width changes."""

    def __init__(self, width_in, width_out):
        super().__init__()
        self.norms = nn.ModuleList([norm(width_in), norm(width_out)])
        self.first = nn.Conv2d(width_in, width_out, 3, padding=1, bias=False)
        self.second = nn.Conv2d(width_out, width_out, 3, padding=1, bias=False)
        self.shortcut = None if width_in == width_out else nn.Conv2d(width_out, width_out, 1, bias=False)

    def forward(self, features):
        hidden = self.first(functional.silu(self.norms[0](features)))
        hidden = self.second(functional.silu(self.norms[1](hidden)))
        return hidden + (features if self.shortcut is None else self.shortcut(hidden))


def encoder():
    layers, width = [nn.Conv2d(3, WIDTHS[0], 3, padding=1, bias=False)], WIDTHS[0]
    for level, wanted in enumerate(WIDTHS):
        layers += [Block(width, wanted), Block(wanted, wanted)]
        width = wanted
        if level + 1 < len(WIDTHS):
            layers.append(nn.AvgPool2d(2))
    layers += [Block(width, width), Block(width, width), norm(width), nn.SiLU(), nn.Conv2d(width, LATENT, 1)]
    return nn.Sequential(*layers)


def decoder():
    width = WIDTHS[-1]
    layers = [nn.Conv2d(LATENT, width, 3, padding=1), Block(width, width), Block(width, width)]
    for level in reversed(range(len(WIDTHS))):
        layers += [Block(width, WIDTHS[level]), Block(WIDTHS[level], WIDTHS[level])]
        width = WIDTHS[level]
        if level:
            layers += [nn.Upsample(scale_factor=2, mode="nearest"), nn.Conv2d(width, width, 3, padding=1)]
    layers += [norm(width), nn.SiLU(), nn.Conv2d(width, 3, 3, padding=1)]
    return nn.Sequential(*layers)


def example(part, batch, size):
    return torch.rand(batch, 3, size, size) if part == "encoder" else torch.randn(batch, LATENT, size // 16, size // 16)


def network(part):
    return (encoder() if part == "encoder" else decoder()).eval()


def with_torch(peer, part, batch, size, threads):
    kind = torch.bfloat16 if "bf16" in peer else torch.float32
    net = network(part).to(kind).to(memory_format=torch.channels_last)
    data = example(part, batch, size).to(kind).to(memory_format=torch.channels_last)
    if "compiled" in peer:
        net = torch.compile(net)
    return lambda: net(data)


def exported(part, batch, size):
    path = pathlib.Path(tempfile.gettempdir()) / f"lattice_bench_{part}_{batch}_{size}.onnx"
    if not path.exists():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.onnx.export(network(part), (example(part, batch, size),), str(path), input_names=["x"], dynamo=False)
    return str(path)


def with_onnxruntime(peer, part, batch, size, threads):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(exported(part, batch, size), options, providers=["CPUExecutionProvider"])
    data = {"x": example(part, batch, size).numpy()}
    return lambda: session.run(None, data)


def with_openvino(peer, part, batch, size, threads):
    import openvino

    core = openvino.Core()
    settings = {
        "INFERENCE_PRECISION_HINT": "bf16" if "bf16" in peer else "f32",
        "INFERENCE_NUM_THREADS": threads,
        "PERFORMANCE_HINT": "LATENCY",
    }
    request = core.compile_model(core.read_model(exported(part, batch, size)), "CPU", settings).create_infer_request()
    data = {0: example(part, batch, size).numpy()}
    return lambda: request.infer(data)


MAKERS = {"torch": with_torch, "onnxruntime": with_onnxruntime, "openvino": with_openvino}


def installed():
    names = ["torch-f32", "torch-bf16", "torch-compiled-bf16"]
    if importlib.util.find_spec("onnx"):
        names += ["onnxruntime-f32"] if importlib.util.find_spec("onnxruntime") else []
        names += ["openvino-f32", "openvino-bf16"] if importlib.util.find_spec("openvino") else []
    return names


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    threads = parser.parse_args().threads
    torch.set_num_threads(threads)
    torch.set_grad_enabled(False)
    ready = {}
    for line in sys.stdin:
        if line.strip() == "peers":
            print(" ".join(installed()), flush=True)
            continue
        if line.strip() == "forget":
            ready.clear()
            print("done", flush=True)
            continue
        peer, part, batch, size = line.split()
        if line not in ready:
            ready[line] = MAKERS[peer.split("-")[0]](peer, part, int(batch), int(size), threads)
            ready[line]()
        start = time.perf_counter()
        ready[line]()
        print(time.perf_counter() - start, flush=True)


if __name__ == "__main__":
    main()
