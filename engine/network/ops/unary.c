/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "network/ops/unary.h"

#include "base/error.h"

typedef struct {
  SacType type;
  SacUnaryRow row;
  SacUnaryReverse reverse;
  int zone_bits; /* 0: none are kept */
  SacUnaryMark mark;
  SacUnaryUnmark unmark;
  double numbers[SAC_UNARY_NUMBERS];
} Params;

bool
sac_unary_infer (SacInfer *infer, const SacUnary *unary, GError **error)
{
  const SacValueInfo *x = infer->inputs[0];
  Params *params = sac_infer_alloc (infer, sizeof *params);

  if (sac_type_get_kind (x->type) == SAC_KIND_NONE ||
      unary->rows[sac_element_of (x->type)] == NULL)
    return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                           "it does not take elements of type %s",
                           sac_type_get_name (x->type));
  for (int i = 0; i < SAC_UNARY_NUMBERS; i++) {
    float number;

    if (unary->numbers[i].name == NULL)
      continue;
    if (!sac_infer_float (infer, unary->numbers[i].name,
                          unary->numbers[i].fallback, &number, error))
      return false;
    params->numbers[i] = (double)number;
  }
  params->type = x->type;
  params->row = unary->rows[sac_element_of (x->type)];
  params->reverse = unary->reverse[x->type == SAC_TYPE_DOUBLE];
  if (sac_type_is_float (x->type) && unary->zone_bits > 0) {
    params->zone_bits = unary->zone_bits;
    params->mark = unary->mark[x->type == SAC_TYPE_DOUBLE];
    params->unmark = unary->unmark[x->type == SAC_TYPE_DOUBLE];
    infer->saved_bytes =
      sac_zones_bytes (sac_shape_size (&x->shape), unary->zone_bits);
  }
  infer->params = params;
  return sac_infer_output (infer, 0, x->type, &x->shape, error);
}

/* `element` begins a word. */
static uint32_t *
words_at (const void *saved, const Params *params, int64_t element)
{
  return (uint32_t *)saved + element / SAC_ZONES_IN_WORD (params->zone_bits);
}

static void
forward_range (int64_t from, int64_t to, void *data)
{
  const SacCall *call = data;
  const Params *params = call->params;
  size_t size = sac_kind_get_size (sac_type_get_kind (params->type));
  char *y = (char *)call->outputs[0]->data + (size_t)from * size;
  const char *x = (const char *)call->inputs[0]->data + (size_t)from * size;

  if (call->saved != NULL)
    params->mark (words_at (call->saved, params, from), x, to - from,
                  params->numbers);
  params->row (y, x, to - from, params->numbers);
  sac_elements_wrap (params->type, y, to - from);
}

void
sac_unary_forward (const SacCall *call)
{
  sac_elements_run (sac_tensor_get_count (call->outputs[0]), SAC_ELEMENTS_CHUNK,
                    forward_range, (void *)call);
}

static const void *
at (const SacTensor *tensor, int64_t element, size_t size)
{
  return tensor != NULL ? (const char *)tensor->data + (size_t)element * size
                        : NULL;
}

static void
gradient_range (int64_t from, int64_t to, void *data)
{
  const SacGradientCall *call = data;
  const Params *params = call->params;
  size_t size = sac_kind_get_size (sac_type_get_kind (params->type));
  SacTensor *dx = call->input_gradients[0];

  if (params->unmark != NULL) {
    params->unmark ((char *)dx->data + (size_t)from * size,
                    at (call->output_gradients[0], from, size),
                    words_at (call->saved, params, from), to - from,
                    params->numbers);
    return;
  }
  params->reverse ((char *)dx->data + (size_t)from * size,
                   at (call->output_gradients[0], from, size),
                   at (call->inputs[0], from, size),
                   at (call->outputs[0], from, size), to - from,
                   params->numbers);
}

void
sac_unary_gradient (const SacGradientCall *call)
{
  if (call->output_gradients[0] == NULL || call->input_gradients[0] == NULL)
    return;
  sac_elements_run (sac_tensor_get_count (call->input_gradients[0]),
                    SAC_ELEMENTS_CHUNK, gradient_range, (void *)call);
}
