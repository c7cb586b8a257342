# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""What a case states: the network, how it is exported, and what is asked of it."""
from dataclasses import dataclass, field
from typing import Callable, Optional

from common import draw, level


@dataclass
class Target:
    """Where a class activation map is taken: a module of ours, and where its part of the graph is."""
    module: str
    scope: str
    layout: str
    grid: tuple
    prefix: int = 0
    call: int = 0


@dataclass
class Wish:
    """named: the layer is asked for, not left to the program.  block: the attention that is asked for, its number.
    above: samples of other pictures that lie before this one's where they are stacked."""
    method: str
    index: int = 1
    input: int = 0
    output: int = 0
    head: object = None
    target: Optional[Target] = None
    params: dict = field(default_factory=dict)
    named: bool = False
    block: Optional[int] = None
    formula: Optional[Callable] = None
    above: int = 0


@dataclass
class Run:
    """first: of the attention blocks, the first that shares the last one's tokens."""
    shapes: list
    target: object
    maps: list
    attention: list = field(default_factory=list)
    refused: list = field(default_factory=list)
    seed: int = 1
    index: int = 1
    output: int = 0
    sample: int = 0
    first: int = 0


def sequences(model, inputs):
    draw(model)


def convolutions(model, inputs):
    draw(model)
    level(model, inputs)


@dataclass
class Case:
    """norms: what is only folded for inference stays in the graph.  shared: constants as simplifiers leave them."""
    name: str
    title: str
    build: Callable
    runs: list
    opset: int = 13
    input_names: tuple = ("image",)
    output_names: tuple = ("logits",)
    roles: tuple = ("image",)
    dynamic: dict = field(default_factory=dict)
    folding: bool = True
    norms: bool = False
    shared: bool = False
    manifest: bool = True
    classes: int = 5
    prepare: Callable = sequences
    seed: int = 1


BATCH = {"image": {0: "n"}, "logits": {0: "n"}}
SIZES = {"image": {0: "n", 2: "h", 3: "w"}, "logits": {0: "n"}}
