"""Makes exports of generators as other people have them: NAME.onnx and NAME.ports.json for each.

    python make.py torch FOLDER     (torch, onnx, onnxscript)
    python make.py keras FOLDER     (tensorflow-cpu, tf2onnx, onnx)
"""
import importlib
import json
import pathlib
import sys

kind, folder = sys.argv[1], pathlib.Path(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
for name, ports in importlib.import_module(f"networks_{kind}").export(folder):
    (folder / f"{name}.ports.json").write_text(json.dumps(ports, indent=1) + "\n")
    print(name)
