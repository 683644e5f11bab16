"""From a picture with a plate's outline to the reader's input: loose rectification and what a camera does to it.

Used for drawn and for real plates alike. Cheap enough (about a millisecond) to run while training.
"""
import cv2
import numpy as np

INPUT_WIDTH, INPUT_HEIGHT = 160, 64
_NOISE = np.random.default_rng(7).normal(0, 1, 1 << 20).astype(np.float32)


def enlarge(quad, left, top, right, bottom):
    """Moves the sides of a quad (float32 [4, 2], clockwise from top left) out by shares of its width and height."""
    a, b, c, d = quad
    across_top, across_bottom, down_left, down_right = b - a, c - d, d - a, c - b
    return np.float32([a - across_top * left - down_left * top, b + across_top * right - down_right * top,
                       c + across_bottom * right + down_right * bottom, d - across_bottom * left + down_left * bottom])


def rectify(image, quad, width=INPUT_WIDTH, height=INPUT_HEIGHT):
    """Perspective crop of a grey uint8 picture, averaging when it shrinks -> (uint8 [height, width], 3x3 matrix).

    quad: float32 [4, 2] in pixels, pixel edges being whole numbers.
    """
    across = max(np.linalg.norm(quad[1] - quad[0]), np.linalg.norm(quad[2] - quad[3]), 1)
    down = max(np.linalg.norm(quad[3] - quad[0]), np.linalg.norm(quad[2] - quad[1]), 1)
    fx, fy = max(int(np.ceil(across / width)), 1), max(int(np.ceil(down / height)), 1)
    target = np.float32([[0, 0], [width * fx, 0], [width * fx, height * fy], [0, height * fy]])
    matrix = cv2.getPerspectiveTransform(quad - .5, target - .5)
    out = cv2.warpPerspective(image, matrix, (width * fx, height * fy), flags=cv2.INTER_LINEAR,
                              borderMode=cv2.BORDER_REPLICATE)
    if fx > 1 or fy > 1:
        out = cv2.resize(out, (width, height), interpolation=cv2.INTER_AREA)
    return out, np.diag([1 / fx, 1 / fy, 1.]) @ matrix


def loosen(rng, quad, hardness):
    """The quad as a detector would give it: margins of -4 to +15 %, corners off by some 4 %, a little turned."""
    span = .15 * min(1., .4 + hardness)
    sides = rng.uniform(-.04, span, 4) if rng.random() < .6 else np.full(4, rng.uniform(-.03, span)) + rng.normal(
        0, .01, 4)
    quad = enlarge(quad, *sides.astype(np.float32))
    size = np.float32([np.ptp(quad[:, 0]), np.ptp(quad[:, 1])])
    quad = quad + rng.normal(0, .02 * hardness + .004, (4, 2)).astype(np.float32) * size
    angle = rng.normal(0, 2. if rng.random() < .85 else 5.) * hardness * np.pi / 180
    middle, c, s = quad.mean(0), np.cos(angle), np.sin(angle)
    quad = (quad - middle) @ np.float32([[c, s], [-s, c]]) + middle
    slant = rng.normal(0, .05 if rng.random() < .8 else .16) * hardness * size[1]
    return (quad + np.float32([[slant, 0], [slant, 0], [-slant, 0], [-slant, 0]])).astype(np.float32)


def _motion(rng, image):
    length = int(rng.integers(2, 3 + int(.035 * image.shape[1])))
    kernel = np.zeros((length, length), np.float32)
    angle = rng.normal(0, .4) if rng.random() < .7 else rng.uniform(0, np.pi)
    c, s, m = np.cos(angle) * length, np.sin(angle) * length, (length - 1) / 2
    cv2.line(kernel, (int(m - c), int(m - s)), (int(m + c), int(m + s)), 1., 1)
    return cv2.filter2D(image, -1, kernel / max(kernel.sum(), 1), borderType=cv2.BORDER_REPLICATE)


def _defocus(rng, image):
    size = int(rng.integers(2, 3 + int(.02 * image.shape[1])))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)).astype(np.float32)
    return cv2.filter2D(image, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE)


def _shaken(rng, image):
    """Rows that a rolling shutter took while the camera shook, by up to some 2 % of the width."""
    height, width = image.shape
    rows = np.arange(height, dtype=np.float32)
    shift = np.sin(rows / height * rng.uniform(3, 12) + rng.uniform(0, 6)) * rng.uniform(0, .02) * width
    xs = np.arange(width, dtype=np.float32)[None] + shift[:, None].astype(np.float32)
    return cv2.remap(image, xs, np.repeat(rows[:, None], width, 1), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _optics(rng, image, hardness):
    """Defocus, motion and a shaken shutter at the camera's resolution; float32 in and out."""
    u = rng.random() / max(hardness, 1e-3)
    if u < .42:
        image = cv2.GaussianBlur(image, (0, 0), rng.uniform(.3, .5 + .008 * image.shape[1] * hardness))
    elif u < .6:
        image = _motion(rng, image)
    elif u < .68:
        image = _defocus(rng, image)
    if rng.random() < .04 * hardness:
        image = _shaken(rng, image)
    return image


def _noise(rng, image, hardness, contrast):
    start = int(rng.integers(0, len(_NOISE) - image.size))
    noise = _NOISE[start:start + image.size].reshape(image.shape)
    image = image + noise * (rng.exponential(.03) * hardness * contrast + .5)
    if rng.random() < .04:
        share = rng.uniform(2.0, 3.2)
        image = np.where(noise > share, 255, np.where(noise < -share, 0, image))
    return image


def _sensor(rng, image, hardness):
    """Exposure, tone curve, sharpening, noise and compression; float32 in, uint8 out."""
    if rng.random() < .5:
        image = 255 * (np.clip(image, 0, 255) / 255) ** np.exp(rng.normal(0, .35))
    low, high = rng.uniform(0, 100 * hardness), rng.uniform(255 - 125 * hardness, 255)
    if rng.random() < .06 * hardness:
        low = rng.uniform(0, 190)
        high = low + rng.uniform(20, 60)
    contrast = max(float(high - low), 20.)
    image = low + image * (contrast / 255)
    if rng.random() < .15 * hardness:
        image = image * rng.uniform(1, 1.8)
    if rng.random() < .6:
        image = _noise(rng, image, hardness, contrast)
    if rng.random() < .12 * hardness:
        soft = cv2.GaussianBlur(image, (0, 0), rng.uniform(.7, 2.))
        image = image + (image - soft) * rng.uniform(.5, 2.5)
    if rng.random() < .06:
        image = 255 - image
    image = np.clip(image, 0, 255).astype(np.uint8)
    if rng.random() < .4 * hardness:
        quality = int(rng.integers(12 if image.shape[1] > 90 else 30, 85))
        data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        image = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)
    return image


def degrade(rng, image, quad, boxes=None, hardness=1., real=False):
    """Makes a training input of a picture and its plate's outline.

    image: grey uint8; quad: float32 [4, 2]; boxes: characters' [n, 4] or None, all in pixels; hardness: 0 to 1.
    -> (uint8 [64, 160], x of the characters' middles as shares of the width [n] or None)
    """
    loose = loosen(rng, quad, hardness)
    across = np.linalg.norm(loose[1] - loose[0])
    aspect = np.clip(across / max(np.linalg.norm(loose[3] - loose[0]), 1), 1, 6)
    finest = across if real else 260.
    width = np.exp(rng.uniform(np.log(38), np.log(260))) if rng.random() < .75 * hardness else 200.
    width = int(max(min(width if not real or rng.random() < .4 else finest, finest, 260.), 30))
    height = max(int(width / aspect), 10)
    crop, matrix = rectify(image, loose, width, height)
    crop = _optics(rng, crop.astype(np.float32), hardness * (.35 if real else 1))
    crop = _sensor(rng, crop, hardness * (.6 if real else 1))
    shrink = crop.shape[1] > INPUT_WIDTH and crop.shape[0] > INPUT_HEIGHT
    mode = cv2.INTER_AREA if shrink else (cv2.INTER_LINEAR if rng.random() < .7 else cv2.INTER_CUBIC)
    out = cv2.resize(crop, (INPUT_WIDTH, INPUT_HEIGHT), interpolation=mode)
    if boxes is None:
        return out, None
    middles = np.stack([boxes[:, [0, 2]].mean(1), boxes[:, [1, 3]].mean(1)], 1).astype(np.float32)
    mapped = cv2.perspectiveTransform(middles[None], matrix)[0]
    return out, mapped[:, 0] / width
