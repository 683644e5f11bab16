"""One plate, several margins and readers: the network's inputs, and the fused answer with its probability."""
import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from decode import ALPHABET, beam  # noqa: E402
from generator.degrade import enlarge, rectify  # noqa: E402

MARGINS = [[.03, .03], [0., 0.], [.07, .07], [.03, .1], [.1, .03]]
# Two readers side by side: each margin is read by one of them, in turn.
PAIRED = [MARGINS[i] for i in (0, 0, 1, 3, 2, 4)]


def crops(image, quad, margins, width=160, height=64):
    """Grey uint8 picture and outline [4, 2] -> float32 [len(margins), 1, height, width]."""
    cut = [rectify(image, enlarge(quad, x, y, x, y).astype(np.float32), width, height)[0] for x, y in margins]
    return np.stack(cut).astype(np.float32)[:, None]


def read(run, plates, readers):
    """Log probabilities [n, T, 37] of crops [n, 1, height, width] in the order of their margins.

    run: the network as a function. It takes the first reader's crops before the second's.
    """
    logs = run(np.concatenate([plates[one::readers] for one in range(readers)]))
    return np.stack(np.split(logs, readers), 1).reshape(logs.shape)


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


def variants(text, alike):
    """The text with each choice of its first four ambiguous characters exchanged for what looks like them."""
    places = [i for i, c in enumerate(text) if c in alike][:4]
    for choice in range(1, 1 << len(places)):
        changed = list(text)
        for bit, place in enumerate(places):
            if choice >> bit & 1:
                changed[place] = alike[text[place]][0]
        yield "".join(changed)


def confused(texts, scores, alike):
    """What the picture says of each text when a character may have been drawn in its like's shape; lists -> list."""
    fold = {c: min(c, other) for c, (other, _) in alike.items()}
    groups = {}
    for i, text in enumerate(texts):
        groups.setdefault("".join(fold.get(c, c) for c in text), []).append(i)
    out = list(scores)
    for group in groups.values():
        for i in group:
            shown = [scores[j] + sum(np.log(alike[a][1] if a != b else 1 - alike[a][1])
                                     for a, b in zip(texts[i], texts[j]) if a in alike) for j in group]
            out[i] = np.logaddexp.reduce(shown)
    return out


def candidates(logs, prior=None, keep=4, width=8):
    """Log probabilities of one plate's crops [M, T, 37] -> (texts, what the picture says of each [n]).

    Candidates are the best few of every crop's beam, and what looks like them; each is scored by its mean CTC log
    probability over the crops, floored so that a single spoilt crop can not veto.
    """
    texts = {text for one in logs for text, _ in beam(one, width)[:keep]}
    texts.discard("")
    if not texts:
        return [], np.zeros(0)
    fits = {text: np.maximum(forward(logs, text), -25.).mean() for text in texts}
    alike = prior.alike if prior else {}
    best = max(fits.values())
    for text in sorted((t for t in texts if fits[t] > best - 6), key=lambda t: (-fits[t], t)):
        for variant in variants(text, alike):
            if variant not in fits and len(fits) < 64:
                fits[variant] = np.maximum(forward(logs, variant), -25.).mean()
    texts = sorted(fits)
    return texts, np.array(confused(texts, [fits[t] for t in texts], alike))


def fuse(logs, prior=None, keep=4, width=8):
    """Log probabilities of one plate's crops [M, T, 37] -> list of (text, probability), best first, summing to 1.

    The candidates count by what the picture says of them, and by how likely they are as a plate (prior: FormatPrior or
    None).
    """
    texts, scores = candidates(logs, prior, keep, width)
    if not texts:
        return []
    if prior:
        scores += prior.strength * np.array([prior.gain(t) for t in texts])
    share = np.exp(scores - scores.max())
    share /= share.sum()
    order = np.argsort(-share, kind="stable")
    return [(texts[i], float(share[i])) for i in order]


def calibrated(probability, calibration):
    """Platt: probability of the fused read -> confidence that it is right."""
    p = min(max(probability, 1e-6), 1 - 1e-6)
    return float(1 / (1 + np.exp(-(calibration["a"] + calibration["b"] * np.log(p / (1 - p))))))
