"""A plate in its surroundings: bumper, licence frame, shadow, dirt; and the pool of such pictures on disk."""
import argparse
import dataclasses
import json
import multiprocessing
import pathlib

import cv2
import numpy as np

from .glyphs import small_text
from .render import paint, random_colour, render

PAD_X, PAD_Y = .2, .3
WORDS = ["TOYOTA", "HONDA OF", "MOTORS", "LEXUS", "FORD LINCOLN", "AUTO MALL", "NISSAN", "www.dealer.com", "CHEVROLET",
         "University", "BMW", "Downtown", "Hyundai", "ALUMNI", "MAZDA", "SUBARU", "Mercedes-Benz", "Auto Group"]


@dataclasses.dataclass
class Scene:
    """Grey picture uint8 [H, W]; rect: plate's x0, y0, x1, y1; boxes: characters' [n, 4]; all in pixels."""

    image: np.ndarray
    text: str
    region: str
    rect: np.ndarray
    boxes: np.ndarray


def _surroundings(rng, height, width):
    """Bumper or grille behind the plate: RGB uint8 [height, width, 3]."""
    image = np.empty((height, width, 3), np.float32)
    image[:] = random_colour(rng, 5, 250) if rng.random() < .5 else (int(rng.integers(5, 250)),) * 3
    image += np.linspace(rng.normal(0, 40), rng.normal(0, 40), height, dtype=np.float32)[:, None, None]
    for _ in range(int(rng.integers(0, 5))):
        y = int(rng.integers(0, height))
        thickness, tone = int(rng.integers(2, max(height // 5, 3))), random_colour(rng, 0, 255)
        cv2.line(image, (0, y), (width, y + int(rng.normal(0, 12))), tone, thickness, cv2.LINE_AA)
    if rng.random() < .15:
        for x in range(0, width, int(rng.integers(6, 20))):
            cv2.line(image, (x, 0), (x, height), (10, 10, 10), 2)
    return np.clip(image, 0, 255).astype(np.uint8)


def _frame(rng, image, rect):
    """A licence frame over the plate's edge, with a dealer's words; in place."""
    x0, y0, x1, y1 = rect
    height, colour = y1 - y0, random_colour(rng, 0, 60) if rng.random() < .6 else random_colour(rng, 120, 255)
    over = [int(height * rng.uniform(.01, .05)) for _ in range(4)]
    top_wide, bottom_wide = rng.random() < .3, rng.random() < .45
    if top_wide:
        over[1] = int(height * rng.uniform(.06, .15))
    if bottom_wide:
        over[3] = int(height * rng.uniform(.06, .16))
    out = int(height * rng.uniform(.0, .12))
    outer = (x0 - out, y0 - out, x1 + out, y1 + out)
    inner = (x0 + over[0], y0 + over[1], x1 - over[2], y1 - over[3])
    for box in ((outer[0], outer[1], outer[2], inner[1]), (outer[0], inner[3], outer[2], outer[3]),
                (outer[0], outer[1], inner[0], outer[3]), (inner[2], outer[1], outer[2], outer[3])):
        a, b, c, d = (max(v, 0) for v in box)
        image[b:d, a:c] = colour
    lettering = random_colour(rng, 160, 255) if sum(colour) < 300 else random_colour(rng, 0, 90)
    for wide, top, bottom in ((top_wide, outer[1], inner[1]), (bottom_wide, inner[3], outer[3])):
        if wide and rng.random() < .8:
            mask = small_text(rng, str(rng.choice(WORDS)), (bottom - top) * rng.uniform(.55, .85))
            paint(image, mask, (x0 + x1 - mask.shape[1]) // 2, max(top, 0) + 2, lettering)


def _shade(rng, image):
    """Shadow edges, uneven light, dirt: multiplies or lifts parts of a grey picture, float32 [H, W], in place."""
    height, width = image.shape
    kind = rng.random()
    if kind < .3:
        xs = rng.uniform(0, width, 2)
        side = np.float32([[xs[0], 0], [xs[1], height], [width * 2, height], [width * 2, 0]])
        if rng.random() < .5:
            ys = rng.uniform(0, height, 2)
            side = np.float32([[0, ys[0]], [width, ys[1]], [width, -height], [0, -height]])
        mask = np.ones((height, width), np.float32)
        cv2.fillPoly(mask, [np.int32(side)], rng.uniform(.3, .75))
        image *= cv2.GaussianBlur(mask, (0, 0), rng.uniform(1, 6))
    elif kind < .55:
        grid = rng.uniform(.5, 1.25, (3, 4)).astype(np.float32)
        image *= cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
    if rng.random() < .25:
        grain = rng.normal(0, 1, (height // 4, width // 4)).astype(np.float32)
        grain = cv2.resize(cv2.GaussianBlur(grain, (0, 0), rng.uniform(.5, 3)), (width, height))
        level = rng.uniform(.2, .6)
        image += (rng.uniform(20, 200) - image) * np.clip((grain - rng.uniform(.1, .5)) * 2, 0, 1) * level
    if rng.random() < .08:
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        yy, xx = np.mgrid[0:height, 0:width].astype(np.float32)
        image += rng.uniform(80, 255) * np.exp(-(((xx - x) / (width * rng.uniform(.05, .3))) ** 2
                                                 + ((yy - y) / (height * rng.uniform(.1, .5))) ** 2))


def render_scene(rng, layout=None):
    """Draws a plate in its surroundings -> Scene, the plate some 240 to 300 pixels wide."""
    plate = render(rng, layout)
    scale = 240 / plate.image.shape[1] if plate.image.shape[1] <= 320 else 300 / plate.image.shape[1]
    small = cv2.resize(plate.image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    h, w = small.shape[:2]
    px, py = int(w * PAD_X), int(h * PAD_Y)
    canvas = _surroundings(rng, h + 2 * py, w + 2 * px)
    rect = np.array([px, py, px + w, py + h])
    canvas[py:py + h, px:px + w] = small
    if h > w * .4 and rng.random() < .45:
        _frame(rng, canvas, rect)
    elif rng.random() < .4:
        cv2.line(canvas, (px, py + h), (px + w, py + h), random_colour(rng, 0, 80), int(rng.integers(1, 6)))
    grey = cv2.cvtColor(canvas, cv2.COLOR_RGB2GRAY).astype(np.float32)
    _shade(rng, grey)
    boxes = plate.boxes * scale + np.float32([px, py, px, py])
    return Scene(np.clip(grey, 0, 255).astype(np.uint8), plate.text, plate.region, rect, boxes)


def _chunk(job):
    seed, count = job
    cv2.setNumThreads(1)
    rng = np.random.default_rng(seed)
    return [render_scene(rng) for _ in range(count)]


def build_pool(folder, count, seed, workers):
    """Writes count scenes: pixels.bin (all pictures one after another) and index.json."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    jobs = [(seed * 100_000 + i, 250) for i in range(count // 250)]
    index, offset = [], 0
    with open(folder / "pixels.bin", "wb") as pixels, multiprocessing.Pool(workers) as pool:
        for scenes in pool.imap_unordered(_chunk, jobs):
            for s in scenes:
                pixels.write(s.image.tobytes())
                index.append({"o": offset, "h": s.image.shape[0], "w": s.image.shape[1], "t": s.text, "g": s.region,
                              "r": s.rect.tolist(), "b": s.boxes.round(1).tolist()})
                offset += s.image.size
            print(len(index), flush=True)
    (folder / "index.json").write_text(json.dumps(index))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--count", type=int, default=30000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    build_pool(options.folder, options.count, options.seed, options.workers)
