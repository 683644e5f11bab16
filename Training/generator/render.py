"""Draws one clean plate: ground, words around, emblems, big serial, stickers, screws."""
import dataclasses

import cv2
import numpy as np

from . import layouts
from .glyphs import FontFace, StrokeFace, small_text


@dataclasses.dataclass
class Plate:
    """A drawn plate. image: uint8 RGB [H, W, 3]; text: A-Z0-9; boxes: float32 [n, 4] x0, y0, x1, y1 in pixels."""

    image: np.ndarray
    text: str
    region: str
    boxes: np.ndarray


def paint(image, mask, x, y, colour, opacity=1.):
    """Lays a colour through a mask onto image in place; x, y top-left in pixels; what lies outside is cut off."""
    h, w = mask.shape
    x0, y0, x1, y1 = max(x, 0), max(y, 0), min(x + w, image.shape[1]), min(y + h, image.shape[0])
    if x1 <= x0 or y1 <= y0:
        return
    alpha = mask[y0 - y:y1 - y, x0 - x:x1 - x, None].astype(np.float32) * (opacity / 255)
    part = image[y0:y1, x0:x1]
    part[:] = (part * (1 - alpha) + np.float32(colour) * alpha).astype(np.uint8)


def blob(rng, size, kinds=()):
    """Mask of an emblem (0 crown, 1 star, 2 heart, others map outlines), about size x size pixels."""
    size = max(int(size), 6)
    mask = np.zeros((size, size), np.uint8)
    kind = rng.choice(kinds) if kinds else rng.integers(5)
    if kind == 0:
        points = [(.05, .9), (.0, .3), (.25, .6), (.5, .1), (.75, .6), (1., .3), (.95, .9)]
    elif kind == 1:
        angles = np.arange(10) * np.pi / 5 - np.pi / 2
        radius = np.where(np.arange(10) % 2, .2, .5)
        points = np.stack([.5 + radius * np.cos(angles), .5 + radius * np.sin(angles)], 1)
    elif kind == 2:
        t = np.linspace(0, 2 * np.pi, 24)
        points = np.stack([.5 + .45 * np.sin(t) ** 3, .45 - .03 * (13 * np.cos(t) - 5 * np.cos(2 * t)
                                                                   - 2 * np.cos(3 * t))], 1)
    else:
        n = int(rng.integers(5, 14))
        angles = np.sort(rng.uniform(0, 2 * np.pi, n))
        radius = rng.uniform(.15, .5, n)
        points = np.stack([.5 + radius * np.cos(angles), .5 + radius * np.sin(angles)], 1)
    cv2.fillPoly(mask, [np.int32(np.asarray(points) * (size - 1) * 8)], 255, cv2.LINE_AA, 3)
    return mask


def random_colour(rng, low=20, high=240):
    """RGB triple."""
    return tuple(int(v) for v in rng.integers(low, high, 3))


def ground(rng, colour, width, height):
    """Plate ground: plain, a gradient, bands at top and bottom, or a faint picture. uint8 [height, width, 3]."""
    colour = np.clip(np.float32(colour) + rng.normal(0, 6, 3), 0, 255)
    image = np.empty((height, width, 3), np.float32)
    image[:] = colour
    kind = rng.random() if height > width * .4 else rng.uniform(.5, 1)
    other = np.float32(random_colour(rng, 60, 255))
    if kind < .16:
        ramp = np.abs(np.linspace(-1, 1, height))[:, None, None] ** rng.uniform(.8, 4)
        image = image * (1 - ramp * .6) + other * ramp * .6
    elif kind < .30:
        band = int(height * rng.uniform(.14, .26))
        image[:band] = other
        if rng.random() < .5:
            image[-int(height * rng.uniform(.08, .2)):] = random_colour(rng)
    elif kind < .42:
        for _ in range(int(rng.integers(1, 5))):
            base = rng.uniform(.3, 1) * height
            xs = np.linspace(0, width, 9)
            ys = base + rng.normal(0, height * .1, 9)
            shape = np.int32(np.concatenate([np.stack([xs, ys], 1), [[width, height], [0, height]]]))
            layer = image.copy()
            cv2.fillPoly(layer, [shape], random_colour(rng, 90, 250), cv2.LINE_AA)
            image = image * .65 + layer * .35
    return np.clip(image, 0, 255).astype(np.uint8)


def advances(rng, face, text, spacing):
    """Widths of the parts of a serial relative to an ordinary character: list of (character, width, gap after)."""
    emblem, gap = rng.uniform(.45, .95), rng.uniform(.3, .7)
    parts = []
    for c in text:
        width = {" ": gap, "-": .42, ".": .3, "*": emblem}.get(c)
        parts.append((c, face.aspect(c) if width is None else width, spacing))
    return parts


def draw_serial(rng, image, layout, text, ink, area):
    """Draws the serial in area (x0, y0, x1, y1); returns the characters' boxes [n, 4] and the middle of a gap."""
    x0, y0, x1, y1 = area
    height = y1 - y0
    face = StrokeFace(rng, dict(layout.variants)) if rng.random() < layout.dies else FontFace(rng)
    parts = advances(rng, face, text, rng.uniform(.16, .34))
    total = sum(w + g for _, w, g in parts) - parts[-1][2]
    unit = min((x1 - x0) / total, height * rng.uniform(.42, .62 if layout.size[0] < 400 else .72))
    x = x0 + (x1 - x0 - unit * total) * np.clip(rng.normal(.5, .1), 0, 1)
    boxes, emboss = [], rng.random() < .4
    lift = int(rng.choice([-1, 1]))
    for c, width, gap in parts:
        w = max(int(round(width * unit)), 4)
        left = int(round(x))
        if c.isalnum():
            mask = face.mask(c, height, w)
            if emboss:
                paint(image, mask, left + 1, y0 + lift, (250, 250, 250) if sum(ink) < 380 else (30, 30, 30), .6)
            paint(image, mask, left, y0, ink)
            boxes.append((left, y0, left + w, y1))
        elif c in "-.":
            h = max(int(height * rng.uniform(.09, .14)), 3)
            bar = np.zeros((h + 2, w), np.uint8)
            cv2.rectangle(bar, (1 if c == "-" else max(w // 2 - h // 2, 0), 1),
                          (w - 2 if c == "-" else w // 2 + h // 2, h), 255, -1)
            paint(image, bar, left, y0 + height // 2 - h // 2, ink)
        elif c == "*" and not layout.emblems and rng.random() < .15:
            for i, letter in enumerate(rng.choice(list("ABCDEFGHJKLMNPRSTUVWXYZ0123456789"), 2)):
                mask = small_text(rng, str(letter), height * rng.uniform(.32, .42))
                paint(image, mask, left + (w - mask.shape[1]) // 2, y0 + int(height * (.04 + .5 * i)), ink)
        elif c == "*":
            mask = blob(rng, min(w, height * .6), layout.emblems)
            colour = ink if rng.random() < .5 else random_colour(rng)
            paint(image, mask, left + (w - mask.shape[1]) // 2,
                  y0 + int(height * rng.uniform(.3, .55)) - mask.shape[0] // 4, colour, rng.uniform(.5, 1))
        x += (width + gap) * unit
    return np.float32(boxes)


def side_matter(rng, image, area, ink):
    """Takes a strip left or right for an emblem, stacked small letters or a wheelchair sign; returns what is left."""
    x0, y0, x1, y1 = area
    height = y1 - y0
    width = int(height * rng.uniform(.35, .8))
    left = rng.random() < .7
    x = x0 if left else x1 - width
    colour = ink if rng.random() < .5 else random_colour(rng, 20, 200)
    kind = rng.random()
    if kind < .6:
        mask = blob(rng, width * rng.uniform(.7, 1.3))
        paint(image, mask, x, y0 + int(rng.integers(0, max(height - mask.shape[0], 1) + 8)) - 4, colour)
        if rng.random() < .5:
            inner = blob(rng, mask.shape[0] * rng.uniform(.4, .8))
            paint(image, inner, x + mask.shape[1] // 5, y0 + height // 4, random_colour(rng))
    elif kind < .9:
        other = "".join(rng.choice(list("ABCDEFGHJKLMNPRSTUVWXYZ0123456789"), 2))
        pair = str(rng.choice(["DP", "VT", "DV", "PRO", "TK", "CR", "HC", "NG", "EMT", "XM", "LT", "TR", other, other]))
        each = height / len(pair)
        for i, c in enumerate(pair):
            mask = small_text(rng, c, each * rng.uniform(.72, .85))
            width = max(mask.shape[1] + 6, 12)
            paint(image, mask, x + 2 if left else x1 - mask.shape[1], y0 + int(each * i), colour)
    else:
        cv2.circle(image, (x + width // 2, y0 + int(height * .62)), width // 3, colour, 3, cv2.LINE_AA)
        cv2.line(image, (x + width // 2, y0 + int(height * .1)), (x + width // 2, y0 + int(height * .6)), colour, 4,
                 cv2.LINE_AA)
    return (x0 + width + 4, y0, x1, y1) if left else (x0, y0, x1 - width - 4, y1)


def corner_matter(rng, image, long_plate):
    """Stickers and screws, in place."""
    height, width = image.shape[:2]
    if not long_plate:
        for sx in (0, 1):
            for sy in (0, 1):
                if rng.random() < (.42 if sy == 0 else .16):
                    w, h = int(width * rng.uniform(.07, .15)), int(height * rng.uniform(.1, .2))
                    x = int(width * rng.uniform(.02, .09)) if not sx else width - w - int(width * rng.uniform(.02, .09))
                    y = int(height * rng.uniform(.03, .07)) if not sy else height - h - int(height * .05)
                    cv2.rectangle(image, (x, y), (x + w, y + h), random_colour(rng, 20, 255), -1)
                    words = ["JAN", "DEC", "MAY", "2009", "16", "08", "OCT", str(int(rng.integers(10, 99)))]
                    mask = small_text(rng, str(rng.choice(words)), max(h * rng.uniform(.5, .8), 4))
                    paint(image, mask[:, :w], x + 2, y + 3, random_colour(rng, 0, 255))
    if rng.random() < .55:
        y_places = [.08, .92] if not long_plate else [.5]
        inset = rng.uniform(.18, .3) if not long_plate else rng.uniform(.02, .1)
        radius, colour = max(int(height * rng.uniform(.02, .04)), 2), random_colour(rng, 20, 200)
        for y in y_places:
            for x in (inset, 1 - inset):
                if rng.random() < .8:
                    cv2.circle(image, (int(x * width), int(y * height)), radius, colour, -1, cv2.LINE_AA)


def euro_bands(rng, image, layout):
    """Blue bands of EU plates; returns the x range that is left, in pixels."""
    height, width = image.shape[:2]
    x0, x1 = 6, width - 6
    sides = {"left": ["l"], "both": ["l", "r"], "maybe": ["l"] if rng.random() < .5 else []}.get(layout.band, [])
    for side in sides:
        w = int(width * rng.uniform(.065, .095))
        left = 2 if side == "l" else width - w - 2
        image[2:-2, left:left + w] = np.float32((20, 50, 150)) * rng.uniform(.7, 1.2)
        word = layout.header if side == "l" else str(rng.choice([str(int(rng.integers(1, 96))).zfill(2), "2A", "971"]))
        if side == "r":
            emblem = blob(rng, w * rng.uniform(.5, .9))
            paint(image, emblem, left + (w - emblem.shape[1]) // 2, int(height * rng.uniform(.1, .3)),
                  random_colour(rng, 100, 255))
        else:
            cv2.circle(image, (left + w // 2, int(height * .3)), int(w * .32), (230, 210, 60), 2, cv2.LINE_AA)
        mask = small_text(rng, word[:3], height * rng.uniform(.16, .3))
        paint(image, mask[:, :w], left + max((w - mask.shape[1]) // 2, 0), int(height * .65), (240, 240, 240))
        x0, x1 = (left + w + 4, x1) if side == "l" else (x0, left - 4)
    return x0, x1


def top_words(rng, image, layout, ink):
    """A line of words over a long plate's serial, on a blue band or on the ground; returns the serial's top, pixels."""
    height, width = image.shape[:2]
    share = rng.uniform(.18, .26)
    if layout.band == "top":
        image[:int(height * share)] = np.float32((20, 60, 160)) * rng.uniform(.7, 1.2)
        ink = (240, 240, 240)
    mask = small_text(rng, layout.header, height * share * rng.uniform(.5, .75))
    paint(image, mask, (width - mask.shape[1]) // 2, int(height * .05), ink)
    return int(height * (share + .03))


def words_around(rng, image, layout, ink):
    """State name above and slogan below; returns the share of height that the serial may fill (top, bottom)."""
    height, width = image.shape[:2]
    colour = ink if rng.random() < .5 else random_colour(rng, 10, 200)
    top, bottom = rng.uniform(.06, .14), rng.uniform(.86, .94)
    header = layout.header
    if header and rng.random() < .95:
        if rng.random() < .3:
            header = header.title()
        h = height * rng.uniform(.11, .19)
        mask = small_text(rng, header, h)
        if mask.shape[1] > width * .66:
            mask = cv2.resize(mask, (int(width * .66), int(h)), interpolation=cv2.INTER_AREA)
        y = int(height * rng.uniform(.03, .06))
        paint(image, mask, (width - mask.shape[1]) // 2, y, colour)
        top = (y + mask.shape[0]) / height + rng.uniform(.02, .06)
    slogan = str(rng.choice(layout.slogans)) if layout.slogans else ""
    if slogan and rng.random() < .85:
        h = height * rng.uniform(.07, .12)
        mask = small_text(rng, slogan, h)
        if mask.shape[1] > width * .7:
            mask = cv2.resize(mask, (int(width * .7), int(h)), interpolation=cv2.INTER_AREA)
        y = int(height * rng.uniform(.95, .97) - mask.shape[0])
        paint(image, mask, (width - mask.shape[1]) // 2, y, colour)
        bottom = y / height - rng.uniform(.02, .05)
    return top, bottom


def contrast_enough(ink, colour):
    """Whether ink can be told from the ground, by luminance."""
    weights = np.float32([.3, .59, .11])
    return abs(float(np.dot(np.float32(ink) - np.float32(colour), weights))) > 60


def render(rng, layout=None):
    """Draws a plate of the layout (or of a chosen one) -> Plate."""
    layout = layout or layouts.choose(rng)
    width, height = layout.size
    while True:
        ink = layout.inks[int(rng.integers(len(layout.inks)))]
        colour = layout.grounds[int(rng.integers(len(layout.grounds)))]
        if rng.random() < .06:
            ink, colour = random_colour(rng), random_colour(rng)
        ink = tuple(np.clip(np.float32(ink) + rng.normal(0, 12, 3), 0, 255))
        if contrast_enough(ink, colour):
            break
    image = ground(rng, colour, width, height)
    text = layouts.serial(rng, layout)
    long_plate = height < width * .4
    if long_plate:
        x0, x1 = euro_bands(rng, image, layout)
        fill = rng.uniform(.62, .84)
        y0 = y1 = int(height * (1 - fill) / 2)
        if layout.band in ("top", "name"):
            y0, y1 = top_words(rng, image, layout, ink), int(height * rng.uniform(.04, .12))
        area = (x0 + int(rng.integers(2, 14)), y0, x1 - int(rng.integers(2, 14)), height - y1)
    else:
        top, bottom = words_around(rng, image, layout, ink)
        tall = min(rng.uniform(.4, .56), bottom - top)
        middle = np.clip(rng.normal(.535, .025), top + tall / 2, bottom - tall / 2)
        side = rng.uniform(.03, .11)
        area = (int(width * side), int((middle - tall / 2) * height), int(width * (1 - side)),
                int((middle + tall / 2) * height))
        if rng.random() < layout.sided:
            area = side_matter(rng, image, area, ink)
    if rng.random() < .7:
        inset = int(rng.integers(1, 5))
        cv2.rectangle(image, (inset, inset), (width - 1 - inset, height - 1 - inset),
                      tuple(float(v) for v in ink) if rng.random() < .7 else random_colour(rng),
                      int(rng.integers(1, 3)), cv2.LINE_AA)
    boxes = draw_serial(rng, image, layout, text, ink, area)
    corner_matter(rng, image, long_plate)
    return Plate(image, layouts.label(text), layout.region, boxes)


def render_plate(rng):
    """rng: numpy Generator -> (clean plate, uint8 RGB [H, W, 3], text A-Z0-9, region such as 'CA-ON')."""
    plate = render(rng)
    return plate.image, plate.text, plate.region
