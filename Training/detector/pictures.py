"""Labelled photographs: reading labels.csv, splitting off held-out pictures, grey copies at several scales."""
import csv
import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

HELD_OUT_PERCENT = 15


@dataclass
class Plate:
    """One labelled plate. `box` is x, y, width, height; `quad` is [4,2] (top left, then clockwise) or None."""

    box: tuple
    quad: np.ndarray | None = None
    text: str = ""


@dataclass
class Picture:
    """A photograph with its plates, all in pixels of the stored file; pixel i covers [i, i + 1)."""

    name: str
    set: str
    plates: list = field(default_factory=list)
    ignored: list = field(default_factory=list)  # boxes x, y, width, height in which nothing is judged
    hard: list = field(default_factory=list)  # boxes that were taken for plates and are none
    levels: list = field(default_factory=list)  # grey uint8, each half the size of the one before

    @property
    def held_out(self):
        """True for the pictures never trained on; decided by the hash of the name alone."""
        return int(hashlib.sha1(self.name.encode()).hexdigest(), 16) % 100 < HELD_OUT_PERCENT


def default_root():
    """Folder of the photographs: environment variable PLATES, else beside the checkout."""
    return Path(os.environ.get("PLATES", "../shared/plates"))


def rectangle(box):
    """Corner points [4,2] of a box x, y, width, height."""
    x, y, w, h = box
    return np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]], np.float32)


def read_labels(root, part):
    """Pictures of `part` ('train' or 'eval') without their pixels. A row without a box makes a picture without plates."""
    pictures = {}
    with open(Path(root) / part / "labels.csv", newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            picture = pictures.setdefault(row["image"], Picture(row["image"], row["set"]))
            if row["width"]:
                box = tuple(float(row[key]) for key in ("x", "y", "width", "height"))
                picture.plates.append(Plate(box, None, row["plate"]))
    return list(pictures.values())


def read_grey(root, name):
    """Grey uint8 [H,W]."""
    grey = cv2.imread(str(Path(root) / name), cv2.IMREAD_GRAYSCALE)
    if grey is None:
        raise SystemExit(f"{name}: not a picture that OpenCV can read below {root}")
    return grey


def load_levels(picture, root, smallest=96):
    """Fills `levels`, so that sampling at any scale starts from a copy at most twice as fine."""
    grey = read_grey(root, picture.name)
    picture.levels = [grey]
    while min(grey.shape) >= 2 * smallest:
        grey = cv2.resize(grey, (grey.shape[1] // 2, grey.shape[0] // 2), interpolation=cv2.INTER_AREA)
        picture.levels.append(grey)


def read_corners(path, pictures):
    """Attaches the tight corners of corners.csv to the plates; returns how many were attached."""
    by_name = {picture.name: picture for picture in pictures}
    count = 0
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            picture = by_name.get(row["image"])
            box = np.array([float(row[key]) for key in ("x", "y", "width", "height")])
            for plate in picture.plates if picture else []:
                if np.abs(np.array(plate.box) - box).max() < 0.6:
                    keys = ("x1", "y1", "x2", "y2", "x3", "y3", "x4", "y4")
                    plate.quad = np.array([float(row[key]) for key in keys], np.float32).reshape(4, 2)
                    count += 1
    return count


def read_places(path, pictures, attribute):
    """Appends the boxes of a file (image, x, y, width, height) to `ignored` or `hard` of their pictures."""
    by_name = {picture.name: picture for picture in pictures}
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["image"] in by_name:
                box = tuple(float(row[key]) for key in ("x", "y", "width", "height"))
                getattr(by_name[row["image"]], attribute).append(box)
