"""Training crops made on the fly: photographs resampled, drawn plates pasted over them, light and lens spoilt.

Coordinates are continuous: pixel i covers [i, i + 1). Quads are [4,2]: top left, top right, bottom right, bottom left.
"""
from dataclasses import dataclass, field

import cv2
import numpy as np

from lettering import on_ground, word_masks
from pictures import Plate, rectangle

PAD = 114  # grey beyond a picture's edge, in training and in use
TURNED = 0.14  # share of plates whose light and dark change places: few photographs show light letters on dark ground
TIGHTENED = 0.4  # trust in corners that the network itself found (drawn plates: 1)
STRETCHED = {"rf350", "lhqow"}  # sets squeezed to a square: widen them again, about


@dataclass
class Sample:
    """A crop with what is to be learnt from it."""

    image: np.ndarray  # uint8 [H,W]
    quads: list = field(default_factory=list)  # ([4,2], trust in its corners 0..1)
    ignored: list = field(default_factory=list)  # quads in which the heat is not judged

    def keep_seen(self, shown):
        """Moves plates of which too little is in `shown` (mask [H,W]) to the ignored ones, drops those not seen."""
        kept = []
        for quad, trust in self.quads:
            seen = visible(quad, shown)
            if seen >= 0.65:
                kept.append((quad, trust))
            elif seen > 0.05:
                self.ignored.append(quad)
        self.quads = kept


def visible(quad, shown):
    """Share of the quad's bounding box that is set in the mask `shown` [H,W], 0..1."""
    low, high = quad.min(0), quad.max(0)
    x0, y0 = np.maximum(low, 0).astype(int)
    x1, y1 = np.minimum(np.ceil(high), shown.shape[::-1]).astype(int)
    if x1 <= x0 or y1 <= y0:
        return 0.0
    return float(np.count_nonzero(shown[y0:y1, x0:x1]) / max((high - low).prod(), 1.0))


def warp(source, matrix, size, border):
    """cv2.warpPerspective with a matrix for continuous coordinates. size is (width, height)."""
    shift = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1.0]])
    matrix = shift @ matrix @ np.linalg.inv(shift)
    return cv2.warpPerspective(source, matrix, size, flags=cv2.INTER_LINEAR, borderValue=border)


def apply(matrix, points):
    """Points [n,2] through a 3x3 matrix."""
    mapped = points @ matrix[:, :2].T + matrix[:, 2]
    return (mapped[:, :2] / mapped[:, 2:]).astype(np.float32)


def quad_width(quad):
    """Mean length of the upper and lower edge, pixels."""
    return float((np.linalg.norm(quad[1] - quad[0]) + np.linalg.norm(quad[2] - quad[3])) / 2)


def quad_height(quad):
    """Mean length of the left and right edge, pixels."""
    return float((np.linalg.norm(quad[3] - quad[0]) + np.linalg.norm(quad[2] - quad[1])) / 2)


def shrink(quad, horizontal, vertical):
    """The quad scaled about its centre along its own axes."""
    centre = quad.mean(0)
    right = (quad[1] + quad[2] - quad[0] - quad[3]) / 4
    down = (quad[2] + quad[3] - quad[0] - quad[1]) / 4
    bend = (quad[0] + quad[2] - quad[1] - quad[3]) / 4
    signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], float)
    cross = np.array([1, -1, 1, -1.0])[:, None]
    return (centre + signs[:, :1] * right * horizontal + signs[:, 1:] * down * vertical + cross * bend).astype(np.float32)


def turn_over(image, quad):
    """Makes a plate's light dark and its dark light, in place; uint8 [H,W]."""
    x0, y0 = np.maximum(np.floor(quad.min(0)).astype(int) - 2, 0)
    x1, y1 = np.minimum(np.ceil(quad.max(0)).astype(int) + 2, image.shape[::-1])
    part = image[y0:y1, x0:x1].astype(np.float32)
    if min(part.shape) < 4:
        return
    inside = np.zeros(part.shape, np.uint8)
    shape = np.round((quad - (x0, y0)) * 16 - 8).astype(np.int32)
    cv2.fillConvexPoly(inside, shape, 255, cv2.LINE_AA, 4)
    low, high = np.percentile(part, (2, 98))
    share = inside / np.float32(255)
    image[y0:y1, x0:x1] = np.clip(part * (1 - share) + (low + high - part) * share, 0, 255).astype(np.uint8)


class SampleMaker:
    """Draws samples from pictures (with levels loaded) and a pool of drawn plates (pool.read_pool)."""

    def __init__(self, pictures, pool, seed, widths):
        """Plates are made `widths` (least, most) pixels wide. Pictures may carry `hard` boxes: places that were once taken for plates, and are none."""
        self.rng = np.random.default_rng(seed)
        self.smallest, self.largest = widths
        self.pictures = pictures
        self.plates = [(picture, plate) for picture in pictures for plate in picture.plates]
        self.hard = [(picture, box) for picture in pictures for box in picture.hard]
        self.pool = pool
        self.aspects = np.array([levels[0].shape[1] / levels[0].shape[0] for levels in pool])
        self.words = word_masks(self.rng, 1500)

    def make(self, width, height):
        """One Sample of that size in pixels: up to three photographs side by side where the first leaves room."""
        rng = self.rng
        kind = rng.choice(["real", "pasted", "closeup", "background"], p=[0.38, 0.26, 0.16, 0.20])
        sample, inside = self.layer(kind, width, height)
        for _ in range(2 if kind != "closeup" and rng.random() < 0.75 else 0):
            if inside.mean() > 0.7:
                break
            other, more = self.layer("pasted" if rng.random() < 0.5 else "real", width, height)
            more &= ~inside
            other.keep_seen(more)
            sample.image = np.where(more, other.image, sample.image)
            sample.quads += other.quads
            sample.ignored += other.ignored
            inside |= more
        if rng.random() < 0.1:
            self.draw_distractor(sample)
        if kind != "closeup" and rng.random() < 0.4:
            for _ in range(int(rng.integers(1, 4))):
                self.paste_lettering(sample)
        spoil(sample, rng, inside)
        if kind == "closeup":
            self.cut_close(sample)
        return sample

    def layer(self, kind, width, height):
        """A Sample from one photograph, and the mask [H,W] of the pixels that it covers."""
        rng = self.rng
        if kind == "background" and self.hard and rng.random() < 0.75:
            picture, box = self.hard[rng.integers(len(self.hard))]
            plate = Plate(box)
        elif kind == "background":
            picture, plate = self.pictures[rng.integers(len(self.pictures))], None
        else:
            picture, plate = self.plates[rng.integers(len(self.plates))]
        paste = kind == "pasted" or (kind in ("closeup", "background") and rng.random() < 0.5)
        if kind == "closeup" and plate.quad is None:
            paste = True  # a close-up needs exact corners
        matrix = self.placement(picture, plate, kind, width, height)
        sample, inside = self.photograph(picture, matrix, width, height, paste)
        if paste:
            for _ in range(int(rng.integers(0, 3)) if kind != "closeup" else 0):
                self.paste_anywhere(sample, inside)
        sample.keep_seen(inside)
        return sample, inside

    def placement(self, picture, plate, kind, width, height):
        """Matrix from the picture's full-size pixels to the crop's."""
        rng = self.rng
        full = picture.levels[0].shape
        if plate is None:
            source = np.array([rng.uniform(0, full[1]), rng.uniform(0, full[0])])
            scale = np.exp(rng.uniform(np.log(0.25), np.log(1.5)))
        else:
            quad = rectangle(plate.box) if plate.quad is None else plate.quad
            source = quad.mean(0)
            own = quad_width(quad)
            low, high = (48, 0.96 * width) if kind == "closeup" else (self.smallest * 0.85, min(self.largest, 0.95 * width))
            scale = np.exp(rng.uniform(np.log(low), np.log(min(high, max(low * 1.5, 3 * own))))) / own
        stretch = np.exp(rng.normal(0, 0.1)) * (rng.uniform(1.1, 1.6) if picture.set in STRETCHED else 1.0)
        angle = np.deg2rad(rng.normal(0, 4) if rng.random() < 0.8 else rng.uniform(-14, 14))
        shear = rng.normal(0, 0.05)
        target = np.array([rng.uniform(0.05, 0.95) * width, rng.uniform(0.05, 0.95) * height])
        if kind == "closeup":
            target = np.array([width, height]) * rng.uniform(0.4, 0.6, 2)
        cos, sin = np.cos(angle), np.sin(angle)
        linear = np.array([[cos, -sin], [sin, cos]]) @ np.array([[1, shear], [0, 1]]) @ np.diag([scale, scale / stretch])
        matrix = np.eye(3)
        matrix[:2, :2] = linear
        matrix[:2, 2] = target - linear @ source
        lean = np.eye(3)
        if rng.random() < 0.4:
            lean[2, :2] = rng.normal(0, 0.12, 2).clip(-0.25, 0.25) / width
            lean[2, 2] = 1 - lean[2, :2] @ target
        return lean @ matrix

    def photograph(self, picture, matrix, width, height, paste):
        """The crop with its real plates as labels, or (paste) with drawn plates in their stead."""
        full = picture.levels[0].shape
        scale = np.sqrt(abs(np.linalg.det(matrix[:2, :2])))
        level = int(np.clip(np.floor(-np.log2(max(scale, 1e-6)) + 0.3), 0, len(picture.levels) - 1))
        source = picture.levels[level]
        grow = np.diag([full[1] / source.shape[1], full[0] / source.shape[0], 1.0])
        sample = Sample(warp(source, matrix @ grow, (width, height), PAD))
        inside = warp(np.ones_like(source), matrix @ grow, (width, height), 0) > 0
        for box in picture.ignored:
            sample.ignored.append(apply(matrix, rectangle(box)))
        for plate in picture.plates:
            trust = 0.0 if plate.quad is None else TIGHTENED
            quad = apply(matrix, plate.quad if trust else rectangle(plate.box))
            if visible(quad, inside) <= 0.05:
                continue
            if paste and quad_width(quad) > 12:
                self.paste_over(sample, quad)
            else:
                if trust and self.rng.random() < TURNED:
                    turn_over(sample.image, quad)
                sample.quads.append((quad, trust))
        return sample, inside

    def paste_over(self, sample, quad):
        """Hides a real plate under a drawn one of about the same shape."""
        rng = self.rng
        base = shrink(quad, *rng.uniform(0.98, 1.12, 2))
        self.paste(sample, base + rng.normal(0, 0.012, (4, 2)) * quad_width(quad))

    def paste_anywhere(self, sample, inside):
        """Puts a drawn plate where it covers no other."""
        rng = self.rng
        height, width = sample.image.shape
        wide = np.exp(rng.uniform(np.log(self.smallest), np.log(min(self.largest, 0.8 * width))))
        aspect = rng.choice(self.aspects) * np.exp(rng.normal(0, 0.12))
        tall = wide / aspect
        centre = np.array([rng.uniform(0, width), rng.uniform(0, height)])
        corners = rectangle((-wide / 2, -tall / 2, wide, tall))
        angle = np.deg2rad(rng.normal(0, 6))
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        lean = rng.normal(0, 0.06)
        corners = corners @ turn.T + np.stack([np.zeros(4), corners[:, 0] * lean], 1)
        quad = (corners * (1 + rng.normal(0, 0.03, (4, 1))) + centre).astype(np.float32)
        if visible(quad, inside) < 0.8:
            return
        for other, _ in sample.quads:
            if np.abs(other.mean(0) - centre).max() < (quad_width(other) + wide) * 0.75:
                return
        self.paste(sample, quad)

    def paste(self, sample, quad):
        """Warps a drawn plate onto `quad` of the crop, with or without a frame around, lit like its surroundings."""
        rng = self.rng
        height, width = sample.image.shape
        wide, tall = quad_width(quad), quad_height(quad)
        place = np.searchsorted(self.aspects, wide / max(tall, 1) * np.exp(rng.normal(0, 0.1)))
        near = int(np.clip(place + rng.integers(-60, 61), 0, len(self.pool) - 1))
        level = 0 if wide > 110 else 1 if wide > 55 else 2
        plate = self.pool[near][level].astype(np.float32)
        if rng.random() < TURNED:
            plate = float(plate.min()) + float(plate.max()) - plate
        x0, y0 = np.maximum(quad.min(0).astype(int), 0)
        x1, y1 = np.minimum(quad.max(0).astype(int) + 1, (width, height))
        around = sample.image[y0:y1, x0:x1]
        brightness = float(around.mean()) if around.size else 100.0
        gain = np.exp(rng.normal(0, 0.25)) * (0.55 + 0.45 * min(1.6, brightness / 110))
        plate = np.clip(plate * gain + rng.normal(0, 8), 0, 255)
        if rng.random() < 0.35:
            self.paste_frame(sample.image, quad)
        corners = rectangle((0, 0, plate.shape[1], plate.shape[0]))
        matrix = cv2.getPerspectiveTransform(corners, quad.astype(np.float32))
        alpha = warp(np.ones_like(plate), matrix, (width, height), 0)
        colour = warp(plate, matrix, (width, height), 0)
        blended = sample.image * (1 - alpha) + np.where(alpha > 0, colour, 0)
        sample.image = np.clip(blended, 0, 255).astype(np.uint8)
        sample.quads.append((quad, 1.0))

    def paste_frame(self, image, quad):
        """A plate holder: a plain band around the plate, wider below more often than not."""
        rng = self.rng
        grow = 1 + rng.uniform(0.02, 0.12, 2) * np.array([1, 2])
        frame = shrink(quad, *grow) + np.array([0, rng.uniform(0, 0.08) * quad_height(quad)])
        tone = int(rng.choice([rng.integers(5, 70), rng.integers(140, 250)]))
        cv2.fillConvexPoly(image, np.round(frame * 16 - 8).astype(np.int32), tone, cv2.LINE_AA, 4)

    def paste_lettering(self, sample):
        """A word on the body or on a sign, 20 to 160 pixels wide; never on a plate."""
        rng = self.rng
        height, width = sample.image.shape
        tone, cover = on_ground(rng, self.words[int(rng.integers(len(self.words)))])
        wide = np.exp(rng.uniform(np.log(self.smallest), np.log(160)))
        tall = wide * tone.shape[0] / tone.shape[1]
        if tall > 0.8 * height:
            return
        corners = rectangle((-wide / 2, -tall / 2, wide, tall))
        angle, lean = np.deg2rad(rng.normal(0, 5)), rng.normal(0, 0.06)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        corners = corners @ turn.T + np.stack([np.zeros(4), corners[:, 0] * lean], 1)
        quad = (corners + np.array([rng.uniform(0, width), rng.uniform(0, height)])).astype(np.float32)
        near = [other for other, _ in sample.quads] + sample.ignored
        if any(((quad.min(0) < o.max(0) + 4) & (quad.max(0) > o.min(0) - 4)).all() for o in near):
            return
        shrunk = min(1.0, 2 * wide / tone.shape[1])
        tone, cover = (cv2.resize(p, None, fx=shrunk, fy=shrunk, interpolation=cv2.INTER_AREA) for p in (tone, cover))
        matrix = cv2.getPerspectiveTransform(rectangle((0, 0, tone.shape[1], tone.shape[0])), quad)
        alpha = warp(cover, matrix, (width, height), 0)
        colour = warp(tone, matrix, (width, height), 0)
        sample.image = np.clip(sample.image * (1 - alpha) + alpha * colour, 0, 255).astype(np.uint8)

    def draw_distractor(self, sample):
        """Text, bars or bright boxes that are no plates; never on a plate."""
        rng = self.rng
        height, width = sample.image.shape
        x, y = int(rng.integers(0, width - 20)), int(rng.integers(8, height))
        reach = rectangle((x, y - 14, 90, 28))
        for quad, _ in sample.quads:
            if (reach.min(0) < quad.max(0) + 6).all() and (reach.max(0) > quad.min(0) - 6).all():
                return
        tone = int(rng.integers(0, 256))
        if rng.random() < 0.6:
            text = "".join(rng.choice(list("0123456789:/. ABCDEFGHILMNORSTUaeinorst"), int(rng.integers(3, 12))))
            cv2.putText(sample.image, text, (x, y), int(rng.integers(0, 8)), rng.uniform(0.25, 0.7), tone, 1, cv2.LINE_AA)
        else:
            size = (int(rng.integers(10, 60)), int(rng.integers(5, 25)))
            cv2.rectangle(sample.image, (x, y - 10), (x + size[0], y - 10 + size[1]), tone, -1)
            for offset in range(0, size[0], int(rng.integers(3, 9))):
                if rng.random() < 0.7:
                    cv2.line(sample.image, (x + offset, y - 10), (x + offset, y - 10 + size[1]), 255 - tone, 1)

    def cut_close(self, sample):
        """Pads beyond a rectangle close to the plate, as a close-up's edge: the plate fills what is left."""
        rng = self.rng
        if not sample.quads:
            return
        height, width = sample.image.shape
        quad = min(sample.quads, key=lambda item: np.abs(item[0].mean(0) - (width / 2, height / 2)).sum())[0]
        wide, tall = quad_width(quad), quad_height(quad)
        spread = 0.04 if rng.random() < 0.6 else 0.2
        margins = rng.uniform(-0.02, spread, 4) * np.array([wide, tall, wide, tall])
        x0, y0 = np.floor(quad.min(0) - margins[:2]).astype(int)
        x1, y1 = np.ceil(quad.max(0) + margins[2:]).astype(int)
        keep = np.zeros_like(sample.image)
        keep[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0)] = 1
        sample.image[keep == 0] = PAD


def spoil(sample, rng, inside):
    """Light, blur, noise and compression, in place; pixels beyond the picture's edge stay PAD."""
    image = sample.image.astype(np.float32)
    if rng.random() < 0.7:
        image = 255 * (image / 255) ** np.exp(rng.normal(0, 0.35))
    if rng.random() < 0.6:
        contrast = rng.uniform(0.45, 1.25)
        image = (image - 127) * contrast + 127 + rng.normal(0, 22)
    if rng.random() < 0.15:
        image *= rng.uniform(0.15, 0.6)
    if rng.random() < 0.2:
        ramp = np.linspace(rng.uniform(0.4, 1.3), rng.uniform(0.4, 1.3), image.shape[1], dtype=np.float32)
        image *= ramp
    if rng.random() < 0.04:
        image = 255 - image
    draw = rng.random()
    if draw < 0.3:
        image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.4, 1.5))
    elif draw < 0.4:
        length = int(rng.integers(2, 8))
        kernel = np.zeros((length, length), np.float32)
        row = (length - 1) / 2 * (1 + np.linspace(-1, 1, length) * np.tan(rng.normal(0, 0.3)))
        kernel[np.clip(np.round(row).astype(int), 0, length - 1), np.arange(length)] = 1 / length
        image = cv2.filter2D(image, -1, kernel)
    elif draw < 0.55:
        factor = rng.uniform(0.4, 0.85)
        small = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        image = cv2.resize(small, image.shape[::-1], interpolation=cv2.INTER_LINEAR)
    if rng.random() < 0.5:
        sigma = abs(rng.normal(0, 8))
        image += rng.standard_normal(image.shape, dtype=np.float32) * sigma
    image = np.clip(image, 0, 255).astype(np.uint8)
    if rng.random() < 0.35:
        coded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 90))])[1]
        image = cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE)
    image[inside == 0] = PAD
    sample.image = image
