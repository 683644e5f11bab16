"""Lists what the network takes for a plate where none is labelled, for a person to judge.

Usage: mine.py --model detector.onnx --out FOLDER [--plates PHOTOS]

Writes suspects.csv (number, image, box, heat) and numbered contact sheets. A person then notes which numbers are
plates; `--plate-numbers FILE` (one number a line) splits the list into ignored.csv (plates, perhaps) and hard.csv
(none: hard negatives).
"""
import argparse
import csv
from pathlib import Path

import cv2
import numpy as np

from detect import Detector
from evaluate import box_overlap
from pictures import default_root, read_grey, read_labels


def suspects(detector, picture, grey):
    """(heat, box) of detections that touch no labelled plate."""
    found = []
    for score, quad in detector.detect(grey):
        low, high = quad.min(0), quad.max(0)
        if all(box_overlap(quad, plate.box) < 0.02 for plate in picture.plates):
            found.append((score, (*low, *(high - low))))
    return found


def tile(colour, box, number, score):
    """The surroundings of a suspect, 160x110, its box drawn and its number written."""
    x, y, w, h = box
    scale = 60 / w
    matrix = np.array([[scale, 0, 80 - scale * (x + w / 2)], [0, scale, 50 - scale * (y + h / 2)]])
    image = cv2.warpAffine(colour, matrix, (160, 110), flags=cv2.INTER_AREA)
    x0, y0 = 50, int(50 - scale * h / 2)
    cv2.rectangle(image, (x0 - 1, y0 - 1), (x0 + 61, int(50 + scale * h / 2) + 1), (0, 255, 0), 1)
    cv2.rectangle(image, (0, 98), (159, 109), (0, 0, 0), -1)
    cv2.putText(image, f"{number} {score:.2f} {w:.0f}px", (2, 108), 0, 0.38, (255, 255, 255), 1, cv2.LINE_AA)
    return image


def search(arguments):
    """Runs the detector over all pictures and writes list and sheets."""
    detector = Detector(arguments.model)
    detector.settings["threshold"] = arguments.threshold
    rows, tiles = [], []
    for picture in read_labels(arguments.plates, "train"):
        if picture.held_out:
            continue
        found = suspects(detector, picture, read_grey(arguments.plates, picture.name))
        colour = cv2.imread(f"{arguments.plates}/{picture.name}") if found else None
        for score, box in found:
            tiles.append(tile(colour, box, len(rows), score))
            rows.append([len(rows), picture.name, *(round(float(value), 1) for value in box), round(score, 3)])
    out = Path(arguments.out)
    out.mkdir(parents=True, exist_ok=True)
    with open(out / "suspects.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["number", "image", "x", "y", "width", "height", "heat"], *rows])
    for start in range(0, len(tiles), 120):
        picked = tiles[start : start + 120]
        picked += [np.zeros((110, 160, 3), np.uint8)] * (-len(picked) % 12)
        grid = np.vstack([np.hstack(picked[row : row + 12]) for row in range(0, len(picked), 12)])
        cv2.imwrite(str(out / f"suspects-{start:04d}.png"), grid)
    print(len(rows), "suspects")


def split(arguments):
    """suspects.csv by the person's judgement into ignored.csv and hard.csv."""
    out = Path(arguments.out)
    plates = {int(number) for number in Path(arguments.plate_numbers).read_text(encoding="utf-8").split()}
    with open(out / "suspects.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for name, wanted in (("ignored.csv", True), ("hard.csv", False)):
        with open(out / name, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["image", "x", "y", "width", "height"])
            for row in rows:
                if (int(row["number"]) in plates) == wanted:
                    writer.writerow([row[key] for key in ("image", "x", "y", "width", "height")])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plates", default=default_root())
    parser.add_argument("--model")
    parser.add_argument("--out", required=True)
    parser.add_argument("--threshold", type=float, default=0.3)
    parser.add_argument("--plate-numbers", help="file of the numbers that are plates: split the list")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    if arguments.plate_numbers:
        split(arguments)
    else:
        search(arguments)


if __name__ == "__main__":
    main()
