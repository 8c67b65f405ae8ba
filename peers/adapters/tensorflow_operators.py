"""ONNX operators of our networks in TensorFlow, on values that know the order of their axes."""

import numpy as np
import tensorflow as tf

from onnx_network import same_padding, target_shape


class Value:
    """A tensor (or constant array) and, for each stored axis, which logical axis it is."""

    def __init__(self, data, order=None):
        self.data = data
        self.order = tuple(range(len(data.shape))) if order is None else tuple(order)

    def stored(self, order):
        """The data with its axes in this order; moves it only where it must."""
        if self.order == tuple(order):
            return self.data
        places = [self.order.index(axis) for axis in order]
        return (np.transpose if isinstance(self.data, np.ndarray) else tf.transpose)(
            self.data, places)

    def natural(self):
        return self.stored(range(len(self.order)))


def channels_last(rank):
    return (0, *range(2, rank), 1)


def unary(function):
    return lambda step, x: Value(function(x.data), x.order)


def aligned(values):
    """Data of all values in the axis order of the first tensor of highest rank, and that order."""
    rank = max(len(value.order) for value in values)
    tensors = [value for value in values if not isinstance(value.data, np.ndarray)]
    lead = next((value for value in tensors if len(value.order) == rank),
                Value(np.empty([1] * rank)))
    return [stored_as(value, lead.order) for value in values], lead.order


def stored_as(value, order):
    """Data that broadcasts against data of this order; lower ranks gain leading axes of size 1."""
    missing = len(order) - len(value.order)
    if missing == 0:
        return value.stored(order)
    shape = [1] * missing + [int(size) for size in value.natural().shape]
    return Value(value.natural().reshape(shape) if isinstance(value.data, np.ndarray)
                 else tf.reshape(value.natural(), shape)).stored(order)


def elementwise(function):
    def run(step, *values):
        data, order = aligned(values)
        return Value(function(*data), order)
    return run


def clip(step, x, low=None, high=None):
    data = x.data
    data = data if high is None else tf.minimum(data, high.data)
    return Value(data if low is None else tf.maximum(data, low.data), x.order)


def concat(step, *parts):
    order = next(part for part in parts).order
    axis = order.index(step.attributes["axis"])
    return Value(tf.concat([part.stored(order) for part in parts], axis), order)


def with_bias(result, bias):
    return result if bias is None else tf.nn.bias_add(result, bias.data)


def convolution(step, x, weight, bias=None):
    rank = len(x.order)
    order = channels_last(rank)
    kernel = np.transpose(weight.data, (*range(2, rank), 1, 0))
    run = tf.nn.conv2d if rank == 4 else tf.nn.conv3d
    strides = [1, *step.attributes["strides"], 1]
    padding = "SAME" if same_padding(step, transposed=False) else "VALID"
    return Value(with_bias(run(x.stored(order), kernel, strides, padding), bias), order)


def transposed_convolution(step, x, weight, bias=None):
    rank = len(x.order)
    order = channels_last(rank)
    data = x.stored(order)
    same_padding(step, transposed=True)
    kernel = np.transpose(weight.data, (*range(2, rank), 1, 0))
    strides = step.attributes["strides"]
    size = [int(data.shape[0]), *[int(data.shape[1 + axis]) * strides[axis]
                                  for axis in range(rank - 2)], weight.data.shape[1]]
    run = tf.nn.conv2d_transpose if rank == 4 else tf.nn.conv3d_transpose
    return Value(with_bias(run(data, kernel, size, [1, *strides, 1], "SAME"), bias), order)


def normalised(step, x, scale, shift, mean, variance):
    factor = scale.data / np.sqrt(variance.data + np.float32(step.attributes["epsilon"]))
    order = channels_last(len(x.order))
    return Value(x.stored(order) * factor + (shift.data - mean.data * factor), order)


def depth_to_space(step, x):
    order = channels_last(4)
    return Value(tf.nn.depth_to_space(x.stored(order), step.attributes["blocksize"]), order)


def gemm(step, x, weight, bias):
    kernel = weight.data.T if step.attributes.get("transB") else weight.data
    return Value(tf.matmul(x.natural(), np.ascontiguousarray(kernel)) + bias.data)


def reduce_sum(step, x, axes):
    stored = [x.order.index(int(axis) % len(x.order)) for axis in axes.data]
    return Value(tf.reduce_sum(x.data, stored, keepdims=True), x.order)


def reshape(step, x, shape):
    return Value(tf.reshape(x.natural(), target_shape(shape.data, int(x.data.shape[0]))))


def cut(step, x, starts, ends, axes):
    data = x.natural()
    ranges = [slice(None)] * len(data.shape)
    for start, end, axis in zip(starts.data, ends.data, axes.data, strict=True):
        ranges[int(axis)] = slice(int(start), int(end))
    return Value(data[tuple(ranges)])


def split(step, x, sizes):
    return [Value(part) for part in tf.split(x.natural(), [int(one) for one in sizes.data],
                                             step.attributes["axis"])]


def transpose(step, x):
    """Renames the axes: logical axis i of the result is axis perm[i] of the operand."""
    perm = list(step.attributes["perm"])
    return Value(x.data, [perm.index(axis) for axis in x.order])


def leaky_relu(step, x):
    return Value(tf.nn.leaky_relu(x.data, step.attributes["alpha"]), x.order)


OPERATORS = {
    "Add": elementwise(tf.add),
    "BatchNormalization": normalised,
    "Clip": clip,
    "Concat": concat,
    "Conv": convolution,
    "ConvTranspose": transposed_convolution,
    "DepthToSpace": depth_to_space,
    "Div": elementwise(tf.divide),
    "Exp": unary(tf.exp),
    "Gemm": gemm,
    "LeakyRelu": leaky_relu,
    "Log": unary(tf.math.log),
    "Max": elementwise(tf.maximum),
    "Mul": elementwise(tf.multiply),
    "Pow": elementwise(tf.pow),
    "ReduceSum": reduce_sum,
    "Relu": unary(tf.nn.relu),
    "Reshape": reshape,
    "Slice": cut,
    "Split": split,
    "Sqrt": unary(tf.sqrt),
    "Sub": elementwise(tf.subtract),
    "Tanh": unary(tf.tanh),
    "Transpose": transpose,
}
