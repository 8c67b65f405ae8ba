"""Two generators as Keras (through tf2onnx) and PyTorch export them, with fixed random weights: what docs/your_network.md
brings from export to int8.

    python make_networks.py FOLDER     (numpy, onnx)"""
import pathlib
import sys

import numpy as np
import onnx
from onnx import helper, numpy_helper

folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
CHANNELS = 32


class Network:
    def __init__(self, seed):
        self.random, self.nodes, self.weights = np.random.default_rng(seed), [], []

    def weight(self, *shape, fan=1.0):
        return self.constant((self.random.normal(size=shape) / fan**0.5).astype("f4"))

    def constant(self, array):
        self.weights.append(numpy_helper.from_array(np.asarray(array), f"w{len(self.weights)}"))
        return self.weights[-1].name

    def node(self, op, inputs, output=None, **attributes):
        name = output or f"{op}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [name], name=f"/{name}", **attributes))
        return name

    def save(self, path, inputs, output, opset):
        value = helper.make_tensor_value_info
        graph = helper.make_graph(self.nodes, path.stem, [value(n, 1, s) for n, s in inputs], [value(*output)], self.weights)
        onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8), path)


def keras_style(path):
    """Channels last: transpositions around each convolution; energy in MeV; inputs without meaning in their names."""
    net = Network(1)
    x = net.node("Concat", ["input_1", net.node("Mul", ["input_2", net.constant(np.float32(1e-5))])], axis=-1)
    x = net.node("Add", [net.node("MatMul", [x, net.weight(65, 5 * 5 * CHANNELS, fan=65)]), net.weight(5 * 5 * CHANNELS, fan=100)])
    x = net.node("Reshape", [x, net.constant(np.array([-1, 5, 5, CHANNELS]))])
    x = net.node("Transpose", [net.node("LeakyRelu", [x], alpha=0.3)], perm=[0, 3, 1, 2])
    x = net.node("Resize", [x, "", net.constant(np.array([1, 1, 5, 5], "f4"))], mode="nearest",
                 coordinate_transformation_mode="asymmetric", nearest_mode="floor")
    for _ in range(2):
        x = net.node("Conv", [x, net.weight(CHANNELS, CHANNELS, 3, 3, fan=9 * CHANNELS)], auto_pad="SAME_UPPER")
        x = net.node("Transpose", [x], perm=[0, 2, 3, 1])
        x = net.node("LeakyRelu", [net.node("Add", [x, net.weight(CHANNELS, fan=50)])], alpha=0.3)
        x = net.node("Transpose", [x], perm=[0, 3, 1, 2])
    x = net.node("Conv", [x, net.weight(25, CHANNELS, 3, 3, fan=9 * CHANNELS)], auto_pad="SAME_UPPER")
    net.node("Relu", [net.node("Transpose", [x], perm=[0, 2, 3, 1])], "activation_3")
    net.save(path, [("input_1", ["N", 64]), ("input_2", ["N", 1])], ("activation_3", 1, ["N", 25, 25, 25]), 13)


def pytorch_style(path):
    """x.view(x.size(0), ...) leaves a chain of shapes; noise times energy, as the 3DGAN's; transposed convolutions."""
    net = Network(2)
    x = net.node("Mul", ["noise", net.node("Mul", ["energy", net.constant(np.float32(0.01))])])
    x = net.node("Gemm", [x, net.weight(CHANNELS * 125, 64, fan=64), net.weight(CHANNELS * 125, fan=100)], transB=1)
    size = net.node("Gather", [net.node("Shape", [x]), net.constant(np.array(0))])
    size = net.node("Unsqueeze", [size, net.constant(np.array([0]))])
    shape = net.node("Concat", [size, net.constant(np.array([CHANNELS, 5, 5, 5]))], axis=0)
    x = net.node("LeakyRelu", [net.node("Reshape", [x, shape])], alpha=0.2)
    x = net.node("ConvTranspose", [x, net.weight(CHANNELS, CHANNELS, 5, 5, 5, fan=CHANNELS)], strides=[5, 5, 5])
    x = net.node("LeakyRelu", [x], alpha=0.2)
    x = net.node("Conv", [x, net.weight(CHANNELS, CHANNELS, 3, 3, 3, fan=27 * CHANNELS), net.weight(CHANNELS, fan=100)], pads=[1] * 6)
    x = net.node("LeakyRelu", [x], alpha=0.2)
    x = net.node("Relu", [net.node("Conv", [x, net.weight(1, CHANNELS, 3, 3, 3, fan=27e2 * CHANNELS)], pads=[1] * 6)], "cells")
    net.save(path, [("noise", ["N", 64]), ("energy", ["N", 1])], ("cells", 1, ["N", 1, 25, 25, 25]), 17)


folder.mkdir(parents=True, exist_ok=True)
keras_style(folder / "keras_style.onnx")
pytorch_style(folder / "pytorch_style.onnx")
