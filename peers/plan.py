"""What is compared: engines, their precisions and the networks."""

import dataclasses
import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
OUT = ROOT / "out" / "peers"

OURS_BLOCKS = "int8 of LowCal, blocks"
OURS_PORTABLE = "int8 of LowCal, portable"

ENGINES = {
    "LowCal": ["float32", "int8"],
    "ONNX Runtime": ["float32", "int8 of its own, min-max", "int8 of its own, percentile",
                     OURS_BLOCKS, OURS_PORTABLE],
    "OpenVINO": ["float32", "bfloat16", "int8 of NNCF", "int8 of NNCF, accuracy controlled",
                 OURS_BLOCKS, OURS_PORTABLE],
    "LiteRT": ["float32", "float16", "int8"],
    "PyTorch eager": ["float32", "bfloat16"],
    "PyTorch compiled": ["float32", "bfloat16"],
    "Neural Compressor": ["int8, accuracy driven"],
}

ENVIRONMENTS = {"ONNX Runtime": "onnxruntime", "OpenVINO": "openvino", "LiteRT": "tflite",
                "PyTorch eager": "pytorch", "PyTorch compiled": "pytorch",
                "Neural Compressor": "neural_compressor"}


@dataclasses.dataclass(frozen=True)
class Network:
    """A trained network, how LowCal's int8 file of it was made, and how many showers are judged."""

    name: str
    showers: int
    quantize_options: tuple = ()

    @property
    def model(self):
        return ROOT / "models" / f"{self.name}.onnx"

    @property
    def int8_model(self):
        return ROOT / "models" / f"{self.name}.int8.onnx"

    @property
    def folder(self):
        return OUT / self.name


NETWORKS = [
    Network("conv3d", 200, ("--count", "128", "--float32", "body.output", "--equalisation", "0.5",
                            "--rounding", "compensated")),
    Network("conv2d", 300, ("--count", "256", "--float32", "merge.output", "--equalisation", "0.6",
                            "--rounding", "compensated")),
    Network("lean", 1000, ("--count", "256", "--equalisation", "0.5", "--rounding", "compensated",
                           "--float32", "shape.dense")),
]


@dataclasses.dataclass(frozen=True)
class Variant:
    """One engine at one precision on one network: a row of the table for each thread count and batch."""

    network: Network
    engine: str
    precision: str

    @property
    def name(self):
        words = f"{self.engine} {self.precision}".replace(",", "").replace("'", "")
        return words.replace(" ", "_")

    @property
    def folder(self):
        return self.network.folder / self.name

    @property
    def model(self):
        """The file that the engine starts from."""
        if self.precision == OURS_PORTABLE:
            return self.network.folder / "portable.onnx"
        if self.precision == OURS_BLOCKS or (self.engine, self.precision) == ("LowCal", "int8"):
            return self.network.int8_model
        return self.network.model

    def matches(self, words):
        """Whether `--only` names it: every word is part of network, engine or precision."""
        text = f"{self.network.name} {self.engine} {self.precision}".lower()
        return all(word.lower() in text for word in words)


def variants(network, only):
    return [variant for engine, precisions in ENGINES.items() for precision in precisions
            if (variant := Variant(network, engine, precision)).matches(only)]
