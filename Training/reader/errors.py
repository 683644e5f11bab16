"""Measures how passes are misread, for the simulated city (Sources/Simulation): figures only, no photo and no plate.

Plates that the reader was not trained on (see data.held_out) are driven past as in passes.py, once whole and, in other
copies, with a part covered; the program itself reads the videos. Each pass is kept as what happened to it: which
operations turn the plate into what was read (by place, never by character), the confidence, each character's
probability, where among the alternates the truth stands. Which character was taken for which is counted over all
plates together. Passes of one plate stay together under a number, because a plate that was misread once is likelier to
be misread again. With --evaluation it is an evaluation set's plates that are driven past: by those nothing was fitted
or chosen, so that `simulate --reads FILE` shows what the thresholds are worth.

python errors.py --patrol ../../.build/debug/patrol --models ../../Sources/PlateRecognition/Models \
    --strays strays.json --out ../../Sources/Simulation/Figures/reads.json
"""
import argparse
import collections
import csv
import hashlib
import json
import os
import pathlib
import tempfile

import cv2
import numpy as np

import passes as driving
from data import _key, corners, held_out, transcriptions
from passes import at_place, covered, driven, no_plates, recognised, write_video

NORTH_AMERICA = ("US", "CA")
# Where no authority stamps plates: any painter makes them, on boards of any ground.
HAND_LETTERED = ("IN", "PK")
CHARACTER_DECIMALS, CONFIDENCE_DECIMALS = 3, 4


def operations(true, said):
    """How `true` becomes `said`: [(kind, place in true, true character, said character)], fewest, left to right."""
    cost = np.zeros((len(true) + 1, len(said) + 1), int)
    cost[:, 0], cost[0] = range(len(true) + 1), range(len(said) + 1)
    for i, a in enumerate(true, 1):
        for j, b in enumerate(said, 1):
            cost[i, j] = min(cost[i - 1, j - 1] + (a != b), cost[i - 1, j] + 1, cost[i, j - 1] + 1)
    i, j, out = len(true), len(said), []
    while i or j:
        if i and j and cost[i, j] == cost[i - 1, j - 1] + (true[i - 1] != said[j - 1]):
            i, j = i - 1, j - 1
            if true[i] != said[j]:
                out.append(("sub", i, true[i], said[j]))
        elif i and cost[i, j] == cost[i - 1, j] + 1:
            i -= 1
            out.append(("del", i, true[i], ""))
        else:
            j -= 1
            out.append(("ins", i, "", said[j]))
    return out[::-1]


def photographed(options):
    """Rows of plates that the reader was not trained on: those kept out, or one of the evaluation sets."""
    if not options.evaluation:
        return sorted((r for r in transcriptions(options.photos, options.labels) if held_out(r["plate"])), key=_key)
    with open(pathlib.Path(options.photos) / "eval/labels.csv", newline="", encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if r["set"] == options.evaluation and r["width"]]
    assert rows, f"no plate of the evaluation set '{options.evaluation}' has a box"
    return sorted(rows, key=_key)


def make(options, folder):
    """Writes the videos -> [(path, row or None, quads [n, 4, 2], covered share)]."""
    rng = np.random.default_rng(options.seed)
    outlines, made = corners(options.labels), []

    def put(image, quad, row, share):
        frames, quads = driven(rng, image, quad)
        path = folder / f"{len(made):05}.avi"
        write_video(path, frames)
        made.append((path, row, quads, share))

    least = options.widths[0]
    for row in photographed(options):
        x, y, w, h = (float(row[k]) for k in ("x", "y", "width", "height"))
        quad = outlines.get(_key(row), np.float32([[x, y], [x + w, y], [x + w, y + h], [x, y + h]]))
        # A plate that is small in its photograph cannot be shown large.
        if np.linalg.norm(quad[1] - quad[0]) < least / 1.15:
            continue
        image = cv2.imread(str(pathlib.Path(options.photos) / row["image"]), cv2.IMREAD_GRAYSCALE)
        for _ in range(options.copies):
            put(image, quad, row, 0.)
        for _ in range(options.covered):
            spoilt, share = covered(rng, image, quad)
            put(spoilt, quad, row, share)
    for name, quad in no_plates(options):
        put(cv2.imread(str(pathlib.Path(options.photos) / name), cv2.IMREAD_GRAYSCALE), quad, None, 0.)
    return made


def read(options, folder, made):
    """{path: the reads at the plate's place, the last word on each pass}."""
    lines = recognised(options.patrol, options.models, [m[0] for m in made])
    found = {}
    for path, _, quads, _ in made:
        reads = [r for r in lines[str(path)].get("reads", []) if at_place(r, quads)]
        corrected = [r for r in reads if r.get("isCorrection")]
        found[path] = corrected[-1:] or reads[:1]
    return found


def figures(said, true):
    """One read as figures."""
    ops = operations(true, said["plate"])
    ranks = [a["plate"] for a in said["alternates"]]
    return ops, {
        "confidence": round(said["confidence"], CONFIDENCE_DECIMALS), "frames": said["frames"],
        "operations": [[kind, place] for kind, place, _, _ in ops],
        "characters": [round(c["probability"], CHARACTER_DECIMALS) for c in said["characters"]],
        # Of each alternate its probability and how many operations it is from what was read.
        "alternates": [[round(a["probability"], CHARACTER_DECIMALS), len(operations(said["plate"], a["plate"]))]
                       for a in said["alternates"]],
        "truth": ranks.index(true) + 1 if true in ranks else 0,
    }


def strays(paths):
    """What strays.py told of held-out pictures -> (frames' worth of street and strays told, these as ghosts)."""
    found = [json.loads(pathlib.Path(path).read_text(encoding="utf-8")) for path in paths]
    ghosts = [{key: stray[key] for key in ("confidence", "frames", "length")} for f in found for stray in f["strays"]]
    return {"frames": round(sum(f["framesFilled"] for f in found), 1), "told": sum(f["told"] for f in found)}, ghosts


def main(options):
    """Makes, reads, keeps."""
    driving.LEAST_WIDTH, driving.MOST_WIDTH = options.widths
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        made = make(options, folder)
        found = read(options, folder, made)
    order = sorted({m[1]["plate"] for m in made if m[1]}, key=lambda p: hashlib.md5((p + "order").encode()).digest())
    numbers = {plate: number for number, plate in enumerate(order)}
    passes, ghosts, pairs, shown = [], [], collections.Counter(), collections.Counter()
    for path, row, quads, share in made:
        said = found[path][0] if found[path] else None
        if row is None:
            if said:
                ghosts.append({"confidence": round(said["confidence"], CONFIDENCE_DECIMALS), "frames": said["frames"],
                               "length": len(said["plate"])})
            continue
        region = (row.get("region") or "")[:2]
        entry = {"plate": numbers[row["plate"]], "length": len(row["plate"]),
                 "northAmerican": region in NORTH_AMERICA, "handLettered": region in HAND_LETTERED,
                 "widthPixels": round(float(np.ptp(quads[-1][:, 0]))), "covered": round(share, 2)}
        if said:
            ops, measured = figures(said, row["plate"])
            entry.update(measured)
            if not share:
                shown.update(row["plate"])
                pairs.update((a, b) for kind, _, a, b in ops if kind == "sub" and len(ops) <= 2)
        passes.append(entry)
    whole = [p for p in passes if not p["covered"] and "operations" in p]
    wrong = collections.defaultdict(list)
    for path, row, _, share in made:
        if row and not share and found[path] and found[path][0]["plate"] != row["plate"]:
            wrong[row["plate"]].append(found[path][0]["plate"])
    twice = [(a, b) for texts in wrong.values() for i, a in enumerate(texts) for b in texts[:i]]
    stray_rate, stray_ghosts = strays(options.strays)
    kept = {
        "about": "How passes of plates were misread by the product; made by Training/reader/errors.py. Photographs:"
                 " Training/MODEL_CARD.md; plates on which the reader was not trained (15 % of texts by hash).",
        "widthsPixels": list(options.widths), "plates": len(order), "passes": len(passes),
        "noPlateVideos": sum(m[1] is None for m in made),
        # Of two wrong passes of one plate, how often both said the same.
        "wrongTwice": len(twice), "wrongAlike": sum(a == b for a, b in twice),
        "shown": dict(sorted(shown.items())),
        "pairs": {f"{a}{b}": n for (a, b), n in sorted(pairs.items())},
        "ghosts": ghosts + stray_ghosts, "strays": stray_rate, "reads": passes,
    }
    path = pathlib.Path(options.out)
    lines = [json.dumps(p, separators=(",", ":")) for p in passes]
    head = json.dumps({**kept, "reads": []}, indent=1)
    path.write_text(head[:-len("[]\n}")] + "[\n" + ",\n".join(lines) + "\n]\n}\n", encoding="utf-8")
    print(json.dumps({
        "plates": len(order), "whole": sum(not p["covered"] for p in passes), "wholeRead": len(whole),
        "wholeExact": sum(not p["operations"] for p in whole), "ghosts": len(ghosts),
        "sureWrong": sum(bool(p["operations"]) and p["confidence"] >= .9 for p in whole),
        "sure": sum(p["confidence"] >= .9 for p in whole)}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patrol", required=True, help="the program, built")
    parser.add_argument("--models", required=True, help="folder with the networks")
    parser.add_argument("--photos", default=os.environ.get("PLATES", "../shared/plates"))
    parser.add_argument("--labels", default=str(pathlib.Path(__file__).resolve().parents[1] / "labels"))
    parser.add_argument("--copies", type=int, default=8, help="whole passes made of each photograph")
    parser.add_argument("--covered", type=int, default=3, help="passes with a part covered made of each photograph")
    parser.add_argument("--widths", type=float, nargs=2, default=(90., 170.), metavar=("LEAST", "MOST"),
                        help="of the plates in the pictures, in pixels, as the cameras of a vehicle deliver them")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--evaluation", metavar="SET", help="take this evaluation set's plates, to try figures that "
                        "nothing was chosen by (simulate --reads)")
    parser.add_argument("--strays", nargs="+", required=True, help="what strays.py wrote, one file or several")
    parser.add_argument("--out", required=True)
    cv2.setNumThreads(1)
    main(parser.parse_args())
