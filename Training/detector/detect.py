"""Finds plates in a grey picture: pyramid, peaks, suppression, refinement. The reference for the product's own code.

Usage: detect.py --model detector.onnx [--scout scout.onnx] PICTURE...   (prints score and x1,y1 .. x4,y4 of each plate)

With a scout, as in the product, the scout proposes and the detector decides. Without one the detector does both: until
there is a scout, and in the product where a photograph shows nothing sure.

Coordinates are continuous: pixel i covers [i, i + 1). Quads are [4,2]: top left, top right, bottom right, bottom left.
"""
import argparse
import json
from pathlib import Path

import cv2
import numpy as np
import openvino

PAD = 114.0  # grey beyond the picture
BORDER = 16  # pixels of PAD left of and above the picture in a pyramid level; at least as many right and below
BELIEVED, SCOUTED = (14.0, 230.0), (8.0, 185.0)  # plate widths believed in the detector's and the scout's input, pixels
UPSCALE = 1.1  # without a scout, a level that would enlarge the picture by more is left out (the smallest level never is)
MOST = 48  # candidates refined
REACH = (28.0, 20.0)  # how far from the crop's centre the refined peak may lie, pixels


class Finder:
    """A network with its settings (the JSON beside the ONNX file)."""

    def __init__(self, model, widths, threads=1):
        self.settings = json.loads(Path(model).with_suffix(".json").read_text(encoding="utf-8"))
        self.widths = widths
        options = {"INFERENCE_NUM_THREADS": threads, "ENABLE_CPU_PINNING": False, "PERFORMANCE_HINT": "LATENCY"}
        self.network = openvino.Core().compile_model(str(model), "CPU", options)

    def run(self, images):
        """Images float32 [N,1,H,W] to heat [N,H/s,W/s] and corners [N,8,H/s,W/s]."""
        answer = self.network([images])
        return answer["heat"][:, 0], answer["corners"]

    def look(self, image, threshold):
        """Plates (heat, quad) in one picture [H,W] of the network's scale."""
        heat, corners = self.run(image[None, None].astype(np.float32))
        return peaks(heat[0], corners[0], self.settings["stride"], threshold, self.widths)


class Detector(Finder):
    """The network that decides, and that also proposes unless a scout does."""

    def __init__(self, model, scout=None, threads=1):
        super().__init__(model, BELIEVED, threads)
        self.scout = Finder(scout, SCOUTED, threads) if scout else None

    def detect(self, grey):
        """Grey uint8 [H,W] to a list of (score, quad), best first."""
        mips = halves(grey)
        found = suppress(self.propose(mips))[:MOST]
        refined = [self.refine(mips, quad) for _, quad in found]
        threshold = self.settings["threshold"]
        return suppress([item for item in refined if item and item[0] >= threshold])

    def levels(self, longest):
        """Long sides in pixels to which a picture is brought to be searched."""
        if self.scout:
            levels = self.scout.settings["frame"]
            return sorted({min(level, max(longest, min(levels))) for level in levels})
        pyramid = self.settings["pyramid"]
        return [level for level in pyramid if level <= longest * UPSCALE or level == min(pyramid)]

    def propose(self, mips):
        """Candidates (heat, quad) of all levels."""
        found = []
        finder = self.scout or self
        for level in self.levels(max(mips[0].shape)):
            scale = level / max(mips[0].shape)
            height, width = (max(1, round(side * scale)) for side in mips[0].shape)
            padded = [-(-(side + 2 * BORDER) // 32) * 32 for side in (height, width)]
            image = np.full(padded, PAD, np.float32)
            stretch = np.array([width / mips[0].shape[1], height / mips[0].shape[0]])
            image[BORDER : BORDER + height, BORDER : BORDER + width] = resample(mips, stretch, (0, 0), width, height)
            for score, quad in finder.look(image, finder.settings["proposalThreshold"]):
                found.append((score, (quad - BORDER) / stretch))
        return found

    def refine(self, mips, quad):
        """The plate again, from a crop in which it has the size that the network knows best; None if it is none."""
        refine = self.settings["refine"]
        width, height = refine["width"], refine["height"]
        stretch = np.full(2, refine["plateWidth"] / max(quad_width(quad), 1e-3))
        middle = np.array([width / 2, height / 2])
        origin = quad.mean(0) - middle / stretch
        image = resample(mips, stretch, origin, width, height)
        best = None
        for score, again in self.look(image, 0.02):
            near = (np.abs(again.mean(0) - middle) <= REACH).all()
            if near and (best is None or score > best[0]):
                best = (score, again / stretch + origin)
        return best


def halves(grey):
    """The picture and its copies, each half the size (areas averaged) of the one before, down to 32 pixels."""
    mips = [grey]
    while min(mips[-1].shape) >= 64:
        height, width = mips[-1].shape
        mips.append(cv2.resize(mips[-1], (width // 2, height // 2), interpolation=cv2.INTER_AREA))
    return mips


def resample(mips, stretch, origin, width, height):
    """Bilinear crop uint8 [height,width] whose pixel (x, y) lies at picture position origin + (x, y) / stretch.

    Reads the smallest copy that is still at least as fine as the crop; PAD outside the picture.
    """
    level = int(np.clip(np.floor(-np.log2(stretch.min()) + 1e-6), 0, len(mips) - 1))
    source = mips[level]
    fine = np.array([mips[0].shape[1] / source.shape[1], mips[0].shape[0] / source.shape[0]])
    step = 1 / (stretch * fine)
    start = np.asarray(origin) / fine + step * 0.5 - 0.5
    matrix = np.array([[step[0], 0, start[0]], [0, step[1], start[1]]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(source, matrix, (width, height), flags=flags, borderValue=PAD)


def quad_width(quad):
    """Mean length of the upper and lower edge."""
    return float((np.linalg.norm(quad[1] - quad[0]) + np.linalg.norm(quad[2] - quad[3])) / 2)


def peaks(heat, corners, stride, threshold, widths):
    """(heat, quad in input pixels) of each cell above the threshold that no neighbour (3x3) exceeds."""
    highest = cv2.dilate(heat, np.ones((3, 3), np.uint8))
    found = []
    for row, column in np.argwhere((heat >= highest) & (heat >= threshold)):
        centre = np.array([(column + 0.5) * stride, (row + 0.5) * stride])
        quad = corners[:, row, column].reshape(4, 2) + centre
        if widths[0] <= quad_width(quad) <= widths[1]:
            found.append((float(heat[row, column]), quad))
    return found


def area(quad):
    return cv2.contourArea(quad.astype(np.float32))


def overlap(one, other):
    """Shared area of two convex quads over their union, and over the smaller."""
    if (one.max(0) < other.min(0)).any() or (other.max(0) < one.min(0)).any():
        return 0.0, 0.0
    shared = cv2.intersectConvexConvex(one.astype(np.float32), other.astype(np.float32))[0]
    first, second = area(one), area(other)
    return shared / max(first + second - shared, 1e-6), shared / max(min(first, second), 1e-6)


def suppress(found):
    """Best first; what overlaps a better one (a third of the union or two thirds of the smaller) is dropped."""
    kept = []
    for score, quad in sorted(found, key=lambda item: -item[0]):
        if all(union < 0.33 and smaller < 0.66 for union, smaller in (overlap(quad, better) for _, better in kept)):
            kept.append((score, quad))
    return kept


def main():
    """Prints the plates of the pictures named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True)
    parser.add_argument("--scout")
    parser.add_argument("pictures", nargs="+")
    arguments = parser.parse_args()
    detector = Detector(arguments.model, arguments.scout)
    for path in arguments.pictures:
        grey = cv2.imread(path, cv2.IMREAD_GRAYSCALE)
        if grey is None:
            raise SystemExit(f"{path}: not a picture that OpenCV can read")
        for score, quad in detector.detect(grey):
            print(path, f"{score:.3f}", " ".join(f"{value:.1f}" for value in quad.reshape(8)))


if __name__ == "__main__":
    main()
