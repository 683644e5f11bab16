"""One plate, several margins: the network's inputs, and the fused answer with its probability."""
import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from decode import ALPHABET, beam  # noqa: E402
from generator.degrade import enlarge, rectify  # noqa: E402

MARGINS = [[.03, .03], [0., 0.], [.07, .07], [.03, .1], [.1, .03]]


def crops(image, quad, margins, width=160, height=64):
    """Grey uint8 picture and outline [4, 2] -> float32 [len(margins), 1, height, width]."""
    cut = [rectify(image, enlarge(quad, x, y, x, y).astype(np.float32), width, height)[0] for x, y in margins]
    return np.stack(cut).astype(np.float32)[:, None]


def forward(logs, text):
    """CTC log probabilities of one text for several crops. logs: [M, T, 37] -> [M]."""
    codes = [0]
    for c in text:
        codes += [ALPHABET.index(c) + 1, 0]
    codes = np.array(codes)
    bar = np.full(len(codes), -np.inf)
    bar[2:][(codes[2:] != 0) & (codes[2:] != codes[:-2])] = 0.
    emissions = logs[:, :, codes]
    crops_count = len(logs)
    alpha = np.full((crops_count, len(codes)), -np.inf)
    alpha[:, :2] = emissions[:, 0, :2]
    for t in range(1, logs.shape[1]):
        one = np.concatenate([np.full((crops_count, 1), -np.inf), alpha[:, :-1]], 1)
        two = np.concatenate([np.full((crops_count, 2), -np.inf), alpha[:, :-2]], 1)[:, :len(codes)] + bar
        alpha = np.logaddexp(np.logaddexp(alpha, one), two) + emissions[:, t]
    return alpha[:, -1] if len(codes) == 1 else np.logaddexp(alpha[:, -1], alpha[:, -2])


def fuse(logs, keep=4, width=8):
    """Log probabilities of one plate's crops [M, T, 37] -> list of (text, probability), best first, summing to 1.

    Candidates are the best few of every crop's beam; each is scored by its mean CTC log probability over the crops,
    floored so that a single spoilt crop can not veto.
    """
    texts = {text for one in logs for text, _ in beam(one, width)[:keep]}
    texts.discard("")
    if not texts:
        return []
    texts = sorted(texts)
    scores = np.array([np.maximum(forward(logs, t), -25.).mean() for t in texts])
    share = np.exp(scores - scores.max())
    share /= share.sum()
    order = np.argsort(-share)
    return [(texts[i], float(share[i])) for i in order]


def calibrated(probability, calibration):
    """Platt: probability of the fused read -> confidence that it is right."""
    p = min(max(probability, 1e-6), 1 - 1e-6)
    return float(1 / (1 + np.exp(-(calibration["a"] + calibration["b"] * np.log(p / (1 - p))))))
