"""The plate finders' network: a small residual net with a feature pyramid, one heat map and one quad per cell.

Two are made of it: the `detector`, which decides what is a plate and where its corners are, and the `scout`, a seventh
of it for a pixel, which looks over whole frames of a video for places that are worth the detector's look.

Input is grey, 0..255, any height and width that are multiples of 32. The output grid has one cell for 8x8 pixels.
"""
import torch
from torch import nn
from torch.nn import functional

STRIDE = 8
# Plate widths to find, pixels of the network's input. The scout takes frames at a coarser scale.
WIDTHS = {"detector": (20.0, 200.0), "scout": (11.0, 160.0)}


def block(inputs, outputs, stride=1, kernel=3):
    """Convolution, normalisation, ReLU."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(True)
    )


class Residual(nn.Module):
    """Two 3x3 convolutions around an identity."""

    def __init__(self, channels):
        super().__init__()
        self.first = block(channels, channels)
        self.second = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, features):
        return torch.relu(features + self.norm(self.second(self.first(features))))


class PlateFinder(nn.Module):
    """Grey picture [N,1,H,W] to plate-centre logits [N,1,H/8,W/8] and corner offsets [N,8,H/8,W/8] in input pixels."""

    def __init__(self, widths, stem, depths, neck, head):
        """Channels at strides 2 to 32; layers of the stem; residual blocks at strides 8, 16, 32; 0 head: none."""
        super().__init__()
        a, b, c, d, e = widths
        self.stem = nn.Sequential(block(1, a, 2), block(a, b, 2), *[block(b, b) for _ in range(stem - 2)])
        self.eighth = nn.Sequential(block(b, c, 2), *[Residual(c) for _ in range(depths[0])])
        self.sixteenth = nn.Sequential(block(c, d, 2), *[Residual(d) for _ in range(depths[1])])
        self.thirtysecond = nn.Sequential(block(d, e, 2), *[Residual(e) for _ in range(depths[2])])
        self.lateral8 = nn.Conv2d(c, neck, 1)
        self.lateral16 = nn.Conv2d(d, neck, 1)
        self.lateral32 = nn.Conv2d(e, neck, 1)
        self.smooth16 = block(neck, neck)
        self.smooth8 = block(neck, neck)
        self.head = block(neck, head) if head else nn.Identity()
        self.heat = nn.Conv2d(head or neck, 1, 1)
        self.quad = nn.Conv2d(head or neck, 9, 1)
        nn.init.constant_(self.heat.bias, -4.0)
        nn.init.normal_(self.quad.weight, std=0.01)
        with torch.no_grad():
            self.quad.bias.copy_(torch.tensor([0.0, -1, -0.4, 1, -0.4, 1, 0.4, -1, 0.4]))

    def forward(self, image):
        """Logits of the heat, not yet squashed, and offsets x1,y1 .. x4,y4 from the cell's centre."""
        features8 = self.eighth(self.stem((image - 127.0) / 64.0))
        features16 = self.sixteenth(features8)
        features32 = self.thirtysecond(features16)
        top = self.lateral16(features16) + functional.interpolate(self.lateral32(features32), scale_factor=2.0)
        top = self.smooth16(torch.relu(top))
        fused = self.lateral8(features8) + functional.interpolate(top, scale_factor=2.0)
        shared = self.head(self.smooth8(torch.relu(fused)))
        # Corners want more digits than bfloat16 has.
        with torch.autocast("cpu", enabled=False):
            quad = self.quad(shared.float())
        # One predicted scale times a shape of about one unit: the shape is the same for near and far plates.
        scale = 32.0 * torch.exp(quad[:, :1].clamp(-3.0, 3.0))
        return self.heat(shared), scale * quad[:, 1:]


def finder(kind):
    """A new network of that kind: `detector` or `scout`."""
    if kind == "scout":
        return PlateFinder((8, 16, 32, 48, 64), stem=2, depths=(1, 1, 2), neck=32, head=0)
    return PlateFinder((16, 24, 40, 64, 96), stem=3, depths=(2, 2, 2), neck=40, head=56)


class Exported(nn.Module):
    """The form that is shipped: heat squashed to 0..1."""

    def __init__(self, detector):
        super().__init__()
        self.detector = detector

    def forward(self, image):
        heat, corners = self.detector(image)
        return torch.sigmoid(heat), corners
