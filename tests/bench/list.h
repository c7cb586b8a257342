/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Lines of bench-kernels' table: name, algorithm, channels, filters, side of
 * the input, kernel, stride, groups, images, function. */
#define LAYER(name, algorithm, c, k, size, kernel, stride, groups, images,     \
              function)                                                        \
  {                                                                            \
    name, SAC_CONV_##algorithm, c, k, size, kernel, stride, groups, images,    \
      SAC_FUNCTION_##function                                                  \
  }
#define THREE(name, c, k, size, images)                                        \
  LAYER (name, WINOGRAD_4, c, k, size, 3, 1, 1, images, RELU),                 \
    LAYER (name, WINOGRAD_2, c, k, size, 3, 1, 1, images, RELU),               \
    LAYER (name, WINOGRAD_ROW, c, k, size, 3, 1, 1, images, RELU),             \
    LAYER (name, DIRECT, c, k, size, 3, 1, 1, images, RELU)
#define ONE(name, c, k, size, function)                                        \
  LAYER (name, POINTWISE, c, k, size, 1, 1, 1, 1, function)
#define DEPTH(name, c, size, kernel, stride)                                   \
  LAYER (name, DEPTHWISE, c, c, size, kernel, stride, c, 1, SILU)
THREE ("resnet 64 56", 64, 64, 56, 1), THREE ("resnet 128 28", 128, 128, 28, 1),
  THREE ("resnet 256 14", 256, 256, 14, 1),
  THREE ("resnet 512 7", 512, 512, 7, 1),
  THREE ("resnet 512 7 batch 8", 512, 512, 7, 8),
  THREE ("vgg 64 224", 64, 64, 224, 1),
  THREE ("vgg 64-128 112", 64, 128, 112, 1),
  THREE ("vgg 128 112", 128, 128, 112, 1),
  THREE ("vgg 256 56", 256, 256, 56, 1), THREE ("vgg 512 28", 512, 512, 28, 1),
  THREE ("vgg 512 14", 512, 512, 14, 1),
  LAYER ("resnet stem 7x7", PLANAR, 3, 64, 224, 7, 2, 1, 1, RELU),
  LAYER ("vgg first 3x3", PLANAR, 3, 64, 224, 3, 1, 1, 1, RELU),
  LAYER ("efficientnet stem", PLANAR, 3, 32, 224, 3, 2, 1, 1, SILU),
  LAYER ("vit patches", PLANAR, 3, 768, 224, 16, 16, 1, 1, NONE),
  LAYER ("resnet strided 64-128", DIRECT, 64, 128, 56, 3, 2, 1, 1, RELU),
  LAYER ("resnet strided 128-256", DIRECT, 128, 256, 28, 3, 2, 1, 1, RELU),
  LAYER ("resnet strided 256-512", DIRECT, 256, 512, 14, 3, 2, 1, 1, RELU),
  LAYER ("resnet strided 1x1 256-512", DIRECT, 256, 512, 56, 1, 2, 1, 1, NONE),
  ONE ("resnet 1x1 64-256 56", 64, 256, 56, RELU),
  ONE ("resnet 1x1 256-64 56", 256, 64, 56, RELU),
  ONE ("resnet 1x1 1024-256 14", 1024, 256, 14, RELU),
  ONE ("resnet 1x1 512-2048 7", 512, 2048, 7, RELU),
  ONE ("efficientnet 1x1 16-96 112", 16, 96, 112, SILU),
  ONE ("efficientnet 1x1 96-24 56", 96, 24, 56, NONE),
  ONE ("efficientnet 1x1 40-240 28", 40, 240, 28, SILU),
  ONE ("efficientnet 1x1 112-672 14", 112, 672, 14, SILU),
  ONE ("efficientnet 1x1 1152-192 7", 1152, 192, 7, NONE),
  DEPTH ("efficientnet dw 3x3 32 112", 32, 112, 3, 1),
  DEPTH ("efficientnet dw 3x3 96 112 s2", 96, 112, 3, 2),
  DEPTH ("efficientnet dw 5x5 240 28", 240, 28, 5, 1),
  DEPTH ("efficientnet dw 5x5 672 14", 672, 14, 5, 1),
  DEPTH ("efficientnet dw 5x5 1152 7", 1152, 7, 5, 1),
  DEPTH ("convnext dw 7x7 96 56", 96, 56, 7, 1),
  DEPTH ("convnext dw 7x7 768 7", 768, 7, 7, 1),
