"""Intel Neural Compressor 2.6, the last version that quantises ONNX: int8 driven by the shape MSE.

Its network runs in the ONNX Runtime that its requirements pin.
"""

import pathlib

import numpy as np
import onnxruntime

from adapters.onnxruntime import float32_layers, load  # noqa: F401 (load is part of the interface)
from physics import shape_mse

TOLERATED_SHAPE_MSE = 1e-3
JUDGED_SHOWERS = 64
TRIALS = 10


def versions():
    import importlib.metadata

    version = importlib.metadata.version("neural-compressor")
    return {"neural-compressor": version,
            "onnxruntime under neural-compressor": onnxruntime.__version__}


class CalibrationLoader:
    """Batches of (inputs, label) as the quantiser's loop wants them."""

    batch_size = 1

    def __init__(self, path):
        with np.load(path) as file:
            self.latent, self.energy = file["latent"], file["energy"]

    def __iter__(self):
        for i in range(len(self.energy)):
            yield {"latent": self.latent[i:i + 1], "energy": self.energy[i:i + 1]}, 0


def shape_accuracy(path):
    """The accuracy of a network: 1 - shape MSE to LowCal's float32 showers of the same latents."""
    with np.load(path) as file:
        latent, energy, shower = (file[name][:JUDGED_SHOWERS]
                                  for name in ("latent", "energy", "shower"))

    def accuracy(model):
        session = onnxruntime.InferenceSession(model.SerializeToString(),
                                               providers=["CPUExecutionProvider"])
        cells = np.concatenate([
            session.run(None, {"latent": latent[i:i + 1], "energy": energy[i:i + 1]})[0]
            for i in range(len(energy))])
        return 1 - shape_mse(cells, shower, energy)

    return accuracy


def prepare(request):
    from neural_compressor import quantization, set_workspace
    from neural_compressor.config import (AccuracyCriterion, PostTrainingQuantConfig,
                                          TuningCriterion)

    folder = pathlib.Path(request["folder"])
    set_workspace(str(folder / "workspace"))  # its notes; else nc_workspace/ where it was started
    config = PostTrainingQuantConfig(
        approach="static", quant_format="QDQ", reduce_range=True, calibration_sampling_size=[256],
        recipes={"graph_optimization_level": "ENABLE_BASIC"},  # its default changes lean's showers
        accuracy_criterion=AccuracyCriterion(criterion="absolute",
                                             tolerable_loss=TOLERATED_SHAPE_MSE),
        tuning_criterion=TuningCriterion(timeout=0, max_trials=TRIALS))
    network = quantization.fit(
        request["model"], config, calib_dataloader=CalibrationLoader(request["calibration"]),
        eval_func=shape_accuracy(request["calibration"]))
    if network is None:
        raise RuntimeError(f"no int8 network within a shape MSE of {TOLERATED_SHAPE_MSE} "
                           f"in {TRIALS} trials")
    out = folder / "model.onnx"
    network.save(str(out))
    return {"files": [str(out)], "float32": float32_layers(out, folder)}
