"""Writes reader.onnx and reader.json of a checkpoint: export, check against PyTorch, margins, calibration, scores.

python export.py --checkpoint CACHE/run/last.pt --out models --photos ../shared/plates
"""
import argparse
import collections
import hashlib
import json
import os
import pathlib
import time

import numpy as np
import onnxruntime
import torch

from data import RealPlates
from formats import FormatPrior
from network import ALPHABET, Reader
from vote import MARGINS, calibrated, crops, fuse, read

PRIOR = FormatPrior()


def to_onnx(checkpoint, path):
    """Exports the averaged weights, batch size free; compares ONNX Runtime with PyTorch. -> training's state."""
    state = torch.load(checkpoint, weights_only=False)
    model = Reader().eval()
    model.load_state_dict(state["average"])
    plates = torch.rand(3, 1, 64, 160) * 255
    torch.onnx.export(model, (plates,), path, input_names=["plates"], output_names=["logprobs"], opset_version=17,
                      dynamic_axes={"plates": {0: "n"}, "logprobs": {0: "n"}}, dynamo=False)
    session = onnxruntime.InferenceSession(path)
    difference = np.abs(session.run(None, {"plates": plates.numpy()})[0] - model(plates).detach().numpy()).max()
    if difference > 1e-3:
        raise SystemExit(f"The exported network differs from the trained one by {difference}; not written.")
    return state


def held_out_reads(path, real, margins, readers):
    """Fused reads of all held-out plates -> arrays [n]: probability, right, American, right with one margin, weight.

    A car seen in many photographs weighs less in each.
    """
    seen = collections.Counter(item[2] for item in real.items)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options)
    rows = []
    for image, quad, text, region, _ in real.items:
        logs = read(lambda plates: session.run(None, {"plates": plates})[0], crops(image, quad, margins), readers)
        answers, alone = fuse(logs, PRIOR) or [("", .01)], fuse(logs[:readers], PRIOR) or [("", .01)]
        rows.append((answers[0][1], answers[0][0] == text, region[:2] in ("US", "CA"), alone[0][0] == text,
                     seen[text] ** -.7))
    columns = list(zip(*rows))
    return np.array(columns[0]), *(np.array(c, bool) for c in columns[1:4]), np.array(columns[4])


def fit(probability, right, weight, ridge=1.):
    """Platt's a and b by Newton steps on logit(p), with a light ridge; arrays [n] -> (a, b)."""
    p = np.clip(probability, 1e-6, 1 - 1e-6)
    x = np.stack([np.ones(len(p)), np.log(p / (1 - p))], 1)
    weights = np.zeros(2)
    for _ in range(60):
        q = 1 / (1 + np.exp(-x @ weights))
        gradient = x.T @ (weight * (right - q)) - ridge * weights * np.array([0, 1]) * .1
        hessian = (x * (weight * q * (1 - q))[:, None]).T @ x + ridge * np.eye(2) * .1
        weights = weights + np.linalg.solve(hessian, gradient)
    return float(weights[0]), float(weights[1])


def calibration_error(confidence, right, bins=10):
    """Expected calibration error over equal-width bins."""
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    return float(sum(abs(confidence[which == b].mean() - right[which == b].mean()) * (which == b).mean()
                     for b in range(bins) if (which == b).any()))


def describe(network, real, margins, readers, trained, version):
    """reader.json of a network: a first calibration and the scores of the plates kept out (real). -> dict"""
    probability, right, american, single, weight = held_out_reads(network, real, margins, readers)
    a, b = fit(probability, right, weight)
    calibration = {"type": "platt", "a": round(a, 4), "b": round(b, 4), "heldOutPlates": len(right),
                   "heldOutDistinctPlates": len({i[2] for i in real.items})}
    confidence = np.array([calibrated(p, calibration) for p in probability])
    scores = {"heldOutExact": round(float(right.mean()), 4), "heldOutPlates": len(right),
              "heldOutExactOneMargin": round(float(single.mean()), 4),
              "heldOutNorthAmericanExact": round(float(right[american].mean()), 4),
              "heldOutNorthAmericanPlates": int(american.sum()),
              "heldOutExpectedCalibrationError": round(calibration_error(confidence, right), 4)}
    return {"name": "curbside-reader", "version": version, "inputWidth": 160, "inputHeight": 64, "alphabet": ALPHABET,
            "readers": readers, "margins": margins, "calibration": calibration, "trainedOn": trained, "scores": scores,
            "sha256": hashlib.sha256(network.read_bytes()).hexdigest()}


def publish(out, network, description):
    """Writes reader.json and puts the network, a file ending in .part, in its place: each file replaced at once."""
    temporary = out / "reader.json.part"
    temporary.write_text(json.dumps(description, indent=2) + "\n", encoding="utf-8")
    os.replace(network, out / "reader.onnx")
    os.replace(temporary, out / "reader.json")


def main(options):
    """Exports, measures and writes."""
    out = pathlib.Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    network = out / "reader.onnx.part"
    state = to_onnx(options.checkpoint, str(network))
    trained = {"samplesSeen": state["seen"], "realPlates": state.get("reals", 0), "date": time.strftime("%Y-%m-%d")}
    real = RealPlates(options.photos, options.labels, True)
    description = describe(network, real, MARGINS, 1, trained, options.version)
    publish(out, network, description)
    print(json.dumps(description, indent=1))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--photos", default=os.environ.get("PLATES", "../shared/plates"))
    parser.add_argument("--labels", default=str(pathlib.Path(__file__).resolve().parents[1] / "labels"))
    parser.add_argument("--version", default="1")
    torch.set_num_threads(1)
    main(parser.parse_args())
