"""The reader: a plain residual network over a grey plate, 40 time steps, 37 classes (CTC blank first)."""
import torch
from torch import nn

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CLASSES = len(ALPHABET) + 1


def convolution(inputs, outputs, stride=(1, 1)):
    """3x3 convolution with batch normalisation."""
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs))


class Residual(nn.Module):
    """Two 3x3 convolutions around a short cut."""

    def __init__(self, channels):
        super().__init__()
        self.first, self.second = convolution(channels, channels), convolution(channels, channels)

    def forward(self, x):
        """x: [N, C, H, W] -> same shape."""
        return torch.relu(x + self.second(torch.relu(self.first(x))))


class Context(nn.Module):
    """Wide depthwise convolution along the plate, so that a character's neighbours tell O from 0 and B from 8."""

    def __init__(self, channels):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, channels, (1, 11), padding=(0, 10), dilation=(1, 2), groups=channels, bias=False),
            nn.BatchNorm2d(channels), nn.Conv2d(channels, channels, 1, bias=False), nn.BatchNorm2d(channels),
            nn.ReLU(), nn.Conv2d(channels, channels, 1, bias=False), nn.BatchNorm2d(channels))
        nn.init.zeros_(self.body[-1].weight)

    def forward(self, x):
        """x: [N, C, 1, T] -> same shape."""
        return x + self.body(x)


class Reader(nn.Module):
    """plates: float32 [N, 1, 64, 160], grey 0..255 -> natural-log probabilities [N, 40, 37]."""

    def __init__(self, widths=(16, 32, 64, 128, 192), dropout=.1):
        super().__init__()
        a, b, c, d, e = widths
        self.body = nn.Sequential(
            nn.Conv2d(1, a, 5, 2, 2, bias=False), nn.BatchNorm2d(a), nn.ReLU(),
            convolution(a, b, (2, 2)), nn.ReLU(), Residual(b),
            convolution(b, c, (2, 1)), nn.ReLU(), Residual(c),
            convolution(c, d, (2, 1)), nn.ReLU())
        self.collapse = nn.Sequential(nn.Conv2d(d, e, (4, 1), bias=False), nn.BatchNorm2d(e), nn.ReLU())
        self.along = nn.Sequential(
            nn.Conv2d(e, e, (1, 3), padding=(0, 1), bias=False), nn.BatchNorm2d(e), nn.ReLU(),
            nn.Conv2d(e, e, (1, 3), padding=(0, 1), bias=False), nn.BatchNorm2d(e), nn.ReLU(), nn.Dropout(dropout))
        self.context = nn.Sequential(Context(e), Context(e))
        self.head = nn.Conv2d(e, CLASSES, 1)

    def forward(self, plates):
        """See the class."""
        mean = plates.mean((2, 3), keepdim=True)
        spread = ((plates - mean) ** 2).mean((2, 3), keepdim=True)
        x = (plates - mean) / torch.sqrt(spread + 4.)
        x = self.collapse(self.body(x))
        x = self.head(self.context(x + self.along(x)))
        return torch.log_softmax(x.squeeze(2).transpose(1, 2).float(), 2)
