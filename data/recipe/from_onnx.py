# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""Makes a checkpoint from a shipped model, to go on training from it or to learn from it: from_onnx.py derm-resnet18

The shipped file has its batch norms folded into the convolutions. Each comes back with the statistics that its layer has on
training images and the scale and shift that leave the network as it is; the logits are compared with the file's on validation images.
"""
import argparse
import json

import numpy as np
import onnx
import torch
from onnx import numpy_helper

import data
import export
import models
import ort
import train

NORM_OF = {"conv1": "bn1", "conv2": "bn2", "proj": "norm", "0": "1"}  # the batch norm behind a convolution, by the last part of its name


def module_of(node_name):
    """"/stage4/stage4.0/attn/qkv/Conv" -> "stage4.0.attn.qkv": a part that repeats the one before it takes its place."""
    parts = []
    for part in node_name.strip("/").split("/")[:-1]:
        if parts and part.startswith(parts[-1] + "."):
            parts[-1] = part
        else:
            parts.append(part)
    return ".".join(parts)


def weights_of(graph):
    """[(module, operator, [arrays])] of every node that has stored weights."""
    stored = {t.name: numpy_helper.to_array(t).astype(np.float32) for t in graph.initializer if t.data_type in (1, 10)}
    stored.update({n.output[0]: stored[n.input[0]] for n in graph.node if n.op_type == "Cast" and n.input[0] in stored})
    found = [(module_of(n.name), n.op_type, [stored[i] for i in n.input if i in stored]) for n in graph.node if n.op_type != "Cast"]
    return [f for f in found if f[2]]


def put(target, array):
    assert tuple(target.shape) == array.shape, (target.shape, array.shape)
    target.data.copy_(torch.from_numpy(array.copy()))


def fill_convolution(net, name, arrays, folded):
    module = net[name]
    put(module.weight, arrays[0])
    if len(arrays) == 1:
        return
    if module.bias is not None:
        return put(module.bias, arrays[1])
    parent, _, last = name.rpartition(".")
    norm = net[f"{parent}.{NORM_OF[last]}"]
    norm.weight.data.fill_(1), put(norm.bias, arrays[1])
    norm.running_mean.zero_(), norm.running_var.fill_(1 - norm.eps)
    folded.append(norm)


def fill_attention_bias(module, array):
    """The file holds the bias gathered to all pairs (global), or per place of the window (local)."""
    if isinstance(module, models.GlobalAttention):
        module.bias.data[:, module.offset] = torch.from_numpy(array.copy()).reshape(module.heads, -1)
    elif array.size == module.bias.numel():
        module.bias.data.copy_(torch.from_numpy(array.copy()).reshape(module.bias.shape))


def fill(model, graph):
    """Returns the batch norms that were folded."""
    net, folded = dict(model.named_modules()), []
    for name, op, arrays in weights_of(graph):
        module = net.get(name)
        if op == "Conv":
            fill_convolution(net, name, arrays, folded)
        elif op == "MatMul":
            put(module.weight, arrays[0].T)
        elif op in ("Gemm", "LayerNormalization", "BatchNormalization"):
            for target, array in zip(("weight", "bias", "running_mean", "running_var"), arrays):
                put(getattr(module, target), array)
        elif op == "Add" and isinstance(module, (models.GlobalAttention, models.LocalAttention)):
            fill_attention_bias(module, arrays[0])
        elif op == "Add" and name:
            put(module.bias, arrays[0])
        elif op == "Add":
            put(model.pos, arrays[0])
    return folded


def restore_statistics(model, folded, x):
    """Gives the folded batch norms the mean and variance of what they receive, and the scale and shift that undo both."""
    def receive(norm, args):
        y = args[0].transpose(0, 1).flatten(1)
        mean, variance = y.mean(1), y.var(1, unbiased=False)
        norm.bias.data.add_(mean)
        norm.weight.data.copy_((variance + norm.eps).sqrt())
        norm.running_mean.copy_(mean), norm.running_var.copy_(variance)
    hooks = [norm.register_forward_pre_hook(receive) for norm in folded]
    with torch.no_grad():
        model(x)
    for hook in hooks:
        hook.remove()


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("model")
    a = ap.parse_args()
    torch.set_num_threads(1)
    family, folder = a.model.split("-")[0], export.MODELS / a.model
    model = models.build(a.model).eval()
    folded = fill(model, onnx.load(folder / "model.onnx").graph)
    restore_statistics(model, folded, data.test_batch(family, data.arrays(family, "train")[0][::20]))
    x = data.test_batch(family, data.arrays(family, "valid")[0][::20])
    with torch.no_grad():
        logits = model(x).numpy()
    difference = float(np.abs(ort.run(folder / "model.onnx", "image", x.numpy(), ["logits"])["logits"] - logits).max())
    assert difference < 2e-3, difference
    training = json.loads((folder / "model.json").read_text())["training"]
    train.CHECKPOINTS.mkdir(parents=True, exist_ok=True)
    torch.save({"state": model.state_dict(), "meta": {
        "step": training["steps"], "seconds": round(training["minutes"] * 60),
        "parents": training["before"] or None}}, train.CHECKPOINTS / f"{a.model}.pt")
    print(json.dumps({"model": a.model, "folded": len(folded), "greatest_difference": difference}))


if __name__ == "__main__":
    main()
