"""Makes a checkpoint of a finished detector.onnx or scout.onnx where the one that it was exported from is lost.

Usage: restore.py [--kind scout] --models FOLDER --pool plates.npz --corners corners.csv --work FOLDER

train.py goes on from it with --resume. The optimiser's memory starts empty, averaged and current weights are one; the
steps are counted on, the minutes from 0.
"""
import argparse
import copy
import json
import os
import sys
from pathlib import Path

import cv2
import onnxruntime
import torch

from network import Exported
from train import SHAPES, Run, batch_tensors, maker_of, options_of_photographs

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from folding import folded, greatest_difference, unfold  # noqa: E402

BATCHES = 100


def main():
    """Refuses to write what answers otherwise than the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    options_of_photographs(parser)
    parser.add_argument("--models", required=True, help="folder with the .onnx")
    parser.add_argument("--work", required=True, help="folder for the checkpoint")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    os.makedirs(arguments.work, exist_ok=True)
    maker = maker_of(arguments, 3)
    path = str(Path(arguments.models) / f"{arguments.kind}.onnx")
    run = Run(arguments.work, arguments.kind)
    crops = [batch_tensors(maker, *SHAPES[0])[0] for _ in range(BATCHES)]
    unfold(run.model, folded(path), crops)
    run.average = copy.deepcopy(run.model).eval()
    run.step = json.loads(Path(path).with_suffix(".json").read_text(encoding="utf-8"))["trained"]["steps"]
    said = onnxruntime.InferenceSession(path).run(None, {"image": crops[0].contiguous().numpy()})
    with torch.no_grad():
        own = Exported(run.average)(crops[0])
    difference = max(greatest_difference(*pair) for pair in zip(said, own))
    print(f"greatest difference of a heat or a corner in pixels: {difference:.5f}")
    if difference > 0.02:
        raise SystemExit(f"The restored network answers otherwise than {path}; not written.")
    run.save()


if __name__ == "__main__":
    main()
