/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What the program finds by itself: attention, and where to take a class
 * activation map, in every reference network and every trained model. */
#include "base/error.h"
#include "explain-case.h"
#include "explain/attention.h"
#include "explain/cam-target.h"
#include "support.h"

#include <string.h>

/* Kinds by family; the others with attention have global attention only. */
static const struct {
  const char *prefix; /* of the tensor's name, after the case's */
  const char *family;
  SacAttentionKind kind;
} kinds[] = {
  {"", "abmil", SAC_ATTENTION_POOLING},
  {"", "clam", SAC_ATTENTION_POOLING},
  {"", "resnet18_lsa", SAC_ATTENTION_LOCAL},
  {"", "efficientnet_lsa", SAC_ATTENTION_LOCAL},
  {"", "ssn", SAC_ATTENTION_CROSS},
  {"", "swin", SAC_ATTENTION_WINDOW},
  {"/stages.0/stages.0.1", "davit", SAC_ATTENTION_CHANNEL},
  {"/stages.1/stages.1.1", "davit", SAC_ATTENTION_CHANNEL},
  {"/stages.1/stages.1.3", "davit", SAC_ATTENTION_CHANNEL},
  {"", "davit", SAC_ATTENTION_WINDOW},
};

/* Where the program's choice is not among the layers that maps are stored of,
 * with what it is instead. */
static const struct {
  const char *name;
  const char *target;
} other_targets[] = {
  /* The input of the mean over places, after the last norm. */
  {"focalnet", "/norm/Add_1_output_0"},
  {"focalnet_post", "/norm/LayerNormalization_output_0"},
  /* No reduction: the input of the last convolution. */
  {"sam", "/nn1/Add_1_output_0"},
  {"sam_op11", "/nn1/Add_1_output_0"},
  /* The input of the mean, behind attention that the stored maps are before. */
  {"whole_dynamic", "/Reshape_3_output_0"},
};

static SacAttentionKind
expected_kind (const ExplainCase *loaded, JsonObject *entry)
{
  const char *family = json_object_get_string_member (loaded->root, "family");
  const char *tensor = json_object_get_string_member (entry, "tensor");
  const char *note =
    json_object_get_string_member_with_default (entry, "note", "");

  for (size_t i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (strcmp (kinds[i].family, family) == 0 &&
        g_str_has_prefix (tensor, kinds[i].prefix))
      return kinds[i].kind;
  }
  return g_str_has_prefix (note, "windowed") ? SAC_ATTENTION_WINDOW
                                             : SAC_ATTENTION_GLOBAL;
}

static int
expected_heads (const ExplainCase *loaded, JsonObject *entry)
{
  const char *family = json_object_get_string_member (loaded->root, "family");
  JsonArray *shape = json_object_get_array_member (entry, "shape");
  int first = json_array_get_int_element (shape, 0);

  if (json_array_get_length (shape) == 4)
    return json_array_get_int_element (shape, 1);
  if (strcmp (family, "openclip") == 0)
    return first /
           (strcmp (json_object_get_string_member (loaded->root, "name"),
                    "openclip_batch") == 0
              ? 2
              : 1);
  /* 3 and 2 heads of the two encoders, times 9 and 12 windows. */
  if (strcmp (family, "sam") == 0)
    return first % 9 == 0 || first == 3 ? 3 : 2;
  return first;
}

static void
check_attention (const ExplainCase *loaded,
                 const SacPlan *plan,
                 const SacAttention *found,
                 JsonObject *entry)
{
  const SacGraph *graph =
    sac_network_get_graph (sac_model_get_network (loaded->model));
  const SacShape *shape = &sac_plan_get_info (plan, found->value)->shape;
  JsonArray *grid;

  g_assert_cmpstr (graph->values[found->value].name, ==,
                   json_object_get_string_member (entry, "tensor"));
  g_assert_cmpint (found->block, ==,
                   json_object_get_int_member (entry, "block"));
  g_assert_cmpstr (sac_attention_kind_get_name (found->kind), ==,
                   sac_attention_kind_get_name (expected_kind (loaded, entry)));
  g_assert_cmpint (found->heads, ==, expected_heads (loaded, entry));
  g_assert_cmpint (found->keys, ==, shape->dims[found->key_axis]);
  if (found->query_axis >= 0)
    g_assert_cmpint (found->queries, ==, shape->dims[found->query_axis]);
  if (found->kind == SAC_ATTENTION_LOCAL)
    g_assert_cmpint (found->kernel * found->kernel, ==, found->keys);
  if (!json_object_has_member (entry, "grid"))
    return;
  grid = json_object_get_array_member (entry, "grid");
  g_assert_cmpint (found->rows, ==, json_array_get_int_element (grid, 0));
  g_assert_cmpint (found->columns, ==, json_array_get_int_element (grid, 1));
}

/* Grid and prefix, which the sections of maps state. */
static void
check_grids (JsonObject *section, const GArray *found)
{
  JsonArray *entries = case_get_array (section, "cls_attention");

  if (json_array_get_length (entries) == 0)
    return;

  JsonObject *entry = json_array_get_object_element (entries, 0);
  JsonArray *grid = json_object_get_array_member (entry, "grid");

  for (guint i = 0; i < found->len; i++) {
    const SacAttention *attention = &g_array_index (found, SacAttention, i);

    g_assert_cmpint (attention->prefix_tokens, ==,
                     json_object_get_int_member (entry, "prefix_tokens"));
    g_assert_cmpint (attention->rows, ==, json_array_get_int_element (grid, 0));
    g_assert_cmpint (attention->columns, ==,
                     json_array_get_int_element (grid, 1));
  }
}

static void
check_section (const ExplainCase *loaded, JsonObject *section)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacPlan) plan = explain_case_plan (loaded, section);
  g_autoptr (GArray) found =
    sac_attention_find (plan, sac_model_get_network (loaded->model), NULL,
                        &error);
  JsonArray *entries = case_get_array (section, "attention");

  g_assert_no_error (error);
  g_assert_cmpint (found->len, ==, json_array_get_length (entries));
  for (guint i = 0; i < found->len; i++)
    check_attention (loaded, plan, &g_array_index (found, SacAttention, i),
                     json_array_get_object_element (entries, i));
  check_grids (section, found);
}

static void
test_attention (const void *name)
{
  g_autoptr (ExplainCase) loaded = explain_case_new (name);
  JsonArray *more;

  if (loaded == NULL)
    return;
  more = case_get_array (loaded->root, "extra_runs");
  check_section (loaded, loaded->root);
  for (guint i = 0; i < json_array_get_length (more); i++)
    check_section (loaded, json_array_get_object_element (more, i));
}

static bool
is_listed (JsonArray *entries, const char *layer)
{
  for (guint i = 0; i < json_array_get_length (entries); i++) {
    if (strcmp (json_object_get_string_member (
                  json_array_get_object_element (entries, i), "layer"),
                layer) == 0)
      return true;
  }
  return false;
}

/* The first output is not always the one that maps are stored for; a pair of
 * images gets its maps at the last stage of each. */
static void
check_target (const ExplainCase *loaded, const char *layer)
{
  JsonArray *entries = case_get_array (loaded->root, "gradcam");
  const char *name = json_object_get_string_member (loaded->root, "name");

  for (size_t i = 0; i < G_N_ELEMENTS (other_targets); i++) {
    if (strcmp (other_targets[i].name, name) == 0) {
      g_assert_cmpstr (layer, ==, other_targets[i].target);
      return;
    }
  }
  if (!is_listed (entries, layer)) {
    g_test_message ("%s is not among the layers of the case", layer);
    g_test_fail ();
  }
}

static void
check_same_layout (const SacCamTarget *target, JsonObject *entry)
{
  JsonArray *shape = json_object_get_array_member (entry, "shape");

  g_assert_cmpstr (sac_layout_get_name (target->layout), ==,
                   json_object_get_string_member (entry, "layout"));
  g_assert_cmpint (target->prefix_tokens, ==,
                   json_object_get_int_member_with_default (entry,
                                                            "prefix_tokens",
                                                            0));
  g_assert_cmpint (target->rows, ==, json_array_get_int_element (shape, 0));
  g_assert_cmpint (target->columns, ==, json_array_get_int_element (shape, 1));
}

/* Every layer that maps are stored of, by name: layout, prefix and grid. */
static void
check_named (const ExplainCase *loaded, const SacPlan *plan)
{
  SacNetwork *network = sac_model_get_network (loaded->model);
  JsonArray *entries = case_get_array (loaded->root, "gradcam");

  if (sac_network_get_graph (network)->input_count > 1)
    return;
  for (guint i = 0; i < json_array_get_length (entries); i++) {
    JsonObject *entry = json_array_get_object_element (entries, i);
    g_autoptr (GError) error = NULL;
    SacCamTarget target;

    sac_cam_target_named (plan, network, NULL,
                          json_object_get_string_member (entry, "layer"),
                          &target, &error);
    g_assert_no_error (error);
    check_same_layout (&target, entry);
  }
}

static void
test_target (const void *name)
{
  g_autoptr (ExplainCase) loaded = explain_case_new (name);
  g_autoptr (GError) error = NULL;
  SacCamTarget target;

  if (loaded == NULL)
    return;

  SacNetwork *network = sac_model_get_network (loaded->model);
  const SacGraph *graph = sac_network_get_graph (network);
  g_autoptr (SacPlan) plan = explain_case_plan (loaded, loaded->root);
  bool good = sac_cam_target_default (plan, network, NULL, &target, &error);

  if (json_array_get_length (case_get_array (loaded->root, "gradcam")) == 0) {
    g_assert_false (good);
    test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNDEFINED, "--layer");
    return;
  }
  g_assert_no_error (error);
  check_target (loaded, graph->values[target.value].name);
  check_named (loaded, plan);

  g_autoptr (GArray) all = sac_cam_target_list (plan, network, NULL);
  bool is_in_list = false;

  for (guint i = 0; i < all->len; i++)
    is_in_list =
      is_in_list || g_array_index (all, SacCamTarget, i).value == target.value;
  g_assert_true (is_in_list);
}

/* Prefix tokens are no places. */
static bool
is_zero_at_places (const SacCamTarget *target, const SacTensor *gradient)
{
  bool tokens_first = target->layout == SAC_LAYOUT_LNC;
  int64_t samples = gradient->shape.dims[tokens_first ? 1 : 0];
  int64_t tokens =
    (int64_t)target->rows * target->columns + target->prefix_tokens;
  const float *values = sac_tensor_f32 (gradient);

  for (int64_t i = 0; i < (int64_t)sac_tensor_get_count (gradient); i++) {
    int64_t token = i / target->channels;

    token = tokens_first ? token / samples : token % tokens;
    if (values[i] != 0 &&
        (target->prefix_tokens == 0 || token >= target->prefix_tokens))
      return false;
  }
  return true;
}

/* Gradients of the first element of the first output to values of that name.
 * Returns: NULL when no path leads there. */
static SacResult *
differentiate (const ExplainCase *loaded, const char *const *names)
{
  SacNetwork *network = sac_model_get_network (loaded->model);
  const SacGraph *graph = sac_network_get_graph (network);
  SacTensor **inputs = explain_case_read_inputs (loaded, loaded->root);
  g_autofree SacShape *shapes = g_new0 (SacShape, graph->input_count);
  g_autoptr (GError) error = NULL;
  SacResult *result = NULL;

  sac_plan_bind (network, (const SacTensor *const *)inputs, shapes, &error);
  g_assert_no_error (error);

  SacPlanRequest request = {
    .input_shapes = shapes,
    .target = graph->values[graph->outputs[0]].name,
    .wrt = names,
  };
  g_autoptr (SacPlan) plan = sac_plan_new (network, &request, NULL, &error);

  if (plan == NULL) {
    test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNDEFINED, "");
  } else {
    g_autoptr (SacTensor) cotangent = sac_plan_cotangent (plan, 0, &error);
    SacRunParams params = {
      .inputs = (const SacTensor *const *)inputs,
      .cotangent = cotangent,
    };

    result = sac_plan_run (plan, &params, NULL, &error);
    g_assert_no_error (error);
  }
  case_free_inputs (network, inputs);
  return result;
}

/* A layer is flagged just where its gradient is 0 at every place. */
static void
test_zero (const void *name)
{
  g_autoptr (ExplainCase) loaded = explain_case_new (name);

  if (loaded == NULL)
    return;

  SacNetwork *network = sac_model_get_network (loaded->model);
  const SacGraph *graph = sac_network_get_graph (network);
  g_autoptr (SacPlan) plan = explain_case_plan (loaded, loaded->root);
  g_autoptr (GArray) all = sac_cam_target_list (plan, network, NULL);

  for (guint i = 0; i < all->len; i++) {
    const SacCamTarget *target = &g_array_index (all, SacCamTarget, i);
    const char *names[] = {graph->values[target->value].name, NULL};
    g_autoptr (SacResult) result = differentiate (loaded, names);
    bool zero =
      result == NULL ||
      is_zero_at_places (target, sac_result_get_gradient (result, names[0]));

    if (zero != target->zero_gradient) {
      g_test_message ("%s: zero %d, flagged %d", names[0], zero,
                      target->zero_gradient);
      g_test_fail ();
    }
  }
}

/* What is known of the class token's read-out: only the last block's tokens,
 * which nothing reads but for it, have none. */
static void
test_zero_known (void)
{
  static const struct {
    const char *name;
    guint count;
  } known[] = {{"vit", 2}, {"deit", 2}, {"openclip", 1}, {"dinov2", 0}};

  for (size_t k = 0; k < G_N_ELEMENTS (known); k++) {
    g_autoptr (ExplainCase) loaded = explain_case_new (known[k].name);
    guint count = 0;

    if (loaded == NULL)
      return;

    g_autoptr (SacPlan) plan = explain_case_plan (loaded, loaded->root);
    g_autoptr (GArray) all =
      sac_cam_target_list (plan, sac_model_get_network (loaded->model), NULL);

    for (guint i = 0; i < all->len; i++)
      count += g_array_index (all, SacCamTarget, i).zero_gradient;
    g_assert_cmpuint (count, ==, known[k].count);
  }
}

static void
compare_stated (const SacManifest *manifest,
                const SacGraph *graph,
                const GArray *found)
{
  g_assert_cmpint (found->len, ==, manifest->attention_count);
  for (guint i = 0; i < found->len; i++) {
    const SacAttention *attention = &g_array_index (found, SacAttention, i);
    const SacManifestAttention *stated = &manifest->attention[i];

    g_assert_cmpstr (graph->values[attention->value].name, ==, stated->tensor);
    g_assert_cmpstr (sac_attention_kind_get_name (attention->kind), ==,
                     stated->kind);
    g_assert_cmpint (attention->heads, ==, stated->heads);
    g_assert_cmpint (attention->prefix_tokens, ==, stated->prefix_tokens);
    g_assert_cmpint (attention->rows, ==, stated->grid_rows);
    g_assert_cmpint (attention->columns, ==, stated->grid_columns);
    g_assert_cmpint (attention->kernel, ==, stated->kernel);
  }
}

/* Without its manifest a trained model is found to be what it states, and with
 * it nothing changes. */
static void
test_trained (const void *data)
{
  g_autofree char *relative = g_build_filename ("../data/models", data, NULL);
  g_autofree char *folder = test_file (relative);
  g_autoptr (GError) error = NULL;
  SacCamTarget target, stated;
  g_autoptr (SacModel) model = sac_model_open (folder, NULL, &error);

  g_assert_no_error (error);

  SacNetwork *network = sac_model_get_network (model);
  const SacManifest *manifest = sac_model_get_manifest (model);
  const SacGraph *graph = sac_network_get_graph (network);
  SacShape shape =
    sac_shape_of (1, 3, manifest->inputs[0].height, manifest->inputs[0].width);
  g_autoptr (SacPlan) plan =
    sac_plan_new (network, &(SacPlanRequest){.input_shapes = &shape}, NULL,
                  &error);

  g_assert_no_error (error);

  g_autoptr (GArray) alone = sac_attention_find (plan, network, NULL, &error);
  g_autoptr (GArray) with =
    sac_attention_find (plan, network, manifest, &error);

  g_assert_no_error (error);
  compare_stated (manifest, graph, alone);
  compare_stated (manifest, graph, with);
  sac_cam_target_default (plan, network, NULL, &target, &error);
  g_assert_no_error (error);
  sac_cam_target_default (plan, network, manifest, &stated, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (graph->values[target.value].name, ==, manifest->cam->tensor);
  g_assert_cmpstr (sac_layout_get_name (target.layout), ==,
                   manifest->cam->layout);
  g_assert_cmpint (target.value, ==, stated.value);
  g_assert_cmpint (target.rows, ==, stated.rows);
  g_assert_cmpint (target.columns, ==, stated.columns);
  g_assert_cmpint (target.prefix_tokens, ==, stated.prefix_tokens);
}

int
main (int argc, char **argv)
{
  static const char *const models[] = {
    "derm-resnet18",     "derm-resnet18-ga",  "derm-resnet18-la", "derm-vit",
    "pcam-resnet18",     "pcam-resnet18-ga",  "pcam-resnet18-la", "pcam-vit",
    "pcam-efficientnet", "derm-efficientnet",
  };

  g_test_init (&argc, &argv, NULL);
  explain_case_add_all ("/explain/attention", test_attention);
  explain_case_add_all ("/explain/target", test_target);
  explain_case_add_all ("/explain/zero-gradient/is", test_zero);
  g_test_add_func ("/explain/zero-gradient/known", test_zero_known);
  for (size_t i = 0; i < G_N_ELEMENTS (models); i++) {
    g_autofree char *path = g_strconcat ("/explain/trained/", models[i], NULL);

    g_test_add_data_func (path, models[i], test_trained);
  }
  return g_test_run ();
}
