"""A pool of drawn plates, rendered once: what the training pastes into photographs with corners known exactly.

Usage: pool.py --count 4000 --out plates.npz [--simple]
"""
import argparse
import sys
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
WIDTH = 224  # pixels of every pooled plate


def draw_simple(rng):
    """A plate of plain type on a plain ground, RGB uint8 [H,W,3]; one or two lines."""
    aspect = float(rng.choice([1.3, 1.6, 2.0, 2.0, 2.3, 3.0, 4.3, 4.6, 4.7]))
    height = int(WIDTH / aspect)
    light = int(rng.integers(120, 256))
    dark = int(rng.integers(0, 90))
    ground, ink = (light, dark) if rng.random() < 0.85 else (dark, light)
    image = Image.new("L", (WIDTH, height), ground)
    draw = ImageDraw.Draw(image)
    alphabet = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
    text = "".join(rng.choice(list(alphabet), int(rng.integers(4, 9))))
    if rng.random() < 0.7:
        text = text[:3] + rng.choice([" ", "-", "·"]) + text[3:]
    if aspect < 1.8:
        text = text[: len(text) // 2] + "\n" + text[len(text) // 2 :]
    box = draw.multiline_textbbox((0, 0), text, font=ImageFont.load_default(80), align="center")
    glyphs = Image.new("L", (int(box[2]) + 1, int(box[3]) + 1), 0)
    ImageDraw.Draw(glyphs).multiline_text((0, 0), text, 255, font=ImageFont.load_default(80), align="center")
    glyphs = glyphs.crop(glyphs.getbbox())
    wide = int(WIDTH * rng.uniform(0.72, 0.92))
    tall = int(height * rng.uniform(0.5, 0.8))
    glyphs = glyphs.resize((wide, tall))
    if rng.random() < 0.4:
        glyphs = glyphs.point(lambda value: 255 if value > 60 else 0)
    image.paste(ink, ((WIDTH - wide) // 2, (height - tall) // 2 + int(rng.integers(-4, 5))), glyphs)
    if aspect < 2.5 and rng.random() < 0.7:
        for y in (int(height * 0.03), int(height * 0.86)):
            size = int(height * 0.11)
            word = "".join(rng.choice(list(alphabet), int(rng.integers(5, 14))))
            draw.text((int(WIDTH * rng.uniform(0.1, 0.5)), y), word, ink, font=ImageFont.load_default(size))
    if aspect > 4 and rng.random() < 0.8:
        draw.rectangle((0, 0, WIDTH * 0.09, height), fill=int(rng.integers(30, 110)))
    if rng.random() < 0.6:
        draw.rectangle((0, 0, WIDTH - 1, height - 1), outline=ink, width=int(rng.integers(1, 5)))
    return np.repeat(np.asarray(image)[..., None], 3, 2)


def pooled(picture):
    """RGB of any size to grey uint8, WIDTH pixels wide."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    height = max(24, round(WIDTH * grey.shape[0] / grey.shape[1]))
    return cv2.resize(grey, (WIDTH, height), interpolation=cv2.INTER_AREA)


def main():
    """Renders the pool and writes it: `pixels` (all rows one after another) and `heights`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=4000)
    parser.add_argument("--out", required=True)
    parser.add_argument("--simple", action="store_true", help="draw plain plates only, without the generator")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    rng = np.random.default_rng(arguments.seed)
    plates = []
    for _ in range(arguments.count):
        if arguments.simple or rng.random() < 0.15:
            plates.append(pooled(draw_simple(rng)))
        else:
            from generator import render_plate

            plates.append(pooled(render_plate(rng)[0]))
    heights = np.array([plate.shape[0] for plate in plates])
    np.savez(arguments.out, pixels=np.concatenate(plates), heights=heights)


def read_pool(path):
    """List of grey uint8 plates, each with its halved copies: [[full, half, quarter], ...], sorted by aspect."""
    data = np.load(path)
    plates = np.split(data["pixels"], np.cumsum(data["heights"])[:-1])
    plates.sort(key=lambda plate: plate.shape[1] / plate.shape[0])
    pool = []
    for plate in plates:
        half = cv2.resize(plate, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        quarter = cv2.resize(half, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        pool.append([plate, half, quarter])
    return pool


if __name__ == "__main__":
    main()
