/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Arithmetic on two tensors that broadcast to each other.
 *
 * Integers wrap as two's complement does.  What has no integer answer, a
 * division by zero or a negative power of zero, is a fault of the run.
 * Expressions below name an element of the first operand a, of the second b,
 * of the result y, and what comes back to the result g. */
#include "base/error.h"
#include "compute/vector-math.h"
#include "network/op.h"
#include "network/ops/broadcast.h"
#include "network/ops/elements.h"
#include "network/ops/zones.h"

#include <string.h>
#include <tgmath.h>

/* y[i] from a and b, each of which moves (step 1) or stands still (0); in
 * place of `a` or `b` is allowed. */
typedef void (*Row) (
  void *y, const void *a, const void *b, int64_t count, int step_a, int step_b);

/* terms[i]; a or b is NULL where it is not saved. */
typedef void (*Terms) (
  void *terms, const void *g, const void *a, const void *b, int64_t count);

typedef struct {
  Row rows[SAC_ELEMENT_COUNT]; /* NULL: not for such elements */
  Terms terms[2][2];           /* [operand][double] */
  const char *(*find_fault) (const SacTensor *a, const SacTensor *b);
  bool one_way;    /* only b may be broadcast */
  bool keeps_sign; /* of a, whether positive, is all that its own gradient needs
                      of it; with one_way only */
} Binary;

typedef struct {
  const Binary *binary;
  SacType type;
  Row row;
  SacBroadcast broadcast;
} Params;

#define ROW(name, type, expression)                                            \
  static SAC_WIDE void name (void *to, const void *first, const void *second,  \
                             int64_t count, int step_a, int step_b)            \
  {                                                                            \
    type *y = to;                                                              \
    const type *all_a = first, *all_b = second;                                \
                                                                               \
    if (step_a == 0) {                                                         \
      const type a = *all_a;                                                   \
      SAC_INDEPENDENT                                                          \
      for (int64_t i = 0; i < count; i++) {                                    \
        const type b = all_b[step_b != 0 ? i : 0];                             \
        y[i] = (expression);                                                   \
      }                                                                        \
    } else if (step_b == 0) {                                                  \
      const type b = *all_b;                                                   \
      SAC_INDEPENDENT                                                          \
      for (int64_t i = 0; i < count; i++) {                                    \
        const type a = all_a[i];                                               \
        y[i] = (expression);                                                   \
      }                                                                        \
    } else {                                                                   \
      SAC_INDEPENDENT                                                          \
      for (int64_t i = 0; i < count; i++) {                                    \
        const type a = all_a[i], b = all_b[i];                                 \
        y[i] = (expression);                                                   \
      }                                                                        \
    }                                                                          \
  }

#define TERMS(name, type, expression)                                          \
  static void name (void *to, const void *back, const void *first,             \
                    const void *second, int64_t count)                         \
  {                                                                            \
    type *terms = to;                                                          \
    const type *all_g = back, *all_a = first, *all_b = second;                 \
                                                                               \
    (void)all_a, (void)all_b;                                                  \
    for (int64_t i = 0; i < count; i++) {                                      \
      const type g = all_g[i];                                                 \
      terms[i] = (type)(expression);                                           \
    }                                                                          \
  }
#define A all_a[i]
#define B all_b[i]
#define TIMES(x, y) ((x) * (y)) /* the formatter knows no bare product */

/* The floating rows, and what flows back to a and to b. */
#define FLOATS(name, expression, to_a, to_b)                                   \
  ROW (name##_f32, float, expression)                                          \
  ROW (name##_f64, double, expression)                                         \
  TERMS (name##_a_f32, float, to_a)                                            \
  TERMS (name##_a_f64, double, to_a)                                           \
  TERMS (name##_b_f32, float, to_b)                                            \
  TERMS (name##_b_f64, double, to_b)
#define FLOAT_ROWS(name)                                                       \
  [SAC_ELEMENT_F32] = name##_f32, [SAC_ELEMENT_F64] = name##_f64
#define INT_ROWS(name)                                                         \
  [SAC_ELEMENT_I64] = name##_i64, [SAC_ELEMENT_U64] = name##_u64
#define FLOAT_TERMS(name)                                                      \
  {                                                                            \
    {name##_a_f32, name##_a_f64},                                              \
    {                                                                          \
      name##_b_f32, name##_b_f64                                               \
    }                                                                          \
  }

static void
run_forward (const SacBroadcastRun *run, void *data)
{
  const SacCall *call = data;
  const Params *params = call->params;
  size_t size = sac_kind_get_size (sac_type_get_kind (params->type));
  char *y = (char *)call->outputs[0]->data + (size_t)run->at * size;
  const char *a = call->inputs[0]->data, *b = call->inputs[1]->data;

  params->row (y, a + (size_t)run->offsets[0] * size,
               b + (size_t)run->offsets[1] * size, run->count, run->steps[0],
               run->steps[1]);
  sac_elements_wrap (params->type, y, run->count);
}

static void
keep_signs (const SacCall *call, int64_t from, int64_t to)
{
  const SacTensor *a = call->inputs[0];

  for (int64_t i = from; i < to; i++) {
    bool positive = sac_tensor_get_kind (a) == SAC_KIND_F64
                      ? ((const double *)a->data)[i] > 0
                      : sac_tensor_f32 (a)[i] > 0;

    sac_zones_put (call->saved, i, 1, positive);
  }
}

static void
forward_range (int64_t from, int64_t to, void *data)
{
  const SacCall *call = data;
  const Params *params = call->params;

  if (call->saved != NULL)
    keep_signs (call, from, to);
  sac_broadcast_walk (&params->broadcast, from, to, INT64_MAX, run_forward,
                      data);
}

static void
binary_forward (const SacCall *call)
{
  const Params *params = call->params;
  const char *fault =
    params->binary->find_fault != NULL
      ? params->binary->find_fault (call->inputs[0], call->inputs[1])
      : NULL;

  if (fault != NULL)
    sac_call_fault (call, fault);
  sac_elements_run (params->broadcast.count, SAC_ELEMENTS_CHUNK, forward_range,
                    (void *)call);
}

typedef struct {
  const SacGradientCall *call;
  Terms terms;
  bool by_sign;
} Reverse;

static const void *
at (const SacTensor *tensor, int64_t element)
{
  if (tensor == NULL)
    return NULL;
  return (const char *)tensor->data +
         (size_t)element * sac_kind_get_size (sac_tensor_get_kind (tensor));
}

/* In place of the elements of a, numbers that are positive where they were. */
static const void *
read_signs (const SacBroadcastRun *run,
            const SacGradientCall *call,
            double *buffer)
{
  const Params *params = call->params;
  float *floats = (float *)buffer;

  for (int64_t i = 0; i < run->count; i++) {
    uint32_t sign = sac_zones_get (call->saved, run->at + i, 1);

    if (params->type == SAC_TYPE_DOUBLE)
      buffer[i] = sign;
    else
      floats[i] = sign;
  }
  return buffer;
}

static void
run_terms (const SacBroadcastRun *run, void *terms, void *data)
{
  const Reverse *reverse = data;
  const SacGradientCall *call = reverse->call;
  double a[SAC_BROADCAST_RUN], b[SAC_BROADCAST_RUN];

  reverse->terms (terms, at (call->output_gradients[0], run->at),
                  reverse->by_sign
                    ? read_signs (run, call, a)
                    : sac_broadcast_elements (run, 0, call->inputs[0], a),
                  sac_broadcast_elements (run, 1, call->inputs[1], b),
                  run->count);
}

static void
binary_gradient (const SacGradientCall *call)
{
  const Params *params = call->params;
  bool is_double = params->type == SAC_TYPE_DOUBLE;

  if (call->output_gradients[0] == NULL)
    return;
  for (int operand = 0; operand < 2; operand++) {
    Reverse reverse = {
      .call = call,
      .terms = params->binary->terms[operand][is_double],
      .by_sign = params->binary->keeps_sign && operand == 0,
    };

    if (call->input_gradients[operand] != NULL)
      sac_broadcast_gradient (&params->broadcast, operand, run_terms, &reverse,
                              call->workspace, call->input_gradients[operand]);
  }
}

static bool
infer_binary (SacInfer *infer, const Binary *binary, GError **error)
{
  const SacValueInfo *a = infer->inputs[0], *b = infer->inputs[1];
  SacShape shape;

  if (!sac_broadcast_infer (infer, &shape, error))
    return false;
  if (sac_type_get_kind (a->type) == SAC_KIND_NONE ||
      binary->rows[sac_element_of (a->type)] == NULL)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "it does not take elements of type %s",
                           sac_type_get_name (a->type));
  if (binary->one_way && !sac_shape_equal (&shape, &a->shape)) {
    g_autofree char *text = sac_shape_to_string (&b->shape);

    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "the second input, %s, does not broadcast to the "
                           "first",
                           text);
  }
  if (!sac_infer_output (infer, 0, a->type, &shape, error))
    return false;

  Params *params = sac_infer_alloc (infer, sizeof *params);
  const SacShape *operands[] = {&a->shape, &b->shape};
  size_t space_a = sac_broadcast_workspace (&shape, &a->shape);
  size_t space_b = sac_broadcast_workspace (&shape, &b->shape);

  params->binary = binary;
  params->type = a->type;
  params->row = binary->rows[sac_element_of (a->type)];
  sac_broadcast_init (&params->broadcast, &shape, operands, 2);
  infer->params = params;
  infer->gradient_workspace_bytes = MAX (space_a, space_b);
  if (binary->keeps_sign)
    infer->saved_bytes = sac_zones_bytes (sac_shape_size (&shape), 1);
  return true;
}

/* The op of a table `name##_binary`. */
#define OP(symbol, onnx, passed, saved_inputs, saved_cross)                    \
  static bool infer_##symbol (SacInfer *infer, GError **error)                 \
  {                                                                            \
    infer->passes = passed;                                                    \
    return infer_binary (infer, &symbol##_binary, error);                      \
  }                                                                            \
                                                                               \
  const SacOp sac_op_##symbol = {                                              \
    .name = onnx,                                                              \
    .inputs_min = 2,                                                           \
    .inputs_max = 2,                                                           \
    .outputs_min = 1,                                                          \
    .outputs_max = 1,                                                          \
    .infer = infer_##symbol,                                                   \
    .forward = binary_forward,                                                 \
    .gradient = binary_gradient,                                               \
    .saves_inputs = saved_inputs,                                              \
    .saves_cross = saved_cross,                                                \
  }

/* Sums, differences and products of integers are the same with and without a
 * sign; uint64_t makes wrapping defined. */
#define WRAPPING(name, expression)                                             \
  ROW (name##_i64, uint64_t, expression)                                       \
  static const Binary name##_binary = {                                        \
    .rows = {FLOAT_ROWS (name), [SAC_ELEMENT_I64] = name##_i64,                \
             [SAC_ELEMENT_U64] = name##_i64},                                  \
    .terms = FLOAT_TERMS (name),                                               \
  };

FLOATS (add, a + b, g, g)
WRAPPING (add, a + b)
OP (add, "Add", SAC_SAVE (0) | SAC_SAVE (1), SAC_SAVE_NONE, SAC_SAVE_NONE);

FLOATS (sub, a - b, g, -g)
WRAPPING (sub, a - b)
OP (sub, "Sub", SAC_SAVE (0), SAC_SAVE_NONE, SAC_SAVE_NONE);

FLOATS (mul, TIMES (a, b), TIMES (g, B), TIMES (g, A))
WRAPPING (mul, TIMES (a, b))
OP (mul, "Mul", SAC_SAVE_NONE, SAC_SAVE_NONE, SAC_SAVE (0) | SAC_SAVE (1));

static bool
has_zero (const SacTensor *tensor)
{
  const int64_t *values = tensor->data;
  int64_t count = sac_tensor_get_count (tensor);

  for (int64_t i = 0; i < count; i++) {
    if (values[i] == 0)
      return true;
  }
  return false;
}

static const char *
find_zero_divisor (const SacTensor *a, const SacTensor *b)
{
  return sac_tensor_get_kind (b) == SAC_KIND_I64 && has_zero (b)
           ? sac_sentence ("an integer is divided by zero")
           : NULL;
}

/* Truncates.  -1 is taken apart because INT64_MIN / -1 traps; it wraps. */
static inline int64_t
divide (int64_t a, int64_t b)
{
  if (b == -1)
    return (int64_t)(0 - (uint64_t)a);
  return b == 0 ? 0 : a / b;
}

FLOATS (div, a / b, g / B, -TIMES (g, A / B) / B)
ROW (div_i64, int64_t, divide (a, b))
ROW (div_u64, uint64_t, b == 0 ? 0 : a / b)
static const Binary div_binary = {
  .rows = {FLOAT_ROWS (div), INT_ROWS (div)},
  .terms = FLOAT_TERMS (div),
  .find_fault = find_zero_divisor,
};
OP (div, "Div", SAC_SAVE_NONE, SAC_SAVE (1), SAC_SAVE (0) | SAC_SAVE (1));

/* C's remainder has the sign of a, Python's (fmod = 0) that of b. */
static inline int64_t
remain (int64_t a, int64_t b)
{
  return b == 0 || b == -1 ? 0 : a % b;
}

static inline int64_t
remain_python (int64_t a, int64_t b)
{
  int64_t rest = remain (a, b);

  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

FLOATS (mod, fmod (a, b), g, -TIMES (g, trunc (A / B)))
ROW (mod_i64, int64_t, remain (a, b))
ROW (mod_python_i64, int64_t, remain_python (a, b))
ROW (mod_u64, uint64_t, b == 0 ? 0 : a % b)
static const Binary mod_binary = {
  .rows = {FLOAT_ROWS (mod), INT_ROWS (mod)},
  .terms = FLOAT_TERMS (mod),
  .find_fault = find_zero_divisor,
};
static const Binary mod_python_binary = {
  .rows = {[SAC_ELEMENT_I64] = mod_python_i64, [SAC_ELEMENT_U64] = mod_u64},
  .find_fault = find_zero_divisor,
};

static bool
infer_mod (SacInfer *infer, GError **error)
{
  int64_t like_c;

  if (!sac_infer_int (infer, "fmod", 0, &like_c, error))
    return false;
  if (like_c == 0 && sac_type_is_float (infer->inputs[0]->type))
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "floating types need the attribute fmod = 1");
  return infer_binary (infer, like_c != 0 ? &mod_binary : &mod_python_binary,
                       error);
}

const SacOp sac_op_mod = {
  .name = "Mod",
  .opset_min = 10,
  .inputs_min = 2,
  .inputs_max = 2,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = infer_mod,
  .forward = binary_forward,
  .gradient = binary_gradient,
  .saves_inputs = SAC_SAVE (0) | SAC_SAVE (1),
};

/* torch's choice at 0: the slope's side. */
FLOATS (prelu,
        0 > a ? TIMES (a, b) : a,
        A > 0 ? g : TIMES (g, B),
        A > 0 ? 0 : TIMES (g, A))
static const Binary prelu_binary = {
  .rows = {FLOAT_ROWS (prelu)},
  .terms = FLOAT_TERMS (prelu),
  .one_way = true,
  .keeps_sign = true,
};

/* Before opset 9 networks were written whose slopes, one for each channel, have
 * one axis as they had before opset 7: taken so where they would not fit
 * otherwise. */
static bool
infer_prelu (SacInfer *infer, GError **error)
{
  const SacValueInfo *x = infer->inputs[0], *slope = infer->inputs[1];
  const SacValueInfo *const *given = infer->inputs;
  SacValueInfo spread = *slope;
  const SacValueInfo *both[] = {x, &spread};
  int rank = x->shape.rank;

  if (infer->opset >= 9 || rank < 3 || slope->shape.rank != 1 ||
      slope->shape.dims[0] != x->shape.dims[1] ||
      slope->shape.dims[0] == x->shape.dims[rank - 1])
    return infer_binary (infer, &prelu_binary, error);
  spread.shape.rank = rank - 1;
  for (int i = 1; i < rank - 1; i++)
    spread.shape.dims[i] = 1;
  infer->inputs = both;

  bool good = infer_binary (infer, &prelu_binary, error);

  infer->inputs = given;
  return good;
}

const SacOp sac_op_prelu = {
  .name = "PRelu",
  .inputs_min = 2,
  .inputs_max = 2,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = infer_prelu,
  .forward = binary_forward,
  .gradient = binary_gradient,
  .saves_cross = SAC_SAVE (0) | SAC_SAVE (1),
};

static inline uint64_t
shift_left (uint64_t a, uint64_t b)
{
  return b < 64 ? a << b : 0;
}

static inline uint64_t
shift_right (uint64_t a, uint64_t b)
{
  return b < 64 ? a >> b : 0;
}

ROW (shift_left_u64, uint64_t, shift_left (a, b))
ROW (shift_right_u64, uint64_t, shift_right (a, b))
static const Binary shift_left_binary = {
  .rows =
    {[SAC_ELEMENT_I64] = shift_left_u64, [SAC_ELEMENT_U64] = shift_left_u64},
};
static const Binary shift_right_binary = {
  .rows =
    {[SAC_ELEMENT_I64] = shift_right_u64, [SAC_ELEMENT_U64] = shift_right_u64},
};

static bool
infer_bit_shift (SacInfer *infer, GError **error)
{
  static const SacType unsigned_types[] = {SAC_TYPE_UINT8, SAC_TYPE_UINT16,
                                           SAC_TYPE_UINT32, SAC_TYPE_UINT64};
  const char *direction;
  bool is_unsigned = false;

  if (!sac_infer_string (infer, "direction", "", &direction, error))
    return false;
  for (size_t i = 0; i < G_N_ELEMENTS (unsigned_types); i++)
    is_unsigned |= infer->inputs[0]->type == unsigned_types[i];
  if (!is_unsigned)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "it takes unsigned integers, not %s",
                           sac_type_get_name (infer->inputs[0]->type));
  if (strcmp (direction, "LEFT") == 0)
    return infer_binary (infer, &shift_left_binary, error);
  if (strcmp (direction, "RIGHT") == 0)
    return infer_binary (infer, &shift_right_binary, error);
  return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                         "its direction is neither LEFT nor RIGHT");
}

const SacOp sac_op_bit_shift = {
  .name = "BitShift",
  .opset_min = 11,
  .inputs_min = 2,
  .inputs_max = 2,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = infer_bit_shift,
  .forward = binary_forward,
  .zero_gradient = true,
};
