/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explanation.h"
#include "mask.h"

#include "base/error.h"
#include "map/agreement.h"
#include "map/disagreement.h"
#include "scene/figure.h"

#include <string.h>

typedef struct {
  char *left, *right;
  char *left_layer, *right_layer;
  char *class;
  char *against;
  char *score;
  char *head;
  char *region;
  char *scale;
  char *colors;
  char *out;
  char *mask;
  char *mask_class;
  char **images;
  char **params;
  gboolean smooth;
  CliEngine engine;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->left);
  g_free (options->right);
  g_free (options->left_layer);
  g_free (options->right_layer);
  g_free (options->class);
  g_free (options->against);
  g_free (options->score);
  g_free (options->head);
  g_free (options->region);
  g_free (options->scale);
  g_free (options->colors);
  g_free (options->out);
  g_free (options->mask);
  g_free (options->mask_class);
  g_strfreev (options->images);
  g_strfreev (options->params);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* One half of the comparison, and what it needs to live. */
typedef struct {
  const SacMethod *method;
  GPtrArray *methods; /* of both halves; borrowed */
  SacModel *model;
  CliCase *owner;
  CliExplanation *explanation;
  SacMap *map;
  char *class_id, *class_name;
} Side;

static void
side_clear (Side *side)
{
  g_clear_pointer (&side->map, sac_map_unref);
  g_clear_pointer (&side->explanation, cli_explanation_free);
  g_clear_pointer (&side->owner, cli_case_free);
  g_clear_pointer (&side->model, sac_model_unref);
  g_free (side->class_id);
  g_free (side->class_name);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Side, side_clear)

/* MODEL:METHOD, cut at the last colon: a path may hold one. */
static bool
parse_side (const char *text,
            const char *option,
            char **ret_model,
            const SacMethod **ret_method,
            GError **error)
{
  const char *colon = text != NULL ? strrchr (text, ':') : NULL;

  if (colon == NULL || colon == text)
    return cli_usage_error (error, "%s takes MODEL:METHOD", option);

  g_autoptr (GPtrArray) methods = cli_find_methods (colon + 1, error);

  if (methods == NULL)
    return false;
  if (methods->len != 1)
    return cli_usage_error (error, "%s takes one method", option);
  *ret_method = methods->pdata[0];
  *ret_model = g_strndup (text, colon - text);
  return true;
}

/* The class of the right side when none is asked for: the left one's, so that
 * both maps answer the same question; its own where its labels lack that. */
static char *
same_class (const Side *left, SacModel *model)
{
  const SacManifest *manifest = sac_model_get_manifest (model);

  for (size_t i = 0; i < manifest->output_count; i++) {
    const SacManifestOutput *output = &manifest->outputs[i];

    for (size_t k = 0; k < output->label_count; k++) {
      if (strcmp (output->labels[k].id, left->class_id) == 0)
        return g_strdup_printf ("%s:%s", output->name, left->class_id);
    }
  }
  return NULL;
}

static bool
side_make (Side *side,
           const char *image,
           const Options *options,
           const char *class,
           const char *layer,
           SacJob *job,
           GError **error)
{
  CliCaseParams case_params = {
    .image = image,
    .images = options->images,
    .region = options->region,
  };
  CliExplanationParams params = {
    .class = class,
    .against = options->against,
    .score = options->score,
    .layer = layer,
    .head = side->method->has_head ? options->head : NULL,
    .params = options->params,
    .methods = side->methods,
  };

  side->owner = cli_case_new (side->model, &case_params, job, error);
  if (side->owner == NULL)
    return false;
  side->explanation = cli_explanation_new (side->owner, &params, job, error);
  if (side->explanation == NULL)
    return false;
  side->map = cli_explanation_run (side->explanation, side->method, job, error);
  if (side->map == NULL)
    return false;
  side->class_id = cli_explanation_class_id (side->explanation);
  side->class_name = cli_explanation_class_name (side->explanation);
  return true;
}

static SacFigureSide
side_to_figure (const Side *side)
{
  return (SacFigureSide){
    .map = side->map,
    .model_name = sac_model_get_name (side->model),
    .method_label = side->method->label,
    .class_name = side->class_name,
    .probability = cli_explanation_probability (side->explanation),
    .layer = json_object_get_string_member_with_default (side->map->provenance,
                                                         "layer", NULL),
  };
}

static JsonObject *
side_to_json (const Side *side)
{
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "model",
                                 sac_model_get_id (side->model));
  json_object_set_string_member (object, "method", side->method->name);
  cli_set_name (object, "class", side->class_id);
  cli_set_name (object, "class_name", side->class_name);
  sac_json_set_number (object, "probability",
                       cli_explanation_probability (side->explanation));
  json_object_set_boolean_member (object, "class_specific",
                                  side->map->class_specific);
  json_object_set_object_member (object, "provenance",
                                 json_object_ref (side->map->provenance));
  return object;
}

/* How far the map lies within the mask, where one was asked for. */
static bool
add_mask (const CliMask *mask,
          const Side *side,
          JsonObject *object,
          SacJob *job,
          GError **error)
{
  SacMaskScores scores;

  if (mask->set == NULL)
    return true;
  if (!cli_mask_measure (mask, side->map, &scores, job, error))
    return false;
  json_object_set_object_member (object, "mask",
                                 sac_mask_scores_to_json (&scores));
  return true;
}

/* Agreement that has no answer (crops that do not overlap) is said in words and
 * leaves the numbers null: the figure is still worth having. */
static bool
agree (const Side *left, const Side *right, SacAgreement *ret_agreement)
{
  g_autoptr (GError) reason = NULL;
  const SacAgreementParams params = {.moved = true, .seed = 1};

  if (sac_agreement_new (left->map, right->map, &params, ret_agreement, NULL,
                         &reason))
    return true;
  g_printerr ("saccade-cli compare: agreement is not defined: %s\n",
              reason->message);
  return false;
}

/* NULL where agreement has no answer, which has said why. */
static JsonObject *
disagree (const Side *left, const Side *right)
{
  g_autoptr (SacDisagreement) found =
    sac_disagreement_new (left->map, right->map, SAC_DISAGREEMENT_SHARE,
                          SAC_DISAGREEMENT_LEAST, NULL);

  return found != NULL ? sac_disagreement_to_json (found, "left", "right")
                       : NULL;
}

/* The image that a side's map lies on: of a pair, one of the two. */
static SacSource *
get_source (const Side *side)
{
  return side->owner->sources->pdata[side->explanation->request.input];
}

/* Both maps lie on one image, which the figure shows. */
static bool
fill_figure (SacFigure *figure,
             const Options *options,
             const Side *left,
             const Side *right,
             SacRect *region,
             GError **error)
{
  figure->source = get_source (left);
  figure->left = side_to_figure (left);
  figure->right = side_to_figure (right);
  if (g_strcmp0 (sac_source_get_hash (figure->source),
                 sac_source_get_hash (get_source (right))) != 0) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "the left map lies on %s and the right one on %s; compare "
                 "maps of one image",
                 sac_source_get_path (figure->source),
                 sac_source_get_path (get_source (right)));
    return false;
  }
  if (options->region != NULL) {
    if (!cli_parse_region (options->region, region, error))
      return false;
    figure->region = region;
  }
  if (options->colors == NULL)
    return true;
  figure->colors = sac_color_map_find (options->colors);
  return figure->colors != NULL ||
         cli_usage_error (error, "there is no colour map \"%s\"",
                          options->colors);
}

static bool
write_comparison (const char *image,
                  const Options *options,
                  const Side *left,
                  const Side *right,
                  SacScaleMode scale,
                  SacJob *job,
                  GError **error)
{
  SacAgreement agreement;
  bool agreed = agree (left, right, &agreement);
  SacRect region;
  g_auto (CliMask) mask = {0};
  SacFigure figure = {
    .agreement = agreed ? &agreement : NULL,
    .scale_mode = scale,
    .smooth = options->smooth,
    .shows_disagreement = true,
    .top_share = SAC_DISAGREEMENT_SHARE,
  };
  g_autofree char *title = g_filename_display_basename (image);

  figure.title = title;
  if (!fill_figure (&figure, options, left, right, &region, error) ||
      !cli_mask_open (&mask, options->mask, options->mask_class, figure.source,
                      job, error))
    return false;
  figure.mask = (SacFigureMask){mask.set, mask.class_index, options->mask};
  if (!sac_figure_write (&figure, options->out, job, error))
    return false;

  g_autoptr (JsonObject) of_left = side_to_json (left);
  g_autoptr (JsonObject) of_right = side_to_json (right);

  if (!add_mask (&mask, left, of_left, job, error) ||
      !add_mask (&mask, right, of_right, job, error))
    return false;

  JsonObject *object = json_object_new ();

  cli_set_name (object, "figure", options->out);
  cli_set_name (object, "image", image);
  if (agreed)
    json_object_set_object_member (object, "agreement",
                                   sac_agreement_to_json (&agreement));
  else
    json_object_set_null_member (object, "agreement");

  JsonObject *disagreement = disagree (left, right);

  if (disagreement != NULL)
    json_object_set_object_member (object, "disagreement", disagreement);
  else
    json_object_set_null_member (object, "disagreement");
  json_object_set_object_member (object, "left", g_steal_pointer (&of_left));
  json_object_set_object_member (object, "right", g_steal_pointer (&of_right));
  return cli_print (object, error);
}

static bool
compare (const char *image,
         const Options *options,
         SacScaleMode scale,
         SacJob *job,
         GError **error)
{
  g_auto (Side) left = {0};
  g_auto (Side) right = {0};
  g_autofree char *left_model = NULL;
  g_autofree char *right_model = NULL;
  g_autofree char *class = NULL;
  g_autoptr (GPtrArray) methods = g_ptr_array_new ();

  if (!parse_side (options->left, "--left", &left_model, &left.method, error) ||
      !parse_side (options->right, "--right", &right_model, &right.method,
                   error))
    return false;
  g_ptr_array_add (methods, (void *)left.method);
  g_ptr_array_add (methods, (void *)right.method);
  left.methods = right.methods = methods;
  left.model = sac_model_open (left_model, job, error);
  if (left.model == NULL)
    return false;
  right.model = sac_model_open (right_model, job, error);
  if (right.model == NULL)
    return false;
  sac_job_set_span (job, 0.0, 0.4);
  if (!side_make (&left, image, options, options->class, options->left_layer,
                  job, error))
    return false;
  class = options->class != NULL ? g_strdup (options->class)
                                 : same_class (&left, right.model);
  sac_job_set_span (job, 0.4, 0.8);
  if (!side_make (&right, image, options, class, options->right_layer, job,
                  error))
    return false;
  sac_job_set_span (job, 0.8, 1.0);
  return write_comparison (image, options, &left, &right, scale, job, error);
}

static bool
parse (Options *options, int argc, char **argv, char ***rest, GError **error)
{
  GOptionEntry entries[] = {
    {"left", 0, 0, G_OPTION_ARG_FILENAME, &options->left, "Left map",
     "MODEL:METHOD"},
    {"right", 0, 0, G_OPTION_ARG_FILENAME, &options->right, "Right map",
     "MODEL:METHOD"},
    {"class", 0, 0, G_OPTION_ARG_FILENAME, &options->class,
     "Class to explain; else the left model's predicted one", "ID|N"},
    {"against", 0, 0, G_OPTION_ARG_FILENAME, &options->against,
     "Explain the class's logit less this one's", "ID|N"},
    {"score", 0, 0, G_OPTION_ARG_STRING, &options->score,
     "What of the output: logit (default), probability, log-probability",
     "NAME"},
    {"left-layer", 0, 0, G_OPTION_ARG_FILENAME, &options->left_layer,
     "Value of the graph to take the left map from", "VALUE"},
    {"right-layer", 0, 0, G_OPTION_ARG_FILENAME, &options->right_layer,
     "Value of the graph to take the right map from", "VALUE"},
    {"head", 0, 0, G_OPTION_ARG_STRING, &options->head,
     "Attention head, for methods that have one", "N|mean|max|min"},
    {"image", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->images,
     "Image of another input, by name or role", "ROLE=FILE"},
    {"region", 0, 0, G_OPTION_ARG_STRING, &options->region,
     "Part of the image to look at, level-0 pixels", "X,Y,W,H"},
    {"param", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->params,
     "A parameter of one method or of both", "KEY=VALUE"},
    {"scale", 0, 0, G_OPTION_ARG_STRING, &options->scale,
     "own (default), shared, stretched, percentile", "NAME"},
    {"colors", 0, 0, G_OPTION_ARG_STRING, &options->colors, "Colour map",
     "NAME"},
    {"smooth", 0, 0, G_OPTION_ARG_NONE, &options->smooth,
     "Interpolate between cells", NULL},
    {"mask", 0, 0, G_OPTION_ARG_FILENAME, &options->mask,
     "Mask image or annotations to measure both maps against", "FILE"},
    {"mask-class", 0, 0, G_OPTION_ARG_STRING, &options->mask_class,
     "Only annotations of this class", "NAME"},
    {"out", 0, 0, G_OPTION_ARG_FILENAME, &options->out, "Figure to write",
     "FILE.png|.pdf|.svg"},
    CLI_THREADS_ENTRY (&options->engine),
    CLI_EXACT_ENTRY (&options->engine),
    G_OPTION_ENTRY_NULL,
  };

  return cli_parse (&cli_compare, entries, argc, argv, rest, error) &&
         cli_set_engine (&options->engine, error);
}

static bool
run_compare (int argc, char **argv, SacJob *job, GError **error)
{
  g_auto (Options) options = {0};
  g_auto (GStrv) rest = NULL;
  SacScaleMode scale = SAC_SCALE_OWN;

  if (!parse (&options, argc, argv, &rest, error))
    return false;
  if (g_strv_length (rest) != 1)
    return cli_usage_error (error, "give one image");
  if (options.out == NULL)
    return cli_usage_error (error, "--out is needed");
  if (!g_str_has_suffix (options.out, ".png") &&
      !g_str_has_suffix (options.out, ".pdf") &&
      !g_str_has_suffix (options.out, ".svg"))
    return cli_usage_error (error, "--out takes FILE.png, .pdf or .svg");
  if (options.scale != NULL && !sac_scale_mode_find (options.scale, &scale))
    return cli_usage_error (error, "there is no scale \"%s\"", options.scale);

  const char *inputs[] = {rest[0], options.mask, NULL};

  return cli_check_output (options.out, inputs, error) &&
         compare (rest[0], &options, scale, job, error);
}

const CliCommand cli_compare = {
  .name = "compare",
  .usage = "IMAGE --left MODEL:METHOD --right MODEL:METHOD [--class ID|N] "
           "[--against ID|N] [--score NAME] "
           "[--region X,Y,W,H] [--mask FILE [--mask-class NAME]] [--exact] "
           "--out FIGURE.png|.pdf|.svg",
  .summary = "The side-by-side figure with legends; agreement as JSON.",
  .run = run_compare,
};
