"""Fits the network that tells whether a plate shows whole, from the crops that samples.py made.

python train.py --crops ../cache/whole.npz --out ../../Sources/PlateRecognition/Models
"""
import argparse
import hashlib
import json
import math
import os
import pathlib

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from samples import HEIGHT, MARGIN, WIDTH

VERSION = "1"


class Network(nn.Module):
    """Grey crops [n, 1, 32, 80], 0 to 255, each of them brought to one brightness and contrast -> log odds [n].

    What is missing is missing at one end: the last convolution keeps the columns apart until both ends are compared.
    """

    def __init__(self, channels=(16, 24, 32, 32)):
        super().__init__()
        layers, before = [], 1
        for after, stride in zip(channels, ((2, 2), (2, 2), (2, 1), (2, 1))):
            layers += [nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU()]
            before = after
        self.layers = nn.Sequential(*layers)
        self.across = nn.Conv2d(before * 2, 32, (1, 5), 1, (0, 2))
        self.drop = nn.Dropout(.2)
        self.out = nn.Linear(32 * 5 + 32, 1)

    def forward(self, crops):
        mean = crops.mean((2, 3), keepdim=True)
        spread = ((crops - mean) ** 2).mean((2, 3), keepdim=True).sqrt()
        x = self.layers((crops - mean) / (spread + 8))
        x = functional.relu(self.across(x.flatten(1, 2)[:, :, None]))
        x = torch.cat([functional.avg_pool2d(x, (1, 4)).flatten(1), x.amax((2, 3))], 1)
        return self.out(self.drop(x)).squeeze(1)


class Wholeness(nn.Module):
    """What is exported: several networks, each of them shown the mirrored crop too -> probability [n] that it is whole."""

    def __init__(self, networks):
        super().__init__()
        self.networks = nn.ModuleList(networks)

    def forward(self, crops):
        both = [network(c) for network in self.networks for c in (crops, torch.flip(crops, [3]))]
        return torch.sigmoid(torch.stack(both).mean(0))


def varied(crops):
    """uint8 crops [n, 1, h, w] -> float, mirrored, shifted a little, in other light, with noise."""
    n = len(crops)
    x = crops.float()
    mirror = torch.rand(n) < .5
    x = torch.where(mirror[:, None, None, None], torch.flip(x, [3]), x)
    scale = 1 + .04 * torch.randn(n, 2)
    move = torch.stack([.02 * torch.randn(n), .03 * torch.randn(n)], 1)
    lean = .04 * torch.randn(n)
    matrix = torch.zeros(n, 2, 3)
    matrix[:, 0, 0], matrix[:, 1, 1] = scale[:, 0], scale[:, 1]
    matrix[:, 0, 1], matrix[:, :, 2] = lean, move
    x = functional.grid_sample(x, functional.affine_grid(matrix, x.shape, False), padding_mode="border",
                               align_corners=False)
    x = 255 * (x.clamp(0, 255) / 255) ** torch.exp(.3 * torch.randn(n, 1, 1, 1))
    negative = torch.rand(n) < .25
    x = torch.where(negative[:, None, None, None], 255 - x, x)
    return x + torch.rand(n, 1, 1, 1) * 12 * torch.randn_like(x)


def fit(crops, whole, weight, epochs, seed, rate=6e-3, batch=96):
    """AdamW with a cosine; the average of the last weights, in eval mode."""
    torch.manual_seed(seed)
    network, average = Network(), Network()
    average.load_state_dict(network.state_dict())
    optimiser = torch.optim.AdamW(network.parameters(), rate, weight_decay=.03)
    steps, step = epochs * math.ceil(len(crops) / batch), 0
    for epoch in range(epochs):
        network.train()
        total = 0.
        for chosen in torch.randperm(len(crops)).split(batch):
            for group in optimiser.param_groups:
                group["lr"] = rate * min(1, step / 50) * (.5 + .5 * math.cos(math.pi * step / steps))
            losses = functional.binary_cross_entropy_with_logits(network(varied(crops[chosen])), whole[chosen] * .98 + .01,
                                                                 reduction="none")
            loss = (losses * weight[chosen]).sum() / weight[chosen].sum()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            step += 1
            total += loss.item() * len(chosen)
            with torch.no_grad():
                keep = min(.99, step / (step + 10))
                for mean, value in zip(average.state_dict().values(), network.state_dict().values()):
                    mean.mul_(keep).add_(value, alpha=1 - keep) if mean.is_floating_point() else mean.copy_(value)
        if epoch % 5 == 4:
            print(f"seed {seed}, epoch {epoch + 1}: loss {total / len(crops):.3f}", flush=True)
    return average.eval()


def ranked(p, whole):
    """How often a whole plate is held for wholer than one that is not (area under the ROC curve)."""
    order = np.argsort(np.argsort(p)) + 1
    positive = whole.sum()
    return float((order[whole].sum() - positive * (positive + 1) / 2) / (positive * (~whole).sum()))


def judged(p, whole):
    """On plates kept out: the area under the curve, and how many that are not whole pass where 95 % of the whole do."""
    least = np.quantile(p[whole], .05)
    return {"crops": len(p), "whole": int(whole.sum()), "area": round(ranked(p, whole), 4),
            "hiddenTakenForWhole": round(float((p[~whole] >= least).mean()), 4)}


def main(options):
    torch.set_num_threads(options.threads)
    data = np.load(options.crops)
    crops, whole = torch.as_tensor(data["images"])[:, None], torch.as_tensor(data["whole"])
    test, american = data["held_out"], np.isin(data["regions"], ("US", "CA"))
    weight = torch.as_tensor(np.where(american, 2., 1.)).float()
    learnt = torch.as_tensor(~test)
    networks = [fit(crops[learnt], whole[learnt].float(), weight[learnt], options.epochs, seed)
                for seed in range(options.networks)]
    model = Wholeness(networks).eval()
    with torch.no_grad():
        p = model(crops[torch.as_tensor(test)].float()).numpy()
    truth, near = data["whole"][test], american[test]
    figures = {"all": judged(p, truth), "american": judged(p[near], truth[near])}
    out = pathlib.Path(options.out)
    path = out / "wholeness.onnx"
    torch.onnx.export(model, torch.zeros(2, 1, HEIGHT, WIDTH), path, input_names=["plates"], output_names=["whole"],
                      dynamic_axes={"plates": {0: "n"}, "whole": {0: "n"}}, opset_version=17, dynamo=False)
    description = {"name": "plate wholeness", "version": VERSION, "inputWidth": WIDTH, "inputHeight": HEIGHT,
                   "margin": list(MARGIN), "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
                   "learntFrom": int(learnt.sum()), "keptOut": figures}
    temporary = out / "wholeness.json.part"
    temporary.write_text(json.dumps(description, indent=2) + "\n", encoding="utf-8")
    os.replace(temporary, out / "wholeness.json")
    print(json.dumps(figures))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--crops", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--networks", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    main(parser.parse_args())
