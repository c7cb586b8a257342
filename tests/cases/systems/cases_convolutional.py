# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""Convolutional networks, alone and with the three kinds of attention inside."""
from case import BATCH, SIZES, Case, Run, Target, Wish, convolutions
from convolutional import EfficientNet, Vgg, resnet
from hybrids import AxisAttention, EmbeddedLocalAttention, GlobalAttention, LocalAttention
from references import CAMS, Layout

NONE = [(m, "this model has no attention") for m in
        ("attention", "key-importance", "rollout", "gradient-rollout", "relevance", "legrad", "attention-grad-cam",
         "mil-attention", "class-evidence")]
NOT_POOLING = [(m, "pools instances") for m in ("mil-attention", "class-evidence")]


def cams(index=1, target=None):
    return [Wish(m, index, target=target, named=target is not None) for m in CAMS]


def plain(shape, target, index=1, earlier=None, **more):
    return Run([shape], target, cams(index) + (cams(index, earlier)[:4] if earlier else []), refused=NONE,
               index=index, **more)


def stage(layer, last, grid):
    return Target(f"layer{layer}.{last}", f"/layer{layer}/layer{layer}.{last}/", "NCHW", grid)


RESNETS = [
    Case("resnet18", "ResNet-18", lambda: resnet(18, 3), opset=11, dynamic=SIZES, prepare=convolutions, runs=[
        plain((1, 3, 128, 128), stage(4, 1, (4, 4)), earlier=stage(3, 1, (8, 8))),
        plain((2, 3, 96, 160), stage(4, 1, (3, 5)), index=3, sample=1, seed=5)]),
    Case("resnet34", "ResNet-34", lambda: resnet(34, 3), opset=17, manifest=False, seed=2, prepare=convolutions, runs=[
        plain((1, 3, 128, 96), stage(4, 2, (4, 3)), earlier=stage(2, 3, (16, 12)))]),
    Case("resnet50", "ResNet-50, batch norms left in the graph", lambda: resnet(50, 2), opset=13, dynamic=BATCH,
         norms=True, seed=2, prepare=convolutions, runs=[
             plain((1, 3, 128, 128), stage(4, 2, (4, 4)), index=2),
             plain((3, 3, 128, 128), stage(4, 2, (4, 4)), index=0, sample=2, seed=9)]),
    Case("resnet101", "ResNet-101, constants not folded", lambda: resnet(101, 2), opset=11, folding=False,
         manifest=False, prepare=convolutions, runs=[plain((1, 3, 96, 96), stage(4, 2, (3, 3)))]),
    Case("resnet152", "ResNet-152, mean over places written out", lambda: resnet(152, 2, mean=True), opset=17,
         seed=7, prepare=convolutions, runs=[plain((1, 3, 96, 128), stage(4, 2, (3, 4)), index=4)]),
]


def vgg(name, title, depth, norm, opset, **more):
    per = 3 if norm else 2
    counts = (2, 2, 3, 3, 3) if depth == 16 else (2, 2, 4, 4, 4)
    pool = sum(counts) * per + 4
    last = Target(f"features.{pool - 1}", f"/features/features.{pool - 1}/", "NCHW", (14, 14))
    after = Target(f"features.{pool}", f"/features/features.{pool}/", "NCHW", (7, 7))
    run = Run([(1, 3, 224, 224)], last, cams() + cams(2, after), refused=NONE)
    return Case(name, title, lambda: Vgg(depth, norm=norm), opset=opset, prepare=convolutions, runs=[run], **more)


VGGS = [
    vgg("vgg16", "VGG-16", 16, False, 11),
    vgg("vgg16-bn", "VGG-16 with batch norm", 16, True, 17, manifest=False),
    vgg("vgg19", "VGG-19", 19, False, 17, manifest=False, seed=2),
    vgg("vgg19-bn", "VGG-19 with batch norm, left in the graph", 19, True, 11, norms=True, seed=14),
]


def head(grid, at=8):
    return Target(f"features.{at}", f"/features/features.{at}/features.{at}.2/", "NCHW", grid)


B0S = [
    Case("efficientnet-b0", "EfficientNet-B0", EfficientNet, opset=11, prepare=convolutions, dynamic=SIZES, runs=[
        plain((1, 3, 128, 128), head((4, 4))), plain((2, 3, 96, 96), head((3, 3)), index=2, sample=1, seed=3)]),
]


def mixed(shape, target, layouts, first=0, index=1):
    """A network with attention inside: its class activation maps, and what its attention tells from block `first`
    on, which is as far as its tokens can be followed back."""
    maps = cams(index) + [Wish(m, index) for m in ("attention", "key-importance", "attention-grad-cam")]
    maps += [Wish(m, index) for m in ("rollout", "gradient-rollout", "relevance")]
    maps += [Wish("legrad", index, params={"start_layer": str(first)} if first else {})]
    maps += [Wish("attention", index, head=h) for h in (1, "max")]
    return Run([shape], target, maps, attention=layouts, first=first, refused=NOT_POOLING, index=index)


HYBRIDS = [
    Case("resnet18-global", "ResNet-18, global attention after the last stage",
         lambda: resnet(18, 3, after=lambda c: GlobalAttention(c, 4)), opset=11, prepare=convolutions, runs=[
             mixed((1, 3, 128, 128), Target("after", "/after/", "NCHW", (4, 4)), [Layout("global", 2, (4, 4))])]),
    Case("resnet18-local", "ResNet-18, local attention in the last stage",
         lambda: resnet(18, 3, local=lambda c: LocalAttention(c, 3)), shared=True, opset=13, manifest=False,
         prepare=convolutions, runs=[mixed((1, 3, 128, 128), stage(4, 1, (4, 4)),
                     [Layout("local", 2, (4, 4), kernel=3)] * 2, first=1)]),
    Case("resnet18-embedded", "ResNet-18, embedded local attention after the last stage",
         lambda: resnet(18, 3, after=lambda c: EmbeddedLocalAttention(c, 3)), opset=17, prepare=convolutions, runs=[
             mixed((1, 3, 160, 128), Target("after", "/after/", "NCHW", (5, 4)),
                   [Layout("local", 2, (5, 4), kernel=3)])]),
    Case("efficientnet-global", "EfficientNet-B0, global attention before the last convolution",
         lambda: EfficientNet(before=AxisAttention), opset=17, manifest=False, prepare=convolutions, runs=[
             mixed((1, 3, 128, 160), head((4, 5), 9), [Layout("global", 2, (4, 5))])]),
    Case("efficientnet-local", "EfficientNet-B0, local attention before the last convolution",
         lambda: EfficientNet(before=lambda c: LocalAttention(c, 3, shifted=True)), shared=True, opset=13, seed=3,
         prepare=convolutions, runs=[mixed((1, 3, 160, 160), head((5, 5), 9), [Layout("local", 2, (5, 5), kernel=3)])]),
    Case("efficientnet-embedded", "EfficientNet-B0, embedded local attention before the last convolution",
         lambda: EfficientNet(before=lambda c: EmbeddedLocalAttention(c, 3, shifted=True)), shared=True, opset=11,
         folding=False, seed=8, prepare=convolutions, runs=[
             mixed((1, 3, 128, 128), head((4, 4), 9), [Layout("local", 2, (4, 4), kernel=3)])]),
]

CONVOLUTIONAL = RESNETS + VGGS + B0S + HYBRIDS
