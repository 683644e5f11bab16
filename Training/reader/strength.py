"""Chooses how much formats of plates count beside the picture: FormatPrior's strength.

python strength.py --model ../../Sources/PlateRecognition/Models --photos ../shared/plates

Plates that the reader was not trained on are read as they are and in copies spoilt as in training. For each strength it
says how many are read exactly and the mean logarithm of the probability given to what they show (at least 0.001), which
tells more than the count.
"""
import argparse
import json
import os
import pathlib

import numpy as np
import onnxruntime

from data import RealPlates
from formats import FormatPrior
from generator.degrade import degrade
from vote import candidates, crops, read

STRENGTHS = (0., .15, .3, .45, .6, .75, .9)
SEED, LEAST = 5, 1e-3


def weighable(logs, prior):
    """Log probabilities [M, T, 37] -> (texts, what the picture says of each, and what formats say of each)."""
    texts, shown = candidates(logs, prior)
    return texts, shown, np.array([prior.gain(t) for t in texts])


def report(plates, strength):
    """Prints one line: counts and log likelihood at a strength; -> dict."""
    right, likelihood = [], []
    for truth, american, (texts, shown, gain) in plates:
        score = shown + strength * gain if texts else np.zeros(0)
        share = np.exp(score - score.max()) if texts else score
        share = share / max(share.sum(), 1e-12)
        right.append((bool(texts) and texts[int(share.argmax())] == truth, american))
        likelihood.append(np.log(max(float(share[texts.index(truth)]) if truth in texts else 0., LEAST)))
    line = {"strength": strength, "plates": len(right), "exact": int(sum(r for r, _ in right)),
            "american": sum(a for _, a in right), "americanExact": int(sum(r for r, a in right if a)),
            "logLikelihood": round(float(np.mean(likelihood)), 4)}
    print(json.dumps(line), flush=True)
    return line


def main(options):
    """Reads all once, then weighs them at each strength."""
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = 1
    model = pathlib.Path(options.model)
    network = onnxruntime.InferenceSession(str(model / "reader.onnx"), settings)
    description = json.loads((model / "reader.json").read_text(encoding="utf-8"))
    readers = description.get("readers", 1)

    def logs_of(plates):
        return read(lambda some: network.run(None, {"plates": some})[0], plates, readers)
    prior, rng = FormatPrior(), np.random.default_rng(SEED)
    whole, copies = [], []
    for image, quad, text, region, _ in RealPlates(options.photos, options.labels, True).items:
        american = region[:2] in ("US", "CA")
        logs = logs_of(crops(image, quad, description["margins"]))
        whole.append((text, american, weighable(logs, prior)))
        for _ in range(options.copies):
            copy, _ = degrade(rng, image, quad, None, rng.uniform(.2, .9), real=True)
            logs = logs_of(np.repeat(np.float32(copy)[None, None], readers, 0))
            copies.append((text, american, weighable(logs, prior)))
    for name, plates in (("as they are", whole), ("spoilt", copies)):
        print(name)
        for strength in STRENGTHS:
            report(plates, strength)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True)
    parser.add_argument("--photos", default=os.environ.get("PLATES", "../shared/plates"))
    parser.add_argument("--labels", default=str(pathlib.Path(__file__).resolve().parents[1] / "labels"))
    parser.add_argument("--copies", type=int, default=4)
    main(parser.parse_args())
