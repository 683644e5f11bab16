"""Puts two readers side by side into one reader.onnx, and writes its reader.json: margins, first calibration, scores.

python pair.py --first cache/one --second cache/two --out cache/models --photos ../shared/plates

Both are folders with a reader.onnx of one reader each, as export.py writes them. The first half of a batch goes through
the first reader, the second half through the second; what they say votes as the crops of several margins do. Readers
that were trained apart err apart, which tells more than a second margin does and takes no more time.
"""
import argparse
import json
import os
import pathlib

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import compose, helper

from data import RealPlates
from export import describe, publish
from vote import PAIRED


def side_by_side(first, second):
    """Two ONNX models, plates -> logprobs -> one with the same names, each reader taking half of the batch."""
    parts = [compose.add_prefix(model, prefix) for model, prefix in ((first, "first"), (second, "second"))]
    inputs, outputs = (["firstplates", "secondplates"], ["firstlogprobs", "secondlogprobs"])
    nodes = [helper.make_node("Split", ["plates"], inputs, name="split", axis=0)]
    for part in parts:
        nodes += part.graph.node
    nodes.append(helper.make_node("Concat", outputs, ["logprobs"], name="concat", axis=0))
    graph = helper.make_graph(
        nodes, "pair", [i for i in first.graph.input if i.name == "plates"],
        [o for o in first.graph.output if o.name == "logprobs"],
        [i for part in parts for i in part.graph.initializer])
    model = helper.make_model(graph, opset_imports=first.opset_import, ir_version=first.ir_version)
    onnx.checker.check_model(model)
    return model


def check(path, folders):
    """Stops unless the pair answers as its two readers do."""
    plates = np.random.default_rng(1).uniform(0, 255, (6, 1, 64, 160)).astype(np.float32)
    alone = [onnxruntime.InferenceSession(str(folder / "reader.onnx")).run(None, {"plates": half})[0]
             for folder, half in zip(folders, np.split(plates, 2))]
    difference = np.abs(onnxruntime.InferenceSession(str(path)).run(None, {"plates": plates})[0] - np.concatenate(alone))
    if difference.max() > 1e-3:
        raise SystemExit(f"The pair answers otherwise than its readers, by {difference.max()}; not written.")


def described(folder):
    """reader.json of a folder that holds one reader."""
    for name in ("reader.onnx", "reader.json"):
        if not (folder / name).exists():
            raise SystemExit(f"{folder / name}: there is no such file; give a folder that export.py wrote.")
    description = json.loads((folder / "reader.json").read_text(encoding="utf-8"))
    if description.get("readers", 1) != 1:
        raise SystemExit(f"{folder} holds {description['readers']} readers already; give folders of one each.")
    return description


def main(options):
    """Joins, measures and writes."""
    torch.set_num_threads(1)
    folders = [options.first, options.second]
    said = [described(folder)["trainedOn"] for folder in folders]
    options.out.mkdir(parents=True, exist_ok=True)
    network = options.out / "reader.onnx.part"
    onnx.save(side_by_side(*(onnx.load(folder / "reader.onnx") for folder in folders)), network)
    check(network, folders)
    trained = {"samplesSeen": [one["samplesSeen"] for one in said], "realPlates": max(one["realPlates"] for one in said),
               "date": max(one["date"] for one in said)}
    real = RealPlates(options.photos, options.labels, True)
    description = describe(network, real, PAIRED, 2, trained, options.version)
    publish(options.out, network, description)
    print(json.dumps({"sha256": description["sha256"], **description["scores"]}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--first", required=True, type=pathlib.Path)
    parser.add_argument("--second", required=True, type=pathlib.Path)
    parser.add_argument("--out", required=True, type=pathlib.Path)
    parser.add_argument("--photos", default=os.environ.get("PLATES", "../shared/plates"))
    parser.add_argument("--labels", default=str(pathlib.Path(__file__).resolve().parents[1] / "labels"))
    parser.add_argument("--version", default="3")
    main(parser.parse_args())
