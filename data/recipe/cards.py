# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""CARD.md of the models that are not trained on one public set of images: planted evidence, pooling, pairs."""

CARD = """# {name}

For research and demonstration only. **Not a medical device; never for diagnosis.** {about}

## Data

{data}

Licence of the weights: {licence}. {citation}

## Training

- {recipe}; {steps} steps of {batch}, seed {seed}, {minutes} minutes.
- Machine: {machine}.

## Results on the test part

| | n | accuracy | 95 % interval (Wilson) |
|---|---|---|---|
{rows}

Temperature {temperature}, from the validation part.{more}

## Known failures and limits

{limits}

## Files

model.onnx (opset 17; large weights stored as float16, computed in float32), model.json, reference files (of the test part; their expected
logits, from ONNX Runtime, are in model.json).
"""


def write_simple(folder, manifest, about, limits, more=""):
    """`manifest["metrics"]`: {part: {n, accuracy, low, high}} and whatever else `more` tells in words."""
    training = manifest["training"]
    rows = [f"| {part} | {f['n']} | {f['accuracy']:.3f} | {f['low']:.3f} to {f['high']:.3f} |"
            for part, f in manifest["metrics"].items() if isinstance(f, dict) and "low" in f]
    (folder / "CARD.md").write_text(CARD.format(
        name=manifest["name"], about=about, data=training["data"], licence=manifest["licence"], citation=manifest["citation"],
        recipe=training["recipe"], steps=training["steps"], batch=training["batch"], seed=training["seed"],
        minutes=round(training["seconds"] / 60, 1), machine=training["machine"], rows="\n".join(rows), more=more,
        temperature=manifest["outputs"][0]["temperature"], limits="\n".join("- " + line for line in limits)))
