/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Writes small ONNX files: a chain of ops without attributes and weights. */
#ifndef SAC_TESTS_TINY_ONNX_H
#define SAC_TESTS_TINY_ONNX_H

#include <glib.h>

typedef struct {
  const char *name;
  int type;    /* ONNX's number: 1 is float */
  int rank;    /* -1: no shape is declared */
  int dims[8]; /* -1: symbolic */
} TinyValue;

typedef struct {
  const char *op_type;
  const char *input;
  const char *output;
} TinyNode;

typedef struct {
  const TinyValue *inputs; /* each list ends with a NULL name or op_type */
  const TinyValue *outputs;
  const TinyNode *nodes;
  const char *const *metadata; /* key, value, ..., NULL; or NULL */
} TinyOnnx;

/* Returns: the file. */
GBytes *tiny_onnx_new (const TinyOnnx *content);

/* image [1, 3, size, size] -> "pooled" -> logits [1, 3], the mean of each
 * channel. */
GBytes *tiny_onnx_new_means (int size, const char *const *metadata);

#endif
