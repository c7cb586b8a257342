// SPDX-License-Identifier: Apache-2.0
// Copyright (c) The Saccade authors
//
// What a ratio must not be above, where something was promised.
"use strict";

const FORWARD = {
  resnet18: 0.65,
  resnet50: 0.85,
  vgg16: 0.52,
  efficientnet_b0: 0.8,
  mobilenet_v2: 0.85,
  vit_b_16: 0.93,
  swin_t: 0.8,
  convnext_tiny: 0.8,
};
const OF_FORWARD = { resnet18: 1.05, resnet50: 1.05, efficientnet_b0: 1.05, vgg16: 1.15, vit_b_16: 1.15 };
// Of the part `methods`: forward passes, or milliseconds.
const METHODS = {
  "grad-cam": 1.1, hirescam: 1.1, "grad-cam++": 1.1, layercam: 1.1, "xgrad-cam": 1.1, "eigen-cam": 1.1, "eigengrad-cam": 1.1,
  "ablation-cam": 5, "score-cam": 0.6,
};
const FIRST_PICTURE_MS = 1000;
const AGREEMENT_MS = 10;
const MASK_MS = 16;
const CANCEL_MS = 5;
const EARLY = ["resnet50", "vgg16", "vit_b_16", "swin_t"];

// Returns: undefined where nothing was promised.
function bar(part, name, peer, batch) {
  if (part === "accuracy") return 1;
  switch (`${part} ${peer}`) {
    case "forward ONNX Runtime":
      return FORWARD[name];
    case "tiles ONNX Runtime":
      return batch === 32 ? 0.6 : undefined;
    case "gradcam own forward":
      return OF_FORWARD[name];
    case "gradcam PyTorch":
      return ["resnet18", "resnet50", "vgg16"].includes(name) ? 0.5 : undefined;
    case "gradient own forward":
      return 2.2;
    case "relevance own forward":
      return name === "vit_b_16" ? 2.3 : undefined;
    case "load ONNX Runtime":
      return EARLY.includes(name) ? 0.25 : undefined;
    case "memory ONNX Runtime":
      return 0.8;
    case "methods own forward":
    case "methods 512 own forwards":
      return METHODS[name];
    case "methods promise":
    case "cancel promise":
      return 1;
    default:
      return undefined;
  }
}

module.exports = { bar, AGREEMENT_MS, CANCEL_MS, FIRST_PICTURE_MS, MASK_MS };
