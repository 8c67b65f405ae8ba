"""ONNX Runtime: float32, int8 by its own static quantisation, and LowCal's int8 files."""

import collections
import pathlib

import numpy as np
import onnxruntime

LAYERS = ("Conv", "ConvTranspose", "Gemm", "MatMul", "FusedConv", "FusedGemm")
QUANTISED = ("Conv", "ConvTranspose", "Gemm", "MatMul")


def versions():
    return {"onnxruntime": onnxruntime.__version__}


def prepare(request):
    precision, folder = request["precision"], pathlib.Path(request["folder"])
    if precision.startswith("int8 of its own"):
        model = folder / "model.onnx"
        quantise(request, model, percentile="percentile" in precision)
    else:
        model = pathlib.Path(request["model"])
    return {"files": [str(model)], "float32": float32_layers(model, folder)}


class CalibrationInputs:
    """Feeds the calibration showers to ONNX Runtime's calibrator, 16 at a time."""

    def __init__(self, path, batch=16):
        with np.load(path) as file:
            latent, energy = file["latent"], file["energy"]
        self.batches = iter([{"latent": latent[i:i + batch], "energy": energy[i:i + batch]}
                             for i in range(0, len(latent), batch)])

    def get_next(self):
        return next(self.batches, None)


def quantise(request, out, percentile):
    """Static quantisation, Q/DQ, weights per channel and of 7 bits (this CPU's sums saturate at 8)."""
    from onnxruntime.quantization import CalibrationMethod, QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    folded = out.with_name("folded.onnx")
    quant_pre_process(request["model"], str(folded))
    method = CalibrationMethod.Percentile if percentile else CalibrationMethod.MinMax
    quantize_static(
        str(folded), str(out), CalibrationInputs(request["calibration"]),
        quant_format=QuantFormat.QDQ, op_types_to_quantize=request.get("operators", QUANTISED),
        per_channel=True, reduce_range=True, activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8, calibrate_method=method,
        extra_options={"CalibPercentile": 99.99} if percentile else {})


def float32_layers(model, folder):
    """Layers that run in float32 once ONNX Runtime has optimised the network, counted by operator."""
    import onnx

    optimised = folder / "optimised.onnx"
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = str(optimised)
    onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    nodes = onnx.load(optimised).graph.node
    optimised.unlink()
    counts = collections.Counter(node.op_type for node in nodes if node.op_type in LAYERS)
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))


def load(prepared, threads, batch):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        prepared["files"][0], options, providers=["CPUExecutionProvider"])
    return lambda latent, energy: session.run(None, {"latent": latent, "energy": energy})[0]
