"""Calibrates the confidence of passes: what several frames of one moving car come to together.

Held-out photographs (see data.held_out) are driven past: each plate becomes a short video, seen from nearer and nearer,
moving across the picture and turning, with blur, light and compression that its frames share, and noise that they do
not; in further copies a part of the plate is covered. Where the photographs show the same held-out car in several
pictures, those follow each other as they are. Places that were once taken for plates and are none (labels/hard.csv) are
driven past too: whatever is read there is wrong. The program itself reads the videos and tells of what each confidence
is made (`--evidence`), so that detection, tracking, fusion and telling are those of the product. A logistic sum is fitted
to that, and written into reader.json as passCalibration. When a pass is told depends on its confidence: a second round
reads the videos anew with what the first has fitted. Run it after confidence.py.

python passes.py --patrol ../../.build/debug/patrol --models ../../Sources/PlateRecognition/Models --write
"""
import argparse
import collections
import csv
import dataclasses
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import cv2
import numpy as np

from confidence import logistic, write
from data import _key, corners, held_out, transcriptions
from export import calibration_error

WIDTH, HEIGHT, FRAMES_PER_SECOND = 480, 320, 15
LEAST_WIDTH, MOST_WIDTH = 42., 170.
SEQUENCE_PICTURES = 3
# Weights of all passes of what is no plate, and of covered plates, as shares of the others'.
NO_PLATE_SHARE = COVERED_SHARE = .05
NO_PLATE_VIDEOS = 200
# Of what a pass's confidence is made (PassEvidence in Confidence.swift), and the sign that each weight may have.
SIGNS = {"fused": 1, "best": 1, "mean": 1, "short": -1, "long": -1}
FOLDS, ROUNDS = 5, 2


def moved(rng, quad, scale, frames):
    """A passing camera's homographies [frames, 3, 3] from a photograph to pictures of WIDTH x HEIGHT.

    The plate's width grows by up to a half to `scale` times what it is in the photograph.
    """
    middle = quad.mean(0)
    start, end = rng.uniform([.25, .35], [.75, .65]), rng.uniform([.25, .35], [.75, .65])
    first, (yaw0, yaw1) = rng.uniform(.65, .95), np.radians(rng.uniform(-35, 35, 2))
    roll = np.radians(rng.normal(0, 2))
    out = []
    for t in np.linspace(0, 1, frames):
        s, yaw = scale * (first + (1 - first) * t), yaw0 + (yaw1 - yaw0) * t
        c, n = np.cos(roll + rng.normal(0, .003)), np.sin(roll)
        place = (start + (end - start) * t) * (WIDTH, HEIGHT) + rng.normal(0, .6, 2)
        turn = np.array([[np.cos(yaw) * c * s, -n * s, 0], [n * s, c * s, 0],
                         [np.sin(yaw) * .12 / max(np.ptp(quad[:, 0]), 1), 0, 1]])
        to = np.array([[1, 0, place[0]], [0, 1, place[1]], [0, 0, 1.]])
        back = np.array([[1, 0, -middle[0]], [0, 1, -middle[1]], [0, 0, 1.]])
        out.append(to @ turn @ back)
    return np.array(out)


def spoilt(rng, frames):
    """Float frames [n, h, w] -> uint8 of one camera: shared blur, exposure and compression, noise of each its own."""
    blur, motion = rng.uniform(0, 1.1) if rng.random() < .6 else 0, int(rng.integers(2, 5)) if rng.random() < .4 else 1
    gamma, low, high = np.exp(rng.normal(0, .3)), rng.uniform(0, 50), rng.uniform(150, 255)
    noise, drift, quality = rng.exponential(4) + .5, rng.normal(0, .03), int(rng.integers(45, 92))
    out = []
    for index, frame in enumerate(frames):
        sigma = blur * rng.uniform(.6, 1.2)
        if sigma > .25:
            frame = cv2.GaussianBlur(frame, (0, 0), sigma)
        if motion > 1 and rng.random() < .8:
            frame = cv2.blur(frame, (motion, 1))
        frame = low + (high - low) * (np.clip(frame, 0, 255) / 255) ** gamma * (1 + drift * index / len(frames))
        frame = np.clip(frame + rng.normal(0, noise, frame.shape), 0, 255).astype(np.uint8)
        out.append(cv2.imdecode(cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], 0))
    return out


def driven(rng, image, quad):
    """One photograph as a pass -> (frames uint8, quads [n, 4, 2])."""
    native = max(np.linalg.norm(quad[1] - quad[0]), 1.)
    width = float(np.exp(rng.uniform(np.log(LEAST_WIDTH), np.log(MOST_WIDTH))))
    scale = min(width / native, 1.15)
    # Shrunk by areas first, so that the warp itself never skips pixels.
    ratio = min(scale, 1.)
    small = cv2.resize(image, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA) if ratio < 1 else image
    ratio_xy = np.float32([small.shape[1] / image.shape[1], small.shape[0] / image.shape[0]])
    near = quad * ratio_xy
    matrices = moved(rng, near, scale / ratio, int(rng.integers(4, 13)))
    frames = [cv2.warpPerspective(small, m, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR,
                                  borderMode=cv2.BORDER_REPLICATE).astype(np.float32) for m in matrices]
    quads = [cv2.perspectiveTransform(near[None].astype(np.float64), m)[0] for m in matrices]
    return spoilt(rng, frames), np.array(quads)


def covered(rng, image, quad):
    """A copy of the photograph in which something stands before the plate's left or right part -> (image, share)."""
    share, at_left = rng.uniform(.1, .45), rng.random() < .5
    (x0, y0), (x1, y1) = quad.min(0), quad.max(0)
    width, height = x1 - x0, y1 - y0
    seam = x0 + (share if at_left else 1 - share) * width
    reach = rng.uniform(.6, 1.5) * width
    left, right = (seam - reach, seam) if at_left else (seam, seam + reach)
    rows = slice(max(int(y0 - height), 0), int(y1 + height))
    columns = slice(max(int(left), 0), max(int(right), 0))
    out = image.copy()
    if rng.random() < .5:
        out[rows, columns] = cv2.GaussianBlur(cv2.flip(image, 0), (0, 0), 5)[rows, columns]
    else:
        out[rows, columns] = int(rng.integers(15, 235))
    return out, float(share)


def write_video(path, frames):
    """Grey frames as Motion JPEG."""
    height, width = frames[0].shape
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), FRAMES_PER_SECOND, (width, height))
    writer.set(cv2.VIDEOWRITER_PROP_QUALITY, 96)
    for frame in frames:
        writer.write(cv2.cvtColor(frame, cv2.COLOR_GRAY2BGR))
    writer.release()


def recognised(patrol, models, paths):
    """What the program says of videos, however unsure -> {path: its line of JSON}."""
    command = [patrol, "recognise", "--json", "--evidence", "--min-confidence", "0", "--models", str(models)]
    answer = subprocess.run(command + [str(path) for path in paths], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                            text=True, check=False)
    lines = {line["image"]: line for line in map(json.loads, answer.stdout.splitlines()) if not line.get("error")}
    assert len(lines) == len(paths), f"{len(paths) - len(lines)} videos were not read; run the command by hand"
    return lines


def number(name):
    """The last number in a picture's name: its place in a drive."""
    return int((re.findall(r"\d+", pathlib.Path(name).stem) or ["0"])[-1])


def no_plates(options):
    """[(picture's path, quad)] of what is no plate though it was taken for one; NO_PLATE_VIDEOS of the file at most."""
    with open(pathlib.Path(options.labels) / "hard.csv", newline="", encoding="utf-8") as file:
        rows = [(r["image"], *(float(r[k]) for k in ("x", "y", "width", "height"))) for r in csv.DictReader(file)]
    step = max(1, -(-len(rows) // NO_PLATE_VIDEOS))
    return [(image, np.float32([[x, y], [x + w, y], [x + w, y + h], [x, y + h]])) for image, x, y, w, h in rows[::step]]


@dataclasses.dataclass
class Video:
    """A pass to be read: what stands where in its frames (quads [n, 4, 2]), and how it came to be."""
    path: pathlib.Path
    plate: str
    quads: np.ndarray
    kind: str


def make(options, folder):
    """Writes the videos -> [Video]; kinds 'whole', 'covered', 'sequence' (pictures as they are), 'none' (no plate)."""
    def put(frames, plate, quads, kind):
        path = folder / f"{len(made):05}.avi"
        write_video(path, frames)
        made.append(Video(path, plate, np.array(quads), kind))

    rng = np.random.default_rng(options.seed)
    outlines, made, cars = corners(options.labels), [], collections.defaultdict(list)
    rows = sorted((r for r in transcriptions(options.photos, options.labels) if held_out(r["plate"])), key=_key)
    for row in rows:
        x, y, w, h = (float(row[k]) for k in ("x", "y", "width", "height"))
        box = np.float32([[x, y], [x + w, y], [x + w, y + h], [x, y + h]])
        quad = outlines.get(_key(row), box)
        image = cv2.imread(str(pathlib.Path(options.photos) / row["image"]), cv2.IMREAD_GRAYSCALE)
        cars[row["plate"], pathlib.Path(row["image"]).parent].append((number(row["image"]), image, quad))
        for _ in range(options.copies):
            frames, quads = driven(rng, image, quad)
            put(frames, row["plate"], quads, "whole")
        for _ in range(options.covered):
            frames, quads = driven(rng, covered(rng, image, quad)[0], quad)
            put(frames, row["plate"], quads, "covered")
    for (plate, _), pictures in sorted(cars.items(), key=lambda c: (c[0][0], str(c[0][1]))):
        pictures.sort(key=lambda p: p[0])
        shapes = {p[1].shape for p in pictures}
        if len(pictures) < SEQUENCE_PICTURES or len(shapes) > 1:
            continue
        put([p[1] for p in pictures[:12]], plate, [p[2] for p in pictures[:12]], "sequence")
    for name, quad in no_plates(options):
        frames, quads = driven(rng, cv2.imread(str(pathlib.Path(options.photos) / name), cv2.IMREAD_GRAYSCALE), quad)
        put(frames, "", quads, "none")
    return made


def at_place(said, quads):
    """Whether a pass was read where the plate is, by its best frame."""
    x, y, w, h = said["box"]
    quad = quads[min(said["bestFrame"], len(quads) - 1)]
    low, high, middle = quad.min(0), quad.max(0), np.array([x + w / 2, y + h / 2])
    return (middle > low - .2 * (high - low)).all() and (middle < high + .2 * (high - low)).all()


def read(options, made, models):
    """The program's passes at the labelled places -> [(Video, what was said)]."""
    lines = recognised(options.patrol, models, [m.path for m in made])
    return [(m, said) for m in made for said in lines[str(m.path)].get("reads", []) if at_place(said, m.quads)]


class Passes:
    """Passes of several frames as arrays: features [n, f], right [n], weights [n], kinds [n], plates [n]."""

    def __init__(self, found):
        found = [(m, said) for m, said in found if said["frames"] > 1]
        self.features = np.array([[said["evidence"][name] for name in SIGNS] for _, said in found])
        self.said = np.array([said["confidence"] for _, said in found])
        self.right = np.array([m.plate == said["plate"] for m, said in found])
        self.kinds = np.array([m.kind for m, _ in found])
        # What is no plate is a car of its own.
        self.plates = np.array([m.plate or m.path.name for m, _ in found])
        seen = collections.Counter(self.plates)
        self.weights = np.array([seen[p] ** -.7 for p in self.plates])
        self.whole = np.isin(self.kinds, ("whole", "sequence"))
        for kind, share in (("covered", COVERED_SHARE), ("none", NO_PLATE_SHARE)):
            some = self.kinds == kind
            self.weights[some] *= share * self.weights[self.whole].sum() / max(self.weights[some].sum(), 1e-9)

    def fit(self, rows):
        """-> (intercept, weights [f])."""
        return logistic(self.features[rows], self.right[rows], self.weights[rows], SIGNS)

    def confidence(self, model, rows):
        """-> confidences [n] of some rows."""
        return 1 / (1 + np.exp(-(model[0] + self.features[rows] @ model[1])))

    def cross_validated(self):
        """Confidences [n] of each fifth of the plates by what the other four fifths say."""
        fold = np.array([int(hashlib.md5(p.encode()).hexdigest(), 16) % FOLDS for p in self.plates])
        out = np.zeros(len(fold))
        for part in range(FOLDS):
            out[fold == part] = self.confidence(self.fit(fold != part), fold == part)
        return out


def copied(models, folder, calibration):
    """A copy of the models whose reader calibrates passes so, or not at all."""
    copy = pathlib.Path(folder) / "models"
    shutil.copytree(models, copy, dirs_exist_ok=True)
    keep(copy, calibration)
    return copy


def keep(models, calibration):
    """Puts passCalibration into a folder's reader.json, or takes it out."""
    path = pathlib.Path(models) / "reader.json"
    description = json.loads(path.read_text())
    description.pop("passCalibration", None)
    if calibration:
        description["passCalibration"] = calibration
    write(path, description)


def calibrated(passes):
    """-> (the calibration for reader.json, cross-validated confidences [n])."""
    intercept, weights = passes.fit(np.ones(len(passes.right), bool))
    after, whole = passes.cross_validated(), passes.whole
    wrong = np.sort(after[whole & ~passes.right])[::-1]
    return {"type": "logistic", "intercept": round(float(intercept), 4),
            "weights": {name: round(float(w), 4) for name, w in zip(SIGNS, weights) if w},
            "heldOutPasses": int(whole.sum()), "heldOutDistinctPlates": len(set(passes.plates[whole])),
            "coveredPasses": int((passes.kinds == "covered").sum()),
            "noPlatePasses": int((passes.kinds == "none").sum()),
            "exact": round(float(passes.right[whole].mean()), 4),
            "expectedCalibrationError": round(calibration_error(after[whole], passes.right[whole]), 4),
            # Of all whole passes, those surer than the first, and than the fifth, that is wrong.
            "surerThanFirstWrong": int((after[whole] > wrong[0]).sum()),
            "surerThanFifthWrong": int((after[whole] > wrong[4]).sum())}, after


def main(options):
    """Makes, reads, fits, reads anew, fits, reports, and with --write keeps."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        made, calibration = make(options, folder), None
        for _ in range(ROUNDS):
            found = read(options, made, copied(options.models, folder, calibration))
            passes = Passes(found)
            calibration, after = calibrated(passes)
    read_at = {m.path for m, _ in found}
    sequences = [(m.plate, said["plate"]) for m, said in found if m.kind == "sequence"]
    print(json.dumps({"videos": len(made), "realSequences": sum(m.kind == "sequence" for m in made),
                      "notRead": sum(m.kind == "whole" and m.path not in read_at for m in made),
                      "noPlateFromHalf": int((after[passes.kinds == "none"] >= .5).sum()),
                      "coveredWrongFrom90": int((after[(passes.kinds == "covered") & ~passes.right] >= .9).sum()),
                      "realExact": [sum(a == b for a, b in sequences), len(sequences)],
                      "longestWaitSeconds": round(max(s["toldSeconds"] - s["usefulSeconds"] for _, s in found), 3),
                      **calibration}, indent=1))
    for low, high in ((0, .5), (.5, .7), (.7, .9), (.9, .95), (.95, .98), (.98, 1.01)):
        inside = passes.whole & (after >= low) & (after < high)
        if inside.any():
            print(f"{low:.2f} to {high:.2f}: {inside.sum()} passes of plates, mean confidence "
                  f"{after[inside].mean():.3f}, right {passes.right[inside].mean():.3f}")
    if options.write:
        keep(options.models, calibration)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patrol", required=True, help="the program, built")
    parser.add_argument("--models", required=True, help="folder with the networks")
    parser.add_argument("--photos", default=os.environ.get("PLATES", "../shared/plates"))
    parser.add_argument("--labels", default=str(pathlib.Path(__file__).resolve().parents[1] / "labels"))
    parser.add_argument("--copies", type=int, default=3, help="whole passes made of each photograph")
    parser.add_argument("--covered", type=int, default=1, help="passes with a part covered made of each photograph")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="put passCalibration into the models' reader.json")
    cv2.setNumThreads(1)
    main(parser.parse_args())
