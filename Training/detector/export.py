"""Writes detector.onnx and detector.json, or scout.onnx and scout.json, from a checkpoint's running average.

Usage: export.py [--kind scout] --checkpoint checkpoint.pt --out FOLDER [--version 1] [--scores scores.json]
"""
import argparse
import hashlib
import json
import os
from pathlib import Path

import torch

from network import STRIDE, Exported, finder

# The detector's close look; the long sides in pixels to which the scout's pictures are brought.
USES = {
    "detector": {"threshold": 0.4, "proposalThreshold": 0.35, "refine": {"width": 192, "height": 128, "plateWidth": 96},
                 "pyramid": [1280, 640, 320, 160]},
    "scout": {"proposalThreshold": 0.3, "frame": [640, 240, 140], "turn": [280, 140]},
}


def write_onnx(model, path):
    """ONNX opset 17 with free batch and size; batch normalisation folded into the convolutions."""
    axes = {
        "image": {0: "batch", 2: "height", 3: "width"},
        "heat": {0: "batch", 2: "rows", 3: "columns"},
        "corners": {0: "batch", 2: "rows", 3: "columns"},
    }
    torch.onnx.export(
        Exported(model).eval(),
        torch.zeros(1, 1, 128, 192),
        path,
        opset_version=17,
        dynamo=False,
        input_names=["image"],
        output_names=["heat", "corners"],
        dynamic_axes=axes,
    )


def main():
    """Exports to temporary names, then renames: a reader never meets half a file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", choices=("detector", "scout"), default="detector")
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--version", default="1")
    parser.add_argument("--scores", help="JSON written by evaluate.py")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    state = torch.load(arguments.checkpoint, weights_only=True)
    kind = arguments.kind
    model = finder(kind)
    model.load_state_dict(state["average"])
    out = Path(arguments.out)
    out.mkdir(parents=True, exist_ok=True)
    temporary = out / f"{kind}.onnx.tmp"
    write_onnx(model, str(temporary))
    settings = {
        "name": f"plate {kind}",
        "version": arguments.version,
        "stride": STRIDE,
        **USES[kind],
        "trained": {"steps": state["step"], "minutes": round(state["minutes"], 1)},
        "scores": json.loads(Path(arguments.scores).read_text(encoding="utf-8")) if arguments.scores else {},
        "sha256": hashlib.sha256(temporary.read_bytes()).hexdigest(),
    }
    description = out / f"{kind}.json.tmp"
    description.write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")
    os.replace(temporary, out / f"{kind}.onnx")
    os.replace(description, out / f"{kind}.json")


if __name__ == "__main__":
    main()
