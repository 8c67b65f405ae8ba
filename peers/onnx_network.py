"""A network of an ONNX file as a list of steps, for adapters that rebuild it in a framework."""

import dataclasses

import numpy as np
import onnx
from onnx import helper, numpy_helper


@dataclasses.dataclass(frozen=True)
class Step:
    """One node: its operator, the names of its inputs, its attributes and the names of its outputs."""

    operator: str
    inputs: list
    attributes: dict
    outputs: list


class OnnxNetwork:
    """Steps in execution order, with the constants that they read."""

    def __init__(self, path):
        graph = onnx.load(path).graph
        self.constants = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
        self.steps = [Step(node.op_type, list(node.input),
                           {one.name: helper.get_attribute_value(one) for one in node.attribute},
                           list(node.output)) for node in graph.node]
        self.inputs = {one.name: one.type.tensor_type.shape.dim[1].dim_value
                       for one in graph.input}

    def run(self, operators, feeds, constant):
        """The output, with `operators[name](step, *values)` for each step.

        `constant` makes the framework's value of an array; values are keyed by name.
        """
        values = dict(feeds)
        for step in self.steps:
            if step.operator not in operators:
                raise NotImplementedError(f"operator {step.operator} of {step.outputs[0]}")
            arguments = [None if not name else values[name] if name in values
                         else constant(self.constants[name]) for name in step.inputs]
            results = operators[step.operator](step, *arguments)
            values.update(zip(step.outputs, results if isinstance(results, (list, tuple))
                              else [results]))
        return values["shower"]


def same_padding(step, transposed):
    """Whether the pads are what Keras calls "same" (True) or "valid" (False); an error if neither."""
    pads, kernel = step.attributes["pads"], step.attributes["kernel_shape"]
    half = len(kernel)
    begin, end = pads[:half], pads[half:]
    if not transposed and not any(pads):
        return False
    strides = step.attributes.get("strides", [1] * half)
    for axis in range(half):
        total = kernel[axis] - strides[axis] if transposed else kernel[axis] - 1
        if (begin[axis], end[axis]) != (total // 2, total - total // 2):
            raise NotImplementedError(f"padding {pads} of {step.outputs[0]}")
    return True


def target_shape(shape, batch):
    """A Reshape's constant with the batch size in its first place."""
    return [batch, *[int(size) for size in np.asarray(shape)[1:]]]
