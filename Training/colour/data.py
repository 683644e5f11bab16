"""Surroundings of plates and the colour of the vehicle there; what ColourReader.swift cuts out, with room to jitter."""
import csv
import hashlib
import math
import pathlib

import cv2
import numpy as np
import torch
from torch.nn import functional

COLOURS = ["white", "grey", "black", "blue", "red", "green", "brown", "yellow", "orange"]
NAMES = [""] + COLOURS  # Class 0: a person cannot tell.
# In square roots of the plate's area, some 0.22 m for North American and European plates alike: side of a cell, where
# the first row begins, and cells across and down.
CELL, ABOVE, COLUMNS, ROWS = .25, 5., 32, 28
# Kept on disk: cells of half the side, one unit more at each side.
FINE, HALF_WIDTH, UP, DOWN = CELL / 2, 5., 6., 3.
SCENE_PLACES = 32, 24


def first_half(image):
    """Which half a photograph belongs to, by the hash of its name."""
    return int(hashlib.md5(image.encode()).hexdigest()[:8], 16) % 2 == 0


def surroundings(image, quad):
    """RGB picture, corners [4, 2] -> (uint8 [72, 80, 4]: red, green, blue, share inside; mean RGB of the scene)."""
    x, y = quad[:, 0], quad[:, 1]
    unit = max(.5 * abs(np.dot(x, np.roll(y, -1)) - np.dot(np.roll(x, -1), y)), 16) ** .5
    along = quad[1] - quad[0] + quad[2] - quad[3]
    along = along / max(np.hypot(*along), 1e-9)
    samples = min(max(math.ceil(FINE * unit), 1), 4)
    u, v = np.meshgrid(*(np.arange(a, b, FINE / samples) + FINE / samples / 2
                         for a, b in ((-HALF_WIDTH, HALF_WIDTH), (-UP, DOWN))))
    column = np.floor(x.mean() + unit * (u * along[0] - v * along[1])).astype(int)
    row = np.floor(y.mean() + unit * (u * along[1] + v * along[0])).astype(int)
    height, width = image.shape[:2]
    inside = (column >= 0) & (row >= 0) & (column < width) & (row < height)
    pixels = image[row.clip(0, height - 1), column.clip(0, width - 1)] * inside[..., None].astype(np.float32)
    rows, columns = u.shape[0] // samples, u.shape[1] // samples
    pixels = pixels.reshape(rows, samples, columns, samples, 3).mean((1, 3))
    share = inside.reshape(rows, samples, columns, samples).mean((1, 3))
    pixels = pixels / np.maximum(share, 1e-6)[..., None]
    places = [((np.arange(n) + .5) * size / n).astype(int) for n, size in zip(SCENE_PLACES, (width, height))]
    scene = image[places[1]][:, places[0]].reshape(-1, 3).mean(0)
    return np.concatenate([pixels, share[..., None] * 255], -1).round().astype(np.uint8), scene


def load(photos, labels):
    """-> grids uint8 [n, 72, 80, 4], scenes [n, 3], classes [n], names of the photographs."""
    key = lambda row: (row["image"], round(float(row["x"])), round(float(row["y"])))  # noqa: E731
    with open(labels / "corners.csv", newline="", encoding="utf-8") as file:
        corners = {key(r): np.array([[float(r[f"{a}{i}"]) for a in "xy"] for i in range(1, 5)])
                   for r in csv.DictReader(file)}
    with open(labels / "colours.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    grids, scenes = [], []
    for row in rows:
        x, y, w, h = (float(row[k]) for k in ("x", "y", "width", "height"))
        box = np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]])
        image = cv2.imread(str(pathlib.Path(photos) / row["image"]))[:, :, ::-1]
        grid, scene = surroundings(image, corners.get(key(row), box))
        grids.append(grid)
        scenes.append(scene)
    return (np.array(grids), np.array(scenes), np.array([NAMES.index(r["colour"]) for r in rows]),
            [r["image"] for r in rows])


def _light(values, gain, gamma, saturation):
    """Another exposure, white balance and saturation; values [n, 3, ...] of 0..1."""
    shape = lambda t: t.view(t.shape + (1,) * (values.dim() - 2))  # noqa: E731
    values = values.clamp(1e-4, 1) ** shape(gamma) * shape(gain)
    mean = values.mean(1, keepdim=True)
    return (mean + (values - mean) * shape(saturation)).clamp(0, 1)


def inputs(grids, scenes, jitter):
    """-> float [n, 7, 28, 32], see Network; with jitter another outline, light and noise at every call."""
    n = len(grids)
    planes = torch.as_tensor(grids).float().permute(0, 3, 1, 2) / 255
    scene = torch.as_tensor(scenes).float() / 255
    spread = 1. if jitter else 0.
    draw = lambda sigma: torch.randn(n, 1, 1) * sigma * spread  # noqa: E731
    flip = torch.where((torch.rand(n, 1, 1) < .5) & torch.tensor(jitter), -1., 1.)
    scale = torch.exp(draw(.1))
    u, v = torch.meshgrid((torch.arange(2 * COLUMNS) + .5) * FINE - COLUMNS * CELL / 2,
                          (torch.arange(2 * ROWS) + .5) * FINE - ABOVE, indexing="xy")
    across = u * flip * scale + draw(.25) + v * draw(.06)
    down = v * scale * torch.exp(draw(.06)) + draw(.2)
    where = torch.stack([across / HALF_WIDTH, (down + (UP - DOWN) / 2) / ((UP + DOWN) / 2)], -1)
    planes = torch.cat([planes[:, :3] * planes[:, 3:], planes[:, 3:]], 1)
    planes = functional.avg_pool2d(functional.grid_sample(planes, where, align_corners=False), 2)
    pixels, inside = planes[:, :3] / (planes[:, 3:] + 1e-3), planes[:, 3:]
    if jitter:
        light = (torch.exp(torch.randn(n, 3) * .06 + torch.randn(n, 1) * .15), torch.exp(torch.randn(n, 1) * .12),
                 torch.exp(torch.randn(n, 1) * .15))
        pixels, scene = _light(pixels, *light), _light(scene, *light)
        pixels = (pixels + torch.randn_like(pixels) * .02 * torch.rand(n, 1, 1, 1)).clamp(0, 1)
    return torch.cat([pixels * inside, inside, scene[:, :, None, None].expand(-1, -1, ROWS, COLUMNS)], 1)
