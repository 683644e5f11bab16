r"""Makes a checkpoint of a finished reader.onnx where the one that it was exported from is lost: train.py goes on from it.

python restore.py --model ../../Sources/PlateRecognition/Models --reader 1 --pools ../cache/pool* \
    --out ../cache/run/last.pt

The export folded each normalisation into the convolution before it. What the convolutions give on drawn plates is
measured, and the normalisations are set so that the network answers as before, in training too. The optimiser's memory
starts empty, and averaged and current weights are one.
"""
import argparse
import json
import os
import pathlib

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import numpy_helper
from torch import nn

from data import Pool, RealPlates, batch
from network import Reader

SAMPLES, BATCH = 4096, 64


def layers(model):
    """Convolutions in the order in which they run, each with the normalisation after it (None: there is none)."""
    order = []

    def note(module, *_):
        if isinstance(module, nn.Conv2d):
            order.append([module, None])
        else:
            order[-1][1] = module
    hooks = [m.register_forward_hook(note) for m in model.modules() if isinstance(m, (nn.Conv2d, nn.BatchNorm2d))]
    with torch.no_grad():
        model(torch.zeros(1, 1, 64, 160))
    for hook in hooks:
        hook.remove()
    return order


def folded(path):
    """Weights and biases of an ONNX file's convolutions, in order."""
    graph = onnx.load(path).graph
    values = {i.name: torch.tensor(numpy_helper.to_array(i)) for i in graph.initializer}
    return [[values[name] for name in node.input[1:]] for node in graph.node if node.op_type == "Conv"]


@torch.no_grad()
def restore(path, plates, readers, which):
    """-> Reader whose answers are those of one of the ONNX file's. plates: float32 [n, 1, 64, 160], like those trained on."""
    model = Reader().eval()
    order, parts = layers(model), folded(path)
    parts = parts[which * len(parts) // readers:(which + 1) * len(parts) // readers]
    if len(order) != len(parts):
        raise SystemExit(f"{path} has {len(parts)} convolutions, network.py {len(order)}: they do not belong together.")
    seen = {}
    for (layer, norm), (weight, bias) in zip(order, parts):
        layer.weight.copy_(weight)
        if norm is None:
            layer.bias.copy_(bias)
            continue
        norm.running_mean.zero_()
        norm.running_var.fill_(1 - norm.eps)
        norm.weight.fill_(1)
        norm.bias.copy_(bias)
        seen[norm] = sums = [0, torch.zeros(len(bias), dtype=torch.double), torch.zeros(len(bias), dtype=torch.double)]

        def note(_, given, sums=sums):
            x = given[0].double()
            sums[0] += x.numel() // x.shape[1]
            sums[1] += x.sum((0, 2, 3))
            sums[2] += (x * x).sum((0, 2, 3))
        norm.register_forward_pre_hook(note)
    for some in plates.split(BATCH):
        model(some)
    for layer, norm in order:
        if norm is None:
            continue
        norm._forward_pre_hooks.clear()
        count, total, squares = seen[norm]
        mean, variance = (total / count).float(), (squares / count - (total / count) ** 2).clamp_min(1e-8).float()
        # As large as fresh weights are, so that the learning rate means what it meant.
        size = layer.weight.flatten(1).pow(2).mean(1).sqrt().clamp_min(1e-8)
        scale = 1 / (size * (3 * layer.weight[0].numel()) ** .5)
        layer.weight.mul_(scale[:, None, None, None])
        norm.weight.copy_((variance * scale ** 2 + norm.eps).sqrt() / scale)
        norm.bias.add_(mean)
        norm.running_mean.copy_(mean * scale)
        norm.running_var.copy_(variance * scale ** 2)
    return model


def main(options):
    torch.set_num_threads(1)
    models, rng = pathlib.Path(options.model), np.random.default_rng(3)
    real = RealPlates(options.photos, options.labels, False)
    pools = [Pool(p) for p in options.pools]
    plates = np.concatenate([batch(rng, pools, real, BATCH, .3, 1.)[0] for _ in range(SAMPLES // BATCH)])
    plates = torch.from_numpy(plates).float()[:, None]
    described = json.loads((models / "reader.json").read_text(encoding="utf-8"))
    readers, which = described.get("readers", 1), options.reader
    model = restore(str(models / "reader.onnx"), plates, readers, which)
    session = onnxruntime.InferenceSession(str(models / "reader.onnx"))
    some = plates[:256]
    with torch.no_grad():
        said = session.run(None, {"plates": np.concatenate([some.numpy()] * readers)})[0]
        difference = np.abs(np.split(said, readers)[which] - model(some).numpy()).max()
    print(f"greatest difference of a log probability: {difference:.5f}")
    if difference > .01:
        raise SystemExit("The restored network answers otherwise than reader.onnx; not written.")
    said = described["trainedOn"]
    seen = np.ravel(said["samplesSeen"])[which].item()
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=1e-3)
    out = pathlib.Path(options.out)
    out.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"model": model.state_dict(), "average": model.state_dict(), "optimiser": optimiser.state_dict(),
                "step": seen // BATCH, "seen": seen, "reals": said["realPlates"]}, out)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="folder with reader.onnx and reader.json")
    parser.add_argument("--reader", type=int, default=0, help="which of those side by side, from 0")
    parser.add_argument("--pools", nargs="+", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--photos", default=os.environ.get("PLATES", "../shared/plates"))
    parser.add_argument("--labels", default=str(pathlib.Path(__file__).resolve().parents[1] / "labels"))
    main(parser.parse_args())
