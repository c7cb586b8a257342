#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""Writes one folder for each system: model.onnx, sometimes model.json, and case.json with what its maps must be.

Usage: make.py [NAME...].  Needs PyTorch 1.13; nothing here is needed to build or to test."""
import json
import shutil
import sys
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnx.numpy_helper
import torch
from torch.onnx import TrainingMode

import references as ref
from cases import CASES
from common import picture

HERE = Path(__file__).resolve().parent
KEPT = 400  # elements of the gradient at each input that are kept, evenly spaced
SETTLED = 5e-5  # how far maps may move when inputs do by a millionth of their size
LOOSER = {"grad-cam++": 0.5, "xgrad-cam": 0.5, "eigen-cam": 0.5}  # as the tolerances of these are


def numbers(value):
    flat = np.asarray(value.detach().numpy() if torch.is_tensor(value) else value, np.float64).ravel()
    return [float(f"{x:.8g}") for x in flat]


def last_in(graph, scope):
    """The value that the part of the network of that name ends in."""
    nodes = [n for n in graph.node if n.name.startswith(scope)]
    assert nodes, f"nothing under {scope}: {[n.name for n in graph.node if n.name][-40:]}"
    return nodes[-1].output[0]


def export(case, model, inputs, path):
    training = TrainingMode.PRESERVE if case.norms else TrainingMode.EVAL
    torch.onnx.export(model, tuple(x.float() for x in inputs), str(path), opset_version=case.opset,
                      input_names=case.input_names, output_names=case.output_names, dynamic_axes=case.dynamic or None,
                      do_constant_folding=case.folding, training=training)
    loaded = onnx.load(str(path))
    if case.shared:
        share_constants(loaded.graph)
        onnx.save(loaded, str(path))
    return loaded.graph


def share_constants(graph):
    """As simplifiers leave a graph: each constant once, beside the weights."""
    names, kept, renamed = {}, [], {}
    for node in graph.node:
        if node.op_type != "Constant":
            kept.append(node)
            continue
        tensor = node.attribute[0].t
        key = (tensor.data_type, tuple(tensor.dims), onnx.numpy_helper.to_array(tensor).tobytes())
        if key not in names:
            names[key] = f"c{len(names)}"
            added = graph.initializer.add()
            added.CopyFrom(tensor)
            added.name = names[key]
        renamed[node.output[0]] = names[key]
    for node in kept:
        node.input[:] = [renamed.get(name, name) for name in node.input]
    del graph.node[:]
    graph.node.extend(kept)


def maps_of(case, run, model, inputs, graph):
    """Entries for the maps of one run.  One look for each class, output and layer that they need."""
    entries, looks = [], {}
    for wish in run.maps:
        if wish.method in ("mil-attention", "class-evidence"):
            found = ref.pooled(model, inputs, wish.index)
            show = wish.params.get("show", "weights")
            value, grid = found["evidence" if wish.method == "class-evidence" else show], (len(inputs[0]), 1)
            entries.append(entry(wish, value, grid, {}))
            continue
        target = wish.target or run.target
        key = (target.module if target else None, wish.output, wish.index)
        if key not in looks:
            looks[key] = ref.Look(model, inputs, [key[0]] if target else [], wish.output, wish.index, run.sample)
        look = looks[key]
        if wish.method in ref.CAMS:
            value = look.layers[target.module][target.call]
            a = ref.planes(value, target.layout, target.prefix, run.sample + wish.above).detach()
            g = ref.planes(ref.gradient_of(value), target.layout, target.prefix, run.sample + wish.above)
            layer = {"layer" if wish.named else "found": last_in(graph, target.scope)}
            entries.append(entry(wish, ref.CAMS[wish.method](a, g), target.grid, layer))
        else:
            value, grid = wish.formula(look, run) if wish.formula else attention_of(wish, look, run)
            names = softmaxes(graph, len(run.attention))
            entries.append(entry(wish, value, grid, {} if wish.block is None else {"layer": names[wish.block]}))
    return entries


def attention_of(wish, look, run):
    blocks = [ref.Block(layout, p, run.sample) for layout, p in zip(run.attention, look.probabilities)]
    used = blocks[run.first:] if wish.block is None else blocks[:wish.block + 1]
    options = {}
    if wish.head is not None:
        options["head"] = wish.head
    if "query" in wish.params:
        options["query"] = int(wish.params["query"])
    last = used[-1].layout
    return ref.ATTENTIONS[wish.method](used, **options)[last.prefix:], last.grid


def entry(wish, value, grid, layer):
    fields = {"method": wish.method, "class": wish.index, "rows": grid[0], "columns": grid[1]}
    if wish.input:
        fields["input"] = wish.input
    if wish.output:
        fields["output"] = wish.output
    if wish.head is not None:
        fields["head"] = wish.head
    fields.update(layer)
    if wish.params:
        fields["params"] = wish.params
    fields["values"] = numbers(value)
    assert len(fields["values"]) == grid[0] * grid[1], (wish.method, len(fields["values"]), grid)
    return fields


def describe_target(case, run, graph):
    """Of one input; where there are two the maps say it."""
    t = run.target
    if len(case.input_names) > 1:
        return []
    return [{"method": "none"} if t is None else {
        "method": "default", "value": last_in(graph, t.scope), "layout": t.layout, "prefix": t.prefix,
        "grid": list(t.grid)}]


def softmaxes(graph, count):
    """The probabilities in the order of the graph; a Softmax behind them all gives the classes."""
    names = [n.output[0] for n in graph.node if n.op_type == "Softmax"]
    assert len(names) - count in (0, 1), (len(names), count)
    return names[:count]


def run_entry(case, run, model, inputs, graph):
    look = ref.Look(model, inputs, [], run.output, run.index, run.sample)
    step = inputs[0].numel() // KEPT | 1
    names = softmaxes(graph, len(run.attention))
    assert len(look.probabilities) in (len(run.attention), 0), len(look.probabilities)
    return {
        "inputs": [{"name": n, "shape": list(x.shape), "seed": run.seed + k}
                   for k, (n, x) in enumerate(zip(case.input_names, inputs))],
        "sample": run.sample,
        "outputs": [{"name": n, "values": numbers(v)} for n, v in zip(case.output_names, look.outputs)],
        "gradient": {"output": case.output_names[run.output],
                     "element": run.sample * look.outputs[run.output].shape[1] + run.index, "step": step,
                     "values": [numbers(ref.gradient_of(x).flatten()[::step]) for x in look.inputs]},
        "attention": [{"value": n, **layout.describe()} for n, layout in zip(names, run.attention)],
        "targets": describe_target(case, run, graph),
        "maps": maps_of(case, run, model, inputs, graph),
        "refused": [{"method": m, "because": s} for m, s in run.refused],
    }


def relative(got, expected):
    got, expected = np.asarray(got), np.asarray(expected)
    return np.abs(got - expected).max() / max(np.abs(expected).max(), 1e-30)


def unsettled(case, run, model, inputs, graph, kept):
    """How far float32 and small changes of the input move what is kept, the worst of all."""
    generator = torch.Generator().manual_seed(7)
    moved = [x * (1 + 1e-6 * torch.randn(x.shape, generator=generator, dtype=x.dtype)) for x in inputs]
    other = run_entry(case, run, model, moved, graph)
    worst = {"outputs": max(relative(a["values"], b["values"]) for a, b in zip(other["outputs"], kept["outputs"])),
             "gradient": max(relative(a, b) for a, b in zip(other["gradient"]["values"], kept["gradient"]["values"]))}
    for a, b in zip(other["maps"], kept["maps"]):
        moves = relative(a["values"], b["values"]) * LOOSER.get(b["method"], 1)
        worst[b["method"]] = max(worst.get(b["method"], 0), moves)
    return max(worst.items(), key=lambda item: item[1])


def manifest(case):
    side = case.runs[0].shapes[0]
    bag = len(side) == 2
    inputs = [{"name": n, "role": "bag" if bag else role,
               **({} if bag else {"size": [side[2], side[3]], "channels": "RGB", "layout": "NCHW",
                                  "resize": {"mode": "squash", "size": list(side[2:]), "filter": "bilinear-antialias"},
                                  "scale": 1 / 255, "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]})}
              for n, role in zip(case.input_names, case.roles)]
    labels = [{"id": f"class-{k}", "name": f"Class {k}"} for k in range(case.classes)]
    made = {"schema": 1, "id": "system-" + case.name, "name": case.title, "file": "model.onnx",
            "task": "classification", "inputs": inputs,
            "outputs": [{"name": n, "activation": "softmax", "temperature": 1.0, "labels": labels}
                        for n in case.output_names]}
    return made


def build(case, seed):
    torch.manual_seed(seed)
    model = case.build().eval()
    case.prepare(model, [picture((8, *s[1:]), 900 + k).float() for k, s in enumerate(case.runs[0].shapes)])
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    return model


def make(case):
    folder = HERE / case.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for seed in range(case.seed, case.seed + 16):
        model = build(case, seed)
        worst, written = ("", 0), {"system": case.title, "opset": case.opset, "runs": []}
        pictures = [[picture(s, run.seed + k) for k, s in enumerate(run.shapes)] for run in case.runs]
        graph = export(case, model, pictures[0], folder / "model.onnx")
        for run, inputs in zip(case.runs, pictures):
            kept = run_entry(case, run, model, inputs, graph)
            worst = max(worst, unsettled(case, run, model, inputs, graph, kept), key=lambda item: item[1])
            written["runs"].append(kept)
        print(f"{case.name}: seed {seed}, {worst[0]} moves by {worst[1]:.2g}, "
              f"{(folder / 'model.onnx').stat().st_size // 1024} kB", flush=True)
        if worst[1] < SETTLED:
            break
    else:
        sys.exit(f"{case.name} does not settle")
    text = json.dumps(written, separators=(",", ":")).replace('{"method"', '\n{"method"')
    (folder / "case.json").write_text(text + "\n")
    if case.manifest:
        (folder / "model.json").write_text(json.dumps(manifest(case), indent=1) + "\n")


def main():
    warnings.filterwarnings("ignore")
    wanted = sys.argv[1:]
    for case in CASES:
        if not wanted or case.name in wanted:
            make(case)
    names = sorted(path.parent.name for path in HERE.glob("*/case.json"))
    (HERE / "index.json").write_text(json.dumps(names, indent=1) + "\n")


if __name__ == "__main__":
    main()
