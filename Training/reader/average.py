"""Averages the weights of two checkpoints of one run, such as the ends of two falls of the learning rate.

python average.py --first cache/run/first.pt --second cache/run/last.pt --out cache/run/averaged.pt

The two must lie near each other (the second trained on from the first). All else is taken from the second.
"""
import argparse

import torch


def main(options):
    """Reads both, writes a checkpoint that export.py takes."""
    first, second = (torch.load(path, weights_only=False) for path in (options.first, options.second))
    share = options.share
    second["average"] = {name: first["average"][name].lerp(value, share) if value.dtype.is_floating_point else value
                         for name, value in second["average"].items()}
    torch.save(second, options.out)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--first", required=True)
    parser.add_argument("--second", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--share", type=float, default=.5, help="of the second, 0 to 1")
    main(parser.parse_args())
