"""TensorFlow Lite (LiteRT): float32, float16 and full int8, rebuilt in TensorFlow from the ONNX file.

Activations stay channels-last between layers: a value carries the order in which its axes are
stored, a transposition only renames them, and data moves where an operator needs another order.
A LiteRT file has a fixed batch, so each batch size has a file; int8 is calibrated on all showers at
batch 1, whose file is judged, and on one batch of them at the others, which are only timed.
"""

import collections
import pathlib

import numpy as np

from onnx_network import OnnxNetwork


def versions():
    import importlib.metadata

    return {name: importlib.metadata.version(name) for name in ("tensorflow-cpu", "ai-edge-litert")}


def rebuilt(model, batch):
    """A concrete TensorFlow function of the network at a fixed batch."""
    import tensorflow as tf

    from adapters.tensorflow_operators import OPERATORS, Value

    network = OnnxNetwork(model)

    @tf.function(input_signature=[tf.TensorSpec([batch, network.inputs["latent"]], name="latent"),
                                  tf.TensorSpec([batch, 1], name="energy")])
    def generate(latent, energy):
        feeds = {"latent": Value(latent), "energy": Value(energy)}
        return network.run(OPERATORS, feeds, Value).natural()

    return generate


def calibration_batches(path, batch):
    """Feeds the calibration showers to the converter."""
    with np.load(path) as file:
        latent, energy = file["latent"], file["energy"]
    last = len(energy) if batch == 1 else batch
    for first in range(0, last, batch):
        yield [latent[first:first + batch], energy[first:first + batch]]


def converted(request, batch):
    import tensorflow as tf

    generate = rebuilt(request["model"], batch)
    converter = tf.lite.TFLiteConverter.from_concrete_functions(
        [generate.get_concrete_function()], generate)
    if request["precision"] != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if request["precision"] == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if request["precision"] == "int8":
        converter.representative_dataset = lambda: calibration_batches(request["calibration"], batch)
    return converter.convert()


def prepare(request):
    files = {}
    for batch in request["batches"]:
        path = pathlib.Path(request["folder"]) / f"batch{batch}.tflite"
        path.write_bytes(converted(request, batch))
        files[str(batch)] = str(path)
    return {"files": [files["1"]], "by_batch": files, "float32": float32_layers(files["1"]),
            "judged_batch": 1}


def interpreter_of(path, threads):
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_path=path, num_threads=threads)
    interpreter.allocate_tensors()
    return interpreter


def float32_layers(path):
    """Layers whose input is a float32 tensor, counted by operator."""
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    interpreter = Interpreter(
        model_path=path,
        experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
    types = {tensor["index"]: tensor["dtype"] for tensor in interpreter.get_tensor_details()}
    counts = collections.Counter()
    for operation in interpreter._get_ops_details():
        if any(word in operation["op_name"] for word in ("CONV", "FULLY_CONNECTED")):
            if types.get(operation["outputs"][0]) == np.float32:
                counts[operation["op_name"]] += 1
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))


def load(prepared, threads, batch):
    interpreter = interpreter_of(prepared["by_batch"][str(batch)], threads)
    places = {}
    for one in interpreter.get_input_details():
        places["energy" if one["shape"][1] == 1 else "latent"] = one["index"]
    output = interpreter.get_output_details()[0]["index"]

    def generate(latent, energy):
        interpreter.set_tensor(places["latent"], latent)
        interpreter.set_tensor(places["energy"], energy)
        interpreter.invoke()
        return interpreter.get_tensor(output)

    return generate
