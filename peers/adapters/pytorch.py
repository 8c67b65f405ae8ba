"""PyTorch, eager and compiled, float32 and bfloat16: what a physicist has today."""

import numpy as np
import torch
import torch.nn.functional as functional

from onnx_network import OnnxNetwork, target_shape


def versions():
    return {"torch": torch.__version__}


def pad_reversed(pads):
    """ONNX pads as `functional.pad` wants them: the last axis first."""
    half = len(pads) // 2
    return [pads[half * end + axis] for axis in reversed(range(half)) for end in (0, 1)]


def convolution(step, x, weight, bias=None):
    pads = step.attributes["pads"]
    half = len(pads) // 2
    run = functional.conv2d if half == 2 else functional.conv3d
    if pads[:half] == pads[half:]:
        return run(x, weight, bias, step.attributes["strides"], pads[:half])
    return run(functional.pad(x, pad_reversed(pads)), weight, bias, step.attributes["strides"])


def transposed_convolution(step, x, weight, bias=None):
    """Without padding, then cropped: PyTorch has no unequal crops."""
    pads = step.attributes["pads"]
    half = len(pads) // 2
    run = functional.conv_transpose2d if half == 2 else functional.conv_transpose3d
    full = run(x, weight, bias, step.attributes["strides"])
    return full[(..., *[slice(pads[axis], full.shape[2 + axis] - pads[half + axis])
                        for axis in range(half)])]


def depth_to_space(step, x):
    block = step.attributes["blocksize"]
    count, channels, rows, columns = x.shape
    parts = x.reshape(count, block, block, channels // block**2, rows, columns)
    return parts.permute(0, 3, 4, 1, 5, 2).reshape(
        count, channels // block**2, rows * block, columns * block)


def cut(step, x, starts, ends, axes):
    for start, end, axis in zip(starts, ends, axes, strict=True):
        x = x.narrow(axis, start, end - start)
    return x


def gemm(step, x, weight, bias):
    return functional.linear(x, weight if step.attributes.get("transB") else weight.T, bias)


def normalised(step, x, scale, shift, mean, variance):
    return functional.batch_norm(x, mean, variance, scale, shift, False, 0.0,
                                 step.attributes["epsilon"])


OPERATORS = {
    "Add": lambda step, a, b: a + b,
    "BatchNormalization": normalised,
    "Clip": lambda step, x, low=None, high=None: torch.clamp(x, low, high),
    "Concat": lambda step, *parts: torch.cat(parts, step.attributes["axis"]),
    "Conv": convolution,
    "ConvTranspose": transposed_convolution,
    "DepthToSpace": depth_to_space,
    "Div": lambda step, a, b: a / b,
    "Exp": lambda step, x: torch.exp(x),
    "Gemm": gemm,
    "LeakyRelu": lambda step, x: functional.leaky_relu(x, step.attributes["alpha"]),
    "Log": lambda step, x: torch.log(x),
    "Max": lambda step, a, b: torch.maximum(a, b),
    "Mul": lambda step, a, b: a * b,
    "Pow": lambda step, a, b: torch.pow(a, b),
    "ReduceSum": lambda step, x, axes: x.sum(axes, keepdim=True),
    "Relu": lambda step, x: functional.relu(x),
    "Reshape": lambda step, x, shape: x.reshape(target_shape(shape, x.shape[0])),
    "Slice": cut,
    "Split": lambda step, x, sizes: torch.split(x, sizes, step.attributes["axis"]),
    "Sqrt": lambda step, x: torch.sqrt(x),
    "Sub": lambda step, a, b: a - b,
    "Tanh": lambda step, x: torch.tanh(x),
    "Transpose": lambda step, x: x.permute(step.attributes["perm"]),
}


class Generator(torch.nn.Module):
    """The ONNX network's steps over buffers that hold its constants."""

    def __init__(self, path):
        super().__init__()
        self.network = OnnxNetwork(path)
        for name, array in self.network.constants.items():
            self.network.constants[name] = self.kept(array)

    @staticmethod
    def kept(array):
        """Shapes, axes and sizes stay plain numbers, so that they can be compiled."""
        if array.dtype == np.int64:
            return [int(one) for one in array.reshape(-1)]
        return torch.from_numpy(array.copy())

    def forward(self, latent, energy):
        return self.network.run(OPERATORS, {"latent": latent, "energy": energy}, lambda one: one)


def prepare(request):
    prepared = {"files": [request["model"]], "compiled": request["engine"] == "PyTorch compiled",
                "bfloat16": request["precision"] == "bfloat16"}
    prepared["float32"] = "all but convolutions and dense layers" if prepared["bfloat16"] else "all"
    if prepared["compiled"]:  # fills the compiler's cache, so that no timing waits for it
        for batch in request["batches"]:
            load(prepared, 1, batch)(*sample_inputs(request["model"], batch))
    return prepared


def sample_inputs(model, batch):
    size = OnnxNetwork(model).inputs["latent"]
    return np.zeros((batch, size), np.float32), np.full((batch, 1), 50, np.float32)


def traced(generator, prepared, batch):
    """One flat graph of the steps at this batch size, compiled with frozen weights."""
    from torch._inductor import config
    from torch.fx.experimental.proxy_tensor import make_fx

    config.freezing = True
    config.cpp.dynamic_threads = True
    examples = map(torch.from_numpy, sample_inputs(prepared["files"][0], batch))
    return torch.compile(make_fx(generator)(*examples), dynamic=False)


def load(prepared, threads, batch):
    torch.set_num_threads(threads)
    torch.set_grad_enabled(False)
    network = Generator(prepared["files"][0]).eval()

    def generator(latent, energy):
        with torch.autocast("cpu", torch.bfloat16, enabled=prepared["bfloat16"]):
            return network(latent, energy).float()

    if prepared["compiled"]:
        generator = traced(generator, prepared, batch)
    return lambda latent, energy: generator(torch.from_numpy(latent),
                                            torch.from_numpy(energy)).numpy()
