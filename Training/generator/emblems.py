"""Small pictures on plates: outlines, crowns, badges, the sign of access; and the brush that lays them down."""
import cv2
import numpy as np

from .glyphs import small_text


def paint(image, mask, x, y, colour, opacity=1.):
    """Lays a colour through a mask onto image in place; x, y top-left in pixels; what lies outside is cut off."""
    h, w = mask.shape
    x0, y0, x1, y1 = max(x, 0), max(y, 0), min(x + w, image.shape[1]), min(y + h, image.shape[0])
    if x1 <= x0 or y1 <= y0:
        return
    alpha = mask[y0 - y:y1 - y, x0 - x:x1 - x, None].astype(np.float32) * (opacity / 255)
    part = image[y0:y1, x0:x1]
    part[:] = (part * (1 - alpha) + np.float32(colour) * alpha).astype(np.uint8)


def random_colour(rng, low=20, high=240):
    """RGB triple."""
    return tuple(int(v) for v in rng.integers(low, high, 3))


def contrast_enough(ink, colour):
    """Whether ink can be told from the ground, by luminance."""
    weights = np.float32([.3, .59, .11])
    return abs(float(np.dot(np.float32(ink) - np.float32(colour), weights))) > 60


def cloud(rng, height, width, cells):
    """Smooth noise from -1 to 1, float32 [height, width], with some cells of detail across."""
    grid = rng.uniform(-1, 1, (max(int(cells * height / width), 2), cells)).astype(np.float32)
    return cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)


def _crown(mask, size):
    thin = max(size // 14, 1)
    for x0, y0, x1, y1 in ((.1, .96, .9, .96), (.5, .02, .5, .3), (.4, .1, .6, .1)):
        cv2.line(mask, (int(x0 * size), int(y0 * size)), (int(x1 * size), int(y1 * size)), 255, thin, cv2.LINE_AA)
    for x in (.06, .28, .72, .94):
        cv2.circle(mask, (int(x * size), int((.36 if x in (.06, .94) else .3) * size)), thin, 255, -1, cv2.LINE_AA)


def _figure(rng, mask, size):
    """A rider, a bird, a tree: some bent limbs about a body, as thick as a character's strokes."""
    thick = max(int(size * rng.uniform(.07, .17)), 1)
    middle = rng.uniform(.35, .65, 2)
    if rng.random() < .7:
        axes = tuple(int(v * size) for v in rng.uniform(.08, .28, 2))
        cv2.ellipse(mask, tuple(int(v * size) for v in middle), axes, rng.uniform(0, 180), 0, 360, 255, -1, cv2.LINE_AA)
    for _ in range(int(rng.integers(3, 7))):
        turn = rng.uniform(0, 2 * np.pi)
        points = [middle + rng.normal(0, .08, 2)]
        for _ in range(int(rng.integers(1, 4))):
            points.append(points[-1] + rng.uniform(.12, .3) * np.float64([np.cos(turn), np.sin(turn)]))
            turn += rng.normal(0, .8)
        line = np.int32(np.clip(points, .06, .94) * size)
        cv2.polylines(mask, [line], False, 255, max(int(thick * rng.uniform(.6, 1.3)), 1), cv2.LINE_AA)


def _sun(rng, mask, size):
    """A disc or ring with rays: four bundles of them, or all around."""
    radius, thin = size * rng.uniform(.14, .22), max(int(size * rng.uniform(.03, .07)), 1)
    middle = size // 2
    cv2.circle(mask, (middle, middle), int(radius), 255, -1 if rng.random() < .4 else thin, cv2.LINE_AA)
    if rng.random() < .6:
        count = int(rng.integers(2, 5))
        rays = [(quarter * np.pi / 2, (i - (count - 1) / 2) * size * .09) for quarter in range(4) for i in range(count)]
    else:
        count = int(rng.integers(6, 15))
        rays = [(2 * np.pi * i / count, 0.) for i in range(count)]
    far = size * rng.uniform(.38, .49)
    for angle, aside in rays:
        along, across = np.float64([np.cos(angle), np.sin(angle)]), np.float64([-np.sin(angle), np.cos(angle)])
        ends = [middle + along * reach + across * aside for reach in (radius * 1.2, far)]
        cv2.line(mask, *(tuple(int(v) for v in end) for end in ends), 255, thin, cv2.LINE_AA)


def _fruit(rng, mask, size):
    """One or two round fruits with a leaf."""
    radius = size * rng.uniform(.22, .32)
    places = [(.34, .62), (.66, .6)] if rng.random() < .5 else [(.5, .58)]
    for x, y in places:
        grey = int(rng.integers(140, 255))
        cv2.circle(mask, (int(x * size), int(y * size)), int(radius / len(places) ** .3), grey, -1, cv2.LINE_AA)
    leaf, axes = (int(.52 * size), int(.22 * size)), (int(.22 * size), int(.1 * size))
    cv2.ellipse(mask, leaf, axes, rng.uniform(-40, 40), 0, 360, 255, -1, cv2.LINE_AA)


FIGURE, SUN, FRUIT = 7, 8, 9
_DRAWN = {FIGURE: _figure, SUN: _sun, FRUIT: _fruit}


def blob(rng, size, kinds=()):
    """Mask of an emblem, about size x size pixels: 0 crown, 1 star, 2 heart, 5 flower, 6 two seals one above the other,
    7 figure, 8 sun, 9 fruit, others map outlines."""
    size = max(int(size), 6)
    mask = np.zeros((size, size), np.uint8)
    kind = rng.choice(kinds) if kinds else rng.choice((0, 1, 2, 3, 4, FIGURE, SUN, FRUIT),
                                                      p=(.12, .12, .12, .15, .15, .2, .07, .07))
    if kind in _DRAWN:
        _DRAWN[int(kind)](rng, mask, size)
        return mask
    if kind == 0:
        _crown(mask, size)
        points = [(.14, .86), (.06, .44), (.3, .64), (.5, .3), (.7, .64), (.94, .44), (.86, .86)]
    elif kind == 1:
        angles = np.arange(10) * np.pi / 5 - np.pi / 2
        radius = np.where(np.arange(10) % 2, .2, .5)
        points = np.stack([.5 + radius * np.cos(angles), .5 + radius * np.sin(angles)], 1)
    elif kind == 2:
        t = np.linspace(0, 2 * np.pi, 24)
        points = np.stack([.5 + .45 * np.sin(t) ** 3, .45 - .03 * (13 * np.cos(t) - 5 * np.cos(2 * t)
                                                                   - 2 * np.cos(3 * t))], 1)
    elif kind == 5:
        for angle in np.arange(3) * 2.1 - np.pi / 2:
            middle = (int(size * (.5 + .2 * np.cos(angle))), int(size * (.35 + .2 * np.sin(angle))))
            cv2.ellipse(mask, middle, (size // 4, size // 6), float(np.degrees(angle)), 0, 360, 200, -1, cv2.LINE_AA)
        points = [(.46, .4), (.54, .4), (.52, 1.), (.46, 1.)]
    elif kind == 6:
        for y in (.22, .74):
            cv2.circle(mask, (size // 2, int(size * y)), max(int(size * rng.uniform(.18, .24)), 2),
                       int(rng.integers(120, 255)), -1 if rng.random() < .6 else 2, cv2.LINE_AA)
        points = [(.45, .7), (.55, .7), (.5, .8)]
    else:
        n = int(rng.integers(5, 14))
        angles = np.sort(rng.uniform(0, 2 * np.pi, n))
        radius = rng.uniform(.15, .5, n)
        points = np.stack([.5 + radius * np.cos(angles), .5 + radius * np.sin(angles)], 1)
    cv2.fillPoly(mask, [np.int32(np.asarray(points) * (size - 1) * 8)], 255, cv2.LINE_AA, 3)
    return mask


def wheelchair(rng, size):
    """Mask of the sign of access, size x size pixels."""
    mask, thick = np.zeros((size, size), np.uint8), max(int(size * rng.uniform(.07, .11)), 1)

    def at(x, y):
        return int(x * size), int(y * size)
    cv2.circle(mask, at(.4, .1), max(int(size * .09), 1), 255, -1, cv2.LINE_AA)
    cv2.polylines(mask, [np.int32([at(.4, .22), at(.43, .55), at(.7, .55), at(.8, .86), at(.92, .82)])], False, 255,
                  thick, cv2.LINE_AA)
    cv2.line(mask, at(.42, .38), at(.66, .38), 255, thick, cv2.LINE_AA)
    cv2.ellipse(mask, at(.42, .68), (int(size * .25), int(size * .25)), 0, 20, 265, 255, thick, cv2.LINE_AA)
    return mask


def logo(rng, size):
    """Picture of an organisation's badge, RGB uint8 [size, size, 3], and its mask: blobs in colours, often lettered."""
    image, mask = np.zeros((size, size, 3), np.uint8), np.zeros((size, size), np.uint8)
    for i in range(int(rng.integers(1, 5))):
        part = blob(rng, size * rng.uniform(.4, 1)) if i else (blob(rng, size) if rng.random() < .5 else cv2.circle(
            np.zeros((size, size), np.uint8), (size // 2, size // 2), size // 2 - 1, 255, -1))
        x, y = (int(rng.integers(0, size - n + 1)) if n < size else 0 for n in part.shape[::-1])
        part = part[:size, :size]
        paint(image, part, x, y, random_colour(rng, 10, 250))
        spot = mask[y:y + part.shape[0], x:x + part.shape[1]]
        np.maximum(spot, part, out=spot)
    if rng.random() < .4:
        word = "".join(rng.choice(list("ABCDEFGHIKLMNOPRSTUVW"), int(rng.integers(1, 4))))
        letters = small_text(rng, word, size * rng.uniform(.3, .7))[:, :size]
        x, y = (size - letters.shape[1]) // 2, (size - letters.shape[0]) // 2
        paint(image, letters, x, y, random_colour(rng, 10, 250))
        spot = mask[y:y + letters.shape[0], x:x + letters.shape[1]]
        np.maximum(spot, letters, out=spot)
    return image, mask
