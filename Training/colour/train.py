"""Fits colour networks on either half of the labelled photographs, measures them on the other, exports all as one.

python train.py --work ../cache/colour --out ../../Sources/PlateRecognition/Models
"""
import argparse
import hashlib
import json
import math
import os
import pathlib

import numpy as np
import torch
from torch.nn import functional

from data import ABOVE, CELL, COLOURS, COLUMNS, NAMES, ROWS, first_half, inputs, load
from network import Network, Proposal


def red_for_blue(planes, classes):
    """Red and blue exchanged in a third of the cars that then still have a colour of ours: lamps and number plates of
    another colour teach where the paint is. -> planes, classes."""
    chosen = (torch.rand(len(classes)) < .33) & (classes <= NAMES.index("green"))
    planes = torch.where(chosen[:, None, None, None], planes[:, [2, 1, 0, 3, 6, 5, 4]], planes)
    blue, red = NAMES.index("blue"), NAMES.index("red")
    other = torch.where(classes == blue, red, torch.where(classes == red, blue, classes))
    return planes, torch.where(chosen, other, classes)


def fit(grids, scenes, classes, epochs, seed, rate=8e-3, batch=64):
    """AdamW with a cosine; cars whose colour a person cannot tell count half. -> averaged weights, in eval mode."""
    torch.manual_seed(seed)
    network, average = Network(), Network()
    average.load_state_dict(network.state_dict())
    optimiser = torch.optim.AdamW(network.parameters(), rate, weight_decay=.02)
    truth, weight = torch.as_tensor(classes), torch.as_tensor(np.where(classes == 0, .5, 1.)).float()
    steps, step = epochs * math.ceil(len(classes) / batch), 0
    for epoch in range(epochs):
        network.train()
        order, total = torch.randperm(len(classes)), 0.
        for chosen in order.split(batch):
            for group in optimiser.param_groups:
                group["lr"] = rate * min(1, step / 30) * (.5 + .5 * math.cos(math.pi * step / steps))
            planes, wanted = red_for_blue(inputs(grids[chosen.numpy()], scenes[chosen.numpy()], True), truth[chosen])
            losses = functional.cross_entropy(network(planes), wanted, label_smoothing=.03, reduction="none")
            loss = (losses * weight[chosen]).sum() / weight[chosen].sum()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            step += 1
            total += loss.item() * len(chosen)
            with torch.no_grad():
                keep = min(.98, step / (step + 10))
                for mean, value in zip(average.state_dict().values(), network.state_dict().values()):
                    mean.mul_(keep).add_(value, alpha=1 - keep) if mean.is_floating_point() else mean.copy_(value)
        if epoch % 10 == 9:
            print(f"seed {seed}, epoch {epoch + 1}: loss {total / len(classes):.3f}", flush=True)
    return average.eval()


def predicted(networks, grids, scenes, temperature=1.):
    """-> probabilities [n, 10]."""
    with torch.no_grad():
        return Proposal(networks, temperature).eval()(inputs(grids, scenes, False)).numpy()


def tempered(probabilities, temperature):
    logs = np.log(probabilities + 1e-9) / temperature
    shares = np.exp(logs - logs.max(1, keepdims=True))
    return shares / shares.sum(1, keepdims=True)


def best_temperature(probabilities, classes):
    """The temperature with the smallest log loss."""
    candidates = np.arange(.5, 2.01, .02)
    losses = [-np.log(tempered(probabilities, t)[np.arange(len(classes)), classes] + 1e-9).mean() for t in candidates]
    return float(candidates[int(np.argmin(losses))])


def proposals(probabilities, classes, threshold):
    """Of proposals from this confidence: share of cars with a colour, right among them; share of cars without."""
    known = classes > 0
    colour, confidence = probabilities[:, 1:].argmax(1) + 1, probabilities[:, 1:].max(1)
    told = confidence >= threshold
    right = (colour == classes)[told & known]
    return {"proposed": float((told & known).sum() / known.sum()), "right": float(right.mean()) if len(right) else 1.,
            "proposedWhereNobodyCanTell": float((told & ~known).sum() / max((~known).sum(), 1))}


def threshold_for(probabilities, classes, precision=.95, least=40):
    """The lowest confidence from which proposals, `least` at least, are right that often."""
    confidence = probabilities[classes > 0, 1:].max(1)
    for threshold in np.arange(.4, 1, .01):
        if (confidence >= threshold).sum() < least:
            break
        if proposals(probabilities, classes, threshold)["right"] >= precision:
            return round(float(threshold), 2)
    raise SystemExit(f"At no confidence are proposals right in {precision:.0%} of cases; not exported.")


def calibration(probabilities, classes):
    """Rows (from, cars, mean confidence, share right, share right among cars with a colour) of the surest colour, by
    confidence, and the expected calibration error. Right is no colour of a car of which a person cannot tell it."""
    known = classes > 0
    colour, confidence = probabilities[:, 1:].argmax(1) + 1, probabilities[:, 1:].max(1)
    right, rows, error = colour == classes, [], 0.
    for low in np.arange(0, 1, .1):
        chosen = (confidence >= low) & (confidence < low + .1)
        if chosen.any():
            error += abs(confidence[chosen].mean() - right[chosen].mean()) * chosen.mean()
            among = right[chosen & known].mean() if (chosen & known).any() else math.nan
            rows.append((round(float(low), 1), int(chosen.sum()), round(float(confidence[chosen].mean()), 3),
                         round(float(right[chosen].mean()), 3), round(float(among), 3)))
    return rows, float(error)


def export(networks, temperature, out, description):
    """colour.onnx and colour.json; compares ONNX Runtime with PyTorch first."""
    import onnxruntime
    model = Proposal(networks, temperature).eval()
    planes = torch.rand(1, 7, ROWS, COLUMNS)
    path = out / "colour.onnx"
    torch.onnx.export(model, (planes,), str(path) + ".part", input_names=["surroundings"],
                      output_names=["probabilities"], opset_version=17, dynamo=False)
    answer = onnxruntime.InferenceSession(str(path) + ".part").run(None, {"surroundings": planes.numpy()})[0]
    difference = np.abs(answer - model(planes).detach().numpy()).max()
    if difference > 1e-3:
        raise SystemExit(f"The exported network differs from the trained one by {difference}; not written.")
    os.replace(str(path) + ".part", path)
    description["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    (out / "colour.json").write_text(json.dumps(description, indent=2) + "\n", encoding="utf-8")


def main(options):
    torch.set_num_threads(1)
    grids, scenes, classes, images = load(options.photos, options.labels)
    first = np.array([first_half(image) for image in images])
    options.work.mkdir(parents=True, exist_ok=True)
    fitted = {name: [] for name in ("first", "second")}
    for seed in range(options.seeds):
        for name, half in (("first", first), ("second", ~first)):
            path = options.work / f"{name}{seed}.pt"
            if path.exists():
                network = Network().eval()
                network.load_state_dict(torch.load(path))
            else:
                network = fit(grids[half], scenes[half], classes[half], options.epochs, seed)
                torch.save(network.state_dict(), path)
            fitted[name].append(network)
    networks, shares = fitted["first"] + fitted["second"], np.zeros((len(classes), len(COLOURS) + 1))
    for name, half in (("first", first), ("second", ~first)):
        shares[~half] = predicted(fitted[name], grids[~half], scenes[~half])
    temperatures, thresholds = [], []
    for half in (first, ~first):  # What is chosen on one half is measured on the other.
        temperatures.append(best_temperature(shares[half], classes[half]))
        thresholds.append(threshold_for(tempered(shares[half], temperatures[-1]), classes[half]))
        other = tempered(shares[~half], temperatures[-1])
        print(f"chosen on {half.sum()} cars: temperature {temperatures[-1]:.2f}, threshold {thresholds[-1]}; "
              f"on the other {(~half).sum()}: {proposals(other, classes[~half], thresholds[-1])}")
    temperature = best_temperature(shares, classes)
    all_shares = tempered(shares, temperature)
    threshold = threshold_for(all_shares, classes)
    result = {key: round(value, 3) for key, value in proposals(all_shares, classes, threshold).items()}
    known = classes > 0
    result["forced"] = round(float((all_shares[known, 1:].argmax(1) + 1 == classes[known]).mean()), 3)
    print("all:", temperature, threshold, result)
    rows, error = calibration(all_shares, classes)
    print(f"expected calibration error {error:.3f}")
    for row in rows:
        print("from {}: {} cars, mean confidence {}, right {}, of those with a colour {}".format(*row))
    table = np.zeros((len(COLOURS) + 1, len(COLOURS) + 1), int)
    np.add.at(table, (classes, all_shares.argmax(1)), 1)
    print("rows are the labels, columns the answers; the first of either is 'cannot tell'\n", table)
    export(networks, temperature, options.out, {
        "name": "curbside-colour", "version": options.version, "inputWidth": COLUMNS, "inputHeight": ROWS,
        "cell": CELL, "above": ABOVE, "colours": COLOURS, "proposeFrom": threshold,
        "scores": {"cars": len(classes), "carsWithColour": int(known.sum()), **result}})


if __name__ == "__main__":
    here = pathlib.Path(__file__).resolve().parents[1]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=pathlib.Path, default=os.environ.get("PLATES", "../../shared/plates"))
    parser.add_argument("--labels", type=pathlib.Path, default=here / "labels")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True, help="keeps each fitted network; goes on from there")
    parser.add_argument("--seeds", type=int, default=3, help="networks a half, whose answers are averaged")
    parser.add_argument("--epochs", type=int, default=70)
    parser.add_argument("--version", default="1")
    main(parser.parse_args())
