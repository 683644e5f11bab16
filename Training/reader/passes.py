"""Calibrates the confidence of passes: what several frames of one moving car come to together.

Held-out photographs (see data.held_out) are driven past: each plate becomes a short video, seen from nearer and nearer,
moving across the picture and turning, with blur, light and compression that its frames share, and noise that they do
not. Where the photographs show the same held-out car in several pictures, those follow each other as they are. Places
that were once taken for plates and are none (labels/hard.csv) are driven past too: whatever is read there is wrong. The
program itself reads the videos, so that detection, tracking, fusion and telling are those of the product. Platt's
formula is fitted to what it says, and written into reader.json as passCalibration. Run it after confidence.py.

python passes.py --patrol ../../.build/debug/patrol --models ../../Sources/PlateRecognition/Models --write
"""
import argparse
import collections
import csv
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import cv2
import numpy as np

from data import _key, corners, held_out, transcriptions
from export import calibration_error, fit
from vote import calibrated

WIDTH, HEIGHT, FRAMES_PER_SECOND = 480, 320, 15
LEAST_WIDTH, MOST_WIDTH = 42., 150.
SEQUENCE_PICTURES = 3
# Weight of all passes of what is no plate, as a share of the others'.
NO_PLATE_SHARE = .05
NO_PLATE_VIDEOS = 200


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
    command = [patrol, "recognise", "--json", "--min-confidence", "0", "--models", str(models)]
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


def make(options, folder):
    """Writes the videos -> [(path, plate or '', quads [n, 4, 2], whether it is a real sequence)]."""
    rng = np.random.default_rng(options.seed)
    outlines, made, cars = corners(options.labels), [], collections.defaultdict(list)
    rows = sorted((r for r in transcriptions(options.photos, options.labels) if held_out(r["plate"])), key=_key)
    for row in rows:
        x, y, w, h = (float(row[k]) for k in ("x", "y", "width", "height"))
        box = np.float32([[x, y], [x + w, y], [x + w, y + h], [x, y + h]])
        quad = outlines.get(_key(row), box)
        image = cv2.imread(str(pathlib.Path(options.photos) / row["image"]), cv2.IMREAD_GRAYSCALE)
        cars[row["plate"], pathlib.Path(row["image"]).parent].append((number(row["image"]), image, quad))
        for copy in range(options.copies):
            frames, quads = driven(rng, image, quad)
            path = folder / f"{len(made):05}.avi"
            write_video(path, frames)
            made.append((path, row["plate"], quads, False))
    for (plate, _), pictures in sorted(cars.items(), key=lambda c: (c[0][0], str(c[0][1]))):
        pictures.sort(key=lambda p: p[0])
        shapes = {p[1].shape for p in pictures}
        if len(pictures) < SEQUENCE_PICTURES or len(shapes) > 1:
            continue
        path = folder / f"{len(made):05}.avi"
        write_video(path, [p[1] for p in pictures[:12]])
        made.append((path, plate, np.array([p[2] for p in pictures[:12]]), True))
    for name, quad in no_plates(options):
        frames, quads = driven(rng, cv2.imread(str(pathlib.Path(options.photos) / name), cv2.IMREAD_GRAYSCALE), quad)
        path = folder / f"{len(made):05}.avi"
        write_video(path, frames)
        made.append((path, "", quads, False))
    return made


def read(options, folder, made, models):
    """The program's passes at the labelled places.

    -> [(plate or '', said, confidence, frames, useful to told seconds, real)], how many plates were not read.
    """
    lines = recognised(options.patrol, models, [m[0] for m in made])
    out, missed = [], 0
    for path, plate, quads, real in made:
        before = len(out)
        for said in lines[str(path)].get("reads", []):
            x, y, w, h = said["box"]
            low, high = quads[min(said["bestFrame"], len(quads) - 1)].min(0), quads[
                min(said["bestFrame"], len(quads) - 1)].max(0)
            middle = np.array([x + w / 2, y + h / 2])
            if (middle > low - .2 * (high - low)).all() and (middle < high + .2 * (high - low)).all():
                out.append((plate, said["plate"], said["confidence"], said["frames"],
                            said["toldSeconds"] - said["usefulSeconds"], real))
        missed += bool(plate) and len(out) == before
    return out, missed


def cross_validated(probability, right, weight, plates):
    """Confidences [n] of each fifth of the plates by what the other four fifths say."""
    fold = np.array([held_fold(p) for p in plates])
    out = np.zeros(len(plates))
    for part in range(5):
        a, b = fit(probability[fold != part], right[fold != part], weight[fold != part])
        out[fold == part] = [calibrated(p, {"a": a, "b": b}) for p in probability[fold == part]]
    return out


def held_fold(plate):
    """A fold of five by the plate's text, so that one car is on one side."""
    return sum(ord(c) * 31 ** i for i, c in enumerate(plate)) % 5


def without(models, folder):
    """A copy of the models whose reader says nothing of passes."""
    copy = folder / "models"
    shutil.copytree(models, copy)
    path = copy / "reader.json"
    description = json.loads(path.read_text())
    description.pop("passCalibration", None)
    path.write_text(json.dumps(description))
    return copy


def main(options):
    """Makes, reads, fits, reports, and with --write keeps."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        made = make(options, folder)
        passes, missed = read(options, folder, made, without(options.models, folder))
    several = [p for p in passes if p[3] > 1]
    seen = collections.Counter(p[0] for p in several)
    probability, right = np.array([p[2] for p in several]), np.array([p[0] == p[1] for p in several])
    plates = np.array([bool(p[0]) for p in several])
    weight = np.array([seen[p[0]] ** -.7 for p in several])
    if not plates.all():
        weight[~plates] = NO_PLATE_SHARE * weight[plates].sum() / (~plates).sum()
    a, b = fit(probability, right, weight)
    after = cross_validated(probability, right, weight, [p[0] or f"none {i}" for i, p in enumerate(several)])
    calibration = {"type": "platt", "a": round(a, 4), "b": round(b, 4), "heldOutPasses": int(plates.sum()),
                   "heldOutDistinctPlates": len(seen) - ("" in seen), "noPlatePasses": int((~plates).sum()),
                   "exact": round(float(right[plates].mean()), 4),
                   "expectedCalibrationErrorBefore": round(calibration_error(probability[plates], right[plates]), 4),
                   "expectedCalibrationError": round(calibration_error(after[plates], right[plates]), 4)}
    print(json.dumps({"videos": len(made), "realSequences": sum(m[3] for m in made), "notRead": missed,
                      "ofOneFrame": len(passes) - len(several),
                      "noPlateFromHalf": [int((p[~plates] >= .5).sum()) for p in (probability, after)],
                      "realExact": [sum(p[0] == p[1] for p in passes if p[5]), sum(p[5] for p in passes)],
                      "longestWaitSeconds": round(max(p[4] for p in passes), 3), **calibration}, indent=1))
    for low, high in ((0, .5), (.5, .7), (.7, .9), (.9, .95), (.95, .98), (.98, 1.01)):
        inside = plates & (after >= low) & (after < high)
        if inside.any():
            print(f"{low:.2f} to {high:.2f}: {inside.sum()} passes of plates, mean confidence "
                  f"{after[inside].mean():.3f}, right {right[inside].mean():.3f}")
    if options.dump:
        pathlib.Path(options.dump).write_text(json.dumps(several))
    if options.write:
        path = pathlib.Path(options.models) / "reader.json"
        description = json.loads(path.read_text())
        description["passCalibration"] = calibration
        temporary = path.with_suffix(".part")
        temporary.write_text(json.dumps(description, indent=2) + "\n")
        os.replace(temporary, path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patrol", required=True, help="the program, built")
    parser.add_argument("--models", required=True, help="folder with the networks")
    parser.add_argument("--photos", default=os.environ.get("PLATES", "../shared/plates"))
    parser.add_argument("--labels", default=str(pathlib.Path(__file__).resolve().parents[1] / "labels"))
    parser.add_argument("--copies", type=int, default=2, help="passes made of each photograph")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dump", help="write the passes as JSON")
    parser.add_argument("--write", action="store_true", help="put passCalibration into the models' reader.json")
    cv2.setNumThreads(1)
    main(parser.parse_args())
