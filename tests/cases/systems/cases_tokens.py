# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""Vision transformers."""
from case import BATCH, SIZES, Case, Run, Target, Wish
from cases_convolutional import NOT_POOLING
from references import Layout
from tokens import Dinov2, LibraryAttention, OpenClip, SplitAttention, SwiGlu, Vit

ALL = ("attention", "key-importance", "rollout", "gradient-rollout", "relevance", "legrad", "attention-grad-cam")
TOKEN_CAMS = ("grad-cam", "hirescam", "layercam", "eigen-cam")


def wishes(index=1, query=3):
    return ([Wish(m, index) for m in TOKEN_CAMS + ALL] +
            [Wish("attention", index, head=h) for h in (0, 1, "max")] +
            [Wish("attention", index, params={"query": str(query)})])


def norm1(block, grid, prefix=1, layout="NLC", blocks="blocks"):
    return Target(f"{blocks}.{block}.norm1", f"/{blocks}.{block}/norm1/", layout, grid, prefix)


def seen(shape, grid, prefix=1, heads=2, depth=12, target=None, index=1, **more):
    target = target or norm1(depth - 1, grid, prefix)
    return Run([shape], target, wishes(index), attention=[Layout("global", heads, grid, prefix)] * depth,
               refused=NOT_POOLING, index=index, **more)


class ClassToken(Vit):
    """DINO: the normalised class token is all there is."""

    def score(self, x):
        return x[:, 0]


SIX = (1, 3, 96, 96)
VITS = [
    Case("vit", "ViT, one projection for queries, keys and values", lambda: Vit(6), opset=17, runs=[seen(SIX, (6, 6))]),
    Case("vit-split", "ViT, a projection each, constants not folded", lambda: Vit(6, attention=SplitAttention),
         opset=11, folding=False, dynamic=BATCH, runs=[
             seen(SIX, (6, 6), index=2), seen((2, 3, 96, 96), (6, 6), sample=1, seed=8, index=4)]),
    Case("vit-library", "ViT with PyTorch's attention", lambda: Vit(6, attention=LibraryAttention), shared=True,
         opset=13, norms=True, manifest=False, dynamic=BATCH, runs=[
             seen(SIX, (6, 6)), seen((2, 3, 96, 96), (6, 6), sample=1, seed=4, index=0)]),
    Case("deit", "DeiT without distillation token", lambda: Vit(6, heads=4), shared=True, opset=11, manifest=False,
         runs=[seen(SIX, (6, 6), heads=4)]),
    Case("deit-distilled", "DeiT with distillation token, the mean of its heads", lambda: Vit(6, read="both"),
         shared=True, opset=17, runs=[seen(SIX, (6, 6), prefix=2)]),
    Case("dino", "DINO: the embedding of the class token, no head", lambda: ClassToken(8, patch=8, read=None),
         shared=True, opset=13, manifest=False, output_names=("embedding",), classes=8,
         runs=[seen((1, 3, 64, 64), (8, 8), index=5)]),
]


DINOV2S = [
    Case("dinov2", "DINOv2, position embedding interpolated by scale, class token and mean of patches",
         lambda: Dinov2(7, patch=14, read="class+mean"), opset=11, runs=[seen((1, 3, 70, 84), (5, 6))]),
    Case("dinov2-registers", "DINOv2 with four registers and SwiGLU, any size",
         lambda: Dinov2(6, registers=4, sized=True, patch=14, mlp=SwiGlu), shared=True, opset=17, dynamic=SIZES,
         manifest=False, runs=[
             seen((1, 3, 70, 84), (5, 6), prefix=5),
             seen((2, 3, 56, 98), (4, 7), prefix=5, sample=1, seed=6, index=3)]),
]

CLIPS = [
    Case("blip", "BLIP's image encoder, read at token 1", lambda: Vit(6, read="index1"), shared=True, opset=13,
         dynamic=BATCH, runs=[seen(SIX, (6, 6))]),
    Case("openclip-quick", "OpenCLIP with QuickGELU, compared with texts", lambda: OpenClip(6), shared=True, opset=11,
         manifest=False, runs=[seen(SIX, (6, 6), target=norm1(11, (6, 6), layout="LNC"))]),
    Case("openclip", "OpenCLIP with GELU, a linear head on the embedding",
         lambda: OpenClip(6, quick=False, texts=False, heads=4), shared=True, opset=17, dynamic=BATCH, runs=[
             seen(SIX, (6, 6), heads=4, target=norm1(11, (6, 6), layout="LNC")),
             seen((2, 3, 96, 96), (6, 6), heads=4, target=norm1(11, (6, 6), layout="LNC"), sample=1, index=2, seed=3)]),
]

TOKENS = VITS + DINOV2S + CLIPS
