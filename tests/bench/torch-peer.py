# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""Times PyTorch: torch-peer.py MODEL forward|gradcam|gradient THREADS BATCH.

For each number read runs so often, and prints the median in milliseconds.  Parameters are frozen, as a tool that only
explains would do."""
import statistics
import sys
import time

import torch
import torchvision

name, kind = sys.argv[1:3]
threads, batch = map(int, sys.argv[3:])
TARGETS = {"resnet18": "layer4", "resnet50": "layer4", "vgg16": "features.29", "efficientnet_b0": "features.8",
           "mobilenet_v2": "features.18", "vit_b_16": "encoder.layers.encoder_layer_11.ln_1",
           "swin_t": "norm", "convnext_tiny": "features.7"}

torch.set_num_threads(threads)
torch.manual_seed(0)
model = getattr(torchvision.models, name)(weights=None).eval().requires_grad_(False)
image = torch.linspace(-1, 1, batch * 3 * 224 * 224).reshape(batch, 3, 224, 224)
kept = {}


def keep(module, inputs, output):
    output.requires_grad_(True)
    kept["target"] = output


if kind == "gradcam":
    model.get_submodule(TARGETS[name]).register_forward_hook(keep)
image.requires_grad_(kind == "gradient")


def run():
    if kind == "forward":
        with torch.no_grad():
            model(image)
        return
    logits = model(image)
    torch.autograd.grad(logits[0, 0], kept["target"] if kind == "gradcam" else image)


for line in sys.stdin:
    times = []
    for i in range(int(line) + 1):
        start = time.perf_counter()
        run()
        if i > 0:
            times.append((time.perf_counter() - start) * 1000)
    print(statistics.median(times), flush=True)
