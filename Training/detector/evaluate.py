"""Measures the detector on labelled pictures.

Usage: evaluate.py --model detector.onnx [--scout scout.onnx] [--plates PHOTOS] --sets french us-crops held-out [--json FILE] [--sheet PNG]

`held-out` are the training set's pictures that were kept from training. A close-up (its box is the whole picture)
counts as one plate. A found plate is one whose quad's bounding box has an IoU of at least 0.5 with the label's box.
"""
import argparse
import json
import time

import cv2
import numpy as np

from detect import Detector
from pictures import default_root, read_corners, read_grey, read_labels


def box_overlap(quad, box):
    """IoU of the quad's bounding box with a box x, y, width, height."""
    low, high = quad.min(0), quad.max(0)
    x, y, w, h = box
    shared = np.clip(np.minimum(high, (x + w, y + h)) - np.maximum(low, (x, y)), 0, None).prod()
    return float(shared / ((high - low).prod() + w * h - shared + 1e-6))


def judge(found, plates):
    """IoU of the best detection of each plate (0: none), and which detections belong to no plate."""
    best = [max((box_overlap(quad, plate.box) for _, quad in found), default=0.0) for plate in plates]
    stray = [item for item in found if all(box_overlap(item[1], plate.box) < 0.25 for plate in plates)]
    return best, stray


def corner_error(found, plates):
    """Mean corner distance, in plate widths, for plates with tight corners that were found."""
    errors = []
    for plate in plates:
        if plate.quad is None or not found:
            continue
        distances = [np.linalg.norm(quad - plate.quad, axis=1).mean() for _, quad in found]
        errors.append(min(distances) / np.linalg.norm(plate.quad[1] - plate.quad[0]))
    return [error for error in errors if error < 0.5]


def measure(detector, pictures, root):
    """Scores of one set, and per picture what was found (for the contact sheet)."""
    overlaps, strays, seconds, errors, shown = [], [], [], [], []
    for picture in pictures:
        grey = read_grey(root, picture.name)
        start = time.perf_counter()
        found = detector.detect(grey)
        seconds.append(time.perf_counter() - start)
        best, stray = judge(found, picture.plates)
        overlaps += best
        strays.append(len(stray) if picture.plates else max(0, len(found) - 1))
        errors += corner_error(found, picture.plates)
        missed = not found if not picture.plates else min(best) < 0.5
        shown.append((picture, found, missed, len(stray)))
    right = [overlap for overlap in overlaps if overlap >= 0.5]
    scores = {
        "pictures": len(pictures),
        "plates": len(overlaps),
        "recall": round(len(right) / max(1, len(overlaps)), 4),
        "recall at 0.7": round(sum(overlap >= 0.7 for overlap in overlaps) / max(1, len(overlaps)), 4),
        "meanOverlap": round(float(np.mean(right)) if right else 0.0, 4),
        "withoutAny": round(sum(not found for _, found, _, _ in shown) / max(1, len(shown)), 4),
        "strayPerPicture": round(float(np.mean(strays)), 4),
        "cornerError": round(float(np.median(errors)), 4) if errors else None,
        "millisecondsMedian": round(1000 * float(np.median(seconds)), 1),
    }
    return scores, shown


def by_threshold(shown, thresholds=(0.2, 0.3, 0.4, 0.5, 0.6, 0.7)):
    """Recall at IoU 0.5 and stray boxes a picture, had the threshold been higher than it was."""
    table = {}
    for threshold in thresholds:
        hits = plates = strays = 0
        for picture, found, _, _ in shown:
            best, stray = judge([item for item in found if item[0] >= threshold], picture.plates)
            hits += sum(overlap >= 0.5 for overlap in best)
            plates += len(best)
            strays += len(stray)
        table[threshold] = [round(hits / max(1, plates), 3), round(strays / max(1, len(shown)), 3)]
    return table


def sheet(shown, root, path, most=60):
    """A contact sheet of the pictures with misses or strays."""
    tiles = []
    for picture, found, _, _ in [item for item in shown if item[2] or item[3]][:most]:
        image = cv2.imread(str(root) + "/" + picture.name)
        for plate in picture.plates:
            x, y, w, h = (int(value) for value in plate.box)
            cv2.rectangle(image, (x, y), (x + w, y + h), (0, 0, 255), 2)
        for score, quad in found:
            cv2.polylines(image, [np.round(quad).astype(int)], True, (0, 255, 0), 2)
            cv2.putText(image, f"{score:.2f}", tuple(int(v) for v in quad[0]), 0, 0.8, (0, 255, 0), 2)
        scale = min(320 / image.shape[1], 240 / image.shape[0])
        image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        tile = np.zeros((240, 320, 3), np.uint8)
        tile[: image.shape[0], : image.shape[1]] = image[:240, :320]
        tiles.append(tile)
    while not tiles or len(tiles) % 6:
        tiles.append(np.zeros((240, 320, 3), np.uint8))
    cv2.imwrite(path, np.vstack([np.hstack(tiles[row : row + 6]) for row in range(0, len(tiles), 6)]))


def main():
    """Prints one line a set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plates", default=default_root())
    parser.add_argument("--model", required=True)
    parser.add_argument("--scout", help="the network that proposes; without it the detector does")
    parser.add_argument("--sets", nargs="+", default=["held-out"])
    parser.add_argument("--corners", help="corners.csv, to measure the corners of held-out pictures")
    parser.add_argument("--limit", type=int, help="at most so many pictures a set")
    parser.add_argument("--threshold", type=float, help="instead of the model's own")
    parser.add_argument("--json")
    parser.add_argument("--sheet", help="PNG of what went wrong")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    detector = Detector(arguments.model, arguments.scout)
    if arguments.threshold is not None:
        detector.settings["threshold"] = arguments.threshold
    train = read_labels(arguments.plates, "train")
    if arguments.corners:
        read_corners(arguments.corners, train)
    scores, shown = {}, []
    for name in arguments.sets:
        if name == "held-out":
            pictures = [picture for picture in train if picture.held_out]
        else:
            pictures = [picture for picture in read_labels(arguments.plates, "eval") if picture.set == name]
        scores[name], more = measure(detector, pictures[: arguments.limit], arguments.plates)
        shown += more
        print(name, json.dumps(scores[name]), flush=True)
        print("  threshold: [recall, strays a picture]", by_threshold(more), flush=True)
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump(scores, file, indent=2)
    if arguments.sheet:
        sheet(shown, arguments.plates, arguments.sheet)


if __name__ == "__main__":
    main()
