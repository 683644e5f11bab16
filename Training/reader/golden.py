"""Writes the cases by which the product's tests hold its formats and its vote to those of this folder.

python golden.py --out ../../Tests/PlateRecognitionTests/Golden/vote.json
"""
import argparse
import json
import pathlib

import numpy as np

from decode import ALPHABET
from formats import FormatPrior
from vote import fuse

TEXTS = ["4BNH665", "48NH665", "CFAP697", "CFAP69T", "GVAB656", "GOAWAY", "G0AWAY", "IGOR05", "1G0R05", "AA123BB",
         "AB12CDE", "ABCO123", "ABC1D23", "O", "0", "16M", "ABCDEFGHIJKL", "AF87554", "MHAB1234"]
SHOWN = [("CFAP697", 1), ("6MBVO06", 2), ("GO1DEN", 3), ("A8C123", 4), ("IOOIIO", 5)]
STEPS, CROPS = 20, 2


def shown(text, seed):
    """Time steps of two crops that show a text none too clearly: float32 [2, 20, 37] of log probabilities.

    The tests draw the same from the same generator.
    """
    state = seed

    def draw():
        nonlocal state
        state = (state * 6364136223846793005 + 1442695040888963407) % (1 << 64)
        return (state >> 33) / (1 << 31) + .01

    logs = np.zeros((CROPS, STEPS, len(ALPHABET) + 1))
    for crop in range(CROPS):
        for step in range(STEPS):
            weights = np.array([draw() ** 3 for _ in range(len(ALPHABET) + 1)])
            place = step // 2
            symbol = ALPHABET.index(text[place]) + 1 if step % 2 == 0 and place < len(text) else 0
            weights[symbol] += 12 * draw()
            logs[crop, step] = np.log(weights / weights.sum())
    return logs.astype(np.float32)


def main(options):
    """Writes the cases."""
    prior = FormatPrior()
    gains = [{"text": text, "gain": round(prior.gain(text), 6)} for text in TEXTS]
    votes = []
    for text, seed in SHOWN:
        for used in (prior, None):
            answers = fuse(shown(text, seed).astype(float), used)[:3]
            votes.append({"shown": text, "seed": seed, "prior": used is not None,
                          "answers": [{"text": t, "probability": round(p, 5)} for t, p in answers]})
    out = pathlib.Path(options.out)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps({"gains": gains, "votes": votes}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", required=True)
    main(parser.parse_args())
