/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Axes of products.  MatMul and Einsum are both read as labels on axes: labels
 * of the batch, then rows, inner and columns.  Movements before
 * the product and a Transpose behind it are left out where rows or columns then
 * have no gaps. */
#include "network/rewrite-attention.h"

#include <string.h>

#define LABELS_MAX 16
#define ROWS 0
#define INNER 1
#define COLUMNS 2
#define BATCH 3 /* and up */

typedef struct {
  int count;
  int labels[SAC_LIMIT_RANK];
} Term;

typedef struct {
  Term left, right, result; /* of `result`, batch labels in order */
  int64_t sizes[LABELS_MAX];
  int label_count;
} Labels;

static bool
is_matrix_label (int label)
{
  return label == INNER || label == ROWS || label == COLUMNS;
}

static SacAttentionTensor
view_tensor (const SacPlan *plan, int value)
{
  const SacShape *shape = &plan->infos[value].shape;
  SacAttentionTensor tensor = {
    .value = value,
    .rank = shape->rank,
    .scale = 1,
  };

  memcpy (tensor.sizes, shape->dims, sizeof tensor.sizes);
  sac_shape_strides (shape, tensor.strides);
  return tensor;
}

/* One of the two axes of matrices has no gaps. */
static bool
is_dense (const SacAttentionTensor *tensor, const Term *term)
{
  for (int i = 0; i < term->count; i++) {
    if (is_matrix_label (term->labels[i]) &&
        (tensor->strides[i] == 1 || tensor->sizes[i] == 1))
      return true;
  }
  return false;
}

/* Reads what the elements were taken from, as far back as one of the axes of
 * matrices has no gaps. */
static void
go_back (const SacRewrite *rewrite,
         const Term *term,
         bool through_scale,
         SacAttentionTensor *tensor)
{
  SacAttentionTensor seen = *tensor;

  while (sac_attention_step_back (rewrite, through_scale, &seen)) {
    if (is_dense (&seen, term))
      *tensor = seen;
  }
}

static void
push_axis (SacAttentionAxes *axes, int64_t size, int64_t stride)
{
  axes->sizes[axes->rank] = size;
  axes->strides[axes->rank++] = stride;
}

/* first, second: labels of the matrix's rows and columns. */
static bool
fill_view (const Labels *labels,
           const Term *term,
           const SacAttentionTensor *tensor,
           const int matrix[2],
           SacAttentionView *view)
{
  *view = (SacAttentionView){.offset = tensor->offset};
  for (int label = 0; label < labels->label_count; label++) {
    int64_t stride = 0;
    bool found = false;

    for (int i = 0; i < term->count; i++) {
      if (term->labels[i] != label)
        continue;
      found = true;
      if (tensor->sizes[i] == labels->sizes[label])
        stride = tensor->strides[i];
      else if (tensor->sizes[i] != 1)
        return false;
    }
    if (label == matrix[0] && found)
      push_axis (&view->rows, labels->sizes[label], stride);
    else if (label == matrix[1] && found)
      push_axis (&view->columns, labels->sizes[label], stride);
    else if (label >= BATCH)
      push_axis (&view->batch, labels->sizes[label], stride);
    else if (found)
      return false;
  }
  return view->rows.rank == 1 && view->columns.rank == 1;
}

/* Sizes of labels; 1 gives way.  Matrix axes do not repeat. */
static bool
find_sizes (Labels *labels, const Term *term, const SacAttentionTensor *tensor)
{
  if (term->count != tensor->rank)
    return false;
  for (int i = 0; i < term->count; i++) {
    int label = term->labels[i];
    int64_t size = tensor->sizes[i];

    if (size < 1)
      return false;
    if (labels->sizes[label] <= 1)
      labels->sizes[label] = size;
    else if (size != labels->sizes[label] &&
             (size != 1 || is_matrix_label (label)))
      return false;
  }
  return true;
}

/* [.., i, k] [.., k, j] -> [.., i, j], batch axes matched from the right. */
static bool
label_matmul (int left_rank, int right_rank, Labels *labels)
{
  int rank = MAX (left_rank, right_rank);

  if (left_rank < 2 || right_rank < 2)
    return false;
  labels->label_count = BATCH + rank - 2;
  for (int i = 0; i < rank - 2; i++) {
    int label = BATCH + i;

    if (i >= rank - left_rank)
      labels->left.labels[labels->left.count++] = label;
    if (i >= rank - right_rank)
      labels->right.labels[labels->right.count++] = label;
    labels->result.labels[labels->result.count++] = label;
  }
  labels->left.labels[labels->left.count++] = ROWS;
  labels->left.labels[labels->left.count++] = INNER;
  labels->right.labels[labels->right.count++] = INNER;
  labels->right.labels[labels->right.count++] = COLUMNS;
  labels->result.labels[labels->result.count++] = ROWS;
  labels->result.labels[labels->result.count++] = COLUMNS;
  return true;
}

/* One letter each, no ellipsis, none twice. */
static const char *
read_term (const char *text, char *ret_letters, int *ret_count)
{
  *ret_count = 0;
  for (; *text != '\0' && *text != ',' && *text != '-'; text++) {
    if (*text == ' ')
      continue;
    if (!g_ascii_isalpha (*text) || *ret_count == SAC_LIMIT_RANK ||
        memchr (ret_letters, *text, (size_t)*ret_count) != NULL)
      return NULL;
    ret_letters[(*ret_count)++] = *text;
  }
  return text;
}

typedef struct {
  char left[SAC_LIMIT_RANK], right[SAC_LIMIT_RANK], result[SAC_LIMIT_RANK];
  int left_count, right_count, result_count;
} Equation;

static bool
read_equation (const SacNode *node, Equation *equation)
{
  const SacAttribute *given = sac_rewrite_attribute (node, "equation");
  const char *text =
    given != NULL && given->kind == SAC_ATTRIBUTE_STRING ? given->s : NULL;

  if (text == NULL ||
      (text = read_term (text, equation->left, &equation->left_count)) ==
        NULL ||
      *text != ',' ||
      (text = read_term (text + 1, equation->right, &equation->right_count)) ==
        NULL ||
      strncmp (text, "->", 2) != 0)
    return false;
  text = read_term (text + 2, equation->result, &equation->result_count);
  return text != NULL && *text == '\0' && equation->result_count >= 2;
}

static int
find_letter (const char *letters, int count, char letter)
{
  const char *place = memchr (letters, letter, (size_t)count);

  return place != NULL ? (int)(place - letters) : -1;
}

/* The letters of rows and columns are given; one letter is summed over, all
 * others are of the batch, in the order of `order`. */
static bool
label_terms (const Equation *equation,
             char rows,
             char columns,
             const char *order,
             int order_count,
             Labels *labels)
{
  const char *letters[] = {equation->left, equation->right, equation->result};
  int counts[] = {equation->left_count, equation->right_count,
                  equation->result_count};
  Term *terms[] = {&labels->left, &labels->right, &labels->result};
  char inner = '\0';

  labels->label_count = BATCH;
  for (int t = 0; t < 3; t++) {
    for (int i = 0; i < counts[t]; i++) {
      char letter = letters[t][i];
      bool kept =
        find_letter (equation->result, equation->result_count, letter) >= 0;
      int place = find_letter (order, order_count, letter);
      int label;

      if (letter == rows)
        label = ROWS;
      else if (letter == columns)
        label = COLUMNS;
      else if (!kept && (inner == '\0' || inner == letter))
        label = INNER;
      else if (kept && place >= 0)
        label = BATCH + place;
      else
        return false;
      if (label == INNER)
        inner = letter;
      labels->label_count = MAX (labels->label_count, label + 1);
      terms[t]->labels[terms[t]->count++] = label;
    }
  }
  return inner != '\0' && labels->label_count <= LABELS_MAX;
}

static bool
has_label (const Term *term, int label)
{
  for (int i = 0; i < term->count; i++) {
    if (term->labels[i] == label)
      return true;
  }
  return false;
}

static bool
is_product (const Labels *labels)
{
  return has_label (&labels->left, ROWS) && has_label (&labels->left, INNER) &&
         has_label (&labels->right, INNER) &&
         has_label (&labels->right, COLUMNS) &&
         !has_label (&labels->left, COLUMNS) &&
         !has_label (&labels->right, ROWS);
}

static int64_t
count_batch (const Labels *labels)
{
  int64_t count = 1;

  for (int label = BATCH; label < labels->label_count; label++)
    count *= labels->sizes[label];
  return count;
}

static bool
finish_product (const Labels *labels,
                const SacAttentionTensor *left,
                const SacAttentionTensor *right,
                const SacAttentionTensor *result,
                SacAttentionProduct *product)
{
  product->left_value = left->value;
  product->right_value = right->value;
  product->scale = left->scale * right->scale;
  product->batch = count_batch (labels);
  product->rows = labels->sizes[ROWS];
  product->inner = labels->sizes[INNER];
  product->columns = labels->sizes[COLUMNS];
  return fill_view (labels, &labels->left, left, (const int[]){ROWS, INNER},
                    &product->left) &&
         fill_view (labels, &labels->right, right,
                    (const int[]){INNER, COLUMNS}, &product->right) &&
         fill_view (labels, &labels->result, result,
                    (const int[]){ROWS, COLUMNS}, &product->result);
}

static void
swap_operands (Labels *labels)
{
  Term left = labels->left;

  labels->left = labels->right;
  labels->right = left;
}

bool
sac_attention_view_scores (const SacRewrite *rewrite,
                           int index,
                           SacAttentionProduct *ret_product)
{
  const SacPlan *plan = rewrite->plan;
  const SacNode *node = &plan->graph->nodes[index];
  SacAttentionTensor result = view_tensor (plan, node->outputs[0]);
  Labels labels = {0};
  Equation equation;
  bool swapped = false;

  if (node->input_count != 2)
    return false;

  SacAttentionTensor left = view_tensor (plan, node->inputs[0]);
  SacAttentionTensor right = view_tensor (plan, node->inputs[1]);

  if (sac_rewrite_is (rewrite, index, "MatMul")) {
    if (!label_matmul (left.rank, right.rank, &labels))
      return false;
  } else {
    if (!read_equation (node, &equation))
      return false;

    int count = equation.result_count;

    if (!label_terms (&equation, equation.result[count - 2],
                      equation.result[count - 1], equation.result, count - 2,
                      &labels))
      return false;
    swapped = has_label (&labels.left, COLUMNS);
  }
  if (swapped) {
    SacAttentionTensor first = left;

    left = right;
    right = first;
    swap_operands (&labels);
  }
  if (!is_product (&labels) || !find_sizes (&labels, &labels.left, &left) ||
      !find_sizes (&labels, &labels.right, &right) ||
      !find_sizes (&labels, &labels.result, &result))
    return false;
  go_back (rewrite, &labels.left, true, &left);
  go_back (rewrite, &labels.right, true, &right);
  return finish_product (&labels, &left, &right, &result, ret_product);
}

/* weights V, or, turned, V' weights'. */
static bool
label_weights_matmul (
  int node_input, bool turned, int left_rank, int right_rank, Labels *labels)
{
  if (node_input != (turned ? 1 : 0) ||
      !label_matmul (left_rank, right_rank, labels))
    return false;
  if (turned) {
    Term *terms[] = {&labels->left, &labels->right, &labels->result};

    for (int t = 0; t < 3; t++) {
      for (int i = 0; i < terms[t]->count; i++) {
        int label = terms[t]->labels[i];

        if (label == ROWS || label == COLUMNS)
          terms[t]->labels[i] = ROWS + COLUMNS - label;
      }
    }
    swap_operands (labels);
  }
  return true;
}

static bool
label_weights_einsum (const SacNode *node,
                      int node_input,
                      bool turned,
                      Labels *labels)
{
  Equation equation;

  if (turned || !read_equation (node, &equation))
    return false;

  const char *weights = node_input == 0 ? equation.left : equation.right;
  int count = node_input == 0 ? equation.left_count : equation.right_count;
  const char *values = node_input == 0 ? equation.right : equation.left;
  int value_count =
    node_input == 0 ? equation.right_count : equation.left_count;
  char columns = '\0';

  if (count < 2)
    return false;
  for (int i = 0; i < value_count; i++) {
    if (find_letter (weights, count, values[i]) >= 0)
      continue;
    if (columns != '\0')
      return false;
    columns = values[i];
  }
  if (columns == '\0' || !label_terms (&equation, weights[count - 2], columns,
                                       weights, count - 2, labels))
    return false;
  if (node_input == 1)
    swap_operands (labels);
  return labels->left.labels[count - 1] == INNER;
}

/* Goes on past a Transpose of the product. */
static void
skip_result_transpose (const SacRewrite *rewrite,
                       const Term *term,
                       SacAttentionTensor *result,
                       int *last)
{
  const SacPlan *plan = rewrite->plan;
  int reader = sac_rewrite_only_reader (rewrite, result->value);
  int perm[SAC_LIMIT_RANK];

  if (!sac_rewrite_is (rewrite, reader, "Transpose"))
    return;

  SacAttentionTensor target =
    view_tensor (plan, plan->graph->nodes[reader].outputs[0]);
  SacAttentionTensor seen = *result;

  sac_attention_read_permutation (&plan->graph->nodes[reader], result->rank,
                                  perm);
  seen.value = target.value;
  for (int i = 0; i < result->rank; i++)
    seen.strides[perm[i]] = target.strides[i];
  if (is_dense (&seen, term)) {
    *result = seen;
    *last = reader;
  }
}

bool
sac_attention_view_context (const SacRewrite *rewrite,
                            int index,
                            int weights,
                            bool turned,
                            SacAttentionProduct *ret_product,
                            int *ret_last)
{
  const SacPlan *plan = rewrite->plan;
  const SacNode *node = &plan->graph->nodes[index];
  SacAttentionTensor result = view_tensor (plan, node->outputs[0]);
  Labels labels = {0};

  bool matmul = sac_rewrite_is (rewrite, index, "MatMul");

  if ((!matmul && !sac_rewrite_is (rewrite, index, "Einsum")) ||
      node->input_count != 2 || node->inputs[0] == node->inputs[1])
    return false;

  int input = node->inputs[0] == weights ? 0 : 1;
  SacAttentionTensor left = view_tensor (plan, weights);
  SacAttentionTensor right = view_tensor (plan, node->inputs[1 - input]);

  if (!(matmul ? label_weights_matmul (input, turned,
                                       plan->infos[node->inputs[0]].shape.rank,
                                       plan->infos[node->inputs[1]].shape.rank,
                                       &labels)
               : label_weights_einsum (node, input, turned, &labels)) ||
      !is_product (&labels) || !find_sizes (&labels, &labels.left, &left) ||
      !find_sizes (&labels, &labels.right, &right) ||
      !find_sizes (&labels, &labels.result, &result))
    return false;
  *ret_last = index;
  go_back (rewrite, &labels.right, false, &right);
  skip_result_transpose (rewrite, &labels.result, &result, ret_last);
  return finish_product (&labels, &left, &right, &result, ret_product);
}

bool
sac_attention_split_axes (const SacShape *shape,
                          int64_t queries,
                          int64_t keys,
                          int *ret_queries,
                          int *ret_keys)
{
  int axis = shape->rank;
  int64_t size = 1;

  while (axis > 0 && size < keys)
    size *= shape->dims[--axis];
  if (size != keys)
    return false;
  *ret_keys = axis;
  for (size = 1; axis > 0 && size < queries;)
    size *= shape->dims[--axis];
  *ret_queries = axis;
  return size == queries;
}

bool
sac_attention_view_operand (const SacShape *operand,
                            const SacShape *shape,
                            const SacFusedAttention *of,
                            SacAttentionView *ret_view)
{
  int64_t strides[SAC_LIMIT_RANK];
  int queries, keys;

  if (!sac_attention_split_axes (shape, of->queries, of->keys, &queries, &keys))
    return false;
  *ret_view = (SacAttentionView){0};
  sac_shape_strides (operand, strides);
  for (int axis = 0; axis < shape->rank; axis++) {
    int own = axis - (shape->rank - operand->rank);
    bool repeats = own < 0 || operand->dims[own] == 1;
    SacAttentionAxes *axes = axis < queries ? &ret_view->batch
                             : axis < keys  ? &ret_view->rows
                                            : &ret_view->columns;

    push_axis (axes, shape->dims[axis], repeats ? 0 : strides[own]);
  }
  return true;
}
