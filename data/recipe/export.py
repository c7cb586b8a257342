# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""Writes models/<id>/model.onnx and the tensor names for the explanations: export.py pcam-resnet18

Weights of more than 256 values are stored as float16 and cast back to float32 by a Cast node (half the size);
evaluate.py checks that the predictions do not change. The names are found by value: the model runs in torch with hooks,
the ONNX file runs with every intermediate of the right shape as an output, and equal tensors are matched.
"""
import argparse
import json
import os
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

import data
import models
import ort
import train

MODELS = Path(os.environ.get("SACCADE_MODELS", Path(__file__).resolve().parent.parent / "models"))


def load(model_id):
    saved = torch.load(train.CHECKPOINTS / f"{model_id}.pt")
    model = models.build(model_id)
    model.load_state_dict(saved["state"])
    return model.eval(), saved["meta"]


def remove_identities(graph):
    other = {n.output[0]: n.input[0] for n in graph.node if n.op_type == "Identity"}
    keep = [n for n in graph.node if n.op_type != "Identity"]
    for n in keep:
        for i, name in enumerate(n.input):
            while name in other:
                name = other[name]
            n.input[i] = name
    del graph.node[:]
    graph.node.extend(keep)


def halve(graph):
    """float32 initializers -> float16 initializers, each followed by a Cast to float32 under the old name."""
    casts, tensors = [], []
    for t in graph.initializer:
        a = numpy_helper.to_array(t)
        if t.data_type == TensorProto.FLOAT and a.size > 256:
            tensors.append(numpy_helper.from_array(a.astype(np.float16), t.name + ".f16"))
            casts.append(helper.make_node("Cast", [t.name + ".f16"], [t.name], name=t.name + ".cast", to=TensorProto.FLOAT))
        else:
            tensors.append(t)
    nodes = casts + list(graph.node)
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(tensors)
    graph.node.extend(nodes)


def write(model, inputs, path, axes):
    """The file as it is shipped.  `axes` names inputs and outputs, in order, with their open dimensions.
    Returns the graph and the bytes of the same with all weights as float32."""
    names = list(axes)
    torch.onnx.export(model, tuple(inputs), path, opset_version=17, input_names=names[:len(inputs)], output_names=names[len(inputs):],
                      dynamic_axes=axes)
    proto = onnx.load(path)
    remove_identities(proto.graph)
    plain = proto.SerializeToString()
    halve(proto.graph)
    proto.graph.name = path.parent.name
    onnx.checker.check_model(proto, full_check=True)
    onnx.save(proto, path)
    return proto, plain


def last_layer(model):
    """The module whose output is the last map; of the ViT, what the last block reads."""
    if isinstance(model, models.ViT):
        return model.blocks[-1].norm1
    if isinstance(model, models.EfficientNet):
        return model.last
    return model.att4 if isinstance(model.att4, models.GlobalAttention) else model.stage4


def watched(model, x):
    """The last map and the attention probabilities, in torch, as the exported form of the model computes them."""
    found, softmax = {"attention": []}, torch.softmax

    def keep(*args, **kw):
        found["attention"].append(softmax(*args, **kw))
        return found["attention"][-1]
    last_layer(model).register_forward_hook(lambda m, i, o: found.update(cam=o))
    unfold = models.LocalAttention.whole_map
    models.LocalAttention.whole_map, torch.softmax = models.LocalAttention.unfolded, keep
    with torch.no_grad():
        found["logits"] = model(x)
    models.LocalAttention.whole_map, torch.softmax = unfold, softmax
    return found


def match_names(path, x, wanted):
    """[(name, greatest difference)] of the ONNX tensors equal to the arrays of `wanted`; the last one produced wins."""
    full = onnx.shape_inference.infer_shapes(onnx.load(path))
    shapes = {v.name: [d.dim_value for d in v.type.tensor_type.shape.dim] for v in full.graph.value_info
              if v.type.tensor_type.elem_type == TensorProto.FLOAT}
    shaped = {tuple(w.shape[1:]) for w in wanted}
    names = [o for n in full.graph.node for o in n.output if tuple(shapes.get(o, [0])[1:]) in shaped]
    for n in names:
        full.graph.output.append(helper.make_tensor_value_info(n, TensorProto.FLOAT, None))
    probe = str(path) + ".probe"
    onnx.save(full, probe)
    got = ort.run(probe, "image", x, names, optimise=False)
    os.remove(probe)
    result = []
    for w in wanted:
        diff = [(np.abs(got[n] - w).max() if got[n].shape == w.shape else np.inf, n) for n in names]
        limit = min(d for d, _ in diff)
        result.append([(n, float(d)) for d, n in diff if d == limit][-1])
    return result


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("model")
    a = ap.parse_args()
    family = a.model.split("-")[0]
    size = models.FAMILIES[family]["size"]
    model, meta = load(a.model)
    folder = MODELS / a.model
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "model.onnx"
    proto, plain = write(model, [torch.zeros(1, 3, size, size)], path, {"image": {0: "batch"}, "logits": {0: "batch"}})
    images = data.test_batch(family, data.arrays(family, "valid")[0][::97][:8])
    found = watched(model, images)
    wanted = [found["cam"].numpy()] + [p.numpy() for p in found["attention"]]
    full = train.CHECKPOINTS / f"{a.model}.fp32.onnx"
    full.write_bytes(plain)
    names = match_names(full, images.numpy(), wanted)
    stored = {o for n in proto.graph.node for o in n.output}
    assert all(d < 1e-3 and n in stored for n, d in names), names
    logits = found["logits"].numpy()
    diff32 = float(np.abs(ort.run(full, "image", images.numpy(), ["logits"])["logits"] - logits).max())
    diff16 = float(np.abs(ort.run(path, "image", images.numpy(), ["logits"])["logits"] - logits).max())
    vit, local = a.model.endswith("vit"), a.model.endswith("-la")
    grid = [model.grid] * 2 if vit else list(found["cam"].shape[2:])
    explain = {"cam": {"tensor": names[0][0], "layout": "NLC" if vit else "NCHW", "prefix_tokens": int(vit), "grid": grid},
               "attention": [{"tensor": n, "kind": "local" if local else "global", "heads": w.shape[1], "grid": grid,
                              "prefix_tokens": int(vit), "kernel": 7 if local else None}
                             for (n, _), w in zip(names[1:], wanted[1:])]}
    info = {"explain": explain, "meta": meta, "torch_diff_fp32": diff32, "torch_diff_stored": diff16,
            "parameters": sum(p.numel() for p in model.parameters()), "bytes": path.stat().st_size}
    (train.CHECKPOINTS / f"{a.model}.export.json").write_text(json.dumps(info, indent=1))
    print(json.dumps({"explain": explain, "diff32": diff32, "diff16": diff16, "bytes": info["bytes"]}))


if __name__ == "__main__":
    main()
