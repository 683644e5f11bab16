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
import sys

import numpy as np
import onnxruntime
import torch

from data import Pool, RealPlates, batch
from network import Reader

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from folding import folded, greatest_difference, unfold  # noqa: E402

SAMPLES, BATCH = 4096, 64


def restore(path, plates, readers, which):
    """-> Reader whose answers are those of one of the ONNX file's. plates: float32 [n, 1, 64, 160], like those trained on."""
    model, parts = Reader(), folded(path)
    unfold(model, parts[which * len(parts) // readers:(which + 1) * len(parts) // readers], plates.split(BATCH))
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
        difference = greatest_difference(np.split(said, readers)[which], model(some))
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
