"""What stands on a plate besides its serial: ground, words, stickers, bolts, bands, small letters beside."""
import cv2
import numpy as np

from .emblems import blob, cloud, contrast_enough, logo, paint, random_colour, wheelchair
from .glyphs import small_text

_STACKS = ("DP", "DP", "DV", "DIS", "VT", "VET", "PRO", "TK", "TRK", "CR", "HC", "NG", "EMT", "XM", "LT", "TR", "TL",
           "ANTIQUE CAR", "PA. HISTORIC CAR", "I NY", "U S", "ARMY", "KIDS FIRST", "FIRE", "DLR")
_STICKER_WORDS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC", "2009",
                  "2012", "16", "08", "21", "24")


def ground(rng, colour, width, height, plain=False):
    """Plate ground: plain (always, if asked for), a gradient, bands at top and bottom, hills or a picture.

    -> RGB uint8 [height, width, 3].
    """
    image = np.empty((height, width, 3), np.float32)
    image[:] = np.clip(np.float32(colour) + rng.normal(0, 6, 3), 0, 255)
    kind = rng.random() if height > width * .4 and not plain else 1.
    other = np.float32(random_colour(rng, 60, 255))
    if kind < .16:
        ramp = np.abs(np.linspace(-1, 1, height)) ** rng.uniform(.8, 4)
        if rng.random() < .6:
            ramp = np.clip(np.linspace(1, -rng.uniform(.3, 2), height), 0, 1)
        image += (other - image) * ramp[:, None, None].astype(np.float32) * rng.uniform(.3, .8)
    elif kind < .24:
        band = int(height * rng.uniform(.14, .25))
        image[:band] = other
        if rng.random() < .5:
            image[-int(height * rng.uniform(.08, .2)):] = random_colour(rng)
    elif kind < .36:
        for _ in range(int(rng.integers(1, 5))):
            base = rng.uniform(.3, 1) * height
            xs = np.linspace(0, width, 9)
            ys = base + rng.normal(0, height * .1, 9)
            shape = np.int32(np.concatenate([np.stack([xs, ys], 1), [[width, height], [0, height]]]))
            layer = image.copy()
            cv2.fillPoly(layer, [shape], random_colour(rng, 90, 250), cv2.LINE_AA)
            image = image * .65 + layer * .35
    elif kind < .46:
        picture = cloud(rng, height, width, int(rng.integers(4, 24)))[:, :, None]
        image += picture * np.float32(rng.uniform(10, 45, 3))
    return np.clip(image, 0, 255).astype(np.uint8)


def _stack(rng, image, area, left, ink):
    """Small letters or words one above another at a side of the area; returns the width taken in pixels."""
    x0, y0, x1, y1 = area
    words = str(rng.choice(_STACKS)) if rng.random() < .6 else "".join(
        rng.choice(list("ABCDEFGHJKLMNPRSTUVWXYZ0123456789"), 2))
    rows = words.split() if " " in words else list(words)
    each, widest = (y1 - y0) / len(rows), int((y1 - y0) * rng.uniform(.5, .8))
    masks = [small_text(rng, c, each * rng.uniform(.7, .88)) for c in rows]
    masks = [m if m.shape[1] <= widest else cv2.resize(m, (widest, m.shape[0])) for m in masks]
    width = max(m.shape[1] for m in masks) + 2
    for i, m in enumerate(masks):
        paint(image, m, (x0 if left else x1 - width) + (width - m.shape[1]) // 2, y0 + int(each * i), ink)
    return width


def side_matter(rng, image, area, ink):
    """Takes a strip left or right for a badge, stacked small letters or a wheelchair; returns what is left."""
    x0, y0, x1, y1 = area
    height, left, kind = y1 - y0, rng.random() < .75, rng.random()
    colour = ink if rng.random() < .6 else random_colour(rng, 20, 200)
    if kind < .4:
        width = _stack(rng, image, area, left, colour)
    elif kind < .55:
        width = int(height * rng.uniform(.5, .95))
        paint(image, wheelchair(rng, width), x0 if left else x1 - width, y0 + (height - width) // 2, colour)
    elif kind < .7:
        width = int(height * rng.uniform(.35, .8))
        y = y0 + int(rng.integers(0, height - width + 1))
        paint(image, blob(rng, width), x0 if left else x1 - width, y, colour)
    else:
        width = int(height * rng.uniform(.6, 1.25))
        picture, mask = logo(rng, width)
        x, y = x0 if left else x1 - width, y0 + (height - width) // 2 + int(rng.normal(0, height * .06))
        x, y = max(x, 0), max(y, 0)
        spot = image[y:y + width, x:x + width]
        alpha = mask[:spot.shape[0], :spot.shape[1], None].astype(np.float32) * (rng.uniform(.5, 1) / 255)
        spot[:] = (spot * (1 - alpha) + picture[:spot.shape[0], :spot.shape[1]] * alpha).astype(np.uint8)
    gap = int(height * rng.uniform(.02, .2))
    return (x0 + width + gap, y0, x1, y1) if left else (x0, y0, x1 - width - gap, y1)


def sticker(rng, image, x, y, w, h):
    """A validation sticker with a word or number and fine print, in place."""
    colour = random_colour(rng, 20, 255)
    ink = (20, 20, 20) if sum(colour) > 380 else (240, 240, 240)
    if rng.random() < .75:
        cv2.rectangle(image, (x, y), (x + w, y + h), colour, -1)
    else:
        ink = random_colour(rng, 10, 100)
    word = str(rng.choice(_STICKER_WORDS)) if rng.random() < .8 else str(int(rng.integers(10, 99)))
    share = rng.uniform(.45, .85)
    mask = small_text(rng, word, max(h * share, 4))
    if mask.shape[1] > w - 2:
        mask = cv2.resize(mask, (max(w - 2, 3), mask.shape[0]), interpolation=cv2.INTER_AREA)
    paint(image, mask, x + (w - mask.shape[1]) // 2, y + 1, ink)
    if share < .65:
        mask = small_text(rng, str(int(rng.integers(1000000, 9999999))), max(h * .25, 3))
        paint(image, mask[:, :w], x + 1, y + int(h * .72), ink)


def corner_matter(rng, image, long_plate):
    """Stickers and bolts, in place."""
    height, width = image.shape[:2]
    if not long_plate:
        for sx in (0, 1):
            for sy in (0, 1):
                if rng.random() < ((.35, .6)[sx] if sy == 0 else .14):
                    w, h = int(width * rng.uniform(.08, .15)), int(height * rng.uniform(.09, .17))
                    x = int(width * rng.uniform(.02, .08))
                    x = width - w - x if sx else x
                    y = int(height * rng.uniform(.02, .07)) if not sy else height - h - int(height * .04)
                    sticker(rng, image, x, y, w, h)
    if rng.random() < .7:
        y_places = [.075, .925] if not long_plate else [.5]
        inset = rng.uniform(.18, .26) if not long_plate else rng.uniform(.02, .1)
        radius, colour = max(int(height * rng.uniform(.02, .045)), 2), random_colour(rng, 10, 200)
        slot = rng.random() < .4
        for y in y_places:
            for x in (inset, 1 - inset):
                if rng.random() < .8:
                    place = (int(x * width + rng.normal(0, 2)), int(y * height + rng.normal(0, 1.5)))
                    if slot:
                        cv2.ellipse(image, place, (radius * 2, radius), 0, 0, 360, (30, 30, 30), -1, cv2.LINE_AA)
                    else:
                        cv2.circle(image, place, radius, colour, -1, cv2.LINE_AA)
                        cv2.circle(image, (place[0] - 1, place[1] - 1), max(radius // 2, 1), [min(v + 60, 255) for v in
                                   colour], -1, cv2.LINE_AA)


def euro_bands(rng, image, layout):
    """Blue bands of EU plates; returns the x range that is left, in pixels."""
    height, width = image.shape[:2]
    x0, x1 = 6, width - 6
    sides = {"left": ["l"], "both": ["l", "r"], "maybe": ["l"] if rng.random() < .5 else []}.get(layout.band, [])
    for side in sides:
        w = int(width * rng.uniform(.065, .095))
        left = 2 if side == "l" else width - w - 2
        image[2:-2, left:left + w] = np.float32((20, 50, 150)) * rng.uniform(.7, 1.5)
        word = wording(rng, layout)
        if side == "r":
            word = str(int(rng.integers(1, 96))).zfill(2) if rng.random() < .9 else str(rng.choice(["2A", "2B", "971"]))
        if side == "r":
            emblem = blob(rng, w * rng.uniform(.5, .9))
            paint(image, emblem, left + (w - emblem.shape[1]) // 2, int(height * rng.uniform(.1, .3)),
                  random_colour(rng, 100, 255))
        else:
            cv2.circle(image, (left + w // 2, int(height * .3)), int(w * .32), (230, 210, 60), 2, cv2.LINE_AA)
        mask = small_text(rng, word[:3], height * rng.uniform(.16, .3))
        if mask.shape[1] > w - 4:
            mask = cv2.resize(mask, (w - 4, mask.shape[0]), interpolation=cv2.INTER_AREA)
        paint(image, mask, left + (w - mask.shape[1]) // 2, int(height * .62), (240, 240, 240))
        x0, x1 = (left + w + 4, x1) if side == "l" else (x0, left - 4)
    return x0, x1


def wording(rng, layout):
    """One of the layout's headers."""
    return str(rng.choice(layout.header.split(",")))


def _mercosur_marks(rng, image, band):
    """Emblem and flag at the ends of the blue band, and the code and country at the plate's left edge; in place."""
    height, width = image.shape[:2]
    side = max(int(band * .7), 4)
    for x in (int(width * .03), int(width * .97) - side):
        image[band // 7:band // 7 + side, x:x + side] = random_colour(rng, 60, 255)
    if rng.random() < .8:
        n, x, y = int(height * rng.uniform(.14, .2)), int(width * .025), band + int(height * .08)
        code = rng.integers(0, 2, (9, 9)).astype(np.uint8) * 255
        paint(image, cv2.resize(code, (n, n), interpolation=cv2.INTER_NEAREST), x, y, (40, 40, 40), .8)
        paint(image, small_text(rng, "BR", height * rng.uniform(.12, .17)), x, int(height * .8), (30, 30, 30))


def words_of_long(rng, image, layout, ink):
    """A line of words over (bands "top" and "name") or under a long plate's serial ("under", or by chance "name").

    Returns the rows left for the serial, first and last, in pixels."""
    height, width = image.shape[:2]
    if layout.band not in ("top", "name", "under"):
        return 0, height
    share = rng.uniform(.18, .26)
    if layout.band == "top":
        image[:int(height * share)] = np.float32((20, 60, 160)) * rng.uniform(.7, 1.2)
        ink = (240, 240, 240)
        _mercosur_marks(rng, image, int(height * share))
    mask = small_text(rng, wording(rng, layout), height * share * rng.uniform(.5, .8))
    under = layout.band == "under" and rng.random() < .6
    y = height - mask.shape[0] - int(height * rng.uniform(.03, .07)) if under else int(height * rng.uniform(.03, .07))
    if layout.band == "name" and rng.random() < .6:
        half = int(rng.uniform(.5, 1.1) * mask.shape[1] * .6) + 8
        cv2.rectangle(image, (width // 2 - half, max(y - 3, 0)), (width // 2 + half, y + mask.shape[0] + 3), [
            float(v) for v in ink], 1, cv2.LINE_AA)
    paint(image, mask, (width - mask.shape[1]) // 2, y, ink)
    return (0, y) if under else (int(height * (share + .03)), height)


def line_of_words(rng, image, text, y, height, colour):
    """A centred line of small lettering, top at y, in place; light where the ground there is dark."""
    width = image.shape[1]
    mask = small_text(rng, text, height)
    widest = width * (.66 if rng.random() < .85 else .9)
    if mask.shape[1] > widest:
        mask = cv2.resize(mask, (int(widest), mask.shape[0]), interpolation=cv2.INTER_AREA)
    x = (width - mask.shape[1]) // 2 + int(rng.normal(0, 3))
    here = image[max(int(y), 0):int(y) + mask.shape[0], max(x, 0):x + mask.shape[1]].reshape(-1, 3).mean(0)
    if not contrast_enough(colour, here) and rng.random() < .8:
        colour = (245, 245, 245) if here.mean() < 128 else (25, 30, 50)
    paint(image, mask, x, int(y), colour)
    return mask.shape[0]


def words_around(rng, image, layout, ink):
    """State name above and slogan below; returns the share of height that the serial may fill (top, bottom)."""
    height, width = image.shape[:2]
    colour = ink if rng.random() < .5 else random_colour(rng, 10, 200)
    top, bottom = rng.uniform(.06, .14), rng.uniform(.86, .94)
    header = wording(rng, layout)
    if header and rng.random() < layout.banded:
        band = random_colour(rng, 10, 120)
        image[:int(height * rng.uniform(.19, .26))] = band
        if rng.random() < .4:
            image[-int(height * rng.uniform(.12, .18)):] = band
    if header and rng.random() < .95:
        if rng.random() < .12:
            header = header.title()
        y = height * rng.uniform(.025, .06)
        top = (y + line_of_words(rng, image, header, y, height * rng.uniform(.11, .18), colour)) / height \
            + rng.uniform(.02, .06)
    slogan = str(rng.choice(layout.slogans)) if layout.slogans else ""
    if slogan and rng.random() < .88:
        h = height * rng.uniform(.07, .12)
        y = height * rng.uniform(.93, .97) - h
        line_of_words(rng, image, slogan, y, h, colour)
        bottom = y / height - rng.uniform(.02, .05)
    return top, bottom
