"""How likely a text is as a plate: formats of jurisdictions, personalised plates, and a floor under everything else.

The same as the product's FormatPrior; both read formats.json (beside the networks), which says what its fields mean.
golden.py writes cases by which the product's tests hold the two together.
"""
import json
import math
import pathlib

DEFAULT = pathlib.Path(__file__).resolve().parents[2] / "Sources/PlateRecognition/Models/formats.json"
DIGITS, LETTERS = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ALPHABET = DIGITS + LETTERS
LONGEST = 10
PERSONALISED_LENGTHS = range(2, 9)


def _classes(pattern, issued):
    """Pattern -> for each place a dict of characters and their probabilities.

    A letter that the jurisdiction does not issue keeps a fiftieth: the list of letters may be wrong.
    """
    found, at = [], 0
    while at < len(pattern):
        if pattern[at] == "[":
            end = pattern.index("]", at)
            inside, chosen = pattern[at + 1:end], ""
            while inside:
                if len(inside) > 2 and inside[1] == "-":
                    chosen += "".join(c for c in ALPHABET if inside[0] <= c <= inside[2])
                    inside = inside[3:]
                else:
                    chosen, inside = chosen + inside[0], inside[1:]
            found.append({c: 1 / len(set(chosen)) for c in chosen})
            at = end + 1
            continue
        if pattern[at] == "0":
            found.append({c: 1 / 10 for c in DIGITS})
        elif pattern[at] != "A":
            raise ValueError(f"'{pattern}' is no pattern: places are A, 0 or [..]")
        else:
            others = len(LETTERS) - len(issued)
            share = .98 if others else 1
            found.append({c: share / len(issued) if c in issued else .02 / others for c in LETTERS})
        at += 1
    return found


class FormatPrior:
    """The mixture of formats.json."""

    def __init__(self, path=DEFAULT):
        data = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
        self.strength = data["strength"]
        self.alike = {c: (pair["other" if c == pair["one"] else "one"], pair["confusion"])
                      for pair in data["alike"] for c in (pair["one"], pair["other"])}
        self.shares, self.chain, self.runs = data["shares"], data["personalised"], data["runs"]
        self.pairs = {row: [n / sum(counts) for n in counts] for row, counts in self.chain["pairs"].items()}
        self.series = {}
        everywhere = sum(place["weight"] for place in data["jurisdictions"])
        for place in data["jurisdictions"]:
            issued = "".join(c for c in LETTERS if c not in place["without"])
            total = sum(place["series"].values())
            for pattern, share in place["series"].items():
                classes = _classes(pattern, issued)
                self.series.setdefault(len(classes), []).append((place["weight"] / everywhere * share / total, classes))

    def _in_series(self, text):
        total = 0.
        for weight, classes in self.series.get(len(text), []):
            for c, probabilities in zip(text, classes):
                weight *= probabilities.get(c, 0.)
                if not weight:
                    break
            total += weight
        return total

    def _personalised(self, text):
        if len(text) not in PERSONALISED_LENGTHS:
            return 0.
        chain, before = self.chain, ""
        p = 1 / len(PERSONALISED_LENGTHS)
        for c in text:
            digit = c in DIGITS
            if not before:
                p *= chain["startsWithDigit"] if digit else 1 - chain["startsWithDigit"]
            elif before in DIGITS:
                p *= 1 - chain["letterAfterDigit"] if digit else chain["letterAfterDigit"]
            else:
                p *= chain["digitAfterLetter"] if digit else 1 - chain["digitAfterLetter"]
            if digit:
                p /= 10
            else:
                row = self.pairs[before if before and before not in DIGITS else "_"]
                p *= (1 - chain["smoothing"]) * row[LETTERS.index(c)] + chain["smoothing"] / 26
            before = c
        return p

    def _runs(self, text):
        runs, p, before = self.runs, 1 / LONGEST, None
        rare = len(LETTERS) - len(runs["seldom"]) * (1 - runs["share"])
        for c in text:
            digit = c in DIGITS
            if before is None:
                p *= .5
            else:
                p *= 1 - runs["change"] if digit == before else runs["change"]
            p *= 1 / 10 if digit else (runs["share"] if c in runs["seldom"] else 1) / rare
            before = digit
        return p

    def gain(self, text):
        """Logarithm of how much likelier a text is as a plate than as any characters of its length."""
        anything = len(ALPHABET) ** -len(text) / LONGEST
        p = (self.shares["series"] * self._in_series(text) + self.shares["personalised"] * self._personalised(text)
             + self.shares["runs"] * self._runs(text) + self.shares["anything"] * anything)
        return math.log(p / anything)
