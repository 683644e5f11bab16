"""Generator of plates: clean drawings (render_plate) and drawings in their surroundings (scene.render_scene)."""
from .render import Plate, render, render_plate

__all__ = ["Plate", "render", "render_plate"]
