"""What stands still behind the parked cars: asphalt, curb, pavement, lawns, houses, trees, signs and the sky."""
import cv2
import numpy as np

from .camera import HEIGHT, WIDTH
from .car import warp

CURB, WALK, LAWN, FRONT = 3.35, 4.9, 6.5, 9.5  # metres from the vehicle's path
SCALE = 36  # ground texture pixels a metre


class Street:
    """One side of the street from x0 to x1 metres, drawn from a seed; stalls: x ranges of marked parking."""

    def __init__(self, seed, x0, x1, stalls, signs):
        self.rng = np.random.default_rng(seed)
        self.x0, self.x1 = x0, x1
        self.origin = (x0, -3.0)
        self.ground = self._ground(stalls)
        self.panels = self._houses()
        self.trees = self._trees()
        self.signs = signs
        self.sky = self._sky()

    def _noise(self, shape, cells, strength):
        small = self.rng.normal(0, 1, (max(int(shape[0] / cells), 2), max(int(shape[1] / cells), 2), 1))
        return cv2.resize(small.astype(np.float32), shape[1::-1], interpolation=cv2.INTER_CUBIC)[..., None] * strength

    def _ground(self, stalls):
        """RGB [height, width, 3], y outwards downwards."""
        width, height = int((self.x1 - self.x0) * SCALE), int(40 * SCALE)
        image = np.empty((height, width, 3), np.float32)
        row = lambda y: int((y - self.origin[1]) * SCALE)
        image[:] = (104, 152, 74)
        image += self._noise(image.shape, 60, 9) * (.7, 1, .5) + self._noise(image.shape, 4, 7) * (.8, 1, .5)
        image[:row(CURB)] = (97, 98, 101)
        image[:row(CURB)] += (self._noise((row(CURB), width), 200, 4) + self._noise((row(CURB), width), 30, 3)
                              + self._noise((row(CURB), width), 2, 5))
        for _ in range(40):  # patches and cracks in the asphalt
            x, y = self.rng.integers(0, width), self.rng.integers(0, row(CURB))
            points = np.cumsum(self.rng.normal(0, 14, (12, 2)), 0) + (x, y)
            cv2.polylines(image, [np.int32(points)], False, (74, 74, 77), 2, cv2.LINE_AA)
        image[row(CURB):row(CURB + .17)] = (176, 174, 168)
        image[row(CURB + .17):row(CURB + .2)] = (120, 119, 114)
        image[row(WALK):row(LAWN)] = (184, 181, 174)
        image[row(WALK):row(LAWN)] += self._noise((row(LAWN) - row(WALK), width), 3, 4)
        for x in range(0, width, int(1.5 * SCALE)):
            image[row(WALK):row(LAWN), x:x + 2] = (140, 138, 132)
        for x in stalls:  # white ticks that bound each stall
            column = int((x - self.x0) * SCALE)
            image[row(CURB - 2.15):row(CURB), column:column + 4] = (214, 214, 210)
        for x in np.arange(self.x0 + 12, self.x1, 24.0):  # driveways
            column = int((x - self.x0) * SCALE)
            image[row(LAWN):row(FRONT), column:column + 3 * SCALE] = (128, 126, 124)
        return np.clip(image, 0, 255).astype(np.uint8)

    def _houses(self):
        """Panels (corners [4, 3] from top left, texture), far to near does not matter on one line of fronts."""
        panels, x = [], self.x0 + 2
        bricks = [(150, 82, 66), (168, 104, 78), (188, 176, 158), (120, 96, 84), (204, 200, 190), (142, 120, 104),
                  (158, 166, 172), (176, 92, 74)]
        while x < self.x1 - 4:
            wide = float(self.rng.uniform(7.5, 11))
            tall = float(self.rng.uniform(5.2, 6.6))
            back = FRONT + float(self.rng.uniform(0, 1.6))
            wall = np.array(bricks[int(self.rng.integers(len(bricks)))], float)
            texture = self._front(wide, tall, wall)
            roof = np.array([(86, 80, 78), (98, 74, 64), (74, 78, 86)][int(self.rng.integers(3))], float)
            panels.append((np.array([(x, back, tall), (x + wide, back, tall), (x + wide, back, 0), (x, back, 0)]), texture))
            side = np.empty((64, 64, 3), np.uint8)
            side[:] = np.clip(wall * .62, 0, 255)
            panels.append((np.array([(x, back + 8, tall), (x, back, tall), (x, back, 0), (x, back + 8, 0)]), side))
            ridge = tall + float(self.rng.uniform(1.8, 2.6))
            shingles = np.clip(roof + self.rng.normal(0, 5, (48, 96, 1)) - (np.arange(48) % 6 < 1)[:, None, None] * 16, 0,
                               255).astype(np.uint8)
            panels.append((np.array([(x + .9, back + 4, ridge), (x + wide - .9, back + 4, ridge),
                                     (x + wide + .4, back - .5, tall - .05), (x - .4, back - .5, tall - .05)]), shingles))
            x += wide + float(self.rng.uniform(1.8, 4.0))
        return panels

    def _front(self, wide, tall, wall):
        """A house's front: bricks, windows with frames and curtains, a door with a porch."""
        k = 44
        h, w = int(tall * k), int(wide * k)
        image = np.empty((h, w, 3), np.float32)
        image[:] = wall
        rows = np.arange(h) // 4
        image += ((self.rng.normal(0, 7, (h // 4 + 1, w // 10 + 2)))[rows][:, (np.arange(w) // 10)])[..., None]
        image[np.arange(h) % 4 == 0] -= 13
        image = np.clip(image, 0, 255).astype(np.uint8)
        trim = (236, 234, 228) if self.rng.random() < .7 else (60, 62, 64)
        def window(x, y, ww, hh):
            cv2.rectangle(image, (x - 6, y - 6), (x + ww + 6, y + hh + 8), trim, -1)
            for r in range(hh):
                share = r / hh
                image[y + r, x:x + ww] = np.array((96, 118, 140)) * (1 - share) + np.array((42, 50, 58)) * share
            if self.rng.random() < .6:
                c = int(ww * .24)
                image[y:y + hh, x:x + c] = (206, 202, 190)
                image[y:y + hh, x + ww - c:x + ww] = (198, 194, 184)
            cv2.line(image, (x + ww // 2, y), (x + ww // 2, y + hh), trim, 4)
            cv2.line(image, (x, y + hh // 2), (x + ww, y + hh // 2), trim, 3)
        columns = max(int(wide / 2.9), 2)
        door = int(self.rng.integers(columns))
        for floor, z in ((0, 1.0), (1, 3.7)):
            for c in range(columns):
                centre = int((c + .5) * w / columns)
                if floor == 0 and c == door:
                    x, y, ww, hh = centre - 24, h - int(2.35 * k), 48, int(2.05 * k)
                    cv2.rectangle(image, (x - 7, y - 8), (x + ww + 7, h), trim, -1)
                    colour = [(120, 30, 34), (36, 62, 96), (38, 78, 58), (70, 48, 36)][int(self.rng.integers(4))]
                    cv2.rectangle(image, (x, y), (x + ww, y + hh), colour, -1)
                    cv2.rectangle(image, (x + 9, y + 10), (x + ww - 9, y + 34), (130, 150, 165), -1)
                    cv2.rectangle(image, (x - 26, y + hh), (x + ww + 26, h), (150, 148, 142), -1)
                elif z + 1.4 < tall:
                    window(centre - 34, h - int((z + 1.35) * k), 68, int(1.3 * k))
        return image

    def _trees(self):
        """(x, y, height, sprite RGB, mask) along the strip between curb and pavement and in the gardens."""
        trees = []
        for x in np.arange(self.x0 + 5, self.x1, 13.0):
            near = self.rng.random() < .6
            trees.append((x + float(self.rng.uniform(-2, 2)), 4.2 if near else 7.8, float(self.rng.uniform(4.8, 6.6)),
                          *self._tree()))
        for x in np.arange(self.x0 + 1, self.x1, 4.5):
            trees.append((x + float(self.rng.uniform(-1, 1)), FRONT - .7, float(self.rng.uniform(.7, 1.3)),
                          *self._tree(shrub=True)))
        return trees

    def _tree(self, shrub=False):
        size = 256
        image = np.empty((size, size, 3), np.float32)
        mask = np.zeros((size, size), np.uint8)
        base = np.array([(64, 104, 48), (78, 116, 52), (56, 94, 56)][int(self.rng.integers(3))], float)
        image[:] = base
        if not shrub:
            cv2.rectangle(mask, (121, 130), (134, 255), 255, -1)
            image[150:, 110:145] = (84, 68, 54)
        for _ in range(170):
            a, r = self.rng.uniform(0, 2 * np.pi), np.sqrt(self.rng.random())
            x = int(128 + np.cos(a) * r * 92)
            y = int((96 if not shrub else 150) + np.sin(a) * r * (80 if not shrub else 88))
            light = 1.16 - .5 * (y / size) + self.rng.normal(0, .10) - .15 * (x < 100)
            radius = int(self.rng.integers(8, 24))
            cv2.circle(image, (x, y), radius, tuple(float(v) for v in np.clip(base * light, 0, 255)), -1, cv2.LINE_AA)
            cv2.circle(mask, (x, y), radius, 255, -1, cv2.LINE_AA)
        return np.clip(image, 0, 255).astype(np.uint8), mask

    def _sky(self):
        image = np.empty((HEIGHT, WIDTH * 2, 3), np.float32)
        ramp = np.linspace(0, 1, HEIGHT)[:, None, None]
        image[:] = np.array((120, 168, 226)) * (1 - ramp) + np.array((218, 232, 244)) * np.minimum(1, ramp * 1.6)
        clouds = sum(self._noise(image.shape, c, s) for c, s in ((260, .9), (120, .5), (50, .25)))
        image += np.clip(clouds - .3, 0, 1) * 50
        return np.clip(image, 0, 255).astype(np.uint8)

    def paint(self, camera, cars):
        """The background as RGB [720, 1280, 3], with the cars' shadows."""
        shift = int(np.arctan2(camera.axes[2][1], camera.axes[2][0]) * 300) % WIDTH
        image = self.sky[:, shift:shift + WIDTH].copy()
        rows = np.arange(HEIGHT, dtype=float)
        below = camera.horizon(rows)
        # Distant treeline where the street ends.
        horizon = int(np.argmax(below))
        band = image[max(horizon - 26, 0):horizon + 2]
        band[:] = (band * .25 + np.array((112, 134, 104)) * .75).astype(np.uint8)
        ground = cv2.warpPerspective(self.ground, camera.ground_homography(self.origin, SCALE), (WIDTH, HEIGHT),
                                     flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        image[below] = ground[below]
        self._shadows(image, camera, cars)
        things = [("panel", np.linalg.norm(corners.mean(0)[:2] - camera.position[:2]), corners, texture)
                  for corners, texture in self.panels]
        things += [("tree", np.hypot(t[0] - camera.position[0], t[1]), t, None) for t in self.trees]
        things += [("sign", np.hypot(x - camera.position[0], 3.8), (x, texture), None) for x, texture in self.signs]
        for kind, _, thing, texture in sorted(things, key=lambda t: -t[1]):
            if kind == "panel":
                self._panel(image, camera, thing, texture)
            elif kind == "tree":
                x, y, tall, sprite, mask = thing
                half = tall / 2
                across = camera.axes[0] * half
                foot = np.array([x, y, 0.0])
                corners = np.array([foot - across + (0, 0, tall), foot + across + (0, 0, tall), foot + across,
                                    foot - across])
                self._panel(image, camera, corners, sprite, mask)
            else:
                self._sign(image, camera, *thing)
        return image

    def _panel(self, image, camera, corners, texture, mask=None):
        pixels, whole = camera.project(corners)
        if not whole or pixels[:, 0].max() < 0 or pixels[:, 0].min() > WIDTH or np.ptp(pixels[:, 0]) > 6000:
            return
        if mask is None and np.ptp(pixels[:, 0]) < 1:
            return
        warp(image, texture, pixels, mask=mask)

    def _sign(self, image, camera, x, texture):
        post = np.array([(x, 3.75, 2.5), (x, 3.81, 2.5), (x, 3.81, 0), (x, 3.75, 0)])
        steel = np.full((16, 4, 3), 128, np.uint8)
        self._panel(image, camera, post, steel)
        board = np.array([(x - .02, 3.5, 2.6), (x - .02, 4.06, 2.6), (x - .02, 4.06, 1.85), (x - .02, 3.5, 1.85)])
        self._panel(image, camera, board, texture)

    def _shadows(self, image, camera, cars):
        mask = np.zeros((HEIGHT, WIDTH), np.uint8)
        for car in cars:
            length, half = car.spec["length"], car.spec["width"] / 2
            for corners, depth in (([(.1, -half + .05), (length - .1, -half + .05), (length + .5, half + .75), (.6, half + .75)], 120),
                                   ([(.05, -half - .02), (length - .05, -half - .02), (length - .05, half), (.05, half)], 190)):
                points = np.array([(car.x + a, car.y + b, .005) for a, b in corners])
                pixels = camera.clipped(points)
                if pixels is not None and len(pixels) > 2:
                    layer = np.zeros_like(mask)
                    cv2.fillPoly(layer, [np.int32(np.clip(pixels, -9000, 9000) * 16)], depth, cv2.LINE_AA, 4)
                    mask = np.maximum(mask, layer)
        mask = cv2.GaussianBlur(mask, (0, 0), 5)
        image[:] = (image * (1 - mask[..., None] / 255.0 * .82)).astype(np.uint8)
