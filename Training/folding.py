"""Gives a network whose normalisations an ONNX export folded into its convolutions new ones, so that it can be trained on."""
import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn


def layers(model, example):
    """Convolutions in the order in which they run on `example`, each with the normalisation after it (None: there is none)."""
    order = []

    def note(module, *_):
        if isinstance(module, nn.Conv2d):
            order.append([module, None])
        else:
            order[-1][1] = module
    hooks = [m.register_forward_hook(note) for m in model.modules() if isinstance(m, (nn.Conv2d, nn.BatchNorm2d))]
    with torch.no_grad():
        model(example)
    for hook in hooks:
        hook.remove()
    return order


def folded(path):
    """Weights and biases of an ONNX file's convolutions, in the order in which they run."""
    graph = onnx.load(path).graph
    values = {i.name: torch.tensor(numpy_helper.to_array(i)) for i in graph.initializer}
    return [[values[name] for name in node.input[1:]] for node in graph.node if node.op_type == "Conv"]


@torch.no_grad()
def unfold(model, parts, batches):
    """Sets a model's weights so that its answers are those of the folded `parts` (as `folded` gives them), in training too.

    batches: tensors like those that it is trained on. What the convolutions give on them is measured; the weights
    become as large as fresh ones are, so that the learning rate means what it meant.
    """
    order = layers(model.eval(), batches[0][:1])
    if len(order) != len(parts):
        raise SystemExit(f"The file has {len(parts)} convolutions, the network {len(order)}: they do not belong together.")
    seen = {}
    for (layer, norm), (weight, bias) in zip(order, parts):
        layer.weight.copy_(weight)
        if norm is None:
            layer.bias.copy_(bias)
            continue
        norm.running_mean.zero_()
        norm.running_var.fill_(1 - norm.eps)
        norm.weight.fill_(1)
        norm.bias.copy_(bias)
        seen[norm] = sums = [0, torch.zeros(len(bias), dtype=torch.double), torch.zeros(len(bias), dtype=torch.double)]

        def note(_, given, sums=sums):
            x = given[0].double()
            sums[0] += x.numel() // x.shape[1]
            sums[1] += x.sum((0, 2, 3))
            sums[2] += (x * x).sum((0, 2, 3))
        norm.register_forward_pre_hook(note)
    for some in batches:
        model(some)
    for layer, norm in order:
        if norm is None:
            continue
        norm._forward_pre_hooks.clear()
        count, total, squares = seen[norm]
        mean, variance = (total / count).float(), (squares / count - (total / count) ** 2).clamp_min(1e-8).float()
        size = layer.weight.flatten(1).pow(2).mean(1).sqrt().clamp_min(1e-8)
        scale = 1 / (size * (3 * layer.weight[0].numel()) ** .5)
        layer.weight.mul_(scale[:, None, None, None])
        norm.weight.copy_((variance * scale ** 2 + norm.eps).sqrt() / scale)
        norm.bias.add_(mean)
        norm.running_mean.copy_(mean * scale)
        norm.running_var.copy_(variance * scale ** 2)


def greatest_difference(one, other):
    """Of two arrays of the same shape."""
    return float(np.abs(np.asarray(one) - np.asarray(other)).max())
