# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""Checks every folder of models against its model.json: hashes, reference logits, tensors named for the explanations."""
import json

import numpy as np
import onnx
from PIL import Image

import data
import export
import models
import ort


def check(folder):
    j = json.loads((folder / "model.json").read_text())
    spec, path = j["inputs"][0], folder / j["file"]
    assert data.sha256(path) == j["sha256"] and j["id"] == folder.name
    proto = onnx.load(path)
    onnx.checker.check_model(proto, full_check=True)
    assert proto.opset_import[0].version == 17 and proto.graph.input[0].type.tensor_type.shape.dim[0].dim_param
    for r in j["reference"]:
        assert data.sha256(folder / r["file"]) == r["sha256"]
    x = np.concatenate([data.preprocess(spec, Image.open(folder / r["file"])) for r in j["reference"]])
    cam, attention = j["explain"]["cam"], j["explain"]["attention"]
    names = [cam["tensor"]] + [a["tensor"] for a in attention]
    probe = folder / "probe.onnx"
    for n in names:
        proto.graph.output.append(onnx.helper.make_tensor_value_info(n, onnx.TensorProto.FLOAT, None))
    try:
        onnx.save(proto, probe)
        got = ort.run(probe, spec["name"], x, names + [j["outputs"][0]["name"]], optimise=False)
        one = ort.run(probe, spec["name"], x[:1], [j["outputs"][0]["name"]])
    finally:
        probe.unlink()
    z = got[j["outputs"][0]["name"]]
    diff = float(np.abs(z - np.array([r["logits"] for r in j["reference"]])).max())
    assert diff < 1e-3 and np.abs(one["logits"] - z[:1]).max() < 1e-3
    assert len(j["outputs"][0]["labels"]) == z.shape[1]
    n = cam["grid"][0] * cam["grid"][1]
    shape = got[cam["tensor"]].shape
    assert list(shape[2:]) == cam["grid"] if cam["layout"] == "NCHW" else shape[1] == n + cam["prefix_tokens"]
    for a in attention:
        p = got[a["tensor"]]
        t = n + a["prefix_tokens"]
        assert p.shape[1:] == (a["heads"], t, a["kernel"] ** 2 if a["kind"] == "local" else t), p.shape
        assert np.abs(p.sum(-1) - 1).max() < 1e-4
    calls = [j["outputs"][0]["labels"][k]["id"] for k in z.argmax(1)]
    print(j["id"], f"ok, greatest difference {diff:.1e};", ", ".join(f"{r.get('label', r['file'])} -> {c}" for r, c in zip(j["reference"], calls)))


if __name__ == "__main__":
    for fam in models.FAMILIES:
        for kind in models.KINDS:
            if (export.MODELS / f"{fam}-{kind}" / "model.json").exists():
                check(export.MODELS / f"{fam}-{kind}")
