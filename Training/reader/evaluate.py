"""Measures a reader on photographs that no training has seen (eval/), each mode one table row.

us-crops: the whole picture is the plate. french: the labelled boxes. With --detector also end to end: the detector's
boxes, all read, the likeliest plate counted. Every run is noted in eval-log (not committed): eval is for measuring,
so it is counted how often it was looked at.

python evaluate.py --model models --photos ../shared/plates [--detector models] [--misses OUT.csv]
"""
import argparse
import csv
import json
import os
import pathlib
import sys
import time

import cv2
import numpy as np
import onnxruntime

from formats import FormatPrior
from vote import calibrated, crops, fuse, read

HERE = pathlib.Path(__file__).resolve().parent


def rows_of(photos, name):
    """Rows of eval/labels.csv of one set that have a plate."""
    with open(pathlib.Path(photos) / "eval/labels.csv", newline="", encoding="utf-8") as file:
        return [r for r in csv.DictReader(file) if r["set"] == name and r["plate"]]


def alike(text):
    """O as 0 and I as 1."""
    return text.replace("O", "0").replace("I", "1")


class ReaderNetwork:
    """reader.onnx with its description, one thread."""

    def __init__(self, folder):
        folder = pathlib.Path(folder)
        self.description = json.loads((folder / "reader.json").read_text())
        self.readers = self.description.get("readers", 1)
        self.prior = FormatPrior()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(folder / "reader.onnx"), options)

    def read(self, image, quad, margins=None):
        """Grey picture and outline -> list of (text, probability), best first."""
        plates = crops(image, quad, margins or self.description["margins"])
        logs = read(lambda some: self.session.run(None, {"plates": some})[0], plates, self.readers)
        return fuse(logs, self.prior)


def outline(row, image):
    """The labelled box, or the whole picture, as a quad float32 [4, 2]."""
    h, w = image.shape
    x, y, w, h = (float(row[k]) for k in ("x", "y", "width", "height")) if row["width"] else (0, 0, w, h)
    return np.float32([[x, y], [x + w, y], [x + w, y + h], [x, y + h]])


def with_boxes(network, photos, name, margins):
    """Reads the labelled boxes -> rows (image, truth, answer, probability)."""
    out = []
    for row in rows_of(photos, name):
        image = cv2.imread(str(pathlib.Path(photos) / row["image"]), cv2.IMREAD_GRAYSCALE)
        answers = network.read(image, outline(row, image), margins) or [("", 0.)]
        out.append((row["image"], row["plate"], *answers[0]))
    return out


def overlap(quad, box):
    """Intersection over union of a quad's bounding box and a box (x0, y0, x1, y1)."""
    (x0, y0), (x1, y1) = quad.min(0), quad.max(0)
    across, down = min(x1, box[2]) - max(x0, box[0]), min(y1, box[3]) - max(y0, box[1])
    both = max(across, 0) * max(down, 0)
    return both / ((x1 - x0) * (y1 - y0) + (box[2] - box[0]) * (box[3] - box[1]) - both)


def end_to_end(network, detector, photos, name):
    """Detects and reads -> rows; the read of the box that overlaps the label most, else the surest read."""
    out = []
    for row in rows_of(photos, name):
        image = cv2.imread(str(pathlib.Path(photos) / row["image"]), cv2.IMREAD_GRAYSCALE)
        reads = []
        for quad, score in detector(image):
            answers = network.read(image, np.float32(quad)) or [("", 0.)]
            box = outline(row, image)
            place = overlap(quad, (*box[0], *box[2])) if row["width"] and name not in ("us-crops",) else 0
            reads.append((place >= .3, answers[0][1] * score, answers[0]))
        best = max(reads, default=(0, 0, ("", 0.)), key=lambda r: r[:2])
        out.append((row["image"], row["plate"], *best[2]))
    return out


def summary(rows, calibration):
    """Counts and calibration of rows (image, truth, answer, probability)."""
    right = np.array([r[1] == r[2] for r in rows])
    loose = np.array([alike(r[1]) == alike(r[2]) for r in rows])
    confidence = np.array([calibrated(r[3], calibration) for r in rows])
    order = np.argsort(-confidence)
    precision = np.cumsum(right[order]) / np.arange(1, len(rows) + 1)
    good = np.flatnonzero(precision >= .99)
    bins = np.minimum((confidence * 10).astype(int), 9)
    error = sum(abs(confidence[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean()
                for b in range(10) if (bins == b).any())
    return {"rows": len(rows), "exact": round(100 * right.mean(), 1), "exactO0I1": round(100 * loose.mean(), 1),
            "none": int(sum(not r[2] for r in rows)), "expectedCalibrationError": round(float(error), 3),
            "coverageAt99": round(100 * float(good.max() + 1) / len(rows), 1) if len(good) else 0.}


def detector_of(folder):
    """Scout and detector, in their reference implementation, as picture -> list of (quad, score)."""
    sys.path.insert(0, str(HERE.parent / "detector"))
    from detect import Detector
    detector = Detector(*(str(pathlib.Path(folder) / f"{name}.onnx") for name in ("detector", "scout")))
    return lambda image: [(np.float32(quad), score) for score, quad in detector.detect(image)]


def main(options):
    """Runs what was asked for, prints a line each, notes the look at eval."""
    network = ReaderNetwork(options.model)
    jobs = {}
    if "boxes" in options.modes:
        for name in options.sets:
            if name in ("us-crops", "french"):
                jobs[f"{name} true boxes"] = with_boxes(network, options.photos, name, None)
                jobs[f"{name} true boxes, one margin"] = with_boxes(network, options.photos, name,
                                                                    network.description["margins"][:network.readers])
    if options.detector:
        detector = detector_of(options.detector)
        for name in options.sets:
            jobs[f"{name} end to end"] = end_to_end(network, detector, options.photos, name)
    with open(options.log, "a", encoding="utf-8") as log:
        for name, rows in jobs.items():
            line = json.dumps({"what": name, **summary(rows, network.description["calibration"])})
            print(line)
            log.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {network.description['sha256'][:8]} {line}\n")
    if options.misses:
        with open(options.misses, "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([n, *r] for n, rows in jobs.items() for r in rows if r[1] != r[2])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True)
    parser.add_argument("--photos", default=os.environ.get("PLATES", "../shared/plates"))
    parser.add_argument("--detector")
    parser.add_argument("--sets", nargs="+", default=["us-crops", "french", "ontario"])
    parser.add_argument("--modes", nargs="*", default=["boxes"])
    parser.add_argument("--log", default=str(HERE / "eval-log"))
    parser.add_argument("--misses")
    cv2.setNumThreads(1)
    main(parser.parse_args())
