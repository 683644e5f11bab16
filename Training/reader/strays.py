"""Measures how often a passing vehicle is told a plate where none is, for the simulated city (see errors.py).

Photographs that the detector was not trained on (pictures.Picture.held_out) are driven past as in passes.py, in frames
of a vehicle's camera, so that a labelled plate in them is as wide as such a camera delivers it. Whatever the program
reads where neither labels.csv nor labels/ignored.csv knows a plate is a stray. Photographs seldom fill the frame: what
they fill is added up, so that the figure is strays a frame's worth of street.

Look at the sheet: a stray that is a plate after all belongs into labels/ignored.csv, and the program is run again.

python strays.py --patrol ../../.build/debug/patrol --models ../../Sources/PlateRecognition/Models \
    --out strays.json --sheet strays.png
"""
import argparse
import json
import os
import pathlib
import sys
import tempfile

import cv2
import numpy as np

import passes as driving
from confidence import boxes, overlap
from passes import driven, recognised, write_video

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "detector"))
from pictures import read_labels, rectangle  # noqa: E402

CONFIDENCE_DECIMALS = 4
TILE = (240, 96)


def make(options, folder):
    """Writes the videos -> [(path, picture, matrices [n, 3, 3] from photograph to frame, share of it filled)]."""
    rng, made = np.random.default_rng(options.seed), []
    for picture in sorted(read_labels(options.photos, "train"), key=lambda p: p.name):
        if not picture.held_out or not picture.plates:
            continue
        image = cv2.imread(str(pathlib.Path(options.photos) / picture.name), cv2.IMREAD_GRAYSCALE)
        quad = rectangle(max((p.box for p in picture.plates), key=lambda box: box[2]))
        # A plate that is small in its photograph cannot be shown large.
        if np.linalg.norm(quad[1] - quad[0]) < options.widths[0] / 1.15:
            continue
        height, width = image.shape
        whole = rectangle((0, 0, width, height))
        for _ in range(options.copies):
            frames, quads = driven(rng, image, quad)
            path = folder / f"{len(made):05}.avi"
            write_video(path, frames)
            matrices = [cv2.getPerspectiveTransform(quad, np.float32(q)) for q in quads]
            filled = np.mean([share_filled(cv2.perspectiveTransform(whole[None], m)[0]) for m in matrices])
            made.append((path, picture, matrices, float(filled)))
    return made


def share_filled(outline):
    """The share of a camera's frame that lies within an outline [4, 2]."""
    frame = rectangle((0, 0, driving.WIDTH, driving.HEIGHT))
    area, _ = cv2.intersectConvexConvex(np.float32(outline), frame)
    return area / (driving.WIDTH * driving.HEIGHT)


def in_photograph(box, matrix):
    """A box x, y, width, height of a frame, in the photograph."""
    points = cv2.perspectiveTransform(rectangle(box)[None].astype(np.float64), np.linalg.inv(matrix))[0]
    (x0, y0), (x1, y1) = points.min(0), points.max(0)
    return float(x0), float(y0), float(x1 - x0), float(y1 - y0)


def is_known(box, others):
    """Whether a plate is labelled there, or one box's middle lies within the other."""
    def holds(a, b):
        return all(a[i] <= b[i] + b[i + 2] / 2 <= a[i] + a[i + 2] for i in (0, 1))
    return any(overlap(box, other) > .1 or holds(box, other) or holds(other, box) for other in others)


def tile(options, said, box):
    """A small picture of a stray."""
    image = cv2.imread(str(pathlib.Path(options.photos) / said["picture"]))
    x, y, w, h = box
    scale = 110 / max(w, 1)
    matrix = np.array([[scale, 0, TILE[0] / 2 - scale * (x + w / 2)], [0, scale, 40 - scale * (y + h / 2)]])
    out = cv2.warpAffine(image, matrix, TILE, flags=cv2.INTER_AREA)
    cv2.rectangle(out, (0, 82), (TILE[0], TILE[1]), (0, 0, 0), -1)
    words = f"{said['number']} {said['plate']} {said['confidence']:.2f}"
    cv2.putText(out, words, (2, 93), 0, .4, (255, 255, 255), 1, cv2.LINE_AA)
    return out


def main(options):
    """Makes, reads, tells."""
    driving.LEAST_WIDTH, driving.MOST_WIDTH = options.widths
    driving.WIDTH, driving.HEIGHT = 1280, 720
    ignored = boxes(pathlib.Path(options.labels) / "ignored.csv")
    with tempfile.TemporaryDirectory() as scratch:
        made = make(options, pathlib.Path(scratch))
        lines = recognised(options.patrol, options.models, [m[0] for m in made])
    strays, tiles, pictures = [], [], set()
    for path, picture, matrices, _ in made:
        pictures.add(picture.name)
        known = [p.box for p in picture.plates] + [box for box, _ in ignored.get(picture.name, [])]
        for read in lines[str(path)].get("reads", []):
            box = in_photograph(read["box"], matrices[min(read["bestFrame"], len(matrices) - 1)])
            if is_known(box, known):
                continue
            said = {"number": len(strays), "picture": picture.name, "plate": read["plate"],
                    "confidence": round(read["confidence"], CONFIDENCE_DECIMALS), "frames": read["frames"],
                    "length": len(read["plate"]), "box": [round(v, 1) for v in box]}
            strays.append(said)
            tiles.append(tile(options, said, box))
    frames = sum(filled for *_, filled in made)
    if options.sheet and tiles:
        tiles += [np.zeros((TILE[1], TILE[0], 3), np.uint8)] * (-len(tiles) % 6)
        cv2.imwrite(options.sheet, np.vstack([np.hstack(tiles[i:i + 6]) for i in range(0, len(tiles), 6)]))
    told = sum(s["confidence"] >= options.tell for s in strays)
    kept = {"framesFilled": round(frames, 1), "told": told, "strays": strays}
    pathlib.Path(options.out).write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    print(json.dumps({"pictures": len(pictures), "videos": len(made), "framesFilled": round(frames, 1),
                      "strays": len(strays), "from": options.tell, "told": told,
                      "toldAFrame": round(told / frames, 5)}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patrol", required=True, help="the program, built")
    parser.add_argument("--models", required=True, help="folder with the networks")
    parser.add_argument("--photos", default=os.environ.get("PLATES", "../shared/plates"))
    parser.add_argument("--labels", default=str(pathlib.Path(__file__).resolve().parents[1] / "labels"))
    parser.add_argument("--copies", type=int, default=3, help="passes made of each photograph")
    parser.add_argument("--widths", type=float, nargs=2, default=(90., 170.), metavar=("LEAST", "MOST"),
                        help="of the plates in the pictures, in pixels, as the cameras of a vehicle deliver them")
    parser.add_argument("--tell", type=float, default=.3, help="confidence from which the vehicle tells a read")
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--out", required=True)
    parser.add_argument("--sheet", help="picture of the strays, to be looked at and not kept in the project")
    cv2.setNumThreads(1)
    main(parser.parse_args())
