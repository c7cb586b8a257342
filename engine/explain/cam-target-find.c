/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Candidates are the values that every path from the input to the score passes
 * through: only they hold all the evidence.  In a network with several inputs
 * they must not depend on another one: its places would be drawn on the wrong
 * image.  The target is the last candidate that is a map, except that
 * - tokens that are only a map laid out anew are named after that map;
 * - of a run of pooling at the end the input is taken: its grid is finer;
 * - where nothing flows from its places to the score, one before it is taken;
 * - where a class token is read, nothing flows to the patches after the last
 *   attention, so the normalised input of that attention is taken, as it is
 *   also where patches are read beside the class token. */
#include "explain/cam-target-find.h"

#include "base/error.h"
#include "explain/cam-layout.h"
#include "explain/list.h"
#include "explain/zero-gradient.h"
#include "network/escape.h"

#include <string.h>

/* Menus and messages do not get longer; a graph made to be slow neither. */
#define TARGETS_MAX 512
#define STEPS_MAX 64

static const char *const pools[] = {
  "AveragePool", "Dropout", "Identity", "LpPool", "MaxPool", NULL,
};

static int64_t
cells_of (const SacCamTarget *target)
{
  return (int64_t)target->rows * target->columns;
}

static bool
is_linear (const SacFlow *flow, int value)
{
  SacLinear linear;

  return sac_axis_linear (flow, sac_flow_producer (flow, value), &linear);
}

static bool
is_graph_input (const SacFlow *flow, int value)
{
  return sac_flow_producer (flow, value) == NULL;
}

/* A map of places of the explained input alone, or of all inputs one on the
 * other. */
static bool
is_own_map (const SacCamSearch *search, int value, SacCamTarget *ret)
{
  return (!sac_flow_depends (search->others, value) ||
          sac_flow_is_stacked (search->flow)) &&
         sac_cam_layout_infer (search->flow, value, ret);
}

/* A dense score (segmentation) is a map itself, made of features by a last
 * linear layer: the map is looked for before that. */
static bool
find_last_map (const SacCamSearch *search, SacCamTarget *ret)
{
  const SacFlow *flow = search->flow;
  SacCamTarget dense;
  bool crossed = !sac_cam_layout_infer (flow, search->score, &dense);
  int value = search->score;

  for (int i = 0; i < TARGETS_MAX; i++) {
    crossed = crossed || is_linear (flow, value);
    value = sac_flow_dominator (flow, value);
    if (value < 0 || is_graph_input (flow, value))
      return false;
    if (crossed && is_own_map (search, value, ret))
      return true;
  }
  return false;
}

/* Norms, whole or written out. */
static bool
is_norm (const SacNode *node)
{
  static const char *const ops[] = {
    "Add",        "Div",        "LayerNormalization",
    "Mul",        "Pow",        "RMSNormalization",
    "Reciprocal", "ReduceMean", "Sqrt",
    "Sub",        NULL,
  };

  return sac_node_is_any (node, ops);
}

/* True when all nodes between `from` and `value` are such: what branches of a
 * network put side by side, for one, was not only moved. */
static bool
is_only (const SacFlow *flow,
         bool (*is_such) (const SacNode *node),
         int value,
         int from,
         int *steps)
{
  const SacNode *node = sac_flow_producer (flow, value);

  if (value == from)
    return true;
  if (--*steps < 0 || node == NULL || !is_such (node))
    return false;
  for (size_t i = 0; i < node->input_count; i++) {
    if (sac_flow_depends (flow, node->inputs[i]) &&
        !is_only (flow, is_such, node->inputs[i], from, steps))
      return false;
  }
  return true;
}

/* Rows and columns stay rows and columns where they are. */
static void
undo_layout (const SacFlow *flow, SacCamTarget *target)
{
  int value = target->value;

  for (int i = 0; i < STEPS_MAX; i++) {
    int from = sac_flow_dominator (flow, value), steps = STEPS_MAX;
    SacCamTarget before;

    if (from < 0 || is_graph_input (flow, from) ||
        !is_only (flow, sac_node_is_layout, value, from, &steps))
      return;
    value = from;
    if (sac_cam_layout_infer (flow, value, &before) &&
        before.prefix_tokens == target->prefix_tokens &&
        (target->layout >= SAC_LAYOUT_NLC || before.layout < SAC_LAYOUT_NLC) &&
        before.rows == target->rows && before.columns == target->columns &&
        before.channels == target->channels)
      *target = before;
  }
}

static void
undo_pooling (const SacFlow *flow, SacCamTarget *target)
{
  for (int i = 0; i < STEPS_MAX; i++) {
    const SacNode *node = sac_flow_producer (flow, target->value);
    SacCamTarget before;

    if (!sac_node_is_any (node, pools) ||
        !sac_cam_layout_infer (flow, node->inputs[0], &before) ||
        is_graph_input (flow, before.value))
      return;
    *target = before;
  }
}

static bool
is_mixing (const SacFlow *flow, const SacNode *node)
{
  return sac_node_is (node, "MatMul") &&
         sac_flow_depends (flow, node->inputs[0]) &&
         sac_flow_depends (flow, node->inputs[1]);
}

/* The map that tokens were projected from, which may have been laid out as a
 * list of all samples' tokens in between. */
static bool
find_source_map (const SacCamSearch *search, int value, SacCamTarget *ret)
{
  for (int i = 0; i < STEPS_MAX && value >= 0; i++) {
    if (is_own_map (search, value, ret))
      return true;

    const SacNode *node = sac_flow_producer (search->flow, value);

    if (!sac_node_is_layout (node))
      return false;
    value = sac_flow_dominator (search->flow, value);
  }
  return false;
}

/* Keys and values that a learned query pools: the map is what they were
 * projected from. */
static void
undo_projection (const SacCamSearch *search, SacCamTarget *target)
{
  const SacFlow *flow = search->flow;

  for (guint i = 0; i < search->attention->len; i++) {
    const SacFoundAttention *found =
      &g_array_index (search->attention, SacFoundAttention, i);
    SacCamTarget before;

    if (found->attention.kind == SAC_ATTENTION_POOLING &&
        sac_flow_meet (flow, target->value, found->attention.value) ==
          target->value &&
        sac_flow_meet (flow, target->value, found->key_source) ==
          found->key_source &&
        find_source_map (search, found->key_source, &before) &&
        cells_of (&before) == cells_of (target)) {
      *target = before;
      return;
    }
  }
}

/* Tokens that a class token was among: the normalised input of the last
 * attention over that grid. */
static void
move_before_attention (const SacCamSearch *search, SacCamTarget *target)
{
  for (guint i = search->attention->len; i > 0; i--) {
    const SacFoundAttention *found =
      &g_array_index (search->attention, SacFoundAttention, i - 1);
    const SacAttention *attention = &found->attention;
    SacCamTarget before;

    if (attention->kind != SAC_ATTENTION_GLOBAL ||
        attention->prefix_tokens == 0 || attention->rows != target->rows ||
        attention->columns != target->columns ||
        !find_source_map (search, found->key_source, &before) ||
        before.prefix_tokens != attention->prefix_tokens ||
        cells_of (&before) != cells_of (target))
      continue;
    *target = before;
    undo_layout (search->flow, target);
    return;
  }
}

/* Where nothing of the places reaches the score any more (a class token is read
 * behind attention that is none of the known kinds): the last map before, on
 * the same grid, of which something does. */
static void
move_before_silence (const SacCamSearch *search, SacCamTarget *target)
{
  const SacFlow *flow = search->flow;
  g_autoptr (GArray) all = g_array_new (false, true, sizeof (SacCamTarget));
  int value = target->value;
  SacCamTarget before;

  g_array_append_val (all, *target);
  for (int i = 0; i < TARGETS_MAX && value >= 0; i++) {
    value = sac_flow_dominator (flow, value);
    if (value >= 0 && !is_graph_input (flow, value) &&
        is_own_map (search, value, &before) &&
        cells_of (&before) == cells_of (target))
      g_array_prepend_val (all, before);
  }
  sac_zero_gradient_mark (flow, search->score, all);
  for (guint i = all->len; i > 0; i--) {
    before = g_array_index (all, SacCamTarget, i - 1);
    if (before.zero_gradient)
      continue;
    before.zero_gradient = target->zero_gradient;
    *target = before;
    return;
  }
}

static bool
are_keys_of_other (const SacCamSearch *search, int value)
{
  for (guint i = 0; i < search->attention->len; i++) {
    const SacFoundAttention *found =
      &g_array_index (search->attention, SacFoundAttention, i);

    if (found->key_source == value &&
        found->attention.kind == SAC_ATTENTION_CROSS)
      return true;
  }
  return false;
}

/* Keys that only another image asks for: the map is the encoder's own, as it is
 * where the score reads it directly, not its norm before that attention. */
static void
undo_norm (const SacCamSearch *search, SacCamTarget *target)
{
  const SacFlow *flow = search->flow;

  if (!are_keys_of_other (search, target->value))
    return;
  for (int i = 0; i < STEPS_MAX; i++) {
    int from = sac_flow_dominator (flow, target->value), steps = STEPS_MAX;
    SacCamTarget before;

    if (from < 0 || is_graph_input (flow, from) ||
        !is_only (flow, is_norm, target->value, from, &steps) ||
        !is_own_map (search, from, &before) ||
        before.channels != target->channels ||
        cells_of (&before) != cells_of (target))
      return;
    *target = before;
  }
}

static bool
is_stated (const SacCamSearch *search, const char *name)
{
  const SacManifestCam *cam =
    search->manifest != NULL ? search->manifest->cam : NULL;

  return cam != NULL && cam->tensor != NULL && strcmp (cam->tensor, name) == 0;
}

bool
sac_cam_target_search (const SacCamSearch *search,
                       SacCamTarget *ret_target,
                       GError **error)
{
  const SacFlow *flow = search->flow;
  const SacManifest *manifest = search->manifest;

  if (manifest != NULL && manifest->cam != NULL &&
      manifest->cam->tensor != NULL) {
    int value =
      sac_graph_find_value (sac_flow_get_graph (flow), manifest->cam->tensor);

    /* Of a network with several inputs it may be another input's map. */
    if (value < 0 || sac_flow_depends (flow, value))
      return sac_cam_layout_stated (flow, value, manifest->cam, ret_target,
                                    error);
  }
  if (!find_last_map (search, ret_target)) {
    g_set_error_literal (error, SAC_ERROR, SAC_ERROR_UNDEFINED,
                         N_ ("no value of this network is a spatial map that "
                             "all paths to the output pass through: name one "
                             "with --layer"));
    return false;
  }
  undo_projection (search, ret_target);
  undo_norm (search, ret_target);
  undo_layout (flow, ret_target);
  undo_pooling (flow, ret_target);
  if (ret_target->layout == SAC_LAYOUT_NLC ||
      ret_target->layout == SAC_LAYOUT_LNC)
    move_before_attention (search, ret_target);
  move_before_silence (search, ret_target);
  return true;
}

/* True when only norms, activations and the like lie between `value` and the
 * candidate after it, so that the later one stands for both. */
static bool
is_refined (const SacFlow *flow, int value, int after)
{
  const SacNode *node = sac_flow_producer (flow, after);

  for (int i = 0; i < STEPS_MAX && node != NULL; i++) {
    int only = -1;

    for (size_t k = 0; k < node->input_count; k++) {
      int input = node->inputs[k];

      if (!sac_flow_depends (flow, input) || input == value)
        continue;
      if (only >= 0)
        return false;
      only = input;
    }
    if (is_linear (flow, node->outputs[0]) || sac_node_is_any (node, pools) ||
        is_mixing (flow, node))
      return false;
    if (only < 0)
      return true;
    node = sac_flow_producer (flow, only);
  }
  return false;
}

/* Tokens of windows look like a map of windows x tokens; the grid of a map has
 * about the proportions of the image. */
static bool
is_out_of_shape (const SacFlow *flow, const SacCamTarget *target)
{
  int value = target->value;
  const SacShape *image = NULL;

  while (sac_flow_dominator (flow, value) >= 0)
    value = sac_flow_dominator (flow, value);
  image = sac_flow_shape (flow, value);
  if (!is_graph_input (flow, value) || image->rank != 4)
    return false;

  bool last = image->dims[1] > 4 && image->dims[3] <= 4;
  double height = image->dims[last ? 1 : 2], width = image->dims[last ? 2 : 3];

  return (target->rows - 1.5) / height > (target->columns + 1.5) / width ||
         (target->columns - 1.5) / width > (target->rows + 1.5) / height;
}

/* Only laid out anew, or with a border that the image has not. */
static bool
is_moved (const SacFlow *flow, const SacCamTarget *target)
{
  SacCamTarget before = *target;

  undo_layout (flow, &before);
  return before.value != target->value ||
         sac_node_is (sac_flow_producer (flow, target->value), "Pad");
}

static int
compare_places (gconstpointer a, gconstpointer b, gpointer data)
{
  const SacGraph *graph = data;
  const SacCamTarget *first = a, *second = b;

  return graph->values[first->value].producer -
         graph->values[second->value].producer;
}

static void
add_target (GArray *all, const SacCamTarget *target)
{
  for (guint i = 0; i < all->len; i++) {
    if (g_array_index (all, SacCamTarget, i).value == target->value)
      return;
  }
  if (all->len < TARGETS_MAX)
    g_array_append_val (all, *target);
}

GArray *
sac_cam_target_search_all (const SacCamSearch *search)
{
  const SacFlow *flow = search->flow;
  GArray *all = g_array_new (false, true, sizeof (SacCamTarget));
  int after = search->score;
  int value = sac_flow_dominator (flow, after);
  SacCamTarget target;

  for (int i = 0; i < TARGETS_MAX * 4 && value >= 0; i++) {
    if (is_graph_input (flow, value))
      break;
    if (is_own_map (search, value, &target)) {
      if (!is_moved (flow, &target) && !is_out_of_shape (flow, &target) &&
          (after == search->score || !is_refined (flow, value, after)))
        add_target (all, &target);
      after = value;
    }
    value = sac_flow_dominator (flow, value);
  }
  for (guint i = 0; i < search->attention->len; i++) {
    const SacFoundAttention *found =
      &g_array_index (search->attention, SacFoundAttention, i);

    if (find_source_map (search, found->key_source, &target) &&
        !is_out_of_shape (flow, &target)) {
      undo_layout (flow, &target);
      add_target (all, &target);
    }
  }
  if (sac_cam_target_search (search, &target, NULL))
    add_target (all, &target);
  g_array_sort_with_data (all, compare_places,
                          (gpointer)sac_flow_get_graph (flow));
  sac_zero_gradient_mark (flow, search->score, all);
  return all;
}

/* The last candidates, which are the usual ones, or that there is none. */
static char *
describe_candidates (const SacCamSearch *search)
{
  g_autoptr (GArray) all = sac_cam_target_search_all (search);
  const SacGraph *graph = sac_flow_get_graph (search->flow);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = all->len > 6 ? all->len - 6 : 0; i < all->len; i++)
    g_ptr_array_add (names,
                     sac_escape_short (
                       graph->values[g_array_index (all, SacCamTarget, i).value]
                         .name));
  g_ptr_array_add (names, NULL);
  if (all->len == 0)
    return g_strdup (sac_sentence ("nothing in this network is one"));

  g_autofree char *list = g_strjoinv (", ", (char **)names->pdata);

  return g_strdup_printf (sac_sentence (
                            "maps can be taken at, among others, %s"),
                          list);
}

bool
sac_cam_target_search_named (const SacCamSearch *search,
                             const char *name,
                             SacCamTarget *ret_target,
                             GError **error)
{
  const SacFlow *flow = search->flow;
  int value = sac_graph_find_value (sac_flow_get_graph (flow), name);
  const SacShape *shape = sac_flow_shape (flow, value);

  if (shape != NULL && is_stated (search, name))
    return sac_cam_layout_stated (flow, value, search->manifest->cam,
                                  ret_target, error);
  if (sac_cam_layout_infer (flow, value, ret_target))
    return true;

  g_autofree char *shown = sac_escape_short (name);
  g_autofree char *others = describe_candidates (search);

  if (shape == NULL) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "the network has no value named %s; %s", shown, others);
  } else {
    g_autofree char *size = sac_shape_to_string (shape);

    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "%s is no spatial map of this input (its shape is %s); %s",
                 shown, size, others);
  }
  return false;
}
