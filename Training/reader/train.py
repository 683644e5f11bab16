"""Trains the reader. Stops after --minutes, lowering the learning rate over the last part; --resume goes on.

python train.py --pools CACHE/pool1 CACHE/pool2 --work CACHE/run --photos ../shared/plates --minutes 90
"""
import argparse
import copy
import multiprocessing
import os
import pathlib
import time

import cv2
import numpy as np
import torch
from torch.nn import functional

from data import Pool, RealPlates, batch
from decode import greedy
from generator.degrade import enlarge, rectify
from network import Reader

RAMP = 50_000


def feeder(queue, options, seed, seen):
    """Fills the queue with batches for ever; easy ones first, real ones once there is something to build on."""
    cv2.setNumThreads(1)
    rng = np.random.default_rng(seed)
    real, pools, produced = RealPlates(options.photos, options.labels, False), [], 0
    while True:
        if produced % 300 == 0:
            real.reload()
            pools = [Pool(p) for p in options.pools if (pathlib.Path(p) / "index.json").exists()]
        done = seen + produced * options.batch
        share = 0. if done < RAMP / 2 else min(options.real_share, .08 + len(real) / 3500)
        queue.put((batch(rng, pools, real, options.batch, share, min(.25 + .75 * done / RAMP, 1.)), len(real)))
        produced += 1


def loss_of(model, data, frame_weight, half):
    """CTC per plate, plus the frames' cross entropy where the characters' places are known. half: in bfloat16."""
    images, classes, lengths, frames = data
    plates = torch.from_numpy(images).float()[:, None].contiguous(memory_format=torch.channels_last)
    with torch.autocast("cpu", torch.bfloat16, enabled=half):
        logs = model(plates)
    steps = torch.full((len(images),), logs.shape[1], dtype=torch.long)
    lengths = torch.from_numpy(lengths)
    ctc = functional.ctc_loss(logs.transpose(0, 1), torch.from_numpy(classes), steps, lengths, reduction="none",
                              zero_infinity=True)
    ctc = (ctc / lengths).mean()
    frame = functional.nll_loss(logs.flatten(0, 1), torch.from_numpy(frames).flatten(), ignore_index=-1)
    return ctc + frame_weight * frame, ctc.item(), frame.item()


@torch.no_grad()
def real_accuracy(model, real):
    """Share of held-out real plates read exactly from one crop (margin 3 %), all and North American."""
    model.eval()
    right, american = [], []
    for start in range(0, len(real), 64):
        items = real.items[start:start + 64]
        crops = [rectify(i[0], enlarge(i[1], .03, .03, .03, .03))[0] for i in items]
        logs = model(torch.from_numpy(np.stack(crops)).float()[:, None]).numpy()
        for item, log in zip(items, logs):
            right.append(greedy(log) == item[2])
            american.append(item[3][:2] in ("US", "CA"))
    model.train()
    right, american = np.array(right), np.array(american)
    return right.mean(), right[american].mean(), len(right), american.sum()


def average(shadow, model, decay):
    """Moves the averaged weights (and buffers) a little towards the model's."""
    with torch.no_grad():
        for a, b in zip(shadow.state_dict().values(), model.state_dict().values()):
            if a.dtype.is_floating_point:
                a.lerp_(b, 1 - decay)
            else:
                a.copy_(b)


def save(path, **parts):
    """Writes a checkpoint whole or not at all."""
    torch.save(parts, str(path) + ".part")
    os.replace(str(path) + ".part", path)


def run(options):
    """The training loop."""
    torch.set_num_threads(1)
    work = pathlib.Path(options.work)
    work.mkdir(parents=True, exist_ok=True)
    model = Reader().to(memory_format=torch.channels_last)
    shadow = copy.deepcopy(model).eval()
    optimiser = torch.optim.AdamW(model.parameters(), lr=options.rate, weight_decay=1e-3)
    step, seen, checkpoint = 0, 0, work / "last.pt"
    if options.resume and checkpoint.exists():
        state = torch.load(checkpoint, weights_only=False)
        fresh = model.load_state_dict(state["model"], strict=False).missing_keys
        shadow.load_state_dict(state["average"], strict=False)
        if not fresh:
            optimiser.load_state_dict(state["optimiser"])
        step, seen = state["step"], state.get("seen", state["step"] * options.batch)
    first, queue = step, multiprocessing.Queue(6)
    feeders = [multiprocessing.Process(target=feeder, args=(queue, options, 1000 * (n + 1) + step, seen), daemon=True)
               for n in range(options.feeders)]
    for process in feeders:
        process.start()
    kept_out, begin, sums, count = RealPlates(options.photos, options.labels, True), time.time(), np.zeros(2), 0
    finished = False
    while not finished:
        share = (time.time() - begin) / (options.minutes * 60)
        rate = options.rate * min((step - first + 1) / 200, 1, max((1 - share) / options.decay, .02))
        for group in optimiser.param_groups:
            group["lr"] = rate
        data, reals = queue.get()
        loss, *parts = loss_of(model, data, max(1 - seen / 150_000, .15), options.half)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 5)
        optimiser.step()
        step, seen, count, sums = step + 1, seen + options.batch, count + 1, sums + parts
        average(shadow, model, min(.998, step / (step + 50)))
        finished = time.time() - begin >= options.minutes * 60
        if step % options.report == 0 or finished:
            kept_out.reload()
            marks = real_accuracy(shadow, kept_out)
            print(f"{time.strftime('%H:%M:%S')} step {step} seen {seen} ctc {sums[0] / count:.3f} "
                  f"frame {sums[1] / count:.3f} rate {rate:.5f} queue {queue.qsize()} real {reals} "
                  f"held-out {marks[0]:.3f} of {marks[2]}, American {marks[1]:.3f} of {marks[3]}", flush=True)
            sums, count = np.zeros(2), 0
            save(checkpoint, model=model.state_dict(), average=shadow.state_dict(), optimiser=optimiser.state_dict(),
                 step=step, seen=seen, reals=reals)
            shadow.eval()
    for process in feeders:
        process.terminate()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pools", nargs="+", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--photos", default=os.environ.get("PLATES", "../shared/plates"))
    parser.add_argument("--labels", default=str(pathlib.Path(__file__).resolve().parents[1] / "labels"))
    parser.add_argument("--minutes", type=float, default=90)
    parser.add_argument("--decay", type=float, default=.35, help="share of the time over which the rate falls")
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--batch", type=int, default=48)
    parser.add_argument("--real-share", type=float, default=.35)
    parser.add_argument("--report", type=int, default=250)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--feeders", type=int, default=1, help="processes that spoil plates")
    parser.add_argument("--half", action="store_true", help="bfloat16, for processors that have it (AMX)")
    run(parser.parse_args())
