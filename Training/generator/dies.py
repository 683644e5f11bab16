"""Shapes of stamped plate characters, drawn after real plates, and the die sets that choose among them.

A skeleton is a list of polylines; a point is (x, y) or (x, y, 1) for a rounded corner; x and y run from 0 to 1, the
middle of the stroke being meant.
"""
import dataclasses

_BOWL_6 = [(0, 1, 1), (1, 1, 1)]
_RING = [(.5, 0), (1, 0, 1), (1, 1, 1), (0, 1, 1), (0, 0, 1), (.5, 0)]

SKELETONS = {
    "A": {"pointed": [[(0, 1), (.5, 0), (1, 1)], [(.17, .7), (.83, .7)]],
          "flat": [[(0, 1), (.4, 0), (.6, 0), (1, 1)], [(.14, .68), (.86, .68)]],
          "low": [[(0, 1), (.46, 0), (.54, 0), (1, 1)], [(.1, .78), (.9, .78)]],
          "round": [[(0, 1), (0, .3, 1), (.5, -.02, 1), (1, .3, 1), (1, 1)], [(0, .58), (1, .58)]]},
    "B": {"even": [[(0, .48), (1, .48, 1), (1, 0, 1), (0, 0), (0, 1), (1, 1, 1), (1, .48, 1), (0, .48)]],
          "small-top": [[(0, .46), (.92, .46, 1), (.92, 0, 1), (0, 0), (0, 1), (1, 1, 1), (1, .46, 1), (0, .46)]]},
    "C": {"open": [[(1, .3), (1, 0, 1), (0, 0, 1), (0, 1, 1), (1, 1, 1), (1, .7)]],
          "closer": [[(1, .36), (1, 0, 1), (0, 0, 1), (0, 1, 1), (1, 1, 1), (1, .64)]],
          "wide": [[(.98, .22), (.96, 0, 1), (0, 0, 1), (0, 1, 1), (.96, 1, 1), (.98, .78)]]},
    "D": {"plain": [[(0, 0), (1, 0, 1), (1, 1, 1), (0, 1), (0, 0)]]},
    "E": {"plain": [[(1, 0), (0, 0), (0, 1), (1, 1)], [(0, .48), (.85, .48)]],
          "long": [[(1, 0), (0, 0), (0, 1), (1, 1)], [(0, .49), (.97, .49)]]},
    "F": {"plain": [[(1, 0), (0, 0), (0, 1)], [(0, .48), (.85, .48)]],
          "long": [[(1, 0), (0, 0), (0, 1)], [(0, .5), (.95, .5)]]},
    "G": {"bar": [[(1, .28), (1, 0, 1), (0, 0, 1), (0, 1, 1), (1, 1, 1), (1, .55), (.55, .55)]],
          "spur": [[(1, .28), (1, 0, 1), (0, 0, 1), (0, 1, 1), (1, 1, 1), (1, .55)], [(.55, .55), (1, .55), (1, 1)]],
          "low": [[(1, .26), (1, 0, 1), (0, 0, 1), (0, 1, 1), (.85, 1, 1), (1, .85), (1, .6), (.6, .6)]]},
    "H": {"plain": [[(0, 0), (0, 1)], [(1, 0), (1, 1)], [(0, .49), (1, .49)]]},
    "I": {"stem": [[(.5, 0), (.5, 1)]], "serif": [[(.5, 0), (.5, 1)], [(0, 0), (1, 0)], [(0, 1), (1, 1)]]},
    "J": {"hook": [[(1, 0), (1, 1, 1), (0, 1, 1), (0, .68)]],
          "short": [[(1, 0), (1, 1, 1), (.05, 1, 1), (0, .82)]],
          "barred": [[(.4, 0), (1, 0), (1, 1, 1), (0, 1, 1), (0, .7)]]},
    "K": {"joined": [[(0, 0), (0, 1)], [(1, 0), (0, .62)], [(.33, .42), (1, 1)]],
          "met": [[(0, 0), (0, 1)], [(.95, 0), (.12, .5), (1, 1)]]},
    "L": {"plain": [[(0, 0), (0, 1), (1, 1)]]},
    "M": {"mid": [[(0, 1), (0, 0), (.5, .62), (1, 0), (1, 1)]], "full": [[(0, 1), (0, 0), (.5, 1), (1, 0), (1, 1)]],
          "high": [[(0, 1), (0, 0), (.5, .42), (1, 0), (1, 1)]],
          "top": [[(0, 1), (0, 0), (.5, .32), (1, 0), (1, 1)]],
          "half": [[(0, 1), (0, 0), (.5, .52), (1, 0), (1, 1)]],
          "splayed": [[(0, 1), (.14, 0), (.5, .8), (.86, 0), (1, 1)]]},
    "N": {"plain": [[(0, 1), (0, 0), (1, 1), (1, 0)]]},
    "O": {"plain": [_RING]},
    "P": {"plain": [[(0, 1), (0, 0), (1, 0, 1), (1, .54, 1), (0, .54)]],
          "small": [[(0, 1), (0, 0), (1, 0, 1), (1, .48, 1), (0, .48)]]},
    "Q": {"cross": [_RING, [(.58, .7), (1.03, 1.03)]], "corner": [_RING, [(.68, .8), (1.04, 1.04)]],
          "inner": [_RING, [(.45, .72), (.8, .94)]],
          "lying": [[(.5, 0), (1, 0, 1), (1, .9, 1), (0, .9, 1), (0, 0, 1), (.5, 0)],
                    [(.5, .75), (.7, 1.02), (1, 1.04)]]},
    "R": {"slant": [[(0, 1), (0, 0), (1, 0, 1), (1, .52, 1), (0, .52)], [(.48, .52), (1, 1)]],
          "upright": [[(0, 1), (0, 0), (1, 0, 1), (1, .52, 1), (0, .52)], [(.6, .52), (1, .58, 1), (1, 1)]]},
    "S": {"level": [[(1, .27), (1, 0, 1), (0, 0, 1), (0, .47, 1), (1, .52, 1), (1, 1, 1), (0, 1, 1), (0, .73)]],
          "slant": [[(1, .24), (1, 0, 1), (0, 0, 1), (0, .37, 1), (1, .62, 1), (1, 1, 1), (0, 1, 1), (0, .76)]]},
    "T": {"plain": [[(0, 0), (1, 0)], [(.5, 0), (.5, 1)]]},
    "U": {"plain": [[(0, 0), (0, 1, 1), (1, 1, 1), (1, 0)]]},
    "V": {"pointed": [[(0, 0), (.5, 1), (1, 0)]], "flat": [[(0, 0), (.42, 1), (.58, 1), (1, 0)]]},
    "W": {"high": [[(0, 0), (.25, 1), (.5, .3), (.75, 1), (1, 0)]],
          "full": [[(0, 0), (.24, 1), (.5, 0), (.76, 1), (1, 0)]],
          "upright": [[(0, 0), (0, 1), (.5, .45), (1, 1), (1, 0)]],
          "low": [[(0, 0), (0, 1), (.5, .62), (1, 1), (1, 0)]],
          "splayed": [[(0, 0), (.14, 1), (.5, .42), (.86, 1), (1, 0)]]},
    "X": {"plain": [[(0, 0), (1, 1)], [(1, 0), (0, 1)]]},
    "Y": {"plain": [[(0, 0), (.5, .5), (1, 0)], [(.5, .5), (.5, 1)]],
          "low": [[(0, 0), (.5, .58), (1, 0)], [(.5, .58), (.5, 1)]],
          "cup": [[(0, 0), (0, .3, 1), (.5, .55), (1, .3, 1), (1, 0)], [(.5, .55), (.5, 1)]]},
    "Z": {"plain": [[(0, 0), (1, 0), (0, 1), (1, 1)]]},
    "0": {"plain": [_RING], "slashed": [_RING, [(.1, .85), (.9, .15)]],
          "slit": [[(1, .34), (1, 1, 1), (0, 1, 1), (0, 0, 1), (.72, 0, 1)]]},
    "1": {"stem": [[(.5, 0), (.5, 1)]], "flag": [[(.1, .22), (.6, 0), (.6, 1)]],
          "based": [[(.12, .2), (.5, 0), (.5, 1)], [(.05, 1), (.95, 1)]], "tick": [[(.3, .12), (.6, .0), (.6, 1)]],
          "level": [[(.1, .1), (.55, .1), (.55, 0), (.55, 1)]]},
    "2": {"curved": [[(0, .26), (0, 0, 1), (1, 0, 1), (1, .42, 1), (0, 1), (1, 1)]],
          "straight": [[(0, .28), (0, 0, 1), (1, 0, 1), (1, .34, 1), (0, 1), (1, 1)]],
          "sharp": [[(0, .26), (0, 0, 1), (1, 0, 1), (1, .28), (0, 1), (1, 1)]],
          "neck": [[(0, .26), (0, 0, 1), (1, 0, 1), (1, .48, 1), (0, .6, 1), (0, 1), (1, 1)]]},
    "3": {"round": [[(0, .24), (0, 0, 1), (.95, 0, 1), (.95, .47, 1), (.35, .47)],
                    [(.35, .47), (1, .47, 1), (1, 1, 1), (0, 1, 1), (0, .76)]],
          "flat": [[(0, 0), (1, 0), (.45, .4), (1, .42, 1), (1, 1, 1), (0, 1, 1), (0, .75)]]},
    "4": {"closed": [[(.74, 1), (.74, 0), (0, .7), (1, .7)]],
          "open": [[(.45, 0), (0, .75), (1, .75)], [(.73, .5), (.73, 1)]],
          "wide-open": [[(.32, 0), (.02, .73), (1, .73)], [(.72, .42), (.72, 1)]],
          "half-open": [[(.38, 0), (0, .68), (1, .68)], [(.72, .34), (.72, 1)]],
          "flush": [[(.8, 1), (.8, 0), (0, .66), (.8, .66)]],
          "topped": [[(.74, 1), (.74, 0), (.58, 0), (0, .7), (1, .7)]],
          "chair": [[(.1, 0), (0, .55), (1, .55)], [(.8, 0), (.8, 1)]]},
    "5": {"plain": [[(.95, 0), (.04, 0), (0, .44), (1, .4, 1), (1, 1, 1), (0, 1, 1), (0, .75)]],
          "upright": [[(.95, 0), (0, 0), (0, .5), (.1, .42, 1), (1, .42, 1), (1, 1, 1), (0, 1, 1), (0, .75)]]},
    "6": {"curved": [[(1, .24), (1, 0, 1), (0, 0, 1), *_BOWL_6, (1, .43, 1), (0, .43, 1), (0, .6)]],
          "slant": [[(.72, 0), (0, .55, 1), *_BOWL_6, (1, .44, 1), (.12, .44)]],
          "arched": [[(.9, .03), (.3, .1, 1), (0, .6, 1), *_BOWL_6, (1, .44, 1), (0, .44, 1), (0, .66)]],
          "short": [[(1, .16), (.95, 0, 1), (0, 0, 1), *_BOWL_6, (1, .46, 1), (0, .46, 1), (0, .6)]]},
    "7": {"straight": [[(0, 0), (1, 0), (.32, 1)]],
          "lipped": [[(0, .1), (0, 0), (1, 0), (1, .12), (.4, .6, 1), (.35, 1)]],
          "kinked": [[(0, 0), (1, 0), (1, .2), (.3, 1)]],
          "curved": [[(0, 0), (1, 0), (1, .12), (.36, .55, 1), (.3, 1)]]},
    "8": {"small-top": [[(.5, .47), (.06, .47, 1), (.06, 0, 1), (.94, 0, 1), (.94, .47, 1), (.5, .47)],
                        [(.5, .47), (0, .47, 1), (0, 1, 1), (1, 1, 1), (1, .47, 1), (.5, .47)]],
          "even": [[(.5, .49), (0, .49, 1), (0, 0, 1), (1, 0, 1), (1, .49, 1), (.5, .49)],
                   [(.5, .49), (0, .49, 1), (0, 1, 1), (1, 1, 1), (1, .49, 1), (.5, .49)]]},
}
SKELETONS["9"] = {name: [[(1 - p[0], 1 - p[1], *p[2:]) for p in line] for line in strokes]
                  for name, strokes in SKELETONS["6"].items()}

RARE = ("slashed", "slit", "chair", "sharp", "cup", "splayed", "level")
WIDE = {"M": 1.18, "W": 1.22, "N": 1.04, "Q": 1.02}
NARROW = {"I": .56, "1": .62, "L": .94, "J": .94, "E": .95, "F": .94, "T": 1.}


@dataclasses.dataclass(frozen=True)
class Die:
    """A die set. variants: {character: names of SKELETONS to choose among, or all}; stroke, radius: shares of the
    character's height; ratio: an ordinary character's width to its height; spacing: gap between characters to that
    width; wide: how far M and W are widened; equal_zero: whether 0 and O are one die; modulation: thickness of upright
    strokes to that of level ones."""

    variants: dict
    stroke: tuple = (.09, .135)
    radius: tuple = (.16, .3)
    ratio: tuple = (.43, .53)
    spacing: tuple = (.14, .36)
    wide: tuple = (0., 1.)
    equal_zero: bool = False
    modulation: tuple = (.92, 1.1)


DIES = {
    "state": Die({}),
    "bold": Die({}, stroke=(.14, .18), ratio=(.46, .58)),
    "ontario": Die({"A": "pointed flat", "B": "small-top", "C": "open", "G": "bar low", "I": "serif", "J": "hook",
                    "M": "mid half", "O": "plain", "0": "plain", "R": "slant", "S": "level slant", "V": "pointed",
                    "W": "high", "Y": "plain", "1": "based", "2": "straight curved", "3": "round", "4": "closed",
                    "5": "plain", "6": "curved short arched", "7": "straight curved", "8": "small-top",
                    "9": "curved short arched"}, stroke=(.098, .125), radius=(.2, .27), ratio=(.44, .52),
                   spacing=(.2, .32), wide=(0., .4)),
    "california": Die({"A": "pointed flat", "G": "bar spur", "I": "serif", "J": "hook", "M": "mid half full",
                       "Q": "cross corner", "R": "slant", "W": "high", "Y": "plain", "0": "plain",
                       "1": "based based flag", "2": "straight sharp", "3": "round",
                       "4": "open open wide-open half-open", "5": "plain", "6": "slant arched arched",
                       "7": "straight", "8": "small-top", "9": "slant arched arched"},
                      stroke=(.09, .12), radius=(.2, .28), ratio=(.43, .52), spacing=(.22, .36), wide=(0., .2)),
    "empire": Die({"A": "pointed flat", "G": "bar", "I": "serif", "M": "full mid", "W": "high full",
                   "0": "plain", "1": "based flag", "3": "round", "4": "closed open", "6": "curved arched",
                   "7": "straight curved", "9": "curved arched"}, stroke=(.085, .115), radius=(.19, .25),
                  ratio=(.38, .45), spacing=(.25, .42)),
    "thin": Die({"I": "serif", "4": "closed", "1": "flag based"}, stroke=(.085, .11), radius=(.2, .27),
                ratio=(.46, .54), spacing=(.24, .4)),
    "washington": Die({"I": "serif", "1": "flag based", "4": "closed", "3": "round", "0": "plain"},
                      stroke=(.09, .12), radius=(.2, .26), ratio=(.42, .49), spacing=(.2, .34)),
    "virginia": Die({"A": "flat pointed", "M": "mid half full", "W": "high full", "I": "serif stem", "4": "closed",
                     "0": "plain"}, stroke=(.085, .12), radius=(.18, .26), ratio=(.4, .5), spacing=(.2, .36),
                    modulation=(1.1, 1.7)),
    "quebec": Die({"I": "stem serif", "1": "flag", "4": "closed", "2": "curved neck", "0": "plain"},
                  stroke=(.12, .145), radius=(.2, .27), ratio=(.44, .52), spacing=(.16, .28)),
    "charles": Die({"A": "flat pointed", "C": "open wide", "G": "bar", "I": "stem", "J": "hook short", "M": "mid half",
                    "Q": "corner cross", "R": "slant upright", "S": "level", "W": "high upright", "1": "stem",
                    "2": "curved neck", "3": "round", "4": "closed", "6": "curved short", "7": "straight curved",
                    "8": "small-top even", "9": "curved short"}, stroke=(.155, .185), radius=(.2, .32),
                   ratio=(.56, .65), spacing=(.18, .26), wide=(.1, .6), equal_zero=True),
    "german": Die({"A": "flat", "C": "open", "G": "bar", "I": "serif", "M": "half mid", "Q": "inner corner",
                   "W": "splayed high", "0": "slit plain plain", "1": "flag tick", "3": "flat round",
                   "4": "open closed", "6": "slant arched", "7": "curved straight", "9": "slant arched"},
                  stroke=(.12, .145), radius=(.2, .34), ratio=(.52, .63), spacing=(.12, .24)),
    "brazil": Die({"A": "flat pointed", "C": "open wide", "G": "bar spur", "I": "stem serif", "J": "hook short",
                   "M": "mid half", "O": "plain", "0": "plain", "1": "flag tick", "2": "curved neck", "3": "round",
                   "4": "closed", "6": "curved short slant", "7": "straight curved", "9": "curved short slant"},
                  stroke=(.12, .17), radius=(.2, .32), ratio=(.52, .64), spacing=(.16, .28), wide=(.1, .8)),
    "mercosur": Die({"A": "flat", "C": "open", "G": "bar", "I": "serif", "M": "half mid", "Q": "inner corner",
                     "W": "splayed high", "0": "slit slit plain", "1": "flag tick", "3": "flat round",
                     "4": "open half-open closed", "6": "slant arched", "7": "curved straight", "9": "slant arched"},
                    stroke=(.115, .145), radius=(.2, .34), ratio=(.55, .66), spacing=(.14, .26)),
    "din": Die({"A": "pointed flat", "C": "open closer", "G": "bar low", "I": "stem", "J": "hook short",
                "M": "half mid", "0": "plain", "1": "flag", "3": "round flat", "4": "closed flush topped",
                "6": "slant curved", "7": "straight", "9": "slant curved"}, stroke=(.1, .15), radius=(.18, .34),
               ratio=(.5, .68), spacing=(.14, .3)),
}
