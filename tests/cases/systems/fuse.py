#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""Writes NAME-fused beside each NAME: the same network as ONNX Runtime's optimiser leaves it, which must give the same.

Usage: fuse.py NAME...  Needs Node.js with onnxruntime-node (1.30) where NODE_PATH says, and onnx; nothing here is
needed to build or to test."""
import json
import shutil
import subprocess
import sys
from pathlib import Path

import onnx

HERE = Path(__file__).resolve().parent
OPTIMISE = """
const [source, target] = process.argv.slice(1);
require('onnxruntime-node').InferenceSession.create(source, {
  graphOptimizationLevel: 'extended', optimizedModelFilePath: target, logSeverityLevel: 3});
"""


def take_over(case, folder):
    """The case, with attention in the order of the new graph, in which all that is asked for by name must be."""
    graph = onnx.load(str(folder / "model.onnx")).graph
    made = {name: k for k, name in enumerate(name for node in graph.node for name in node.output)}
    for run in case["runs"]:
        wanted = [a["value"] for a in run["attention"]] + [t["value"] for t in run["targets"] if "value" in t]
        wanted += [m[key] for m in run["maps"] for key in ("layer", "found") if key in m]
        missing = sorted(set(wanted) - set(made))
        assert not missing, (folder.name, missing)
        run["attention"].sort(key=lambda entry: made[entry["value"]])
    text = json.dumps(case, separators=(",", ":")).replace('{"method"', '\n{"method"')
    (folder / "case.json").write_text(text + "\n")
    return sorted({node.op_type for node in graph.node if node.domain == "com.microsoft"})


def main():
    for name in sys.argv[1:]:
        folder = HERE / f"{name}-fused"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        files = [str(parent / "model.onnx") for parent in (HERE / name, folder)]
        subprocess.run(["node", "-e", OPTIMISE, *files], check=True)
        if (HERE / name / "model.json").exists():
            shutil.copy(HERE / name / "model.json", folder)
        print(folder.name, ", ".join(take_over(json.loads((HERE / name / "case.json").read_text()), folder)))
    names = sorted(path.parent.name for path in HERE.glob("*/case.json"))
    (HERE / "index.json").write_text(json.dumps(names, indent=1) + "\n")


if __name__ == "__main__":
    main()
