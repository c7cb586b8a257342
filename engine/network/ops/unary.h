/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Functions of one element, written once for float32 and float64.
 *
 * In an expression T is the element's type, x the input, and alpha, beta and
 * gain are the op's numbers; in a slope, the derivative, X and Y are input and
 * result, of which the op must save those that it names.  Where the slope is
 * one of a few numbers, the op keeps only which: its `zone`, an expression of x
 * of one or two bits, and the slope names ZONE. */
#ifndef SAC_NETWORK_OPS_UNARY_H
#define SAC_NETWORK_OPS_UNARY_H

#include "compute/vector-math.h"
#include "network/op.h"
#include "network/ops/elements.h"
#include "network/ops/zones.h"

#include <tgmath.h>

#define SAC_UNARY_NUMBERS 3

typedef void (*SacUnaryRow) (void *y,
                             const void *x,
                             int64_t count,
                             const double *numbers);

/* dx[i] += ...; x or y are NULL where not saved. */
typedef void (*SacUnaryReverse) (void *dx,
                                 const void *g,
                                 const void *x,
                                 const void *y,
                                 int64_t count,
                                 const double *numbers);

/* Leaves the zones of the elements. */
typedef void (*SacUnaryMark) (uint32_t *words,
                              const void *x,
                              int64_t count,
                              const double *numbers);

/* dx[i] += ... */
typedef void (*SacUnaryUnmark) (void *dx,
                                const void *g,
                                const uint32_t *words,
                                int64_t count,
                                const double *numbers);

typedef struct {
  SacUnaryRow rows[SAC_ELEMENT_COUNT]; /* NULL: not for such elements */
  SacUnaryReverse reverse[2];          /* float32, float64 */
  /* Instead of reverse. */
  int zone_bits;
  SacUnaryMark mark[2];
  SacUnaryUnmark unmark[2];
  struct {
    const char *name; /* of the attribute */
    float fallback;
  } numbers[SAC_UNARY_NUMBERS]; /* alpha, beta, gain */
} SacUnary;

bool sac_unary_infer (SacInfer *infer, const SacUnary *unary, GError **error);
void sac_unary_forward (const SacCall *call);
void sac_unary_gradient (const SacGradientCall *call);

#define SAC_UNARY_ROW(function, type, expression)                              \
  static SAC_WIDE void function (void *to, const void *from, int64_t count,    \
                                 const double *numbers)                        \
  {                                                                            \
    typedef type T;                                                            \
    const T alpha = (T)numbers[0], beta = (T)numbers[1], gain = (T)numbers[2]; \
    T *all_y = to;                                                             \
    const T *all_x = from;                                                     \
                                                                               \
    (void)alpha, (void)beta, (void)gain;                                       \
    SAC_INDEPENDENT                                                            \
    for (int64_t i = 0; i < count; i++) {                                      \
      const T x = all_x[i];                                                    \
                                                                               \
      all_y[i] = (T)(expression);                                              \
    }                                                                          \
  }

#define SAC_UNARY_REVERSE(function, type, slope)                               \
  static SAC_WIDE void function (void *to, const void *back, const void *from, \
                                 const void *result, int64_t count,            \
                                 const double *numbers)                        \
  {                                                                            \
    typedef type T;                                                            \
    const T alpha = (T)numbers[0], beta = (T)numbers[1], gain = (T)numbers[2]; \
    T *dx = to;                                                                \
    const T *all_g = back, *all_x = from, *all_y = result;                     \
                                                                               \
    (void)alpha, (void)beta, (void)gain, (void)all_x, (void)all_y;             \
    SAC_INDEPENDENT                                                            \
    for (int64_t i = 0; i < count; i++) {                                      \
      dx[i] += all_g[i] * (T)(slope);                                          \
    }                                                                          \
  }
#define X all_x[i]
#define Y all_y[i]

/* A word is packed and unpacked by a function of its own, so that the compiler
 * sees how many elements a full one has. */
#define SAC_UNARY_MARK(function, type, bits, zone)                             \
  static inline uint32_t function##_word (const type *all_x, int length,       \
                                          const double *numbers)               \
  {                                                                            \
    typedef type T;                                                            \
    const T alpha = (T)numbers[0], beta = (T)numbers[1];                       \
    uint32_t word = 0;                                                         \
                                                                               \
    (void)alpha, (void)beta;                                                   \
    for (int i = 0; i < length; i++) {                                         \
      const T x = all_x[i];                                                    \
                                                                               \
      word |= (uint32_t)(zone) << (i * bits);                                  \
    }                                                                          \
    return word;                                                               \
  }                                                                            \
                                                                               \
  static SAC_WIDE void function (uint32_t *words, const void *from,            \
                                 int64_t count, const double *numbers)         \
  {                                                                            \
    const int full = SAC_ZONES_IN_WORD (bits);                                 \
    const type *x = from;                                                      \
    int64_t done = 0;                                                          \
                                                                               \
    for (; count - done >= full; done += full)                                 \
      *words++ = function##_word (x + done, full, numbers);                    \
    if (count > done)                                                          \
      *words = function##_word (x + done, (int)(count - done), numbers);       \
  }

#define SAC_UNARY_UNMARK(function, type, bits, slope)                          \
  static inline void function##_word (type *dx, const type *g, uint32_t word,  \
                                      int length, const double *numbers)       \
  {                                                                            \
    typedef type T;                                                            \
    const T alpha = (T)numbers[0], beta = (T)numbers[1];                       \
                                                                               \
    (void)alpha, (void)beta;                                                   \
    for (int i = 0; i < length; i++) {                                         \
      const uint32_t ZONE = word >> (i * bits) & ((1u << bits) - 1);           \
                                                                               \
      dx[i] += g[i] * (T)(slope);                                              \
    }                                                                          \
  }                                                                            \
                                                                               \
  static SAC_WIDE void function (void *to, const void *back,                   \
                                 const uint32_t *words, int64_t count,         \
                                 const double *numbers)                        \
  {                                                                            \
    const int full = SAC_ZONES_IN_WORD (bits);                                 \
    type *dx = to;                                                             \
    const type *g = back;                                                      \
    int64_t done = 0;                                                          \
                                                                               \
    for (; count - done >= full; done += full)                                 \
      function##_word (dx + done, g + done, *words++, full, numbers);          \
    if (count > done)                                                          \
      function##_word (dx + done, g + done, *words, (int)(count - done),       \
                       numbers);                                               \
  }

#define SAC_UNARY_FLOATS(symbol, expression)                                   \
  SAC_UNARY_ROW (symbol##_f32, float, expression)                              \
  SAC_UNARY_ROW (symbol##_f64, double, expression)

#define SAC_UNARY_SLOPE(symbol, slope)                                         \
  SAC_UNARY_REVERSE (symbol##_back_f32, float, slope)                          \
  SAC_UNARY_REVERSE (symbol##_back_f64, double, slope)

#define SAC_UNARY_ZONES(symbol, bits, zone, slope)                             \
  SAC_UNARY_MARK (symbol##_mark_f32, float, bits, zone)                        \
  SAC_UNARY_MARK (symbol##_mark_f64, double, bits, zone)                       \
  SAC_UNARY_UNMARK (symbol##_unmark_f32, float, bits, slope)                   \
  SAC_UNARY_UNMARK (symbol##_unmark_f64, double, bits, slope)

/* What goes into a SacUnary. */
#define SAC_UNARY_FLOAT_ROWS(symbol)                                           \
  [SAC_ELEMENT_F32] = symbol##_f32, [SAC_ELEMENT_F64] = symbol##_f64
#define SAC_UNARY_BACK_ROWS(symbol)                                            \
  .reverse = {symbol##_back_f32, symbol##_back_f64}
#define SAC_UNARY_ZONE_ROWS(symbol, bits)                                      \
  .zone_bits = bits, .mark = {symbol##_mark_f32, symbol##_mark_f64},           \
  .unmark = {symbol##_unmark_f32, symbol##_unmark_f64}

/* The op of a table symbol##_unary. */
#define SAC_UNARY_OP(symbol, onnx, ...)                                        \
  static bool infer_##symbol (SacInfer *infer, GError **error)                 \
  {                                                                            \
    return sac_unary_infer (infer, &symbol##_unary, error);                    \
  }                                                                            \
                                                                               \
  const SacOp sac_op_##symbol = {.name = onnx,                                 \
                                 .inputs_min = 1,                              \
                                 .inputs_max = 1,                              \
                                 .outputs_min = 1,                             \
                                 .outputs_max = 1,                             \
                                 .infer = infer_##symbol,                      \
                                 .forward = sac_unary_forward,                 \
                                 __VA_ARGS__}

#define SAC_UNARY_SAVES_INPUT                                                  \
  .gradient = sac_unary_gradient, .saves_inputs = SAC_SAVE (0)
#define SAC_UNARY_SAVES_OUTPUT                                                 \
  .gradient = sac_unary_gradient, .saves_outputs = SAC_SAVE (0)
#define SAC_UNARY_SAVES_ZONES .gradient = sac_unary_gradient

#endif
