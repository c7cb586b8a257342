/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Small hand-made uses of ops, as data.
 *
 * A case says which op, with which attributes, on which inputs.  Every op that
 * has a gradient needs at least one, and one for each way its gradient can go
 * wrong; test-op-gradients walks them all.  A new table is a file
 * op-cases-NAME.c, a declaration here and a line in op-cases.c. */
#ifndef SAC_TESTS_OP_CASES_H
#define SAC_TESTS_OP_CASES_H

#include "network/op.h"

#define OP_INPUTS_MAX 8
#define OP_ATTRIBUTES_MAX 8

typedef enum {
  OP_FILL_SIGNED,   /* uniform in [-1, 1] */
  OP_FILL_POSITIVE, /* uniform in [0.5, 1.5] */
  OP_FILL_DISTINCT, /* shuffled odd multiples of 0.1, of both signs: no two
                       nearer than 0.2, none at 0; for ops with kinks */
  OP_FILL_WAVE,     /* element i of input k is sin (1.7 i + k): for values
                       that are compared with another program's */
} OpFill;

/* One input: made from `fill`, or given by `floats` or `ints` (one number per
 * element, in C order).  All zero: the optional input is left out. */
typedef struct {
  SacType type;
  SacShape shape;
  OpFill fill;
  const float *floats;
  const int64_t *ints; /* for integer and bool types */
  bool constant;       /* the elements are known while planning */
} OpInput;

/* A table ends with a case whose op is NULL. */
typedef struct {
  const char *op;
  const char *domain; /* NULL: ONNX's own */
  const char *what;   /* what is special about it */
  int opset;
  SacAttribute attributes[OP_ATTRIBUTES_MAX]; /* up to the first without name */
  OpInput inputs[OP_INPUTS_MAX]; /* up to the last that is not left out */
  size_t output_count;           /* 0 means 1 */
  /* Linear (or affine) in all differentiable inputs together: the gradient is
   * then compared through the adjoint identity, <J v, w> = <v, J' w>, which is
   * far sharper than finite differences. */
  bool linear;
  double tolerance; /* 0: 1e-5 when linear, 2e-3 otherwise */
} OpCase;

#define OP_SHAPE(...)                                                          \
  {                                                                            \
    sizeof ((const int64_t[]){__VA_ARGS__}) / sizeof (int64_t),                \
    {                                                                          \
      __VA_ARGS__                                                              \
    }                                                                          \
  }

/* Inputs. */
#define OP_SIGNED(...)                                                         \
  {                                                                            \
    .type = SAC_TYPE_FLOAT, .fill = OP_FILL_SIGNED,                            \
    .shape = OP_SHAPE (__VA_ARGS__)                                            \
  }
#define OP_POSITIVE(...)                                                       \
  {                                                                            \
    .type = SAC_TYPE_FLOAT, .fill = OP_FILL_POSITIVE,                          \
    .shape = OP_SHAPE (__VA_ARGS__)                                            \
  }
#define OP_DISTINCT(...)                                                       \
  {                                                                            \
    .type = SAC_TYPE_FLOAT, .fill = OP_FILL_DISTINCT,                          \
    .shape = OP_SHAPE (__VA_ARGS__)                                            \
  }
#define OP_WAVE(...)                                                           \
  {                                                                            \
    .type = SAC_TYPE_FLOAT, .fill = OP_FILL_WAVE,                              \
    .shape = OP_SHAPE (__VA_ARGS__)                                            \
  }
#define OP_LEFT_OUT                                                            \
  {                                                                            \
    .type = SAC_TYPE_UNKNOWN                                                   \
  }
/* One-dimensional, known while planning. */
#define OP_CONSTANT_INTS(...)                                                  \
  {                                                                            \
    .type = SAC_TYPE_INT64, .constant = true,                                  \
    .shape = {1,                                                               \
              {sizeof ((const int64_t[]){__VA_ARGS__}) / sizeof (int64_t)}},   \
    .ints = (const int64_t[])                                                  \
    {                                                                          \
      __VA_ARGS__                                                              \
    }                                                                          \
  }
#define OP_CONSTANT_FLOATS(...)                                                \
  {                                                                            \
    .type = SAC_TYPE_FLOAT, .constant = true,                                  \
    .shape = {1, {sizeof ((const float[]){__VA_ARGS__}) / sizeof (float)}},    \
    .floats = (const float[])                                                  \
    {                                                                          \
      __VA_ARGS__                                                              \
    }                                                                          \
  }

/* Attributes. */
#define OP_INT(attribute, value)                                               \
  {                                                                            \
    .name = attribute, .kind = SAC_ATTRIBUTE_INT, .i = value                   \
  }
#define OP_FLOAT(attribute, value)                                             \
  {                                                                            \
    .name = attribute, .kind = SAC_ATTRIBUTE_FLOAT, .f = value                 \
  }
#define OP_STRING(attribute, value)                                            \
  {                                                                            \
    .name = attribute, .kind = SAC_ATTRIBUTE_STRING, .s = value,               \
    .s_size = sizeof value - 1                                                 \
  }
#define OP_INTS(attribute, ...)                                                \
  {                                                                            \
    .name = attribute, .kind = SAC_ATTRIBUTE_INTS,                             \
    .ints = (const int64_t[]){__VA_ARGS__},                                    \
    .count = sizeof ((const int64_t[]){__VA_ARGS__}) / sizeof (int64_t)        \
  }
#define OP_FLOAT_LIST(attribute, ...)                                          \
  {                                                                            \
    .name = attribute, .kind = SAC_ATTRIBUTE_FLOATS,                           \
    .floats = (const float[]){__VA_ARGS__},                                    \
    .count = sizeof ((const float[]){__VA_ARGS__}) / sizeof (float)            \
  }

extern const OpCase op_cases_convolution[];
extern const OpCase op_cases_einsum[];
extern const OpCase op_cases_move[];
extern const OpCase op_cases_norm[];
extern const OpCase op_cases_pool[];
extern const OpCase op_cases_product[];
extern const OpCase op_cases_reduce[];
extern const OpCase op_cases_resize[];

/* Every table, NULL-terminated. */
extern const OpCase *const op_cases_all[];

#endif
