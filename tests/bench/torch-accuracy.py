# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""What export.py's models give in float64, and how far from it a program is.

torch-accuracy.py reference MODEL FOLDER   writes MODEL.onnx, input.npy, reference.json and the reference arrays
torch-accuracy.py compare MODEL FOLDER     prints the largest differences of logits.npy and grad-cam.npy there

Grad-CAM is the mean of the logit's gradient over each channel of the target layer, times the layer, summed, without
what is below zero."""
import json
import os
import sys

import numpy as np
import torch
from export import build, export

command, name, folder = sys.argv[1:]
TARGETS = {"resnet18": "layer4", "resnet50": "layer4", "vgg16": "features.29", "efficientnet_b0": "features.8",
           "mobilenet_v2": "features.18", "vit_b_16": "encoder.layers.encoder_layer_11.ln_1", "swin_t": "norm",
           "convnext_tiny": "features.7"}


def as_image(layer):
    """[1, C, H, W] of any layer."""
    if layer.dim() == 3:  # tokens, the first of them no place
        side = int(round((layer.shape[1] - 1) ** 0.5))
        return layer[:, 1:].transpose(1, 2).reshape(1, -1, side, side)
    return layer.permute(0, 3, 1, 2) if layer.shape[1] == layer.shape[2] else layer


def reference():
    os.makedirs(folder, exist_ok=True)
    export(name, folder)
    model = build(name).double().requires_grad_(False)
    image = torch.from_numpy(np.random.default_rng(7).standard_normal((1, 3, 224, 224)).astype(np.float32))
    kept = {}

    def keep(module, inputs, output):
        kept["layer"] = output.requires_grad_(True)

    model.get_submodule(TARGETS[name]).register_forward_hook(keep)
    logits = model(image.double())
    index = int(logits[0].argmax())
    layer = as_image(kept["layer"])
    gradient = as_image(torch.autograd.grad(logits[0, index], kept["layer"])[0])
    cam = (gradient.mean((2, 3), keepdim=True) * layer).sum(1)[0].clamp(min=0).detach()
    np.save(os.path.join(folder, "input.npy"), image.numpy())
    np.save(os.path.join(folder, "logits-reference.npy"), logits.detach().numpy())
    np.save(os.path.join(folder, "map-reference.npy"), cam.numpy())
    with open(os.path.join(folder, "reference.json"), "w") as file:
        json.dump({"class": index}, file)


def difference(got, expected):
    got, expected = (np.load(os.path.join(folder, file)) for file in (got, expected))
    assert got.shape == expected.shape, f"{name}: shape {got.shape}, expected {expected.shape}"
    return float(np.abs(got - expected).max() / np.abs(expected).max())


if command == "reference":
    reference()
else:
    print(json.dumps({"logits": difference("logits.npy", "logits-reference.npy"),
                      "map": difference("grad-cam.npy", "map-reference.npy")}))
