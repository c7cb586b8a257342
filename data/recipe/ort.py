# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""Runs an ONNX model with ONNX Runtime: the Python package if there is one, else onnxruntime-node (NODE_PATH must find it)."""
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np


def run(model, name, x, outputs, batch=100, optimise=True, others=None):
    """x: float32 N x ..., of the input `name`; others: {input: array of as many}; returns {output: float32 array}. Dimension 0 of every output must be N, unless one batch holds all."""
    feeds = {k: np.ascontiguousarray(v, np.float32) for k, v in {name: x, **(others or {})}.items()}
    try:
        import onnxruntime
    except ImportError:
        onnxruntime = None
    if onnxruntime:
        session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
        parts = [session.run(outputs, {k: v[i:i + batch] for k, v in feeds.items()}) for i in range(0, len(x), batch)]
        return {o: np.concatenate([p[k] for p in parts]) for k, o in enumerate(outputs)}
    with tempfile.TemporaryDirectory() as folder:
        f = Path(folder)
        for k, v in enumerate(feeds.values()):
            v.tofile(f / f"x.{k}.bin")
        inputs = [{"name": n, "file": str(f / f"x.{k}.bin"), "dims": list(v.shape)} for k, (n, v) in enumerate(feeds.items())]
        job = {"model": str(model), "inputs": inputs,
               "outputs": outputs, "batch": batch, "out": str(f / "y"), "optimise": optimise}
        (f / "job.json").write_text(json.dumps(job))
        done = subprocess.run(["node", str(Path(__file__).parent / "ort_run.js"), str(f / "job.json")],
                              capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr.strip()[-500:])
        return {o: np.fromfile(f / f"y.{k}.bin", np.float32).reshape(d)
                for k, (o, d) in enumerate(zip(outputs, json.loads(done.stdout)))}
