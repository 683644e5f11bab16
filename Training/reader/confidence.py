"""Fits a read's confidence: the probability that a plate stands there and shows exactly the text that was read.

python confidence.py --patrol ../../.build/debug/patrol --models ../../Sources/PlateRecognition/Models \
    --photos ../shared/plates

The product itself reads training photographs and tells of what each confidence is made (`patrol recognise --json
--evidence`), so that all its parts count as they are. Right or wrong are reads of plates that the reader was not
trained on, as they are, in spoilt copies and half hidden; wrong are texts found where labels/hard.csv says that no
plate is. Two logistic sums are fitted, that what shows is read right and that the plate shows whole; their product is
judged by cross-validation over cars, and written into reader.json with the threshold from which a read counts.
"""
import argparse
import collections
import csv
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import cv2
import numpy as np

from data import held_out, transcriptions

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "detector"))
from pictures import Picture  # noqa: E402

# Features that are weighed, and the sign that their weight may have.
SIGNS = {"share": 1, "visualShare": 1, "agreement": 1, "fit": 1, "detector": 1, "short": -1, "long": -1}
# What tells whether the plate shows whole.
WHOLE_SIGNS = {"whole": 1, "cut": -1}
# Half hidden and two-line plates: their weight against that of all whole ones.
COPY_WEIGHT, AMERICAN_WEIGHT, TWO_LINE_SHARE, HIDDEN_SHARE = .35, 3., .05, .1
FALSE_A_PICTURE, LEAST_THRESHOLD = .03, .3
FOLDS, RIDGE = 5, 1.


def overlap(a, b):
    """Intersection over union of two boxes x, y, width, height."""
    across = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    down = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    both = max(across, 0) * max(down, 0)
    return both / max(a[2] * a[3] + b[2] * b[3] - both, 1e-9)


def boxes(path):
    """CSV with image, x, y, width, height -> {image: [(box, row)]}."""
    found = collections.defaultdict(list)
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["width"]:
                found[row["image"]].append((tuple(float(row[k]) for k in ("x", "y", "width", "height")), row))
    return found


class Labels:
    """What stands where in the training photographs."""

    def __init__(self, photos, labels):
        self.boxes = boxes(pathlib.Path(photos) / "train/labels.csv")
        self.hard, self.ignored = boxes(labels / "hard.csv"), boxes(labels / "ignored.csv")
        self.plates = {(r["image"], round(float(r["x"])), round(float(r["y"]))): r
                       for r in transcriptions(photos, labels)}
        self.two_line = collections.defaultdict(list)
        for image, rows in boxes(labels / "transcriptions.csv").items():
            self.two_line[image] = [(b, r) for b, r in rows if r["legible"] == "two-line" and r["plate"]]

    def untrained(self):
        """[(image, box, row)] of plates that the reader never saw."""
        return [(image, box, self.plates[key]) for image, rows in self.boxes.items() for box, row in rows
                if (key := (image, round(box[0]), round(box[1]))) in self.plates
                and held_out(self.plates[key]["plate"])]

    def judge(self, image, box):
        """A read's place -> (kind, row): 'held out', 'two lines', 'no plate', 'unknown', or '' (not to be used)."""
        for labelled, row in self.boxes.get(image, []):
            middle = (box[0] + box[2] / 2, box[1] + box[3] / 2)
            inside = all(labelled[i] <= middle[i] <= labelled[i] + labelled[i + 2] for i in (0, 1))
            if overlap(box, labelled) < (.05 if inside else .2):
                continue
            plate = self.plates.get((image, round(labelled[0]), round(labelled[1])))
            if plate:
                return ("held out", plate) if held_out(plate["plate"]) else ("", None)
            lines = [r for other, r in self.two_line.get(image, []) if overlap(labelled, other) > .9]
            return ("two lines", lines[0]) if lines else ("", None)
        if any(overlap(box, other) > .1 for other, _ in self.hard.get(image, [])):
            return "no plate", None
        touched = [b for b, _ in self.ignored.get(image, []) + self.boxes.get(image, [])]
        return ("", None) if any(overlap(box, b) > 0 for b in touched) else ("unknown", None)


def copies(photos, plates, folder):
    """Writes spoilt copies of untrained plates: smaller pictures, and close-ups. -> {file: (image, row, box or None)}."""
    written = {}
    for number, (image, box, row) in enumerate(plates):
        grey = cv2.imread(str(photos / image), cv2.IMREAD_GRAYSCALE)
        x, y, w, h = box
        part = grey[max(int(y - .08 * h), 0):int(y + 1.08 * h) + 1, max(int(x - .06 * w), 0):int(x + 1.06 * w) + 1]
        for name, picture, scale, quality, where in (("small", grey, .6, 90, .6), ("tiny", grey, .4, 50, .4),
                                                      ("near", part, 1., 90, None),
                                                      ("blurred", part, min(1., 90 / w), 55, None)):
            size = [max(int(side * scale), 16) for side in picture.shape[::-1]]
            if name in ("small", "tiny") and w * scale < 28:
                continue
            path = f"{folder}/{number:04d}-{name}.jpg"
            cv2.imwrite(path, cv2.resize(picture, size, interpolation=cv2.INTER_AREA),
                        [cv2.IMWRITE_JPEG_QUALITY, quality])
            written[path] = (image, row, None if where is None else tuple(v * where for v in box))
    return written


def hidden(photos, plates, folder):
    """Writes untrained plates of which a part does not show: the picture ends in them, or something stands before them.

    -> {file: (image, row, None)}. A read that still is the whole text is right.
    """
    rng, written = np.random.default_rng(7), {}
    for number, (image, box, row) in enumerate(plates):
        grey = cv2.imread(str(photos / image), cv2.IMREAD_GRAYSCALE)
        x, y, w, h = box
        left, top = max(int(x - w), 0), max(int(y - w), 0)
        around = grey[top:int(y + h + w), left:int(x + 2 * w)]
        if w < 40 or around.shape[1] < 1.2 * w:
            continue
        for kind in ("edge", "covered"):
            share, at_left = rng.uniform(.08, .5), rng.random() < .5
            seam = int(x - left + (share if at_left else 1 - share) * w)
            if kind == "edge":
                picture = around[:, seam:] if at_left else around[:, :seam]
            else:
                picture = around.copy()
                reach = int(rng.uniform(.6, 1.5) * w)
                part = slice(max(seam - reach, 0), seam) if at_left else slice(seam, seam + reach)
                ground = cv2.GaussianBlur(cv2.flip(around, 0), (0, 0), 5) if rng.random() < .5 else \
                    np.full_like(around, int(rng.integers(15, 235)))
                picture[:, part] = ground[:, part]
            path = f"{folder}/{number:04d}-{kind}.jpg"
            cv2.imwrite(path, np.ascontiguousarray(picture), [cv2.IMWRITE_JPEG_QUALITY, 90])
            written[path] = (image, row, None)
    return written


def read(options, paths, formats):
    """Runs the product -> [(path, read)] with all reads, however unsure."""
    command = [options.patrol, "recognise", "--json", "--evidence", "--min-confidence", "0"]
    command += ["--models", options.models] if options.models else []
    command += [] if formats else ["--no-format-prior"]
    found = []
    for start in range(0, len(paths), 500):
        lines = subprocess.run(command + paths[start:start + 500], stdout=subprocess.PIPE, check=True, text=True).stdout
        for line in lines.splitlines():
            answer = json.loads(line)
            found += [(answer["image"], one) for one in answer.get("reads", [])]
    return found


def samples(options, labels, formats):
    """-> (rows (features, right, kind, label's row, image) of all reads that can be judged, unseen pictures)."""
    root = pathlib.Path(options.photos)
    plates = labels.untrained()
    pictures = sorted({i for i, _, _ in plates} | set(labels.hard)
                      | {i for i in labels.boxes if Picture(i, "").held_out})
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        made, part = copies(root, plates, folder), hidden(root, plates, folder)
        for path, one in read(options, [str(root / i) for i in pictures] + sorted(made) + sorted(part), formats):
            features = [one["evidence"][name] for name in (*SIGNS, *WHOLE_SIGNS, "closeUp")]
            if path in made:
                image, row, box = made[path]
                if box and overlap(one["box"], box) < .2:
                    continue
                kind, image = "copy", path
            elif path in part:
                image, row, _ = part[path]
                kind, image = "hidden", path
            else:
                image = str(pathlib.Path(path).relative_to(root))
                kind, row = labels.judge(image, one["box"])
            if kind:
                rows.append((features, bool(row) and row["plate"] == one["plate"], kind, row, image))
    return rows, len([i for i in pictures if Picture(i, "").held_out])


def weights(rows, labels):
    """A car seen often weighs less in each picture; what is no plate weighs as much as unseen pictures show of it."""
    seen = collections.Counter(r[3]["plate"] for r in rows if r[2] == "held out")
    out = np.zeros(len(rows))
    for n, (_, _, kind, row, image) in enumerate(rows):
        if kind in ("held out", "copy"):
            american = (row.get("region") or "")[:2] in ("US", "CA")
            out[n] = max(seen[row["plate"]], 1) ** -.7 * (AMERICAN_WEIGHT if american else 1)
            out[n] *= COPY_WEIGHT if kind == "copy" else 1
        elif kind in ("two lines", "hidden"):
            out[n] = 1.
        elif kind == "no plate":
            # The detector was trained on these places, the held-out pictures left out: those tell more.
            out[n] = 3. if Picture(image, "").held_out else 1.
    kinds = np.array([r[2] for r in rows])
    whole = out[kinds == "held out"].sum()
    plates = sum(len(found) for image, found in labels.boxes.items() if Picture(image, "").held_out)
    stray = sum(r[2] == "no plate" and Picture(r[4], "").held_out for r in rows) / max(plates, 1)
    for kind, share in (("two lines", TWO_LINE_SHARE), ("hidden", HIDDEN_SHARE), ("no plate", min(stray, .5))):
        out[kinds == kind] *= share * whole / max(out[kinds == kind].sum(), 1e-9)
    return out


def logistic(x, right, weight, signs):
    """Logistic regression with a ridge on standardised features; a weight of the wrong sign is left out.

    -> (intercept, weights [f]).
    """
    mean = np.average(x, 0, weight)
    spread = np.maximum(np.sqrt(np.average((x - mean) ** 2, 0, weight)), 1e-6)
    signs, used = np.array(list(signs.values())), np.ones(x.shape[1], bool)
    while True:
        z = np.c_[np.ones(len(x)), ((x - mean) / spread)[:, used]]
        b, ridge = np.zeros(z.shape[1]), np.eye(z.shape[1]) * RIDGE
        ridge[0, 0] = 1e-6
        for _ in range(60):
            q = 1 / (1 + np.exp(-np.clip(z @ b, -30, 30)))
            slope = (z * (weight * q * (1 - q))[:, None]).T @ z + ridge
            b = b + np.linalg.solve(slope, z.T @ (weight * (right - q)) - ridge @ b)
        wrong = np.flatnonzero(used)[b[1:] * signs[used] < 0]
        if not len(wrong):
            break
        used[wrong] = False
    out = np.zeros(x.shape[1])
    out[used] = b[1:] / spread[used]
    return float(b[0] - (out * mean).sum()), out


def fit(x, right, weight, kinds):
    """-> two models (intercept, weights): that what shows is read right, and that the plate shows whole.

    The first learns from all but half hidden plates, the second from plates alone: a half hidden one of which the whole
    text was read right counts as whole. Of close-ups wholeness is not asked.
    """
    hidden = kinds == "hidden"
    plates = np.isin(kinds, ("held out", "copy", "hidden")) & (x[:, -1] == 0)
    split = len(SIGNS)
    return (logistic(x[~hidden, :split], right[~hidden], weight[~hidden], SIGNS),
            logistic(x[plates, split:-1], ~hidden[plates] | right[plates], weight[plates], WHOLE_SIGNS))


def confidence(models, x):
    """Both models and features [n, f] -> [n]."""
    split = len(SIGNS)
    odds = [b + part @ w for (b, w), part in zip(models, (x[:, :split], x[:, split:-1]))]
    return 1 / (1 + np.exp(-odds[0])) * np.where(x[:, -1], 1, 1 / (1 + np.exp(-odds[1])))


def judged(p, right, weight):
    """Weighted calibration error over ten bins, mean log likelihood, coverage at 99 % precision."""
    bins = np.minimum((p * 10).astype(int), 9)
    error = sum(abs(np.average(p[bins == b] - right[bins == b], weights=weight[bins == b])) * weight[bins == b].sum()
                for b in range(10) if weight[bins == b].sum() > 0) / weight.sum()
    q = np.clip(p, 1e-6, 1 - 1e-6)
    order = np.argsort(-p)
    precision = np.cumsum((weight * right)[order]) / np.cumsum(weight[order])
    good = np.flatnonzero(precision >= .99)
    covered = np.cumsum(weight[order])[good.max()] / weight.sum() if len(good) else 0.
    return {"expectedCalibrationError": round(float(error), 4),
            "logLikelihood": round(float(np.average(np.where(right, np.log(q), np.log(1 - q)), weights=weight)), 4),
            "coverageAt99": round(float(covered), 3)}


def threshold(model, rows, pictures):
    """Confidence from which few enough texts that are no plates count in pictures that no training saw; at least .3."""
    strays = [r for r in rows if r[2] in ("no plate", "unknown") and Picture(r[4], "").held_out]
    found = sorted(confidence(model, np.array([r[0] for r in strays])), reverse=True) if strays else []
    allowed = int(FALSE_A_PICTURE * pictures)
    least = found[allowed] + 1e-3 if len(found) > allowed else 0.
    return round(float(min(max(least, LEAST_THRESHOLD), .9)), 2)


def calibrate(options, labels, formats):
    """-> (the calibration for reader.json, the threshold)."""
    rows, pictures = samples(options, labels, formats)
    used = [r for r in rows if r[2] != "unknown"]
    weight = weights(used, labels)
    x, right = np.array([r[0] for r in used]), np.array([r[1] for r in used])
    car = [r[3]["plate"] if r[3] else r[4] for r in used]
    fold = np.array([int(hashlib.md5(c.encode()).hexdigest(), 16) % FOLDS for c in car])
    crossed = np.zeros(len(used))
    kinds = np.array([r[2] for r in used])
    for f in range(FOLDS):
        learnt = fold != f
        crossed[~learnt] = confidence(fit(x[learnt], right[learnt], weight[learnt], kinds[learnt]), x[~learnt])
    model, whole = models = fit(x, right, weight, kinds)
    plates, hidden = np.isin(kinds, ("held out", "copy")), kinds == "hidden"
    return {"type": "logistic", "intercept": round(model[0], 4),
            "weights": {n: round(float(w), 4) for n, w in zip(SIGNS, model[1]) if w},
            "whole": {"intercept": round(whole[0], 4),
                      **{n: round(float(w), 4) for n, w in zip(WHOLE_SIGNS, whole[1])}},
            "reads": dict(collections.Counter(kinds.tolist())),
            "heldOutDistinctPlates": len({c for c, p in zip(car, plates) if p}),
            "crossValidated": judged(crossed, right, weight),
            "crossValidatedPlatesAlone": judged(crossed[plates], right[plates], weight[plates]),
            "hiddenWrongFrom90": int((hidden & ~right & (crossed >= .9)).sum()),
            "platesFrom90": int((plates & (crossed >= .9)).sum()),
            "platesWrongFrom90": int((plates & ~right & (crossed >= .9)).sum())}, \
        threshold(models, rows, pictures)


def write(path, description):
    """Writes a description whole or not at all."""
    temporary = path.with_suffix(".part")
    temporary.write_text(json.dumps(description, indent=2) + "\n", encoding="utf-8")
    os.replace(temporary, path)


def main(options):
    """Fits and writes reader.json, replaced at once."""
    path = pathlib.Path(options.out or pathlib.Path(options.models) / "reader.json")
    description = json.loads((pathlib.Path(options.models) / "reader.json").read_text(encoding="utf-8"))
    labels = Labels(options.photos, pathlib.Path(options.labels))
    description["calibration"], description["countsFrom"] = calibrate(options, labels, True)
    if options.without_formats:
        description["calibrationWithoutFormats"], _ = calibrate(options, labels, False)
    write(path, description)
    print(json.dumps({k: description.get(k) for k in ("calibration", "calibrationWithoutFormats", "countsFrom")},
                     indent=1))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patrol", required=True)
    parser.add_argument("--models", required=True, help="folder with the networks; its reader.json is replaced")
    parser.add_argument("--out", help="another file to write")
    parser.add_argument("--photos", default=os.environ.get("PLATES", "../shared/plates"))
    parser.add_argument("--labels", default=str(pathlib.Path(__file__).resolve().parents[1] / "labels"))
    parser.add_argument("--without-formats", action="store_true", help="fits --no-format-prior's confidence as well")
    cv2.setNumThreads(1)
    main(parser.parse_args())
