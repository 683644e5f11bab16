"""Trains detector or scout on photographs and pasted plates; one thread, goes on from its checkpoint with --resume.

Usage: train.py [--kind scout] --work FOLDER --pool plates.npz [--plates PHOTOS] [--corners corners.csv] [--minutes 80]
    [--rate 0.002] [--half] [--resume]
"""
import argparse
import copy
import json
import math
import os
import time
from pathlib import Path

import cv2
import numpy as np
import torch

from network import WIDTHS, finder
from pictures import default_root, load_levels, read_corners, read_labels, read_places
from pool import read_pool
from samples import SampleMaker
from targets import targets

SHAPES = [(192, 128, 24), (320, 192, 10)]  # crop width, height, crops a batch
KEEP = 0.998  # of the running average of weights, at each step


def batch_tensors(maker, width, height, count):
    """Images [N,1,H,W] 0..255, and heat, heat weight, offsets, offset weight as targets.targets gives them."""
    samples = [maker.make(width, height) for _ in range(count)]
    parts = [np.stack(part) for part in zip(*(targets(sample, (maker.smallest, maker.largest)) for sample in samples))]
    images = np.stack([sample.image for sample in samples])[:, None].astype(np.float32)
    images = torch.from_numpy(images).to(memory_format=torch.channels_last)
    return images, [torch.from_numpy(part) for part in parts]


def loss_of(model, images, wanted, half):
    """Focal loss of the heat, and corner distance in plate widths. half: in bfloat16."""
    heat, judged, offsets, weight = wanted
    with torch.autocast("cpu", torch.bfloat16, enabled=half):
        logits, corners = model(images)
    logits, corners = logits[:, 0].float().clamp(-12, 12), corners.float()
    chance = torch.sigmoid(logits)
    centre = (heat >= 1.0).float()
    hit = -torch.nn.functional.logsigmoid(logits) * (1 - chance) ** 2 * centre
    miss = -torch.nn.functional.logsigmoid(-logits) * chance**2 * (1 - heat) ** 4 * (1 - centre)
    focal = ((hit + miss) * judged).sum() / centre.sum().clamp(min=4.0)
    error = torch.nn.functional.smooth_l1_loss(
        corners * weight[:, None], offsets * weight[:, None], beta=0.02, reduction="sum"
    )
    distance = error / ((weight > 0).sum().clamp(min=8.0) * 8)
    return focal, distance


def rate(share, most):
    """Learning rate after `share` (0..1) of the time: warm-up, level, cosine to nothing."""
    if share < 0.01:
        return most * (share / 0.01 + 0.02)
    if share < 0.5:
        return most
    return most * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * (share - 0.5) / 0.5)))


class Run:
    """Model, optimiser, running average and the minutes spent, kept together in one checkpoint."""

    def __init__(self, work, kind):
        self.path = Path(work) / "checkpoint.pt"
        self.model = finder(kind).to(memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.model).eval()
        self.optimiser = torch.optim.AdamW(self.model.parameters(), 2e-3, weight_decay=0.01)
        self.step = 0
        self.minutes = 0.0

    def load(self):
        state = torch.load(self.path, weights_only=True)
        for key in ("model", "average", "optimiser"):
            getattr(self, key).load_state_dict(state[key])
        self.step, self.minutes = state["step"], state["minutes"]

    def save(self):
        state = {key: getattr(self, key).state_dict() for key in ("model", "average", "optimiser")}
        temporary = self.path.with_suffix(".tmp")
        torch.save({**state, "step": self.step, "minutes": self.minutes}, temporary)
        os.replace(temporary, self.path)

    def follow(self):
        """Moves the running average towards the model."""
        keep = min(KEEP, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for mean, now in zip(self.average.state_dict().values(), self.model.state_dict().values()):
                if mean.dtype.is_floating_point:
                    mean.mul_(keep).add_(now, alpha=1 - keep)
                else:
                    mean.copy_(now)


def train(run, maker, options, log):
    """Trains until `options.minutes` of the run are spent; a checkpoint every two minutes."""
    minutes = options.minutes
    run.model.train()
    start, spent, saved, sums = time.time(), run.minutes, time.time(), []
    while run.minutes < minutes:
        width, height, count = SHAPES[run.step % 3 == 2]
        images, wanted = batch_tensors(maker, width, height, count)
        for group in run.optimiser.param_groups:
            group["lr"] = rate(run.minutes / minutes, options.rate)
        focal, distance = loss_of(run.model, images, wanted, options.half)
        run.optimiser.zero_grad(set_to_none=True)
        (focal + 25 * distance).backward()
        torch.nn.utils.clip_grad_norm_(run.model.parameters(), 8.0)
        run.optimiser.step()
        run.step += 1
        run.follow()
        run.minutes = spent + (time.time() - start) / 60
        sums.append((focal.item(), distance.item()))
        if run.step % 100 == 0:
            means = np.mean(sums, 0)
            entry = {"step": run.step, "minutes": run.minutes, "heat": means[0], "corners": means[1]}
            log.write(json.dumps({key: round(float(value), 4) for key, value in entry.items()}) + "\n")
            log.flush()
            sums = []
        if time.time() - saved > 120:
            run.save()
            saved = time.time()
    run.save()


def options_of_photographs(parser):
    """What restore.py takes too."""
    parser.add_argument("--plates", default=default_root(), help="folder of the photographs")
    parser.add_argument("--kind", choices=("detector", "scout"), default="detector")
    parser.add_argument("--pool", required=True)
    parser.add_argument("--corners", help="corners.csv with tight corners")
    parser.add_argument("--ignored", help="ignored.csv with places not to be judged")
    parser.add_argument("--hard", help="hard.csv with places that look like plates and are none")


def maker_of(arguments, seed):
    """Reads photographs, labels and pool -> SampleMaker."""
    pictures = [picture for picture in read_labels(arguments.plates, "train") if not picture.held_out]
    if arguments.corners:
        print("tight corners:", read_corners(arguments.corners, pictures))
    for attribute in ("ignored", "hard"):
        if getattr(arguments, attribute):
            read_places(getattr(arguments, attribute), pictures, attribute)
    for picture in pictures:
        load_levels(picture, arguments.plates)
    return SampleMaker(pictures, read_pool(arguments.pool), seed, WIDTHS[arguments.kind])


def main():
    """Goes on where the checkpoint ended, or begins."""
    parser = argparse.ArgumentParser(description=__doc__)
    options_of_photographs(parser)
    parser.add_argument("--work", required=True, help="folder for checkpoint and log")
    parser.add_argument("--minutes", type=float, default=80, help="of the whole run, those before --resume included")
    parser.add_argument("--rate", type=float, default=2e-3, help="the highest learning rate")
    parser.add_argument("--half", action="store_true", help="bfloat16, for processors that have it (AMX)")
    parser.add_argument("--resume", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    os.makedirs(arguments.work, exist_ok=True)
    run = Run(arguments.work, arguments.kind)
    if arguments.resume:
        run.load()
    torch.manual_seed(run.step)
    with open(Path(arguments.work) / "log.jsonl", "a", encoding="utf-8") as log:
        train(run, maker_of(arguments, run.step), arguments, log)


if __name__ == "__main__":
    main()
