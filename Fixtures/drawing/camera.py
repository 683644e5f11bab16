"""A pinhole camera on the patrol vehicle's roof.

World: x along the street, y outwards from the vehicle's path, z up, in metres. Pixels: u right, v down.
"""
import numpy as np

WIDTH, HEIGHT = 1280, 720
NEAR = 0.3


class Camera:
    """Looks ahead and outwards: yaw and pitch in radians, focal length in pixels of a 1280-wide picture."""

    def __init__(self, position, yaw, pitch, focal=1500.0):
        self.position = np.asarray(position, float)
        self.focal = focal
        forward = np.array([np.cos(yaw) * np.cos(pitch), np.sin(yaw) * np.cos(pitch), -np.sin(pitch)])
        right = np.array([-np.sin(yaw), np.cos(yaw), 0.0])
        self.axes = np.stack([right, -np.cross(forward, right), forward])

    def view(self, points):
        """World [..., 3] -> camera coordinates (right, down, depth)."""
        return (np.asarray(points, float) - self.position) @ self.axes.T

    def pixels(self, viewed):
        """Camera coordinates with depth above 0 -> (u, v) in pixels."""
        return viewed[..., :2] / viewed[..., 2:] * self.focal + (WIDTH / 2, HEIGHT / 2)

    def project(self, points):
        """World [n, 3] -> (pixels [n, 2], whether all of it lies before the camera)."""
        viewed = self.view(points)
        return self.pixels(np.maximum(viewed, (-1e9, -1e9, NEAR))), bool((viewed[:, 2] > NEAR).all())

    def clipped(self, points):
        """A polygon [n, 3] -> its visible part in pixels [m, 2], cut at the near plane, or None."""
        viewed = self.view(points)
        inside = viewed[:, 2] > NEAR
        if inside.all():
            return self.pixels(viewed)
        if not inside.any():
            return None
        out = []
        for i, here in enumerate(viewed):
            there = viewed[(i + 1) % len(viewed)]
            if inside[i]:
                out.append(here)
            if inside[i] != inside[(i + 1) % len(viewed)]:
                t = (NEAR - here[2]) / (there[2] - here[2])
                out.append(here + t * (there - here))
        return self.pixels(np.array(out))

    def ground_homography(self, origin, scale):
        """Maps ground texture pixels (x - origin x, y - origin y) * scale to the picture: [3, 3]."""
        # A ground point is x * a + y * b + c in camera coordinates.
        a, b = self.axes[:, 0], self.axes[:, 1]
        c = self.axes @ (np.array([origin[0], origin[1], 0.0]) - self.position)
        columns = np.stack([a / scale, b / scale, c], 1)
        lens = np.array([[self.focal, 0, WIDTH / 2], [0, self.focal, HEIGHT / 2], [0, 0, 1]])
        return lens @ columns

    def horizon(self, v_grid):
        """Whether rows of pixels lie below the horizon by at least a degree's tenth."""
        forward = self.axes[2]
        down = self.axes[1]
        rays = down[2] * (v_grid - HEIGHT / 2) / self.focal + forward[2]
        return rays < -0.002
