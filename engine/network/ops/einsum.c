/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Einsum reads its equation into labels and leaves the rest to contractions.
 * The gradient of an operand is the contraction of the output's gradient with
 * all other operands, into the operand's own places. */
#include "base/error.h"
#include "network/ops/checks.h"
#include "network/ops/contraction.h"

#include <string.h>

#define TERMS_MAX SAC_CONTRACTION_OPERANDS
/* Labels: 52 letters, then the axes of the ellipsis, the last one first. */
#define LETTERS 52

typedef struct {
  int count; /* axes; those of the ellipsis count only once it is expanded */
  int labels[SAC_LIMIT_RANK];
  int ellipsis; /* place among the labels, or -1 */
} Term;

typedef struct {
  Term inputs[TERMS_MAX];
  int input_count;
  Term output;
  bool has_output; /* the equation has an arrow */
} Equation;

typedef struct {
  SacContractionLabels labels;
  int operand_count;
  SacContractionView operands[TERMS_MAX]; /* without data */
  SacContractionView target;
  bool empty; /* some size is 0: all sums are 0 */
} Params;

static int
label_of (char letter)
{
  if (letter >= 'A' && letter <= 'Z')
    return letter - 'A';
  return letter >= 'a' && letter <= 'z' ? 26 + letter - 'a' : -1;
}

static bool
fail (const SacInfer *infer, GError **error, const char *why)
{
  return sac_infer_fail (infer, SAC_ERROR_DAMAGED, error,
                         "the equation is wrong: %s", sac_sentence (why));
}

/* One term, up to a comma, an arrow or the end; *text moves behind it. */
static bool
parse_term (const SacInfer *infer,
            const char **text,
            Term *term,
            GError **error)
{
  *term = (Term){.ellipsis = -1};
  for (;; (*text)++) {
    char c = **text;
    int label = label_of (c);

    if (c == ' ')
      continue;
    if (label >= 0) {
      if (term->count == SAC_LIMIT_RANK)
        return fail (infer, error, "a term has too many letters");
      term->labels[term->count++] = label;
    } else if (strncmp (*text, "...", 3) == 0) {
      if (term->ellipsis >= 0)
        return fail (infer, error, "a term has two ellipses");
      term->ellipsis = term->count;
      *text += 2;
    } else {
      return true;
    }
  }
}

static bool
parse_equation (const SacInfer *infer, Equation *equation, GError **error)
{
  const char *text;

  if (!sac_infer_string (infer, "equation", NULL, &text, error))
    return false;
  if (text == NULL)
    return fail (infer, error, "it is missing");
  for (;; text++) {
    if (equation->input_count == TERMS_MAX)
      return fail (infer, error, "it has too many terms");
    if (!parse_term (infer, &text, &equation->inputs[equation->input_count++],
                     error))
      return false;
    if (*text != ',')
      break;
  }
  if (strncmp (text, "->", 2) == 0) {
    text += 2;
    equation->has_output = true;
    if (!parse_term (infer, &text, &equation->output, error))
      return false;
  }
  return *text == '\0' ? true
                       : fail (infer, error, "it has an unexpected character");
}

/* Replaces the ellipsis by the labels of the `rank` - count axes it stands
 * for. */
static bool
expand_ellipsis (const SacInfer *infer, Term *term, int rank, GError **error)
{
  int hidden = rank - term->count;

  if (hidden < 0 || (hidden > 0 && term->ellipsis < 0))
    return fail (infer, error, "a term does not fit its input's rank");
  if (term->ellipsis < 0)
    return true;
  memmove (term->labels + term->ellipsis + hidden,
           term->labels + term->ellipsis,
           (size_t)(term->count - term->ellipsis) * sizeof (int));
  for (int i = 0; i < hidden; i++)
    term->labels[term->ellipsis + i] = LETTERS + hidden - 1 - i;
  term->count = rank;
  return true;
}

static bool
add_operand (const SacInfer *infer,
             const Term *term,
             const SacShape *shape,
             Params *params,
             GError **error)
{
  SacContractionLabels *labels = &params->labels;
  SacContractionView *view = &params->operands[params->operand_count++];
  int64_t strides[SAC_LIMIT_RANK];

  sac_shape_strides (shape, strides);
  for (int i = 0; i < term->count; i++) {
    int label = term->labels[i];
    int64_t size = shape->dims[i];

    if (labels->sizes[label] != size && labels->sizes[label] > 1 && size != 1)
      return fail (infer, error, "axes of one letter differ in size");
    if (labels->sizes[label] == -1 || labels->sizes[label] == 1)
      labels->sizes[label] = size;
    if (labels->sizes[label] == 0 && size > 1)
      return fail (infer, error, "axes of one letter differ in size");
    if (size != 1)
      view->strides[label] += strides[i];
  }
  return true;
}

/* Without an arrow: the ellipsis, then every letter that occurs once, in
 * alphabetical order (capitals first). */
static bool
infer_output_term (const SacInfer *infer, Equation *equation, GError **error)
{
  int occurrences[LETTERS] = {0};
  bool ellipsis = false;

  for (int i = 0; i < equation->input_count; i++) {
    const Term *term = &equation->inputs[i];

    ellipsis |= term->ellipsis >= 0;
    for (int j = 0; j < term->count; j++) {
      if (term->labels[j] < LETTERS)
        occurrences[term->labels[j]]++;
    }
  }
  equation->output = (Term){.ellipsis = ellipsis ? 0 : -1};
  for (int label = 0; label < LETTERS; label++) {
    if (occurrences[label] != 1)
      continue;
    if (equation->output.count == SAC_LIMIT_RANK)
      return fail (infer, error, "the output has too many axes");
    equation->output.labels[equation->output.count++] = label;
  }
  return true;
}

/* Axes that the ellipsis stands for in the output. */
static int
count_hidden (const Params *params)
{
  int count = 0;

  while (LETTERS + count < SAC_CONTRACTION_LABELS &&
         params->labels.sizes[LETTERS + count] != -1)
    count++;
  return count;
}

static bool
set_target (const SacInfer *infer,
            Params *params,
            Term *output,
            SacShape *ret_y,
            GError **error)
{
  int hidden = output->ellipsis >= 0 ? count_hidden (params) : 0;
  int64_t strides[SAC_LIMIT_RANK];
  SacShape y = {.rank = output->count + hidden};

  if (y.rank > SAC_LIMIT_RANK)
    return fail (infer, error, "the output has too many axes");
  if (!expand_ellipsis (infer, output, y.rank, error))
    return false;
  for (int i = 0; i < y.rank; i++) {
    y.dims[i] = params->labels.sizes[output->labels[i]];
    if (y.dims[i] == -1)
      return fail (infer, error, "the output has a letter of no input");
    for (int j = 0; j < i; j++) {
      if (output->labels[i] == output->labels[j])
        return fail (infer, error, "the output repeats a letter");
    }
  }
  sac_shape_strides (&y, strides);
  for (int i = 0; i < y.rank; i++)
    params->target.strides[output->labels[i]] = strides[i];
  *ret_y = y;
  return true;
}

/* The other operands and, in place of operand `wanted`, the target. */
static void
swap_target (const Params *params,
             int wanted,
             SacContractionView *operands,
             SacContractionView *target)
{
  operands[0] = params->target;
  *target = params->operands[wanted];
  for (int i = 0, place = 1; i < params->operand_count; i++) {
    if (i != wanted)
      operands[place++] = params->operands[i];
  }
}

static bool
size_workspaces (SacInfer *infer, Params *params, GError **error)
{
  int64_t forward =
    sac_contraction_add (&params->labels, params->operands,
                         params->operand_count, &params->target, NULL);
  int64_t gradient = 0;

  for (int i = 0; i < params->operand_count && gradient >= 0; i++) {
    SacContractionView operands[TERMS_MAX], target;

    swap_target (params, i, operands, &target);

    int64_t count = sac_contraction_add (&params->labels, operands,
                                         params->operand_count, &target, NULL);

    gradient = count < 0 ? -1 : MAX (gradient, count);
  }
  if (forward < 0 || gradient < 0)
    return sac_infer_fail (infer, SAC_ERROR_TOO_LARGE, error,
                           "an intermediate product would be too large");
  infer->workspace_bytes = (size_t)forward * sizeof (float);
  infer->gradient_workspace_bytes = (size_t)gradient * sizeof (float);
  return true;
}

static bool
einsum_infer (SacInfer *infer, GError **error)
{
  Params *params = sac_infer_alloc (infer, sizeof *params);
  Equation equation = {.input_count = 0};
  SacShape y;

  if (!sac_checks_float32 (infer, error) ||
      !parse_equation (infer, &equation, error))
    return false;
  if ((size_t)equation.input_count != infer->input_count)
    return fail (infer, error, "it does not have one term for each input");
  params->labels.label_count = SAC_CONTRACTION_LABELS;
  for (int i = 0; i < SAC_CONTRACTION_LABELS; i++)
    params->labels.sizes[i] = -1;
  for (size_t i = 0; i < infer->input_count; i++) {
    if (!sac_infer_need_float (infer, i, error))
      return false;

    const SacShape *shape = &infer->inputs[i]->shape;

    if (!expand_ellipsis (infer, &equation.inputs[i], shape->rank, error) ||
        !add_operand (infer, &equation.inputs[i], shape, params, error))
      return false;
    params->empty |= sac_shape_size (shape) == 0;
  }
  if (!equation.has_output && !infer_output_term (infer, &equation, error))
    return false;
  if (!set_target (infer, params, &equation.output, &y, error) ||
      !sac_infer_output (infer, 0, infer->inputs[0]->type, &y, error))
    return false;
  infer->cost = 1;
  for (int i = 0; i < SAC_CONTRACTION_LABELS; i++) {
    params->labels.sizes[i] = MAX (1, params->labels.sizes[i]);
    infer->cost *= (double)params->labels.sizes[i];
  }
  infer->params = params;
  return params->empty || size_workspaces (infer, params, error);
}

static void
einsum_forward (const SacCall *call)
{
  const Params *params = call->params;
  SacContractionView operands[TERMS_MAX];
  SacContractionView target = params->target;

  memset (call->outputs[0]->data, 0, sac_tensor_get_bytes (call->outputs[0]));
  if (params->empty)
    return;
  target.data = sac_tensor_f32 (call->outputs[0]);
  for (int i = 0; i < params->operand_count; i++) {
    operands[i] = params->operands[i];
    operands[i].data = sac_tensor_f32 (call->inputs[i]);
  }
  sac_contraction_add (&params->labels, operands, params->operand_count,
                       &target, call->workspace);
}

static void
einsum_gradient (const SacGradientCall *call)
{
  const Params *params = call->params;

  if (call->output_gradients[0] == NULL || params->empty)
    return;
  for (int wanted = 0; wanted < params->operand_count; wanted++) {
    SacContractionView operands[TERMS_MAX], target;

    if (call->input_gradients[wanted] == NULL)
      continue;
    swap_target (params, wanted, operands, &target);
    operands[0].data = sac_tensor_f32 (call->output_gradients[0]);
    target.data = sac_tensor_f32 (call->input_gradients[wanted]);
    for (int i = 0, place = 1; i < params->operand_count; i++) {
      if (i != wanted)
        operands[place++].data = sac_tensor_f32 (call->inputs[i]);
    }
    sac_contraction_add (&params->labels, operands, params->operand_count,
                         &target, call->workspace);
  }
}

const SacOp sac_op_einsum = {
  .name = "Einsum",
  .opset_min = 12,
  .inputs_min = 1,
  .inputs_max = TERMS_MAX,
  .outputs_min = 1,
  .outputs_max = 1,
  .infer = einsum_infer,
  .forward = einsum_forward,
  .gradient = einsum_gradient,
  .saves_cross = SAC_SAVE_ALL,
};
