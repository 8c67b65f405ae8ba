"""OpenVINO: float32, bfloat16, int8 by NNCF (plain and controlled by accuracy), LowCal's int8 files."""

import collections
import pathlib

import numpy as np
import openvino

from physics import shape_mse

LAYERS = ("Convolution", "Deconvolution", "FullyConnected", "MatMul")
TOLERATED_SHAPE_MSE = 1e-3
JUDGED_SHOWERS = 64


def versions():
    return {"openvino": openvino.__version__}


def prepare(request):
    precision, folder = request["precision"], pathlib.Path(request["folder"])
    hint = "bf16" if precision == "bfloat16" else "f32"
    if hint == "bf16" and "BF16" not in openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
        raise RuntimeError("OpenVINO offers no bfloat16 on this CPU")
    files = [request["model"]]
    if precision.startswith("int8 of NNCF"):
        files = quantise(request, folder, controlled="accuracy" in precision)
    return {"files": files, "hint": hint, "float32": float32_layers(files[0], hint)}


def calibration_items(path):
    with np.load(path) as file:
        return [{"latent": file["latent"][i:i + 1], "energy": file["energy"][i:i + 1],
                 "shower": file["shower"][i:i + 1]} for i in range(len(file["energy"]))]


def network_inputs(item):
    return {"latent": item["latent"], "energy": item["energy"]}


def minus_shape_mse(compiled, items):
    """The accuracy: minus the shape MSE to LowCal's float32 showers of the same latents."""
    cells = np.concatenate([compiled(network_inputs(item))[0] for item in items])
    reference = np.concatenate([item["shower"] for item in items])
    energy = np.concatenate([item["energy"] for item in items])
    return -shape_mse(cells, reference, energy), None


def quantise(request, folder, controlled):
    """Weights keep to 7 bits in every layer: without VNNI, sums of 8-bit products saturate."""
    import nncf

    items = calibration_items(request["calibration"])
    model = openvino.Core().read_model(request["model"])
    data = nncf.Dataset(items, network_inputs)
    options = {"preset": nncf.QuantizationPreset.MIXED, "subset_size": len(items),
               "advanced_parameters": nncf.AdvancedQuantizationParameters(
                   overflow_fix=nncf.OverflowFix.ENABLE)}
    if controlled:
        options["advanced_quantization_parameters"] = options.pop("advanced_parameters")
    if controlled:
        quantised = nncf.quantize_with_accuracy_control(
            model, data, nncf.Dataset(items[:JUDGED_SHOWERS]), minus_shape_mse,
            max_drop=TOLERATED_SHAPE_MSE, drop_type=nncf.DropType.ABSOLUTE, **options)
    else:
        quantised = nncf.quantize(model, data, **options)
    out = folder / "model.xml"
    openvino.save_model(quantised, out, compress_to_fp16=False)
    return [str(out), str(out.with_suffix(".bin"))]


def compile_network(path, hint, threads):
    return openvino.Core().compile_model(path, "CPU", {
        "INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1, "ENABLE_CPU_PINNING": False,
        "INFERENCE_PRECISION_HINT": hint})


def float32_layers(path, hint):
    """Layers that the compiled network runs in float32, counted by operator."""
    counts = collections.Counter()
    for operation in compile_network(path, hint, 1).get_runtime_model().get_ops():
        info = operation.get_rt_info()
        kind = str(info["layerType"].value if hasattr(info["layerType"], "value") else info["layerType"])
        run_as = info["runtimePrecision"]
        run_as = str(run_as.value if hasattr(run_as, "value") else run_as)
        if kind in LAYERS and run_as == "f32":
            counts[kind] += 1
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))


def load(prepared, threads, batch):
    model = openvino.Core().read_model(prepared["files"][0])
    model.reshape({port.any_name: [batch, *list(port.partial_shape)[1:]] for port in model.inputs})
    request = compile_network(model, prepared["hint"], threads).create_infer_request()
    return lambda latent, energy: request.infer({"latent": latent, "energy": energy})[0]
