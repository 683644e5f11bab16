"""The network that says what colour the vehicle around a plate has."""
import torch
from torch import nn
from torch.nn import functional

from data import NAMES


class Network(nn.Module):
    """[n, 7, 28, 32] -> logits [n, 10].

    Planes: red, green, blue of each cell (times its share inside the picture), that share, and the mean red, green and
    blue of the whole scene. Three convolutions tell paint from glass, grille, lamps and road; two heads of attention
    choose where to look; what is found there is classified.
    """

    def __init__(self, channels=(12, 20, 28), heads=2):
        super().__init__()
        first, second, third = channels
        self.a = nn.Conv2d(12, first, 3, padding=1)
        self.b = nn.Conv2d(first, second, 3, 2, 1)
        self.c = nn.Conv2d(second, third, 3, padding=1)
        self.na, self.nb, self.nc = (nn.BatchNorm2d(n) for n in channels)
        self.att = nn.Conv2d(third, heads, 1)
        self.out = nn.Linear(heads * third + 5, len(NAMES))
        self.drop = nn.Dropout(.25)
        down = (torch.arange(28) + .5) / 28 * 2 - 1
        aside = ((torch.arange(32) + .5) / 32 * 2 - 1).abs() * 2 - 1
        self.register_buffer("pos", torch.stack([aside.expand(28, 32), down[:, None].expand(28, 32)])[None])

    def forward(self, planes):
        weights = planes.new_tensor([.299, .587, .114])[None, :, None, None]
        pixels, inside, scene = planes[:, :3], planes[:, 3:4], planes[:, 4:7]
        light, scene_light = ((p * weights).sum(1, keepdim=True) for p in (pixels, scene))
        tint = (pixels / (light + .08) - 1) * inside
        against_scene = (pixels - scene + scene_light - light) * 4 * inside
        x = torch.cat([pixels * 2 - 1, tint, against_scene, self.pos.expand(planes.shape[0], -1, -1, -1), inside], 1)
        for convolution, norm in ((self.a, self.na), (self.b, self.nb), (self.c, self.nc)):
            x = functional.relu(norm(convolution(x)))
        attention = self.att(x) + torch.log(functional.avg_pool2d(inside, 2) + 1e-4)
        attention = torch.softmax(attention.flatten(2), 2)
        found = torch.matmul(attention, x.flatten(2).transpose(1, 2)).flatten(1)
        scene = scene[:, :, 0, 0]
        general = torch.cat([scene, scene[:, 0:1] - scene[:, 1:2], scene[:, 2:3] - scene[:, 1:2]], 1)
        return self.out(self.drop(torch.cat([found, general * 2], 1)))


class Proposal(nn.Module):
    """What is exported: several networks and the mirrored picture together -> probabilities [n, 10]."""

    def __init__(self, networks, temperature):
        super().__init__()
        self.networks = nn.ModuleList(networks)
        self.temperature = temperature

    def forward(self, planes):
        mirrored = torch.flip(planes, [3])
        logs = [torch.log_softmax(network(p), 1) for network in self.networks for p in (planes, mirrored)]
        return torch.softmax(torch.stack(logs).mean(0) / self.temperature, 1)
