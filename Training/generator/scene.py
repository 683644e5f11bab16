"""A plate in its surroundings: bumper, licence frame, shadow, dirt; and the pool of such pictures on disk."""
import argparse
import dataclasses
import json
import multiprocessing
import pathlib

import cv2
import numpy as np

from .emblems import cloud, paint, random_colour
from .glyphs import small_text
from .render import render

PAD_X, PAD_Y = .2, .3
WORDS = ("TOYOTA", "HONDA OF", "MOTORS", "LEXUS", "FORD LINCOLN", "AUTO MALL", "NISSAN", "www.dealer.com", "CHEVROLET",
         "University", "BMW", "Downtown", "Hyundai", "ALUMNI", "MAZDA", "SUBARU", "Mercedes-Benz", "Auto Group",
         "RACING", "MY OTHER CAR", "Seven Lakes", "COMPETITION", "Kia Country", "GO BEARS", "TRI-CITY MOTORS")


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
    if rng.random() < .08:
        for x in range(0, width, int(rng.integers(6, 20))):
            cv2.line(image, (x, 0), (x, height), (10, 10, 10), 2)
    return np.clip(image, 0, 255).astype(np.uint8)


def _mount(rng, canvas, plate, x, y, long_plate):
    """Puts the plate with its rounded corners on the canvas, with a thin shadow around; in place."""
    h, w = plate.shape[:2]
    mask = np.zeros((h, w), np.uint8)
    r = max(int(h * (rng.uniform(.03, .1) if long_plate else rng.uniform(.05, .13))), 1)
    cv2.rectangle(mask, (r, 0), (w - 1 - r, h - 1), 255, -1)
    cv2.rectangle(mask, (0, r), (w - 1, h - 1 - r), 255, -1)
    for cx in (r, w - 1 - r):
        for cy in (r, h - 1 - r):
            cv2.circle(mask, (cx, cy), r, 255, -1, cv2.LINE_AA)
    if rng.random() < .6:
        paint(canvas, cv2.GaussianBlur(mask, (0, 0), 2), x + int(rng.integers(-2, 3)), y + int(rng.integers(0, 4)),
              (5, 5, 5), rng.uniform(.3, .9))
    alpha = mask[:, :, None].astype(np.float32) / 255
    part = canvas[y:y + h, x:x + w]
    part[:] = (part * (1 - alpha) + plate * alpha).astype(np.uint8)


def _frame_cover(rng, height, long_plate):
    """How far a licence frame reaches over the plate's left, top, right and bottom edge, in pixels."""
    if long_plate:
        return [int(height * rng.uniform(.01, .08)) for _ in range(4)]
    over = [int(height * rng.uniform(.01, .06)) for _ in range(4)]
    if rng.random() < .3:
        over[1] = int(height * rng.uniform(.06, .2))
    if rng.random() < .5:
        over[3] = int(height * (rng.uniform(.06, .19) if rng.random() < .8 else rng.uniform(.19, .27)))
    return over


def _frame(rng, image, rect):
    """A licence frame over the plate's edge, with a dealer's words; in place."""
    x0, y0, x1, y1 = (int(v) for v in rect)
    height, colour = y1 - y0, random_colour(rng, 0, 60) if rng.random() < .6 else random_colour(rng, 120, 255)
    over, out = _frame_cover(rng, height, height < .4 * (x1 - x0)), int(height * rng.uniform(.0, .12))
    ox0, oy0, ox1, oy1 = max(x0 - out, 0), max(y0 - out, 0), x1 + out, y1 + out
    hole = np.full((oy1 - oy0, ox1 - ox0), 255, np.uint8)
    ix0, iy0, ix1, iy1 = x0 + over[0] - ox0, y0 + over[1] - oy0, x1 - over[2] - ox0, y1 - over[3] - oy0
    r = int(height * rng.uniform(.01, .1))
    cv2.rectangle(hole, (ix0 + r, iy0), (ix1 - r, iy1), 0, -1)
    cv2.rectangle(hole, (ix0, iy0 + r), (ix1, iy1 - r), 0, -1)
    for cx in (ix0 + r, ix1 - r):
        for cy in (iy0 + r, iy1 - r):
            cv2.circle(hole, (cx, cy), r, 0, -1, cv2.LINE_AA)
    if rng.random() < .4:
        for share in (.2, .8):
            place, tab = int(ix0 + (ix1 - ix0) * share), int(height * rng.uniform(.04, .08))
            cv2.circle(hole, (place, iy0), tab, 255, -1, cv2.LINE_AA)
            if rng.random() < .6:
                cv2.circle(hole, (place, iy1), tab, 255, -1, cv2.LINE_AA)
    paint(image, hole, ox0, oy0, colour)
    lettering = random_colour(rng, 160, 255) if sum(colour) < 300 else random_colour(rng, 0, 90)
    for top, bottom in ((oy0, oy0 + iy0), (oy0 + iy1, oy1)):
        if bottom - top > height * .07 and rng.random() < .75:
            mask = small_text(rng, str(rng.choice(WORDS)), (bottom - top) * rng.uniform(.5, .9))
            paint(image, mask, (x0 + x1 - mask.shape[1]) // 2, top + int((bottom - top - mask.shape[0]) / 2), lettering)


def _shadow(rng, image):
    height, width = image.shape
    xs = rng.uniform(0, width, 2)
    side = np.float32([[xs[0], 0], [xs[1], height], [width * 2, height], [width * 2, 0]])
    if rng.random() < .6:
        ys = rng.uniform(0, height, 2)
        side = np.float32([[0, ys[0]], [width, ys[1]], [width, -height], [0, -height]])
    mask = np.ones((height, width), np.float32)
    cv2.fillPoly(mask, [np.int32(side)], rng.uniform(.3, .8))
    image *= cv2.GaussianBlur(mask, (0, 0), rng.uniform(.7, 6))


def _uneven(rng, image):
    reach = rng.uniform(.05, .4)
    image *= 1 + reach * cloud(rng, *image.shape, int(rng.integers(2, 5)))


def _dirt(rng, image):
    height, width = image.shape
    grain = cloud(rng, height, width, int(rng.integers(8, 60))) + .6 * cloud(rng, height, width, 5)
    if rng.random() < .4:
        grain += np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    cover = np.clip((grain - rng.uniform(.1, .8)) * rng.uniform(.6, 2), 0, 1) * rng.uniform(.1, .6)
    image += (rng.uniform(20, 200) - image) * cover


def _snow(rng, image):
    height, width = image.shape
    edge = height * (rng.uniform(.66, .88) + .07 * cloud(rng, 2, width, int(rng.integers(4, 16)))[0])
    rows = np.arange(height, dtype=np.float32)[:, None]
    depth = rows - edge[None] if rng.random() < .7 else (height - rows) - edge[None] - height * .06
    cover = np.clip(depth / 4 + .5 + .4 * cloud(rng, height, width, 30), 0, 1)
    image += (rng.uniform(150, 245) + 18 * cloud(rng, height, width, 40) - image) * cover


def _rain(rng, image):
    height, width = image.shape
    soft = cv2.GaussianBlur(image, (0, 0), rng.uniform(2, 5))
    mask = np.zeros((height, width), np.float32)
    streaks = rng.random() < .35
    for _ in range(int(rng.integers(10, 70))):
        x, y, r = int(rng.integers(width)), int(rng.integers(height)), int(rng.integers(1, 6))
        if streaks:
            end = (x + int(rng.normal(0, 3)), y + int(rng.integers(6, 50)))
            cv2.line(mask, (x, y), end, 1., max(r // 2, 1), cv2.LINE_AA)
        else:
            cv2.circle(mask, (x, y), r, 1., -1, cv2.LINE_AA)
    image += (soft + rng.uniform(-45, 60) - image) * cv2.GaussianBlur(mask, (0, 0), .8) * rng.uniform(.4, .95)


def _glare(rng, image):
    height, width = image.shape
    x, y = rng.uniform(0, width), rng.uniform(0, height)
    yy, xx = np.ogrid[0:height, 0:width]
    image += rng.uniform(60, 240) * np.exp(-(((xx - x) / (width * rng.uniform(.05, .35))) ** 2).astype(np.float32)
                                           - (((yy - y) / (height * rng.uniform(.1, .6))) ** 2).astype(np.float32))


def _bloom(rng, image):
    image += cv2.GaussianBlur(np.clip(image - rng.uniform(60, 140), 0, 255), (0, 0), rng.uniform(5, 16)) * rng.uniform(
        .4, 1.4)


def _lit_from_above(rng, image):
    rows = np.linspace(0, 1, image.shape[0], dtype=np.float32)[:, None]
    columns = np.linspace(-1, 1, image.shape[1], dtype=np.float32)[None]
    lamp = np.exp(-((np.abs(columns) - rng.uniform(0, .5)) / rng.uniform(.3, .9)) ** 2)
    image *= rng.uniform(.05, .3) + rng.uniform(.6, 1.3) * lamp * np.exp(-rows * rng.uniform(.3, 2.5))


def _veil(rng, image):
    """The sky mirrored in a glossy plate or its cover."""
    height, width = image.shape
    sky = rng.uniform(120, 255) + 60 * cloud(rng, height, width, int(rng.integers(2, 6)))
    share = np.linspace(rng.uniform(.1, .6), rng.uniform(0, .4), height, dtype=np.float32)[:, None]
    image += (sky - image) * share


def _tow_ball(rng, image):
    """A tow ball or a cable before the plate's lower edge, seldom over the characters."""
    height, width = image.shape
    tone, x = float(rng.uniform(5, 230)), int(width * rng.uniform(.3, .7))
    radius, top = int(height * rng.uniform(.06, .12)), int(height * rng.uniform(.62, .85))
    if rng.random() < .7:
        cv2.circle(image, (x, top + radius), radius, tone, -1, cv2.LINE_AA)
        shine = (x - radius // 3, top + radius // 2)
        cv2.circle(image, shine, max(radius // 4, 1), min(tone + 60, 255), -1, cv2.LINE_AA)
        cv2.line(image, (x, top + radius * 2), (x, height), tone * .7, max(radius // 2, 1))
    else:
        cv2.ellipse(image, (x, height), (int(width * .2), height - top), 0, 180, 360, tone, max(radius // 3, 1),
                    cv2.LINE_AA)


def _bent(rng, image):
    """A plate that is bent or bolted to a curved bumper: columns moved up or down by some pixels."""
    height, width = image.shape
    xs, ys = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    phase, waves = rng.uniform(0, 6), rng.uniform(.5, 1.5)
    ys += np.sin(xs / width * np.pi * waves + phase).astype(np.float32) * rng.uniform(1, .035 * height)
    image[:] = cv2.remap(image, xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


# Chance, effect on a grey float32 picture, in place.
EFFECTS = ((.2, _shadow), (.55, _uneven), (.12, _dirt), (.05, _lit_from_above), (.05, _glare), (.05, _snow),
           (.06, _rain), (.06, _bloom), (.07, _veil), (.04, _tow_ball))


def _grey(rng, canvas, rect):
    """What a grey or near-infrared camera sees of a coloured picture: float32 [H, W]."""
    kind = rng.random()
    if kind < .8:
        return cv2.cvtColor(canvas, cv2.COLOR_RGB2GRAY).astype(np.float32)
    weights = np.float32([1, 0, 0]) if kind < .87 else rng.dirichlet([1, 1, 1]).astype(np.float32)
    grey = canvas @ weights
    if kind < .93:
        x0, y0, x1, y1 = rect
        plate = grey[y0:y1, x0:x1].copy()
        grey *= rng.uniform(.1, .6)
        grey[y0:y1, x0:x1] = plate * rng.uniform(.8, 1.6)
    return grey


def _readable(image, clean, boxes):
    """Whether every character still looks like itself without the effects (clean) and differs from its ground by a few
    grey levels. Both pictures float32 or uint8 [H, W]."""
    for x0, y0, x1, y1 in boxes.astype(int):
        spot = (slice(max(y0, 0), y1), slice(max(x0 - 3, 0), x1 + 3))
        now, before = image[spot].astype(np.float32).ravel(), clean[spot].astype(np.float32).ravel()
        now, before = now - now.mean(), before - before.mean()
        spread = float(np.sqrt((now ** 2).mean() * (before ** 2).mean())) + 1e-6
        likeness = float((now * before).mean()) / spread
        if likeness < .5 or likeness * float(np.sqrt((now ** 2).mean())) < 2.5:
            return False
    return True


def _attempt(rng, layout):
    """A scene, or None where a character is lost."""
    plate = render(rng, layout)
    scale = 240 / plate.image.shape[1] if plate.image.shape[1] <= 320 else 300 / plate.image.shape[1]
    small = cv2.resize(plate.image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    h, w = small.shape[:2]
    px, py = int(w * PAD_X), int(h * PAD_Y)
    canvas = _surroundings(rng, h + 2 * py, w + 2 * px)
    rect = np.array([px, py, px + w, py + h])
    long_plate = h < w * .4
    _mount(rng, canvas, small, px, py, long_plate)
    if rng.random() < (.12 if long_plate else .5):
        _frame(rng, canvas, rect)
    elif rng.random() < .3:
        cv2.line(canvas, (px, py + h), (px + w, py + h), random_colour(rng, 0, 80), int(rng.integers(1, 6)))
    grey = _grey(rng, canvas, rect)
    if rng.random() < .1:
        _bent(rng, grey)
    clean = grey.copy()
    for chance, effect in EFFECTS:
        if rng.random() < chance:
            effect(rng, grey)
    boxes = plate.boxes * scale + np.float32([px, py, px, py])
    image = np.clip(grey, 0, 255).astype(np.uint8)
    return Scene(image, plate.text, plate.region, rect, boxes) if _readable(image, clean, boxes) else None


def render_scene(rng, layout=None):
    """Draws a plate in its surroundings -> Scene, the plate some 240 to 300 pixels wide, no character quite lost."""
    scene = None
    while scene is None:
        scene = _attempt(rng, layout)
    return scene


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
