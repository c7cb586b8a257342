# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""Exports torchvision's full-size models with fixed seeds: export.py FOLDER NAME...

The batch is dynamic, so that one file serves every batch size.  What is there
already is kept.  Random weights: timing does not depend on them as long as no
activation is denormal, which He initialisation sees to."""
import os
import sys

import torch
import torchvision


def build(name):
    """What training would have moved away from nothing is moved, so that every layer counts in the result."""
    torch.manual_seed(0)
    model = getattr(torchvision.models, name)(weights=None).eval()
    with torch.no_grad():
        for label, value in model.named_parameters():
            if label.endswith("layer_scale"):
                value.fill_(0.1)
            elif label.endswith("weight") and not value.any():
                value.normal_(std=0.02)
    return model


def export(name, folder):
    """Returns: the file's path."""
    path = os.path.join(folder, name + ".onnx")
    # With gradients: without, attention would be one op that has no export.
    torch.onnx.export(build(name), torch.rand(1, 3, 224, 224), path + ".part", opset_version=17,
                      input_names=["input"], output_names=["logits"],
                      dynamic_axes={"input": {0: "batch"}, "logits": {0: "batch"}})
    os.rename(path + ".part", path)
    print("bench: exported", name, file=sys.stderr, flush=True)
    return path


if __name__ == "__main__":
    torch.set_num_threads(1)
    for wanted in sys.argv[2:]:
        if not os.path.exists(os.path.join(sys.argv[1], wanted + ".onnx")):
            export(wanted, sys.argv[1])
