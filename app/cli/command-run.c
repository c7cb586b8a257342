/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "case.h"

#include "base/error.h"
#include "tensor/npy.h"

#include <errno.h>
#include <string.h>

typedef struct {
  char **inputs;
  char **outputs;
  char **captures;
  char **gradients;
  char *target;
  CliEngine engine;
} Options;

static void
options_clear (Options *options)
{
  g_strfreev (options->inputs);
  g_strfreev (options->outputs);
  g_strfreev (options->captures);
  g_strfreev (options->gradients);
  g_free (options->target);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* NAME=FILE pairs, cut into names and files of equal order. */
typedef struct {
  GPtrArray *names; /* NULL-terminated */
  GPtrArray *files;
} Pairs;

static void
pairs_clear (Pairs *pairs)
{
  g_clear_pointer (&pairs->names, g_ptr_array_unref);
  g_clear_pointer (&pairs->files, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pairs, pairs_clear)

static bool
pairs_init (Pairs *pairs,
            char *const *texts,
            const char *option,
            GError **error)
{
  pairs->names = g_ptr_array_new_with_free_func (g_free);
  pairs->files = g_ptr_array_new_with_free_func (g_free);
  for (size_t i = 0; texts != NULL && texts[i] != NULL; i++) {
    char *name = NULL;
    char *file = NULL;

    if (!cli_split_assignment (texts[i], option, &name, &file, error))
      return false;
    g_ptr_array_add (pairs->names, name);
    g_ptr_array_add (pairs->files, file);
  }
  g_ptr_array_add (pairs->names, NULL);
  return true;
}

static size_t
pairs_count (const Pairs *pairs)
{
  return pairs->files->len;
}

/* OUTPUT:INDEX or OUTPUT@COTANGENT.npy; *ret_index is -1 for the latter. */
static bool
parse_target (const char *text,
              char **ret_name,
              int64_t *ret_index,
              char **ret_file,
              GError **error)
{
  const char *at = strrchr (text, '@');
  const char *colon = strrchr (text, ':');
  char *end = NULL;

  if (at != NULL && g_str_has_suffix (at, ".npy")) {
    *ret_name = g_strndup (text, at - text);
    *ret_file = g_strdup (at + 1);
    *ret_index = -1;
    return true;
  }
  errno = 0;
  if (colon != NULL && colon != text)
    *ret_index = g_ascii_strtoll (colon + 1, &end, 10);
  if (end == NULL || end == colon + 1 || *end != '\0' || *ret_index < 0 ||
      errno != 0)
    return cli_usage_error (error,
                            "--target takes OUTPUT:INDEX or "
                            "OUTPUT@COTANGENT.npy, not \"%s\"",
                            text);
  *ret_name = g_strndup (text, colon - text);
  return true;
}

static bool
write_pairs (const Pairs *pairs,
             const SacResult *result,
             const SacTensor *(*get) (const SacResult *, const char *),
             JsonObject *report,
             const char *key,
             GError **error)
{
  JsonArray *array = json_array_new ();

  json_object_set_array_member (report, key, array);
  for (size_t i = 0; i < pairs_count (pairs); i++) {
    const char *name = pairs->names->pdata[i];
    const SacTensor *tensor = get (result, name);
    JsonObject *object = json_object_new ();
    JsonArray *shape = json_array_new ();

    json_array_add_object_element (array, object);
    for (int axis = 0; axis < tensor->shape.rank; axis++)
      json_array_add_int_element (shape, tensor->shape.dims[axis]);
    cli_set_name (object, "name", name);
    json_object_set_array_member (object, "shape", shape);
    json_object_set_string_member (object, "type",
                                   sac_type_get_name (tensor->type));
    cli_set_name (object, "file", pairs->files->pdata[i]);
    if (!sac_npy_write (pairs->files->pdata[i], tensor, error))
      return false;
  }
  return true;
}

typedef struct {
  Pairs outputs, captures, gradients;
} Wishes;

static void
wishes_clear (Wishes *wishes)
{
  pairs_clear (&wishes->outputs);
  pairs_clear (&wishes->captures);
  pairs_clear (&wishes->gradients);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Wishes, wishes_clear)

static bool
report (const Wishes *wishes, const SacResult *result, GError **error)
{
  g_autoptr (JsonObject) object = json_object_new ();

  cli_add_engine (object);
  if (!write_pairs (&wishes->outputs, result, sac_result_get_value, object,
                    "outputs", error) ||
      !write_pairs (&wishes->captures, result, sac_result_get_value, object,
                    "captures", error) ||
      !write_pairs (&wishes->gradients, result, sac_result_get_gradient, object,
                    "gradients", error))
    return false;
  return cli_print (g_steal_pointer (&object), error);
}

static SacTensor *
make_cotangent (const SacPlan *plan,
                int64_t index,
                const char *file,
                GError **error)
{
  return file != NULL ? sac_npy_read (file, error)
                      : sac_plan_cotangent (plan, index, error);
}

static bool
run_with (SacModel *model,
          const Options *options,
          const Wishes *wishes,
          SacJob *job,
          GError **error)
{
  SacNetwork *network = sac_model_get_network (model);
  g_autoptr (GPtrArray) inputs =
    cli_read_arrays (model, options->inputs, error);
  g_autofree char *target = NULL;
  g_autofree char *file = NULL;
  int64_t index = 0;

  if (inputs == NULL ||
      (options->target != NULL &&
       !parse_target (options->target, &target, &index, &file, error)))
    return false;

  const SacTensor *const *tensors = (const SacTensor *const *)inputs->pdata;
  g_autofree SacShape *shapes = g_new0 (SacShape, inputs->len + 1);

  if (!sac_plan_bind (network, tensors, shapes, error))
    return false;

  SacPlanRequest request = {
    .input_shapes = shapes,
    .outputs = pairs_count (&wishes->outputs) > 0
                 ? (const char *const *)wishes->outputs.names->pdata
                 : NULL,
    .captures = (const char *const *)wishes->captures.names->pdata,
    .target = target,
    .wrt = (const char *const *)wishes->gradients.names->pdata,
  };
  g_autoptr (SacPlan) plan = sac_plan_get (network, &request, job, error);
  g_autoptr (SacTensor) cotangent = NULL;

  if (plan == NULL)
    return false;
  if (target != NULL) {
    cotangent = make_cotangent (plan, index, file, error);
    if (cotangent == NULL)
      return false;
  }

  SacRunParams params = {.inputs = tensors, .cotangent = cotangent};
  g_autoptr (SacResult) result = sac_plan_run (plan, &params, job, error);

  return result != NULL && report (wishes, result, error);
}

/* No array that is read is written over. */
static bool
check_files (const Pairs *inputs, const Pairs *outputs, GError **error)
{
  for (size_t i = 0; i < pairs_count (outputs); i++)
    if (!cli_check_output (outputs->files->pdata[i],
                           (const char *const *)inputs->files->pdata, error))
      return false;
  return true;
}

static bool
run_run (int argc, char **argv, SacJob *job, GError **error)
{
  g_auto (Options) options = {0};
  g_auto (Wishes) wishes = {0};
  g_auto (Pairs) inputs = {0};
  g_auto (GStrv) rest = NULL;
  GOptionEntry entries[] = {
    {"input", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.inputs,
     "An input of the network", "NAME=F.npy"},
    {"output", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.outputs,
     "Where to write an output", "NAME=F.npy"},
    {"capture", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.captures,
     "Where to write any value of the graph", "VALUE=F.npy"},
    {"target", 0, 0, G_OPTION_ARG_FILENAME, &options.target,
     "What to differentiate: one element (flat, C order) or a cotangent",
     "OUTPUT:INDEX|OUTPUT@F.npy"},
    {"wrt", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.gradients,
     "Where to write the gradient to a value", "VALUE=F.npy"},
    CLI_THREADS_ENTRY (&options.engine),
    CLI_EXACT_ENTRY (&options.engine),
    G_OPTION_ENTRY_NULL,
  };

  if (!cli_parse (&cli_run, entries, argc, argv, &rest, error) ||
      !cli_set_engine (&options.engine, error))
    return false;
  if (g_strv_length (rest) != 1)
    return cli_usage_error (error, "give one model");
  if ((options.target == NULL) != (options.gradients == NULL))
    return cli_usage_error (error, "--target and --wrt belong together");
  if (!pairs_init (&inputs, options.inputs, "--input", error) ||
      !pairs_init (&wishes.outputs, options.outputs, "--output", error) ||
      !pairs_init (&wishes.captures, options.captures, "--capture", error) ||
      !pairs_init (&wishes.gradients, options.gradients, "--wrt", error))
    return false;
  g_ptr_array_add (inputs.files, NULL);
  if (!check_files (&inputs, &wishes.outputs, error) ||
      !check_files (&inputs, &wishes.captures, error) ||
      !check_files (&inputs, &wishes.gradients, error))
    return false;

  g_autoptr (SacModel) model = sac_model_open (rest[0], job, error);

  return model != NULL && run_with (model, &options, &wishes, job, error);
}

const CliCommand cli_run = {
  .name = "run",
  .usage = "MODEL --input NAME=F.npy ... [--output NAME=F.npy ...] "
           "[--capture VALUE=F.npy ...] [--target OUTPUT:INDEX "
           "--wrt VALUE=F.npy ...] [--exact]",
  .summary = "Raw tensors in and out: outputs, any value, gradients.",
  .run = run_run,
};
