"""Clean plates with a given text: Ontario's, and a few of its neighbours' as visitors drive them."""
import cv2
import numpy as np

from generator.glyphs import StrokeFace, small_text

SIZE = (400, 200)
STYLES = {
    "CA-ON": dict(ground=(242, 243, 245), ink=(24, 62, 150), head="ONTARIO", foot="YOURS TO DISCOVER", crown=True),
    "CA-QC": dict(ground=(240, 243, 247), ink=(30, 74, 160), head="Québec", foot="Je me souviens", crown=False),
    "US-NY": dict(ground=(240, 240, 238), ink=(22, 34, 92), head="NEW YORK", foot="EXCELSIOR", crown=False),
    "US-MI": dict(ground=(238, 241, 246), ink=(20, 46, 110), head="MICHIGAN", foot="PURE MICHIGAN", crown=False),
}


def _paint(image, mask, x, y, colour):
    h, w = mask.shape
    x, y = max(int(x), 0), max(int(y), 0)
    mask = mask[:image.shape[0] - y, :image.shape[1] - x]
    alpha = mask[..., None].astype(np.float32) / 255
    part = image[y:y + mask.shape[0], x:x + mask.shape[1]]
    part[:] = (part * (1 - alpha) + np.float32(colour) * alpha).astype(np.uint8)


def _line(rng, text, height, widest):
    mask = small_text(rng, text, height)
    if mask.shape[1] > widest:
        mask = cv2.resize(mask, (widest, mask.shape[0]), interpolation=cv2.INTER_AREA)
    return mask


def draw(rng, text, region):
    """text as it is written, with its gap, such as 'CKFT 482' -> RGB uint8 [200, 400, 3]."""
    style = STYLES[region]
    width, height = SIZE
    image = np.empty((height, width, 3), np.uint8)
    image[:] = style["ground"]
    cv2.rectangle(image, (4, 4), (width - 5, height - 5), style["ink"], 2, cv2.LINE_AA)
    head = _line(rng, style["head"], 27, 200)
    _paint(image, head, (width - head.shape[1]) / 2, 12, style["ink"])
    foot = _line(rng, style["foot"], 18, 230)
    _paint(image, foot, (width - foot.shape[1]) / 2, height - 31, style["ink"])
    face = StrokeFace(rng)
    face.stroke, face.slashed_zero = 0.135, False
    top, tall = 50, 106
    parts = [(c, 0.42 if c == " " else face.aspect(c)) for c in text]
    gap = 0.2
    unit = min(50.0, (width - 36) / (sum(w for _, w in parts) + gap * (len(parts) - 1)))
    x = (width - unit * (sum(w for _, w in parts) + gap * (len(parts) - 1))) / 2
    for character, share in parts:
        wide = max(int(round(share * unit)), 6)
        if character != " ":
            _paint(image, face.mask(character, tall, wide), x, top, style["ink"])
        elif style["crown"]:
            crown = np.array([(0, 1), (.05, .2), (.3, .6), (.5, 0), (.7, .6), (.95, .2), (1, 1)])
            points = np.int32(crown * (wide + 2, 34) + (x - 1, top + 36))
            cv2.fillPoly(image, [points], style["ink"], cv2.LINE_AA)
        x += (share + gap) * unit
    for sx in (.2, .8):
        cv2.circle(image, (int(sx * width), 17), 5, (110, 110, 115), -1, cv2.LINE_AA)
    return image
