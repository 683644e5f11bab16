"""What the network shall answer for a sample: heat, where heat counts, corner offsets, where they count."""
import numpy as np

from network import STRIDE
from samples import quad_height, quad_width


def targets(sample, widths):
    """For plates of `widths` (least, most) pixels: heat, heat weight [h,w]; offsets [8,h,w] in pixels; offset weight [h,w] (at most 1 / plate width)."""
    height, width = (side // STRIDE for side in sample.image.shape)
    heat = np.zeros((height, width), np.float32)
    judged = np.ones((height, width), np.float32)
    offsets = np.zeros((8, height, width), np.float32)
    weight = np.zeros((height, width), np.float32)
    columns = (np.arange(width) + 0.5) * STRIDE
    rows = (np.arange(height) + 0.5) * STRIDE
    for quad in sample.ignored:
        blank(judged, quad)
    for quad, trust in sample.quads:
        wide, tall = quad_width(quad), quad_height(quad)
        centre = quad.mean(0)
        if wide < widths[0] * 0.8 or wide > widths[1] * 1.15:
            blank(judged, quad)
            continue
        angle = np.arctan2(*(quad[1] - quad[0] + quad[2] - quad[3])[::-1])
        dx = columns[None] - centre[0]
        dy = rows[:, None] - centre[1]
        along = dx * np.cos(angle) + dy * np.sin(angle)
        across = dy * np.cos(angle) - dx * np.sin(angle)
        spot = np.exp(-0.5 * ((along / max(0.14 * wide, 0.55 * STRIDE)) ** 2 + (across / max(0.2 * tall, 0.55 * STRIDE)) ** 2))
        peak = np.unravel_index(spot.argmax(), spot.shape)
        spot[peak] = 1.0
        heat = np.maximum(heat, spot)
        judged[peak] = 1.0
        if trust:
            take = (spot > 0.35) & (spot >= heat)
            delta = quad.reshape(8)[:, None, None] - np.stack([*np.broadcast_arrays(columns[None], rows[:, None])] * 4)
            offsets[:, take] = delta[:, take]
            weight[take] = trust * spot[take] / wide
    return heat, judged, offsets, weight


def blank(judged, quad):
    """Sets the cells below a quad, grown by half a cell, to not judged."""
    x0, y0 = np.floor(quad.min(0) / STRIDE - 0.5).astype(int).clip(0)
    x1, y1 = np.ceil(quad.max(0) / STRIDE + 0.5).astype(int).clip(0)
    judged[y0:y1, x0:x1] = 0
