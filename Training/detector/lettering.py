"""Lettering that is no plate: makers' names, speed stickers, signs, shop fronts. Pasted into crops as what to leave out.

What a first detector took for plates in streets was mostly this, so that it must be seen often.
"""
import sys
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from generator.glyphs import font_files, small_text  # noqa: E402
from PIL import Image, ImageDraw, ImageFont  # noqa: E402

HEIGHT = 40  # pixels of a word's mask
NAMES = """TOYOTA HONDA FORD DODGE RAM JEEP CHEVROLET GMC NISSAN MAZDA SUBARU HYUNDAI KIA VOLVO SCANIA IVECO MAN TESLA
LEXUS ACURA INFINITI BUICK CADILLAC CHRYSLER MINI FIAT OPEL SEAT DACIA SUZUKI ISUZU HINO MACK KENWORTH PETERBILT
RANGE ROVER LAND CRUISER TUNDRA TACOMA SILVERADO SIERRA CAYENNE MACAN PUMA KUGA FOCUS GOLF POLO CORSA TWINGO
QUATTRO TURBO HYBRID SPORT LIMITED EDITION AWD 4WD 4X4 V8 TDI GTI DIESEL ELECTRIC PLUG-IN LARIAT TITANIUM PLATINUM"""
SIGNS = """STOP EXIT ENTRANCE PARKING P TAXI BUS POLICE SCHOOL ZONE NO PARKING TOW AWAY ZONE HOTEL BANK CAFE BAKERY OPEN
SALE RENT PIZZA PHARMACY CLINIC STATION CENTRE VILLE SORTIE LIVRAISON ATTENTION DANGER ONE WAY YIELD 30 50 60 80 90
60 80 90 KM/H 2 H 15 MIN TEL 24/7 WC ATM AUTO GLASS SERVICE TRANSPORT LOGISTICS EXPRESS CONSTRUCTION PLUMBING"""


def words(rng):
    """One to three words of a street, as written: str."""
    names, signs = NAMES.split(), SIGNS.split()
    draw = rng.random()
    if draw < 0.4:
        text = str(rng.choice(names))
    elif draw < 0.75:
        text = " ".join(rng.choice(signs, int(rng.integers(1, 3))))
    elif draw < 0.85:
        text = " ".join(str(n) for n in rng.choice([30, 40, 50, 60, 70, 80, 90, 100, 110, 130], int(rng.integers(1, 4))))
    else:
        text = "".join(rng.choice(list("aeioulnrstmdcpgb"), int(rng.integers(4, 11)))).capitalize()
    return text.capitalize() if rng.random() < 0.25 else text


def word_mask(rng, fonts):
    """Mask of a word in some type, uint8 [HEIGHT, w], wider or narrower than the type has it."""
    text = words(rng)
    if rng.random() < 0.3:
        mask = small_text(rng, text, HEIGHT)
    else:
        font = ImageFont.truetype(fonts[int(rng.integers(len(fonts)))], 48)
        left, top, right, bottom = font.getbbox(text)
        image = Image.new("L", (right - left + 2, bottom - top + 2))
        ImageDraw.Draw(image).text((1 - left, 1 - top), text, fill=255, font=font)
        mask = np.asarray(image)
    width = max(8, int(mask.shape[1] * HEIGHT / mask.shape[0] * np.exp(rng.normal(0.1, 0.25))))
    return cv2.resize(mask, (width, HEIGHT), interpolation=cv2.INTER_AREA)


def word_masks(rng, count):
    """Masks of that many words."""
    fonts = [path for path, _ in font_files()]
    return [word_mask(rng, fonts) for _ in range(count)]


def on_ground(rng, mask):
    """The word as it stands in the street -> (tone float32 [h, w], cover float32 [h, w], 0..1).

    On the bare body, or on a sign: a disc, an octagon, or a board that is far from a plate's shape or has two lines.
    """
    dark, light = rng.uniform(0, 80), rng.uniform(150, 255)
    ink, ground = (light, dark) if rng.random() < 0.5 else (dark, light)
    if rng.random() < 0.55:
        cover = mask.astype(np.float32) / 255 * rng.uniform(0.6, 1)
        tone = np.full(mask.shape, ink, np.float32)
        if rng.random() < 0.4:  # raised letters: lit from above
            tone += cv2.Sobel(mask, cv2.CV_32F, 0, 1) / 8 * rng.uniform(0.1, 0.5)
        return tone, cover
    lines = [mask] * (1 if mask.shape[1] < 3 * HEIGHT or rng.random() < 0.3 else int(rng.integers(2, 5)))
    width = max(line.shape[1] for line in lines)
    gap = np.zeros((int(HEIGHT * rng.uniform(0.2, 0.8)), width), np.uint8)
    rows = [part for line in lines for part in (gap, cv2.resize(line, (width, HEIGHT)))] + [gap]
    text = np.concatenate(rows)
    side = int(max(text.shape) * rng.uniform(1.15, 1.5))
    shape = rng.choice(["disc", "octagon", "board"])
    size = (side, side) if shape != "board" else (text.shape[0] + int(HEIGHT * rng.uniform(0, 2)), int(width * 1.15))
    cover = np.zeros(size, np.float32)
    if shape == "disc":
        cv2.circle(cover, (side // 2, side // 2), side // 2 - 1, 1.0, -1, cv2.LINE_AA)
    elif shape == "octagon":
        angles = np.pi / 8 + np.arange(8) * np.pi / 4
        points = side / 2 + np.stack([np.cos(angles), np.sin(angles)], 1) * side * 0.52
        cv2.fillConvexPoly(cover, points.astype(np.int32), 1.0, cv2.LINE_AA)
    else:
        cover[:] = 1.0
    tone = np.full(size, ground, np.float32)
    y, x = (size[0] - text.shape[0]) // 2, (size[1] - text.shape[1]) // 2
    part = tone[y : y + text.shape[0], x : x + text.shape[1]]
    part += (ink - ground) * text[: part.shape[0], : part.shape[1]].astype(np.float32) / 255
    return tone, cover
