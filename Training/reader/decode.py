"""From time steps to text: greedy path, and a prefix beam whose candidates carry CTC probabilities."""
import numpy as np

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def greedy(logs):
    """logs: [T, 37] -> text of the best path."""
    best = logs.argmax(1)
    return "".join(ALPHABET[c - 1] for i, c in enumerate(best) if c and (i == 0 or c != best[i - 1]))


def beam(logs, width=12, shortlist=-7.):
    """Prefix beam search. logs: [T, 37] -> list of (text, natural-log probability), best first."""
    beams = {(): (0., -np.inf)}
    for step in logs:
        usable = np.flatnonzero(step > shortlist)
        following = {}

        def add(prefix, blank, ink):
            old = following.get(prefix, (-np.inf, -np.inf))
            following[prefix] = (np.logaddexp(old[0], blank), np.logaddexp(old[1], ink))

        for prefix, (blank, ink) in beams.items():
            total = np.logaddexp(blank, ink)
            for c in usable:
                if c == 0:
                    add(prefix, total + step[0], -np.inf)
                elif prefix and prefix[-1] == c:
                    add(prefix, -np.inf, ink + step[c])
                    add(prefix + (c,), -np.inf, blank + step[c])
                else:
                    add(prefix + (c,), -np.inf, total + step[c])
        ranked = sorted(following.items(), key=lambda kv: -np.logaddexp(*kv[1]))
        beams = dict(ranked[:width])
    return [("".join(ALPHABET[c - 1] for c in prefix), float(np.logaddexp(*scores)))
            for prefix, scores in beams.items()]


def forward(logs, text):
    """CTC log probability of a text given logs [T, 37]."""
    codes = [0]
    for c in text:
        codes += [ALPHABET.index(c) + 1, 0]
    codes = np.array(codes)
    skip = np.zeros(len(codes), bool)
    skip[2:] = (codes[2:] != 0) & (codes[2:] != codes[:-2])
    alpha = np.full(len(codes), -np.inf)
    alpha[:2] = logs[0][codes[:2]]
    for step in logs[1:]:
        one = np.concatenate([[-np.inf], alpha[:-1]])
        two = np.where(skip, np.concatenate([[-np.inf, -np.inf], alpha[:-2]])[:len(codes)], -np.inf)
        alpha = np.logaddexp(np.logaddexp(alpha, one), two) + step[codes]
    return float(np.logaddexp(alpha[-1], alpha[-2]) if len(codes) > 1 else alpha[-1])
