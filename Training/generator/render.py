"""Draws one clean plate: ground, words around, emblems, big serial, stickers, bolts."""
import dataclasses

import cv2
import numpy as np

from . import layouts
from .emblems import FIGURE, blob, cloud, contrast_enough, paint, random_colour
from .extras import corner_matter, euro_bands, ground, side_matter, words_around, words_of_long
from .glyphs import FontFace, StrokeFace, small_text


@dataclasses.dataclass
class Plate:
    """A drawn plate. image: uint8 RGB [H, W, 3]; text: A-Z0-9; boxes: float32 [n, 4] x0, y0, x1, y1 in pixels."""

    image: np.ndarray
    text: str
    region: str
    boxes: np.ndarray


def advances(rng, face, layout, text):
    """Places of a serial's parts along the line: list of (character, offset, width, scale), and the whole width, all
    but the scale relative to an ordinary character's width. scale: the character's height to the others'."""
    emblem, gap, spacing = rng.uniform(*layout.gap), rng.uniform(.3, .7), face.spacing
    parts, x, scale = [], 0., 1.
    for c in text:
        if c == "~":
            scale = rng.uniform(.5, .75)
            continue
        width = {" ": gap, "-": rng.uniform(.3, .5), ".": .26, "*": emblem}.get(c)
        if width is None:
            width = face.aspect(c) * (scale if scale == 1 else scale * 1.1)
            pad = max(1 - width, 0) / 2 if face.fixed_pitch and scale == 1 else 0.
        else:
            pad = 0.
        parts.append((c, x + pad, width, scale))
        x += width + 2 * pad + spacing
        scale = 1.
    return parts, x - spacing


def stamp(image, mask, x, y, ink, relief, worn):
    """One embossed character: shade and light at its edges (relief -2 to 2 pixels), then the ink that is left. worn:
    ink's cover from 0 to 1 on the whole plate, float32, or None."""
    if relief:
        light, dark = ((255, 255, 255), (40, 40, 40)) if relief > 0 else ((40, 40, 40), (255, 255, 255))
        paint(image, mask, x + abs(relief), y + abs(relief), dark, .55)
        paint(image, mask, x - abs(relief), y - abs(relief), light, .55)
    if worn is not None:
        cover = worn[max(y, 0):y + mask.shape[0], max(x, 0):x + mask.shape[1]]
        if cover.shape == mask.shape:
            edge = cv2.morphologyEx(mask, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
            mask = np.maximum(mask * cover, edge * np.sqrt(cover) * .7).astype(np.uint8)
    paint(image, mask, x, y, ink)


def small_parts(rng, image, layout, part, place, ink):
    """A hyphen, dot, emblem or stacked small letters between the characters. place: x, y, width, height in pixels."""
    left, y0, w, height = place
    if part in "-.":
        h = max(int(height * rng.uniform(.08, .13)), 3)
        bar = np.zeros((h + 2, w), np.uint8)
        cv2.rectangle(bar, (1 if part == "-" else max(w // 2 - h // 2, 0), 1),
                      (w - 2 if part == "-" else w // 2 + h // 2, h), 255, -1)
        paint(image, bar, left, y0 + height // 2 - h // 2, ink)
    elif part == "*" and not layout.emblems and rng.random() < .15:
        for i, letter in enumerate(rng.choice(list("ABCDEFGHJKLMNPRSTVWXYZ0123456789"), 2)):
            mask = small_text(rng, str(letter), height * rng.uniform(.32, .42))
            paint(image, mask, left + (w - mask.shape[1]) // 2, y0 + int(height * (.04 + .5 * i)), ink)
    elif part == "*":
        size = height * .9 if 6 in layout.emblems else min(w * rng.uniform(.9, 1.35), height * .9)
        mask = blob(rng, size, layout.emblems)
        if (FIGURE in layout.emblems or not layout.emblems) and rng.random() < .5:
            mask = cv2.resize(mask, (mask.shape[1], int(height * rng.uniform(.55, 1.))), interpolation=cv2.INTER_LINEAR)
        colour = ink if rng.random() < .5 else random_colour(rng)
        paint(image, mask, left + (w - mask.shape[1]) // 2, y0 + (height - mask.shape[0]) // 2 + int(
            height * rng.normal(0, .06)), colour, rng.uniform(.5, 1))


def draw_serial(rng, image, layout, text, ink, area):
    """Draws the serial in area (x0, y0, x1, y1), its height the characters'; returns the characters' boxes [n, 4]."""
    x0, y0, x1, y1 = area
    height = y1 - y0
    face = FontFace(rng, layout.die) if rng.random() < layout.fonts else StrokeFace(rng, layout.die)
    parts, total = advances(rng, face, layout, text)
    unit = min((x1 - x0) / total, height * face.ratio * rng.uniform(.94, 1.06))
    start = x0 + (x1 - x0 - unit * total) * np.clip(rng.normal(.5, .1), 0, 1)
    boxes = []
    relief = int(rng.choice([-2, -1, 1, 2], p=[.1, .3, .45, .15])) if rng.random() < .45 else 0
    worn = None
    if rng.random() < .12:
        patches = cloud(rng, *image.shape[:2], int(rng.integers(3, 24)))
        worn = np.clip(rng.uniform(.5, 1) + rng.uniform(.1, .5) * patches, .2, 1)
    rise = rng.choice([0., .5, 1.])
    for emblem_turn in (True, False):
        for c, offset, width, scale in parts:
            w, left = max(int(round(width * unit)), 4), int(round(start + offset * unit))
            if emblem_turn != (not c.isalnum()):
                continue
            if emblem_turn:
                small_parts(rng, image, layout, c, (left, y0, w, height), ink)
                continue
            h = int(height * scale)
            top = y0 + int((height - h) * rise)
            stamp(image, face.mask(c, h, w), left, top, ink, relief, worn)
            boxes.append((left, top, left + w, top + h))
    return np.float32(boxes)


def colours(rng, layout):
    """Ink and ground of a plate that can be told apart: RGB triples."""
    while True:
        ink = layout.inks[int(rng.integers(len(layout.inks)))]
        colour = layout.grounds[int(rng.integers(len(layout.grounds)))]
        if rng.random() < .06:
            ink, colour = random_colour(rng), random_colour(rng)
        ink = tuple(float(v) for v in np.clip(np.float32(ink) + rng.normal(0, 12, 3), 0, 255))
        if contrast_enough(ink, colour):
            return ink, colour


def serial_area(rng, image, layout, ink):
    """Draws what stands around the serial; returns where the serial goes, x0, y0, x1, y1 in pixels."""
    height, width = image.shape[:2]
    if height < width * .4:
        x0, x1 = euro_bands(rng, image, layout)
        top, bottom = words_of_long(rng, image, layout, ink)
        tall = min(rng.uniform(*layout.tall) * height, (bottom - top) * .94)
        y0 = top + int((bottom - top - tall) * rng.uniform(.35, .65))
        x0 += int(width * .05) if layout.band == "top" else 0
        return x0 + int(rng.integers(2, 14)), y0, x1 - int(rng.integers(2, 14)), y0 + int(tall)
    top, bottom = words_around(rng, image, layout, ink)
    tall = min(rng.uniform(*layout.tall) * (1 if rng.random() < .92 else rng.uniform(.8, 1.2)), bottom - top)
    middle = np.clip(rng.normal(.53, .025), top + tall / 2, bottom - tall / 2)
    side = rng.uniform(.02, .08)
    area = (int(width * side), int((middle - tall / 2) * height), int(width * (1 - side)),
            int((middle + tall / 2) * height))
    return side_matter(rng, image, area, ink) if rng.random() < layout.sided else area


def render(rng, layout=None):
    """Draws a plate of the layout (or of a chosen one) -> Plate."""
    layout = layout or layouts.choose(rng)
    width, height = layout.size
    ink, colour = colours(rng, layout)
    image = ground(rng, colour, width, height, rng.random() < layout.plain)
    text = layouts.serial(rng, layout)
    area = serial_area(rng, image, layout, ink)
    if rng.random() < .55:
        inset = int(rng.integers(1, 5))
        cv2.rectangle(image, (inset, inset), (width - 1 - inset, height - 1 - inset),
                      ink if rng.random() < .7 else random_colour(rng), int(rng.integers(1, 3)), cv2.LINE_AA)
    boxes = draw_serial(rng, image, layout, text, ink, area)
    corner_matter(rng, image, height < width * .4)
    return Plate(image, layouts.label(text), layout.region, boxes)


def render_plate(rng):
    """rng: numpy Generator -> (clean plate, uint8 RGB [H, W, 3], text A-Z0-9, region such as 'CA-ON')."""
    plate = render(rng)
    return plate.image, plate.text, plate.region
