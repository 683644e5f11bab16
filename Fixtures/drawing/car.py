"""Parked cars: a body lofted from a side profile, with glass, lamps, wheels and a plate. Metres; x from the rear
bumper forwards, y from the car's middle (negative: towards the lane), z up."""
import dataclasses

import cv2
import numpy as np

SUN = np.array([-0.45, -0.55, 0.70]) / np.linalg.norm([-0.45, -0.55, 0.70])
SKY = np.array([205.0, 222.0, 245.0])
GLASS = np.array([38.0, 46.0, 52.0])

# Profile of each shape: (x as a share of the length, height of the top), from the rear to the front.
SHAPES = {
    "sedan": dict(length=4.65, width=1.82, belt=0.92, top=[
        (0, .62), (.004, .88), (.015, .98), (.05, 1.03), (.13, 1.05), (.17, 1.07), (.30, 1.38), (.36, 1.43),
        (.48, 1.45), (.58, 1.41), (.73, 1.04), (.78, .99), (.90, .90), (.97, .80), (.995, .68), (1, .55)]),
    "hatch": dict(length=4.1, width=1.78, belt=0.95, top=[
        (0, .62), (.004, .90), (.015, 1.00), (.04, 1.08), (.11, 1.36), (.15, 1.44), (.22, 1.49), (.42, 1.52),
        (.55, 1.47), (.71, 1.08), (.76, 1.02), (.90, .92), (.97, .80), (.995, .68), (1, .55)]),
    "suv": dict(length=4.6, width=1.88, belt=1.08, top=[
        (0, .70), (.004, 1.02), (.012, 1.12), (.03, 1.22), (.075, 1.56), (.10, 1.64), (.16, 1.69), (.45, 1.71),
        (.56, 1.65), (.71, 1.20), (.75, 1.14), (.90, 1.06), (.97, .94), (.995, .78), (1, .62)]),
    "van": dict(length=4.95, width=1.98, belt=1.15, top=[
        (0, .72), (.003, 1.15), (.01, 1.30), (.022, 1.75), (.05, 1.88), (.10, 1.92), (.60, 1.92), (.70, 1.80),
        (.82, 1.28), (.86, 1.20), (.95, 1.06), (.985, .90), (1, .62)]),
}
REAR_GLASS = {"sedan": (.17, .30), "hatch": (.035, .13), "suv": (.03, .09), "van": (.008, .03)}
WINDSCREEN = {"sedan": (.58, .73), "hatch": (.55, .71), "suv": (.56, .71), "van": (.70, .82)}
SIDE_GLASS = {"sedan": (.22, .70), "hatch": (.15, .69), "suv": (.12, .69), "van": (.58, .80)}


@dataclasses.dataclass
class Car:
    """One parked car; x: its rear bumper along the street, y: its middle; plate: RGB picture or None."""

    shape: str
    colour: tuple
    x: float
    y: float
    plate: np.ndarray
    seed: int

    def __post_init__(self):
        self.spec = SHAPES[self.shape]
        self._build()

    def _section(self, share, top):
        """Half a cross-section from the sill to the middle of the top: [n, 2] of (y, z) and kinds of the strips."""
        half, belt = self.spec["width"] / 2, self.spec["belt"]
        ends = 1 - .10 * max(0, abs(share - .5) * 2 - .80) / .20
        half *= ends
        low = [(half * .93, .24), (half * .985, .36), (half, .58), (half * .99, .78)]
        if top > belt + .02:
            roof = half * (.80 - .06 * (top - belt))
            upper = [(half * .965, belt), (half * .945, belt + .03), (roof + .02, max(top - .10, belt + .04)),
                     (roof - .05, top - .03), (roof * .6, top - .005), (0, top)]
        else:
            upper = [(half * .965, min(belt, top - .06)), (half * .93, top - .045), (half * .88, top - .025),
                     (half * .8, top - .012), (half * .5, top - .003), (0, top)]
        low = [(y, min(z, top - .08 + .01 * i)) for i, (y, z) in enumerate(low)]
        return np.array(low + upper)

    def _build(self):
        length, belt = self.spec["length"], self.spec["belt"]
        known = np.array(self.spec["top"])
        shares = np.unique(np.concatenate([known[:, 0], np.linspace(.02, .98, 40)]))
        tops = np.interp(shares, known[:, 0], known[:, 1])
        sections = [self._section(s, t) for s, t in zip(shares, tops)]
        quads, kinds = [], []
        rear, wind, side = REAR_GLASS[self.shape], WINDSCREEN[self.shape], SIDE_GLASS[self.shape]
        for i in range(len(shares) - 1):
            middle = (shares[i] + shares[i + 1]) / 2
            for j in range(len(sections[0]) - 1):
                for sign in (-1, 1):
                    corners = []
                    for s, k in ((i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)):
                        y, z = sections[s][k]
                        corners.append((shares[s] * length, sign * y, z))
                    kind = "body"
                    tall = min(tops[i], tops[i + 1]) > belt + .14
                    pillar = abs(middle - (side[0] * .52 + side[1] * .48)) < .012
                    if j == 5 and tall and side[0] < middle < side[1] and not pillar:
                        kind = "glass"
                    if j >= 7 and (rear[0] < middle < rear[1] or wind[0] < middle < wind[1]):
                        kind = "glass"
                    if j == 0:
                        kind = "sill"
                    quads.append(corners)
                    kinds.append(kind)
        self.quads = np.array(quads)
        self.kinds = kinds
        diagonal = np.cross(self.quads[:, 2] - self.quads[:, 0], self.quads[:, 3] - self.quads[:, 1])
        norm = np.linalg.norm(diagonal, axis=1, keepdims=True)
        normals = diagonal / np.maximum(norm, 1e-9)
        centre = self.quads.mean(1)
        outwards = centre - (length / 2, 0, .7)
        normals *= np.where((normals * outwards).sum(1) < 0, -1, 1)[:, None]
        self.normals = normals
        self.colours = self._shade(normals, centre)
        rear_section = sections[0]
        self.cap = np.array([(0, s * y, z) for s, order in ((-1, rear_section), (1, rear_section[::-1]))
                             for y, z in order])

    def _shade(self, normals, centre):
        """Sun, sky and the street's reflection on paint; glass mirrors sky above and houses below."""
        paint = np.array(self.colour, float)
        sun = np.clip(normals @ SUN, 0, 1)[:, None]
        up = np.clip(normals[:, 2:], 0, 1)
        gloss = np.clip(normals @ SUN, 0, 1)[:, None] ** 24
        light = paint * (.40 + .22 * up + .52 * sun) + SKY * (.05 + .22 * up ** 2) + 150 * gloss
        low = np.clip((.75 - centre[:, 2:]) / .5, 0, 1)
        light = light * (1 - .42 * low)
        glass = GLASS + SKY * (.10 + .5 * up ** 1.5) + 60 * gloss
        glass += 26 * np.clip((centre[:, 2:] - self.spec["belt"]) / .5, 0, 1)
        out = np.where(np.array([k == "glass" for k in self.kinds])[:, None], glass, light)
        return np.where(np.array([k == "sill" for k in self.kinds])[:, None], out * .35, np.clip(out, 0, 255))

    def paint(self, canvas, camera, scale):
        """Draws into an RGB canvas that is `scale` times the camera's picture."""
        origin = np.array([self.x, self.y, 0.0])
        viewed = camera.view(self.quads + origin)
        if viewed[..., 2].max() < .3:
            return
        seen = ((camera.position - origin - self.quads.mean(1)) * self.normals).sum(1) > 0
        order = np.argsort(-(viewed[..., 2].mean(1)))
        def fill(points, colour):
            pixels = camera.clipped(points + origin)
            if pixels is not None and len(pixels) > 2:
                cv2.fillPoly(canvas, [np.int32(np.clip(pixels * scale, -20000, 20000) * 16)],
                             tuple(float(c) for c in colour), cv2.LINE_8, 4)
        self._wheels(fill, near=False)
        for i in order:
            if seen[i]:
                fill(self.quads[i], self.colours[i])
        self._side(fill)
        self._wheels(fill, near=True)
        if camera.position[0] < self.x:
            self._rear(fill, canvas, camera, scale, origin)

    def _wheels(self, fill, near):
        length, half = self.spec["length"], self.spec["width"] / 2
        y = -half * .99 if near else half * .9
        radius = .33 if self.shape in ("sedan", "hatch") else .36
        angles = np.linspace(0, 2 * np.pi, 28, endpoint=False)
        for x in (length * .19, length * .80):
            ring = np.stack([x + np.cos(angles), np.full(28, y), radius + np.sin(angles)], 1)
            def disc(r, y, colour):
                fill(np.stack([x + r * np.cos(angles), np.full(28, y), np.maximum(radius + r * np.sin(angles), .0)], 1),
                     colour)
            if near:
                disc(radius + .05, y - .004, np.array(self.colour) * .10 + 12)
            disc(radius, y - .006, (26, 26, 28))
            if not near:
                continue
            disc(radius * .66, y - .008, (150, 152, 156))
            for k in range(5):
                a = 2 * np.pi * k / 5 + self.seed
                spoke = np.array([(np.cos(a + d) * r, np.sin(a + d) * r) for d, r in
                                  ((.25, radius * .24), (.38, radius * .58), (.88, radius * .58), (1.0, radius * .24))])
                fill(np.stack([x + spoke[:, 0], np.full(4, y - .009), radius + spoke[:, 1]], 1), (52, 54, 58))
            disc(radius * .14, y - .01, (90, 92, 96))

    def _side(self, fill):
        """Door gaps, handles and the mirror on the lane's side."""
        length, half, belt = self.spec["length"], self.spec["width"] / 2, self.spec["belt"]
        y = -half - .002
        dark = np.array(self.colour) * .28
        for share in (.28, .475, .69):
            x = share * length
            fill(np.array([(x - .005, y, .34), (x + .007, y, .34), (x + .007, y * .97, belt), (x - .005, y * .97, belt)]),
                 dark)
        for share in (.33, .53):
            x = share * length
            fill(np.array([(x, y, belt - .13), (x + .17, y, belt - .13), (x + .17, y, belt - .10), (x, y, belt - .10)]),
                 np.array(self.colour) * .5 + 40)
        x = .665 * length
        for a, b, colour in ((0, .10, .9), (.10, .16, .6)):
            fill(np.array([(x + a, y - .20, belt), (x + b, y - .02, belt), (x + b, y - .02, belt + .15),
                           (x + a, y - .20, belt + .14)]), np.array(self.colour) * colour * .7)

    def _rear(self, fill, canvas, camera, scale, origin):
        half, belt = self.spec["width"] / 2, self.spec["belt"]
        body = np.array(self.colour, float)
        fill(self.cap, np.clip(body * .62 + 10, 0, 255))
        tall = self.shape in ("suv", "van", "hatch")
        deck = dict(self.spec["top"])[0]
        x = -.006
        def flat(y0, z0, y1, z1, colour, depth=x):
            fill(np.array([(depth, y0, z0), (depth, y1, z0), (depth, y1, z1), (depth, y0, z1)]), colour)
        # The bumper: body colour above, dark plastic below.
        flat(-half * .88, .50, half * .88, .60, np.clip(body * .74 + 14, 0, 255), -.05)
        flat(-half * .88, .26, half * .88, .42, (32, 33, 35), -.05)
        flat(-half * .88, .42, half * .88, .50, np.clip(body * .62 + 8, 0, 255), -.05)
        flat(-half * .88, .60, half * .88, .615, np.clip(body * .95 + 40, 0, 255), -.05)
        plate_z = (.80 if not tall else .86) if deck < .75 else .9
        top = .98 if not tall else belt + .02
        # Rear panel with lamps, and the recess that holds the plate.
        panel = np.clip(body * .70 + 18, 0, 255)
        flat(-half * .86, .615, half * .86, top - .02, panel, -.012)
        for sign in (-1, 1):
            outer, inner = sign * half * .86, sign * half * (.56 if not tall else .66)
            z0, z1 = (.74, .93) if not tall else (.80, 1.05)
            flat(outer, z0, inner, z1, (150, 22, 24), -.02)
            flat(outer, z0 + .02, inner + (outer - inner) * .12, z0 + .085, (196, 40, 36), -.022)
            flat(outer, z1 - .05, inner + (outer - inner) * .12, z1 - .015, (214, 196, 190), -.022)
            flat(sign * half * .80, .34, sign * half * .60, .38, (120, 18, 20), -.052)
        flat(-.30, plate_z - .105, .30, plate_z + .125, np.clip(body * .42, 0, 255), -.014)
        flat(-.30, plate_z + .10, .30, plate_z + .13, np.clip(body * .9 + 50, 0, 255), -.016)
        if self.plate is None:
            return
        w, h, y0 = .3048 / 2, .1524 / 2, 0.0
        fill(np.array([(-.02, y0 - w - .012, plate_z - h - .012), (-.02, y0 + w + .012, plate_z - h - .012),
                       (-.02, y0 + w + .012, plate_z + h + .012), (-.02, y0 - w - .012, plate_z + h + .012)]),
             (28, 28, 30))
        corners = np.array([(-.026, y0 - w, plate_z + h), (-.026, y0 + w, plate_z + h), (-.026, y0 + w, plate_z - h),
                            (-.026, y0 - w, plate_z - h)]) + origin
        self.plate_corners = corners
        pixels, whole = camera.project(corners)
        if whole:
            warp(canvas, self.plate, pixels * scale, shade=.90)


def warp(canvas, texture, pixels, shade=1.0, mask=None):
    """Lays a texture onto a quadrilateral (pixels [4, 2], from top left clockwise) of the canvas, in place."""
    x0, y0 = np.maximum(np.floor(pixels.min(0)).astype(int), 0)
    x1 = min(int(np.ceil(pixels[:, 0].max())) + 1, canvas.shape[1])
    y1 = min(int(np.ceil(pixels[:, 1].max())) + 1, canvas.shape[0])
    if x1 - x0 < 1 or y1 - y0 < 1:
        return
    h, w = texture.shape[:2]
    # Shrunk first where it will appear small, so that nothing flickers.
    extent = max(np.linalg.norm(pixels[1] - pixels[0]), np.linalg.norm(pixels[2] - pixels[3]), 1.0)
    if extent < w / 1.6:
        ratio = max(extent * 1.3 / w, 4 / min(h, w))
        texture = cv2.resize(texture, (max(int(w * ratio), 2), max(int(h * ratio), 2)), interpolation=cv2.INTER_AREA)
        if mask is not None:
            mask = cv2.resize(mask, texture.shape[1::-1], interpolation=cv2.INTER_AREA)
        h, w = texture.shape[:2]
    source = np.float32([(0, 0), (w, 0), (w, h), (0, h)])
    homography = cv2.getPerspectiveTransform(source, np.float32(pixels - (x0, y0)))
    size = (x1 - x0, y1 - y0)
    if mask is None:
        mask = np.full((h, w), 255, np.uint8)
    alpha = cv2.warpPerspective(mask, homography, size, flags=cv2.INTER_LINEAR)[..., None].astype(np.float32) / 255
    laid = cv2.warpPerspective(texture, homography, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    part = canvas[y0:y1, x0:x1]
    part[:] = (part * (1 - alpha) + laid * (alpha * shade)).astype(np.uint8)
