"""Crops of plates that show whole and of plates of which a part does not, outlined by the product itself.

python samples.py --patrol ../../.build/debug/patrol --models ../../Sources/PlateRecognition/Models --out ../cache/whole.npz

Photographs with a transcribed plate are spoilt: something stands before its left or right part (a piece of another
photograph, a plain surface, a blurred one; with a straight, slanting or soft edge), or the picture ends in it. Others
stay whole, some with the same things close beside them, so that not the thing itself tells, but what is missing.
The program reads them all and tells the outlines that it would read in a patrol. Plates that the reader keeps out of
its training are kept out here too, and are spoilt in the plain ways of reader/errors.py, which this training never sees.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import cv2
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "reader"))
from data import _key, corners, held_out, transcriptions  # noqa: E402
from errors import covered  # noqa: E402
from vote import crops  # noqa: E402
from confidence import overlap  # noqa: E402

WIDTH, HEIGHT, MARGIN = 80, 32, (.22, .15)
LEAST, MOST, TOUCH = .1, .5, .04
WIDTHS = (45., 190.)
KINDS = ("whole", "beside", "hidden", "hidden", "hidden", "edge")
TEST_KINDS = ("whole", "whole", "plain", "plain")


def thing(rng, others, shape):
    """What may stand before a plate: uint8 of `shape`."""
    height, width = shape
    kind = rng.random()
    if kind < .6:
        other = others[rng.integers(len(others))]
        scale = rng.uniform(.3, 1.5)
        h, w = (min(int(n * scale) + 2, m) for n, m in zip(shape, other.shape))
        y, x = rng.integers(other.shape[0] - h + 1), rng.integers(other.shape[1] - w + 1)
        piece = cv2.resize(other[y:y + h, x:x + w], (width, height), interpolation=cv2.INTER_AREA)
        return np.clip(piece * rng.uniform(.5, 1.3) + rng.uniform(-30, 30), 0, 255).astype(np.uint8)
    ramp = np.linspace(-1, 1, width)[None] * rng.normal(0, 25) + np.linspace(-1, 1, height)[:, None] * rng.normal(0, 25)
    if kind < .8:
        return np.clip(rng.uniform(10, 245) + ramp + rng.normal(0, 3, shape), 0, 255).astype(np.uint8)
    coarse = rng.uniform(0, 255, (int(rng.integers(2, 7)), int(rng.integers(2, 7)))).astype(np.float32)
    return np.clip(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC) + ramp, 0, 255).astype(np.uint8)


def spoilt(rng, image, quad, others, share):
    """A copy in which something stands before the plate's `share` at one side; below 0: beside it."""
    at_left = rng.random() < .5
    (x0, y0), (x1, y1) = quad.min(0), quad.max(0)
    width, height = x1 - x0, y1 - y0
    seam = x0 + (share if at_left else 1 - share) * width
    reach = rng.uniform(.25, 1.6) * width
    slant, soft = rng.normal(0, .12) * width, rng.exponential(.012) * width
    left, right = (seam - reach, seam) if at_left else (seam, seam + reach)
    rows, columns = np.arange(image.shape[0])[:, None], np.arange(image.shape[1])[None]
    lean = slant * ((rows - (y0 + y1) / 2) / max(height, 1))
    inside = np.minimum(columns - (left + lean), (right + lean) - columns)
    mask = np.clip(inside / max(soft, .5) + .5, 0, 1)
    above, below = rng.uniform(.3, 2.5, 2) * height
    mask = mask * ((rows > y0 - above) & (rows < y1 + below))
    x, y, w, h = cv2.boundingRect((mask > 0).astype(np.uint8))
    if w < 2 or h < 2:
        return image
    out = image.astype(np.float32)
    part = (slice(y, y + h), slice(x, x + w))
    out[part] += mask[part] * (thing(rng, others, (h, w)) - out[part])
    return np.clip(out, 0, 255).astype(np.uint8)


def picture(rng, grey, quad, kind, others):
    """-> (uint8 picture around the plate, the plate's box in it) of one kind."""
    side = np.ptp(quad[:, 0])
    margin = rng.uniform(.5, 1.2, 4) * side
    x0, y0 = (max(int(v), 0) for v in (quad[:, 0].min() - margin[0], quad[:, 1].min() - margin[1]))
    x1, y1 = int(quad[:, 0].max() + margin[2]), int(quad[:, 1].max() + margin[3])
    part, near = grey[y0:y1, x0:x1], quad - (x0, y0)
    scale = min(np.exp(rng.uniform(*np.log(WIDTHS))) / max(side, 1), 1.2)
    part = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    near = near * scale
    if kind == "beside":
        part = spoilt(rng, part, near, others, rng.uniform(-.25, TOUCH))
    elif kind == "hidden":
        part = spoilt(rng, part, near, others, rng.uniform(LEAST, MOST))
    elif kind == "plain":
        part, share = covered(rng, part, near)
        kind = "plain" if share >= LEAST else "whole"
    box = [*near.min(0), *np.ptp(near, 0)]
    if kind == "edge":
        share, at_left = rng.uniform(LEAST, MOST), rng.random() < .5
        seam = int(near[:, 0].min() + (share if at_left else 1 - share) * box[2])
        part = part[:, seam:] if at_left else part[:, :seam]
        box[0], box[2] = (0. if at_left else box[0]), box[2] * (1 - share)
    if rng.random() < .4:
        part = cv2.GaussianBlur(part, (0, 0), rng.uniform(.4, 1.2))
    quality = int(rng.integers(45, 95))
    return cv2.imdecode(cv2.imencode(".jpg", part, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], 0), box


def main(options):
    rng = np.random.default_rng(options.seed)
    outlines, photos = corners(options.labels), pathlib.Path(options.photos)
    rows = [r for r in transcriptions(options.photos, options.labels) if float(r["width"]) >= 40]
    greys = {name: cv2.imread(str(photos / name), cv2.IMREAD_GRAYSCALE) for name in {r["image"] for r in rows}}
    kept = {name for name in greys if any(held_out(r["plate"]) for r in rows if r["image"] == name)}
    others = [g for name, g in sorted(greys.items()) if name not in kept]
    images, labels, tests, regions = [], [], [], []
    with tempfile.TemporaryDirectory() as folder:
        made = []
        for row in sorted(rows, key=_key):
            x, y, w, h = (float(row[k]) for k in ("x", "y", "width", "height"))
            quad = outlines.get(_key(row), np.float32([[x, y], [x + w, y], [x + w, y + h], [x, y + h]]))
            for kind in TEST_KINDS if held_out(row["plate"]) else KINDS:
                image, box = picture(rng, greys[row["image"]], quad, kind, others)
                if min(image.shape) < 16:
                    continue
                path = f"{folder}/{len(made):06}.png"
                cv2.imwrite(path, image)
                made.append((path, box, kind, row))
        print(f"{len(made)} pictures", flush=True)
        by_path = {m[0]: m for m in made}
        for start in range(0, len(made), 500):
            command = [options.patrol, "recognise", "--json", "--min-confidence", "0", "--models", options.models]
            answer = subprocess.run(command + [m[0] for m in made[start:start + 500]], stdout=subprocess.PIPE,
                                    stderr=subprocess.DEVNULL, text=True, check=True).stdout
            for line in answer.splitlines():
                said = json.loads(line)
                path, box, kind, row = by_path[said["image"]]
                reads = [r for r in said.get("reads", []) if overlap(r["box"], box) > .25]
                if not reads:
                    continue
                quad = np.float32(max(reads, key=lambda r: overlap(r["box"], box))["corners"])
                images.append(crops(cv2.imread(path, 0), quad, [MARGIN], WIDTH, HEIGHT)[0, 0].astype(np.uint8))
                labels.append(kind in ("whole", "beside"))
                tests.append(held_out(row["plate"]))
                regions.append((row.get("region") or "")[:2])
            print(f"{start + 500}: {len(images)} crops", flush=True)
    np.savez_compressed(options.out, images=np.array(images), whole=np.array(labels), held_out=np.array(tests),
                        regions=np.array(regions))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patrol", required=True)
    parser.add_argument("--models", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--photos", default=os.environ.get("PLATES", "../shared/plates"))
    parser.add_argument("--labels", default=str(pathlib.Path(__file__).resolve().parents[1] / "labels"))
    parser.add_argument("--seed", type=int, default=11)
    cv2.setNumThreads(1)
    main(parser.parse_args())
