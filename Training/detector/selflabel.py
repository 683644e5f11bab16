"""Tightens the loose boxes: the network's own corners for each labelled plate, kept where they are plausible.

Usage: selflabel.py --model detector.onnx --out corners.csv [--plates PHOTOS] [--sheet PNG]

Each plate is seen in several crops of different scale and place. Corners are kept if the crops agree, the heat is
clear, the quad lies in the loose box and fills enough of it. Held-out pictures are labelled too (for measuring
corners), never trained on.
"""
import argparse
import csv

import cv2
import numpy as np

from detect import PAD, Detector, halves, peaks, resample
from evaluate import box_overlap
from pictures import default_root, read_grey, read_labels, rectangle

VIEWS = [(96, 0, 0), (80, 6, -4), (112, -6, 4), (128, 4, 6), (70, -4, -6), (104, 8, 2), (90, -8, 0)]  # plate width, shift
SIZE = (224, 160)
COLUMNS = ["image", "x", "y", "width", "height", "x1", "y1", "x2", "y2", "x3", "y3", "x4", "y4", "source"]


def views(detector, mips, box):
    """(heat, quad in picture pixels) of the most central peak in each view of the box."""
    x, y, w, h = box
    found = []
    for wide, right, down in VIEWS:
        # a box taller than it is wide would not fit: limit by height as well
        stretch = np.full(2, min(wide / w, 110 / h))
        middle = np.array(SIZE) / 2 + (right, down)
        origin = np.array([x + w / 2, y + h / 2]) - middle / stretch
        image = resample(mips, stretch, origin, *SIZE)
        heat, corners = detector.run(image[None, None].astype(np.float32))
        reach = np.array([w, h]) * stretch * 0.25 + 3
        near = [
            (score, quad / stretch + origin)
            for score, quad in peaks(heat[0], corners[0], detector.settings["stride"], 0.05, detector.widths)
            if (np.abs(quad.mean(0) - middle) <= reach).all()
        ]
        if near:
            found.append(max(near, key=lambda item: item[0]))
    return found


def agreed(found, box, least):
    """The median quad and a reason why it is not to be trusted ('' if it is)."""
    if len(found) < 5:
        return None, "seen too seldom"
    quads = np.stack([quad for _, quad in found])
    quad = np.median(quads, 0)
    size = np.array([np.ptp(quad[:, 0]), np.ptp(quad[:, 1])])
    spread = np.median(np.abs(quads - quad), 0).max(0) / size
    x, y, w, h = box
    outside = np.maximum((x, y) - quad.min(0), quad.max(0) - (x + w, y + h)).max(initial=0) / w
    if np.mean([score for score, _ in found]) < 0.3:
        return quad, "faint"
    if spread[0] > 0.03 or spread[1] > 0.06:
        return quad, "crops disagree"
    if outside > 0.09:
        return quad, "outside the box"
    if box_overlap(quad, box) < least:
        return quad, "much smaller than the box"
    return quad, ""


def tile(grey, box, quad, reason):
    """A small colour picture of the plate: box yellow, quad green if kept, red if not."""
    x, y, w, h = box
    matrix = np.array([[110 / w, 0, 80 - 110 / w * (x + w / 2)], [0, 110 / w, 50 - 110 / w * (y + h / 2)]])
    image = cv2.cvtColor(cv2.warpAffine(grey, matrix, (160, 100), flags=cv2.INTER_LINEAR, borderValue=PAD), 8)
    for points, colour in ((rectangle(box), (0, 200, 200)), (quad, (0, 0, 255) if reason else (0, 255, 0))):
        if points is not None:
            mapped = points @ matrix[:, :2].T + matrix[:, 2]
            cv2.polylines(image, [np.round(mapped * 16).astype(np.int32)], True, colour, 1, cv2.LINE_AA, 4)
    return image


def main():
    """Writes corners.csv and, if wanted, a contact sheet of a sample."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plates", default=default_root())
    parser.add_argument("--model", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--least", type=float, default=0.55, help="least IoU with the loose box")
    parser.add_argument("--sheet")
    parser.add_argument("--every", type=int, default=1, help="only each so-manieth picture")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    detector = Detector(arguments.model)
    rows, counts, tiles = [], {}, {True: [], False: []}
    for picture in read_labels(arguments.plates, "train")[:: arguments.every]:
        grey = read_grey(arguments.plates, picture.name)
        mips = halves(grey)
        for plate in picture.plates:
            quad, reason = agreed(views(detector, mips, plate.box), plate.box, arguments.least)
            counts.setdefault(picture.set, {}).setdefault(reason, 0)
            counts[picture.set][reason] += 1
            if arguments.sheet:
                tiles[bool(reason)].append(tile(grey, plate.box, quad, reason))
            if not reason:
                rows.append([picture.name, *plate.box, *np.round(quad.reshape(8), 2), "network"])
    with open(arguments.out, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([COLUMNS, *rows])
    for name, reasons in counts.items():
        print(name, reasons)
    if arguments.sheet:
        rng = np.random.default_rng(0)
        for bad, shown in tiles.items():
            picked = [shown[place] for place in rng.permutation(len(shown))[:96]]
            picked += [np.zeros((100, 160, 3), np.uint8)] * (-len(picked) % 12)
            grid = np.vstack([np.hstack(picked[row : row + 12]) for row in range(0, len(picked), 12)])
            cv2.imwrite(arguments.sheet.replace(".png", "-left.png" if bad else "-kept.png"), grid)


if __name__ == "__main__":
    main()
