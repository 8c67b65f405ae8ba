"""Compares an int8 network layer by layer with ONNX Runtime: every quantised value that ONNX Runtime
makes of LowCal's own values before it, in steps of the value's scale.

    cmake --build --preset release --target layer_values
    build/release/bin/layer_values models/conv2d.int8.onnx FOLDER
    python3 -m venv .venv && .venv/bin/pip install -r tests/physics/requirements.txt
    .venv/bin/python tests/physics/layers_against_onnxruntime.py models/conv2d.int8.onnx FOLDER

Exit code 1 where a value is off by more than one step. Not part of `make test`.
"""
import pathlib
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime

STEP = 1 + 1e-3  # levels are multiples of the scale but for the rounding of float32


def read_values(folder):
    values = {}
    for line in (folder / "index.txt").read_text().splitlines():
        file, name, *shape = line.split()
        values[name] = np.fromfile(folder / file, np.float32).reshape([int(size) for size in shape])
    return values


def frontier(makers, values, name):
    """The known values nearest before `name`."""
    found, waiting = [], list(makers[name].input)
    while waiting:
        value = waiting.pop()
        if value in values and value not in found:
            found.append(value)
        elif value in makers and value not in values:
            waiting.extend(makers[value].input)
    return found


def main():
    path, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    values = read_values(folder)
    model = onnx.shape_inference.infer_shapes(onnx.load(path))
    makers = {output: node for node in model.graph.node for output in node.output}
    constants = {tensor.name: onnx.numpy_helper.to_array(tensor)
                 for tensor in model.graph.initializer}
    extractor = onnx.utils.Extractor(model)
    compared, worst, good = 0, 0.0, True
    with tempfile.TemporaryDirectory() as temporary:
        part = pathlib.Path(temporary) / "part.onnx"
        for name in values:
            if name not in makers or makers[name].op_type != "DequantizeLinear":
                continue
            before = frontier(makers, values, name)
            onnx.save(extractor.extract_model(before, [name]), part)
            session = onnxruntime.InferenceSession(part, providers=["CPUExecutionProvider"])
            theirs = session.run([name], {value: values[value] for value in before})[0]
            scale = float(constants[makers[name].input[1]])
            steps = np.abs(theirs - values[name]) / scale
            compared, worst = compared + 1, max(worst, steps.max())
            good = good and bool((steps <= STEP).all())  # not where one is NaN
            print(f"{name:45s} largest difference {steps.max():6.3f} steps, "
                  f"{100 * (steps > 0.5).mean():7.4f} % differ")
    print(f"{compared} values, the worst off by {worst:.3f} steps")
    sys.exit(int(compared == 0 or not good))


if __name__ == "__main__":
    main()
