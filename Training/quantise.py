"""Makes 8-bit networks from the 32-bit ones: detector-int8.onnx and its like with their descriptions.

Usage: quantise.py --models FOLDER [--photos ../shared/plates] [--only detector|scout|reader] [--check]

Scales of the activations are taken from training photographs (never from eval/) and from plates drawn for the purpose;
weights get one scale a channel. The files are written beside the 32-bit ones, each with a description that names the
network it was made of; all settings stay in that one's description. `--check` compares both on held-out training
photographs.
"""
import argparse
import csv
import hashlib
import json
import os
import pathlib
import sys
import tempfile

import cv2
import numpy as np
import onnx
import openvino
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "reader"), str(HERE / "detector")]
from data import RealPlates  # noqa: E402
from generator.degrade import degrade  # noqa: E402
from generator.scene import render_scene  # noqa: E402
from pictures import Picture  # noqa: E402
from vote import crops, fuse, read  # noqa: E402

SEED = 11
# Left in 32 bits: the output layers, whose small errors move corners and characters.
FLOAT_LAYERS = {"detector": ("/heat/", "/quad/"), "scout": ("/heat/", "/quad/"), "reader": ("/head/",)}
INPUTS = {"detector": "image", "scout": "image", "reader": "plates"}
SAMPLES = {"detector": 160, "scout": 160, "reader": 400}
SCOUTED = (640, 640, 280, 240, 140)  # long sides to which the scout's samples are brought, in turn


class Samples(CalibrationDataReader):
    """Inputs one by one, as ONNX Runtime asks for them."""

    def __init__(self, name, inputs):
        self.rest = iter([{name: one} for one in inputs])

    def get_next(self):
        return next(self.rest, None)


def labelled(photos, kept_out):
    """Boxes of training photographs: dicts of labels.csv, in an order that is the same every time."""
    with open(pathlib.Path(photos) / "train/labels.csv", newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["width"] and Picture(row["image"], "").held_out == kept_out]
    np.random.default_rng(SEED).shuffle(rows)
    return rows


def view(grey, step, left, top, width, height):
    """Float32 [1, 1, height, width]: a part of a picture, `step` of its pixels to one of the view's."""
    if step > 1:
        grey = cv2.GaussianBlur(grey, (0, 0), .4 * step)
    matrix = np.array([[step, 0, left], [0, step, top]])
    part = cv2.warpAffine(grey, matrix, (width, height), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderValue=114)
    return part[None, None].astype(np.float32)


def whole(grey, side):
    """A whole picture with its longer side brought to so many pixels, and a border."""
    step = max(grey.shape) / side
    width, height = (-(-(int(length / step) + 32) // 32) * 32 for length in grey.shape[::-1])
    return view(grey, step, -16 * step, -16 * step, width, height)


def finder_inputs(kind, photos, kept_out, count):
    """Views as the product makes them: close second looks and (one in four) whole pictures; whole ones for the scout."""
    inputs = []
    for index, row in enumerate(labelled(photos, kept_out)[:count]):
        grey = cv2.imread(str(pathlib.Path(photos) / row["image"]), cv2.IMREAD_GRAYSCALE)
        x, y, w, h = (float(row[key]) for key in ("x", "y", "width", "height"))
        step = w / 96
        if kind == "scout":
            inputs.append(whole(grey, SCOUTED[index % len(SCOUTED)]))
        elif index % 4:
            inputs.append(view(grey, step, x + w / 2 - 96 * step, y + h / 2 - 64 * step, 192, 128))
        else:
            inputs.append(whole(grey, 640))
    return inputs


def readers_of(folder):
    """How many readers stand side by side in reader.onnx."""
    return json.loads((folder / "reader.json").read_text(encoding="utf-8")).get("readers", 1)


def reader_inputs(photos, labels, count, readers):
    """Half real training plates (never the kept-out ones), half drawn ones, all spoilt as in training; one a reader."""
    rng = np.random.default_rng(SEED)
    real, inputs = RealPlates(photos, labels, False), []
    for index in range(count):
        if index % 2 and len(real):
            image, quad = real.items[rng.choice(len(real), p=real.weights)][:2]
            plate, _ = degrade(rng, image, quad, None, rng.uniform(0, .8), real=True)
        else:
            scene = render_scene(rng)
            x0, y0, x1, y1 = scene.rect
            quad = np.float32([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
            plate, _ = degrade(rng, scene.image, quad, scene.boxes, rng.uniform(0, .8))
        inputs.append(np.repeat(plate[None, None].astype(np.float32), readers, 0))
    return inputs


def quantise(kind, source, target, inputs):
    """Writes `target`: convolutions and what lies between them in 8 bits (QDQ), the output layers as they were."""
    with tempfile.TemporaryDirectory() as folder:
        folded = os.path.join(folder, "folded.onnx")
        quant_pre_process(str(source), folded, skip_symbolic_shape=True)
        names = [node.name for node in onnx.load(folded).graph.node]
        kept = [name for name in names if any(part in name for part in FLOAT_LAYERS[kind])]
        # Weights of 7 bits: without VNNI the processor adds pairs of products in 16 bits, and 8 by 8 bits overflow.
        quantize_static(
            folded, str(target), Samples(INPUTS[kind], inputs), quant_format=QuantFormat.QDQ, per_channel=True,
            reduce_range=True, activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8, nodes_to_exclude=kept,
            op_types_to_quantize=["Conv", "Add", "Relu", "Resize", "Concat"],
            calibrate_method=CalibrationMethod.MinMax, extra_options={"CalibMovingAverage": True})


def describe(kind, folder):
    """Writes the description: which file it is, and of which it was made. Each file is replaced at once."""
    made = folder / f"{kind}-int8.onnx.part"
    source = hashlib.sha256((folder / f"{kind}.onnx").read_bytes()).hexdigest()
    settings = {"quantised": {"from": source, "calibratedOn": SAMPLES[kind]},
                "sha256": hashlib.sha256(made.read_bytes()).hexdigest()}
    text = folder / f"{kind}-int8.json.part"
    text.write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")
    os.replace(made, folder / f"{kind}-int8.onnx")
    os.replace(text, folder / f"{kind}-int8.json")


def compiled(path):
    """The network on OpenVINO, as the product runs it."""
    options = {"INFERENCE_NUM_THREADS": 1, "ENABLE_CPU_PINNING": False, "INFERENCE_PRECISION_HINT": "f32"}
    return openvino.Core().compile_model(str(path), "CPU", options)


def compare_detectors(folder, photos):
    """How far heat and corners of held-out second looks move; prints one line."""
    pair = [compiled(folder / f"detector{end}.onnx") for end in ("", "-int8")]
    heats, moves, both = [], [], []
    for sample in finder_inputs("detector", photos, True, 240):
        if sample.shape[2:] != (128, 192):
            continue
        answers = [network([sample]) for network in pair]
        middle = [answer["heat"][0, 0, 5:11, 8:16] for answer in answers]
        place = np.unravel_index(middle[0].argmax(), middle[0].shape)
        heats.append(abs(float(middle[0].max() - middle[1].max())))
        both.append([float(one.max()) >= .4 for one in middle])
        corners = [answer["corners"][0, :, place[0] + 5, place[1] + 8] for answer in answers]
        if middle[0].max() >= .4:
            moves.append(np.abs(corners[0] - corners[1]).mean() / 96)
    both = np.array(both)
    print(json.dumps({"what": "detector", "views": len(both), "found32": int(both[:, 0].sum()),
                      "found8": int(both[:, 1].sum()), "heatDifferenceMean": round(float(np.mean(heats)), 4),
                      "cornersMovedMeanInWidths": round(float(np.mean(moves)), 4),
                      "cornersMoved95": round(float(np.quantile(moves, .95)), 4)}))


def compare_scouts(folder, photos):
    """How many labelled plates of held-out pictures both propose, and how many places; prints one line."""
    pair = [compiled(folder / f"scout{end}.onnx") for end in ("", "-int8")]
    threshold = json.loads((folder / "scout.json").read_text(encoding="utf-8"))["proposalThreshold"]
    plates, proposals = [], []
    for row in labelled(photos, True)[:240]:
        grey = cv2.imread(str(pathlib.Path(photos) / row["image"]), cv2.IMREAD_GRAYSCALE)
        heats = [network([whole(grey, 640)])["heat"][0, 0] for network in pair]
        x, y, w, h = (float(row[key]) * 640 / max(grey.shape) for key in ("x", "y", "width", "height"))
        left, right = int((x + 16) / 8), int((x + w + 16) / 8) + 1
        top, bottom = int((y + 16) / 8), int((y + h + 16) / 8) + 1
        if 11 <= w <= 160:
            plates.append([float(heat[top:bottom, left:right].max()) >= threshold for heat in heats])
        proposals.append([int((heat >= threshold).sum()) for heat in heats])
    plates, proposals = np.array(plates), np.mean(proposals, 0)
    print(json.dumps({"what": "scout", "plates": len(plates), "proposed32": int(plates[:, 0].sum()),
                      "proposed8": int(plates[:, 1].sum()), "cells32": round(float(proposals[0]), 2),
                      "cells8": round(float(proposals[1]), 2)}))


def compare_readers(folder, photos, labels):
    """Held-out real plates read by both; prints one line."""
    pair = [compiled(folder / f"reader{end}.onnx") for end in ("", "-int8")]
    margins = json.loads((folder / "reader.json").read_text(encoding="utf-8"))["margins"]
    readers, rows = readers_of(folder), []
    for image, quad, text, _, _ in RealPlates(photos, labels, True).items:
        plates = crops(image, quad, margins)
        reads = [(fuse(read(lambda some: network([some])["logprobs"], plates, readers)) or [("", 0)])[0]
                 for network in pair]
        rows.append((reads[0][0] == text, reads[1][0] == text, reads[0][0] == reads[1][0], abs(reads[0][1] - reads[1][1])))
    right32, right8, same, moved = (np.array(column) for column in zip(*rows))
    print(json.dumps({"what": "reader", "plates": len(rows), "exact32": int(right32.sum()), "exact8": int(right8.sum()),
                      "sameText": int(same.sum()), "shareMovedMean": round(float(moved.mean()), 4)}))


def main():
    """All networks, or one; then, if asked, the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", required=True, type=pathlib.Path)
    parser.add_argument("--photos", default=os.environ.get("PLATES", "../shared/plates"))
    parser.add_argument("--labels", default=str(HERE / "labels"))
    parser.add_argument("--only", choices=list(INPUTS))
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    kinds = [arguments.only] if arguments.only else list(INPUTS)
    for kind in kinds:
        inputs = (reader_inputs(arguments.photos, arguments.labels, SAMPLES[kind], readers_of(arguments.models))
                  if kind == "reader" else finder_inputs(kind, arguments.photos, False, SAMPLES[kind]))
        quantise(kind, arguments.models / f"{kind}.onnx", arguments.models / f"{kind}-int8.onnx.part", inputs)
        describe(kind, arguments.models)
        print(f"{arguments.models}/{kind}-int8.onnx: written, {len(inputs)} samples")
    if arguments.check and "detector" in kinds:
        compare_detectors(arguments.models, arguments.photos)
    if arguments.check and "scout" in kinds:
        compare_scouts(arguments.models, arguments.photos)
    if arguments.check and "reader" in kinds:
        compare_readers(arguments.models, arguments.photos, arguments.labels)


if __name__ == "__main__":
    main()
