"""Big plate characters as masks: drawn from our own stroke skeletons, or taken from free fonts.

Licence plates are stamped with dies whose strokes have one width and rounded corners, so most characters here come
from skeletons: polylines in a unit box with rounded corners, drawn with a chosen stroke width. Variants of a
character (an open 4, a straight 2, a slashed 0) are separate skeletons.
"""
import functools
import glob
import os

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from .dies import DIES, NARROW, RARE, SKELETONS, WIDE

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

FONT_PATTERNS = [
    ("league-mono/LeagueMono-CondensedBold.otf", 5), ("league-mono/LeagueMono-CondensedSemiBold.otf", 3),
    ("league-mono/LeagueMono-CondensedMedium.otf", 2), ("league-mono/LeagueMono-NarrowBold.otf", 3),
    ("league-mono/LeagueMono-SemiBold.otf", 2), ("opendin/OSP-DIN.ttf", 5), ("roadgeek/RG2014B.ttf", 4),
    ("roadgeek/RG2014C.ttf", 4), ("roadgeek/RG2014D.ttf", 4), ("roadgeek/RG2014E.ttf", 2),
    ("bebas-neue/BebasNeue-Regular.otf", 3), ("bebas-neue/BebasNeue-Bold.otf", 3),
    ("national-park/NationalPark-Regular.otf", 2), ("national-park/NationalPark-Heavy.otf", 2),
    ("routed-gothic/routed-gothic-narrow.ttf", 2), ("routed-gothic/routed-gothic.ttf", 1),
    ("liberation/LiberationSansNarrow-Bold.ttf", 3), ("liberation/LiberationSans-Bold.ttf", 2),
    ("roboto/unhinted/RobotoCondensed-Bold.ttf", 2), ("roboto/unhinted/RobotoCondensed-Medium.ttf", 2),
    ("urw-base35/NimbusSansNarrow-Bold.otf", 1), ("dosis/Dosis-Bold.otf", 2), ("dosis/Dosis-SemiBold.otf", 2),
    ("mplus/MplusCode50-Bold.otf", 2), ("mplus/Mplus1-Bold.otf", 1), ("jetbrains-mono/JetBrainsMono-Bold.ttf", 1),
    ("b612/B612Mono-Bold.otf", 1), ("cabin/Cabin-Bold.otf", 1), ("dejavu/DejaVuSansCondensed-Bold.ttf", 2),
    ("dejavu/DejaVuSansMono-Bold.ttf", 1), ("open-sans/OpenSans-CondBold.ttf", 1), ("hack/Hack-Bold.ttf", 1),
]
SMALL_PATTERNS = [
    "liberation/LiberationSansNarrow-Bold.ttf", "dejavu/DejaVuSans-Bold.ttf", "lobster/lobster.otf",
    "dejavu/DejaVuSerif-Bold.ttf", "cabin/Cabin-BoldItalic.otf", "roboto/unhinted/RobotoCondensed-Bold.ttf",
    "bebas-neue/BebasNeue-Regular.otf", "liberation/LiberationSerif-BoldItalic.ttf", "karla/Karla-Bold.otf",
]

def _rounded(points, radius):
    """Replaces rounded corners of a polyline by arcs. points: pixels (x, y, round), radius in pixels -> [n, 2]."""
    out = []
    for i, (x, y, is_round) in enumerate(points):
        here = np.array([x, y])
        if not is_round or i in (0, len(points) - 1):
            out.append(here)
            continue
        before, after = np.array(points[i - 1][:2]) - here, np.array(points[i + 1][:2]) - here
        shares = [.5 if points[j][2] else 1. for j in (i - 1, i + 1)]
        r = min(radius, shares[0] * np.linalg.norm(before), shares[1] * np.linalg.norm(after))
        start = here + before / (np.linalg.norm(before) + 1e-6) * r
        end = here + after / (np.linalg.norm(after) + 1e-6) * r
        for s in np.linspace(0, 1, 7):
            # A conic with weight cos 45 degrees is the exact quarter circle for square corners.
            a, b, c = (1 - s) ** 2, 2 * s * (1 - s) * .7071, s * s
            out.append((a * start + b * here + c * end) / (a + b + c))
    return np.array(out)


def _square_end(end, before, inset):
    """Moves a line's end that lies on the box's edge out over it, so that the edge cuts it square. Points in pixels and
    whether they lie on a level (y) or upright (x) edge."""
    (x, y, on_x, on_y), (bx, by, *_) = end, before
    step = np.array([x - bx, y - by], float)
    if on_y and abs(step[1]) > abs(step[0]):
        step *= inset / abs(step[1])
    elif on_x and abs(step[0]) > abs(step[1]) * 4:
        step *= inset / abs(step[0])
    else:
        step *= 0
    return x + step[0], y + step[1], False


def stroke_mask(strokes, height, width, stroke, radius, square=False):
    """Draws a skeleton. height, width, stroke width and corner radius in pixels; square: whether strokes end square
    at the box's edge -> uint8 [height, width]."""
    scale = 2
    canvas = np.zeros((int(height * scale), int(width * scale)), np.uint8)
    inset = stroke * scale / 2
    span_x, span_y = max(width * scale - 2 * inset - 1, 1), max(height * scale - 2 * inset - 1, 1)
    for line in strokes:
        pixels = [(inset + p[0] * span_x, inset + p[1] * span_y, len(p) > 2) for p in line]
        if square:
            marks = [(x, y, p[0] in (0, 1), p[1] in (0, 1)) for (x, y, _), p in zip(pixels, line)]
            pixels[0] = _square_end(marks[0], marks[1], inset + 1)
            pixels[-1] = _square_end(marks[-1], marks[-2], inset + 1)
        curve = np.round(_rounded(pixels, radius * scale) * 8).astype(np.int32)
        cv2.polylines(canvas, [curve.reshape(-1, 1, 2)], False, 255, max(int(round(stroke * scale)), 1),
                      cv2.LINE_AA, 3)
    return cv2.resize(canvas, (int(width), int(height)), interpolation=cv2.INTER_AREA)


class StrokeFace:
    """One die set: chosen variants, stroke width, roundness and width for all 36 characters."""

    def __init__(self, rng, die="state"):
        """rng: numpy Generator; die: a name of DIES."""
        fixed = DIES[die]
        self.variant = {}
        for c in ALPHABET:
            names = [n for n in SKELETONS[c] if n not in RARE or rng.random() < .25]
            wanted = fixed.variants.get(c, "").split()
            self.variant[c] = str(rng.choice(wanted or names))
        if fixed.equal_zero:
            self.variant["0"] = self.variant["O"]
        self.stroke = rng.uniform(*fixed.stroke)
        self.radius = rng.uniform(*fixed.radius)
        self.ratio = rng.uniform(*fixed.ratio)
        self.spacing = rng.uniform(*fixed.spacing)
        self.wide = rng.uniform(*fixed.wide)
        self.zero_squeeze = 1. if fixed.equal_zero else rng.choice([1., .94, .88])
        self.modulation = rng.uniform(*fixed.modulation)
        self.fixed_pitch, self.square = rng.random() < .3, rng.random() < .6

    def aspect(self, character):
        """Width of the character relative to an ordinary one."""
        if character in WIDE:
            return 1 + (WIDE[character] - 1) * self.wide
        if character == "0":
            return self.zero_squeeze
        if character in ("1", "I"):
            plain = self.variant[character] == "stem"
            return self.stroke / self.ratio if plain else NARROW[character]
        return NARROW.get(character, 1.)

    def mask(self, character, height, width):
        """uint8 mask [height, width] of a character, ink reaching the edges."""
        strokes = SKELETONS[character][self.variant[character]]
        narrow = max(width / self.modulation, 4)
        stroke = min(self.stroke * height, .4 * narrow if character not in "1I" else narrow)
        mask = stroke_mask(strokes, height, narrow, stroke, self.radius * height, self.square)
        return cv2.resize(mask, (int(width), int(height)), interpolation=cv2.INTER_LINEAR)


def font_files():
    """All fonts of FONT_PATTERNS that are installed, as (path, weight)."""
    found = []
    for pattern, weight in FONT_PATTERNS:
        hits = glob.glob(f"/usr/share/fonts/*/{pattern}")
        found += [(hits[0], weight)] if hits else []
    return found


@functools.lru_cache(maxsize=None)
def _installed():
    fonts = font_files()
    weights = np.array([w for _, w in fonts], float)
    small = [h for p in SMALL_PATTERNS for h in glob.glob(f"/usr/share/fonts/*/{p}")]
    return [p for p, _ in fonts], weights / weights.sum(), small


@functools.lru_cache(maxsize=None)
def _font_glyph(path, character):
    """Ink of one character at 120 pixels height or so, cropped: uint8 [h, w]."""
    font = ImageFont.truetype(path, 150)
    image = Image.new("L", (260, 260))
    ImageDraw.Draw(image).text((50, 40), character, fill=255, font=font)
    return np.array(image.crop(image.getbbox()))


class FontFace:
    """Characters of a font file, stretched to the box that is asked for."""

    def __init__(self, rng, die="state", path=None):
        """rng: numpy Generator; die: the die set whose width and spacing are taken over; path: a font file."""
        paths, weights, _ = _installed()
        self.path = path or paths[rng.choice(len(paths), p=weights)]
        self.weight = rng.choice([-1, 0, 0, 0, 1])
        low, high = DIES[die].ratio
        self.ratio, self.spacing = rng.uniform(low - .02, high + .03), rng.uniform(.12, .34)
        self.fixed_pitch = rng.random() < .3
        self.reference = float(np.median([_font_glyph(self.path, c).shape[1] for c in "ABDEHKNPRS"]))

    def aspect(self, character):
        """Width of the character relative to the font's ordinary one."""
        return float(np.clip(_font_glyph(self.path, character).shape[1] / self.reference, .24, 1.45))

    def mask(self, character, height, width):
        """uint8 mask [height, width] of a character."""
        glyph = _font_glyph(self.path, character)
        if self.weight:
            kernel = np.ones((5, 5), np.uint8)
            glyph = cv2.erode(glyph, kernel) if self.weight < 0 else cv2.dilate(cv2.copyMakeBorder(
                glyph, 3, 3, 3, 3, cv2.BORDER_CONSTANT), kernel)
        return cv2.resize(glyph, (int(width), int(height)), interpolation=cv2.INTER_AREA)


@functools.lru_cache(maxsize=4000)
def _small_text(path, text, size):
    font = ImageFont.truetype(path, size)
    left, top, right, bottom = font.getbbox(text)
    image = Image.new("L", (right - left + 2, bottom - top + 2))
    ImageDraw.Draw(image).text((1 - left, 1 - top), text, fill=255, font=font)
    return np.array(image)


def small_text(rng, text, height):
    """Mask of a line of small lettering (state name, slogan), height in pixels -> uint8 [height, w]."""
    fonts = _installed()[2]
    mask = _small_text(fonts[int(rng.integers(len(fonts)))], text, 40)
    width = max(int(mask.shape[1] * height / mask.shape[0]), 1)
    return cv2.resize(mask, (width, max(int(height), 1)), interpolation=cv2.INTER_AREA)
