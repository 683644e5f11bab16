"""What the reader learns from: pools of drawn plates, and transcribed plates of real photographs."""
import collections
import csv
import hashlib
import json
import pathlib
import sys

import cv2
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from generator.degrade import INPUT_HEIGHT, INPUT_WIDTH, degrade  # noqa: E402

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
STEPS, LONGEST, IGNORE = 40, 11, -1
HELD_OUT_PERCENT = 15
REGION_WEIGHTS = {"US": 3., "CA": 3., "FR": 2., "BR": 2., "RO": .7}
DRAWN_WEIGHTS = {"BR": 2.5, "IN": .7, "PK": .7}


def encode(text):
    """Text -> list of class numbers, 1 to 36 (0 is the CTC blank)."""
    return [ALPHABET.index(c) + 1 for c in text]


def held_out(plate):
    """Whether a plate (by its text's hash, so that a car seen in several photographs is on one side) is kept out."""
    return int(hashlib.md5(plate.encode()).hexdigest()[:8], 16) % 100 < HELD_OUT_PERCENT


class Pool:
    """Drawn plates written by generator.scene; pictures are mapped, not loaded."""

    def __init__(self, folder):
        folder = pathlib.Path(folder)
        self.index = json.loads((folder / "index.json").read_text())
        self.pixels = np.memmap(folder / "pixels.bin", np.uint8, "r")
        weights = np.cumsum([DRAWN_WEIGHTS.get(entry["g"][:2], 1.) for entry in self.index])
        self.ladder = weights / weights[-1]

    def __len__(self):
        return len(self.index)

    def draw(self, rng):
        """A plate, by its jurisdiction's weight: what item gives."""
        return self.item(int(np.searchsorted(self.ladder, rng.random())))

    def item(self, i):
        """-> (grey uint8 [H, W], quad float32 [4, 2], text, boxes float32 [n, 4])."""
        entry = self.index[i]
        image = self.pixels[entry["o"]:entry["o"] + entry["h"] * entry["w"]].reshape(entry["h"], entry["w"])
        x0, y0, x1, y1 = entry["r"]
        return image, np.float32([[x0, y0], [x1, y0], [x1, y1], [x0, y1]]), entry["t"], np.float32(entry["b"])


def _key(row):
    return row["image"], round(float(row["x"])), round(float(row["y"]))


def transcriptions(photos, labels):
    """Transcribed boxes: dicts image, x, y, width, height, plate, region; photos and labels are folders.

    A plate comes from the photographs' own labels.csv or from labels/transcriptions.csv, never both.
    """
    found = {}
    for path in (pathlib.Path(photos) / "train/labels.csv", pathlib.Path(labels) / "transcriptions.csv"):
        if not path.exists():
            continue
        with open(path, newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                plate = (row.get("plate") or "").strip().upper()
                good = plate and all(c in ALPHABET for c in plate) and 2 <= len(plate) <= LONGEST
                if good and row.get("legible", "yes") in ("yes", ""):
                    found.setdefault(_key(row), {**row, "plate": plate})
    return list(found.values())


def corners(labels):
    """Tight outlines from labels/corners.csv, if it exists: {key: quad float32 [4, 2]}."""
    path = pathlib.Path(labels) / "corners.csv"
    if not path.exists():
        return {}
    with open(path, newline="", encoding="utf-8") as file:
        return {_key(r): np.float32([[r[f"x{i}"], r[f"y{i}"]] for i in range(1, 5)]) for r in csv.DictReader(file)}


class RealPlates:
    """Crops of real plates with some surroundings, in memory; reload() takes in labels written since."""

    def __init__(self, photos, labels, kept_out):
        self.photos, self.labels, self.kept_out = pathlib.Path(photos), pathlib.Path(labels), kept_out
        self.crops, self.items, self.weights = {}, [], np.zeros(0)
        self.reload()

    def reload(self):
        """Reads label files again; a half-written row is taken in at the next call."""
        try:
            rows, outlines = transcriptions(self.photos, self.labels), corners(self.labels)
        except (OSError, ValueError, KeyError, TypeError):
            return
        self.items = []
        for row in rows:
            if held_out(row["plate"]) != self.kept_out:
                continue
            key = _key(row)
            if key not in self.crops:
                self.crops[key] = self._crop(row)
            image, left, top, box = self.crops[key]
            quad = outlines[key] - np.float32([left, top]) if key in outlines else box
            self.items.append((image, quad, row["plate"], row.get("region") or "", key in outlines))
        seen = collections.Counter(i[2] for i in self.items)
        weights = np.array([REGION_WEIGHTS.get(i[3][:2], 1.) / seen[i[2]] ** .7 for i in self.items])
        self.weights = weights / max(weights.sum(), 1e-9)

    def _crop(self, row):
        x, y, w, h = (float(row[k]) for k in ("x", "y", "width", "height"))
        image = cv2.imread(str(self.photos / row["image"]), cv2.IMREAD_GRAYSCALE)
        left, top = max(int(x - .4 * w), 0), max(int(y - .5 * h), 0)
        crop = image[top:int(y + 1.5 * h) + 1, left:int(x + 1.4 * w) + 1].copy()
        box = np.float32([[x, y], [x + w, y], [x + w, y + h], [x, y + h]]) - np.float32([left, top])
        return crop, left, top, box

    def __len__(self):
        return len(self.items)


def frame_targets(text, middles):
    """Per time step the class a drawn plate shows there: a character at its middle, blank between, else IGNORE."""
    target = np.full(STEPS, IGNORE, np.int64)
    steps = np.floor(np.asarray(middles) * STEPS).astype(int)
    gaps = (np.asarray(middles[1:]) + np.asarray(middles[:-1])) / 2
    first, last = middles[0] - (middles[-1] - middles[0]) / max(len(text) - 1, 1) * .9, middles[-1] + (
        middles[-1] - middles[0]) / max(len(text) - 1, 1) * .9
    places = (np.arange(STEPS) + .5) / STEPS
    target[(places < first) | (places > last)] = 0
    for g in np.floor(gaps * STEPS).astype(int):
        if 0 <= g < STEPS:
            target[g] = 0
    for c, s in zip(encode(text), steps):
        if 0 <= s < STEPS:
            target[s] = c
    return target


def batch(rng, pools, real, size, real_share, most):
    """Real plates at real_share of draws, each spoilt by up to `most` (0 to 1).

    -> (uint8 [size, 64, 160], classes int64 [size, 11] padded with 0, lengths [size], frame targets [size, 40]).
    """
    images = np.zeros((size, INPUT_HEIGHT, INPUT_WIDTH), np.uint8)
    classes, lengths = np.zeros((size, LONGEST), np.int64), np.zeros(size, np.int64)
    frames = np.full((size, STEPS), IGNORE, np.int64)
    sizes = np.array([len(p) for p in pools], float)
    for n in range(size):
        hardness = most * rng.uniform(.3, 1)
        if len(real) and rng.random() < real_share:
            image, quad, text, _, _ = real.items[rng.choice(len(real), p=real.weights)]
            images[n], _ = degrade(rng, image, quad, None, hardness, real=True)
        else:
            pool = pools[rng.choice(len(pools), p=sizes / sizes.sum())]
            image, quad, text, boxes = pool.draw(rng)
            images[n], middles = degrade(rng, image, quad, boxes, hardness)
            frames[n] = frame_targets(text, middles)
        code = encode(text)
        classes[n, :len(code)], lengths[n] = code, len(code)
    return images, classes, lengths, frames
