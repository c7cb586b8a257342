/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a run was asked for, as text that can be used from anywhere. */
#include "slide-job.h"

#include "base/error.h"

#include <string.h>

/* A path as seen from any folder; what is no file stays a name. */
static char *
make_absolute (const char *text)
{
  return g_file_test (text, G_FILE_TEST_EXISTS)
           ? g_canonicalize_filename (text, NULL)
           : g_strdup (text);
}

static void
add (JsonArray *array, const char *name, const char *value)
{
  if (value == NULL)
    return;
  json_array_add_string_element (array, name);
  json_array_add_string_element (array, value);
}

static void
add_path (JsonArray *array, const char *name, const char *value)
{
  g_autofree char *path = value != NULL ? make_absolute (value) : NULL;

  add (array, name, path);
}

static void
add_number (JsonArray *array, const char *name, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  add (array, name, g_ascii_dtostr (text, sizeof text, value));
}

static void
add_models (JsonArray *array, const char *models)
{
  g_auto (GStrv) names = g_strsplit (models != NULL ? models : "", ",", -1);

  for (size_t i = 0; names[i] != NULL; i++) {
    char *path = make_absolute (names[i]);

    g_free (names[i]);
    names[i] = path;
  }

  g_autofree char *joined = g_strjoinv (",", names);

  add (array, "--also", models != NULL ? joined : NULL);
}

char *
cli_slide_write_arguments (const CliSlideOptions *options)
{
  g_autoptr (JsonObject) object = json_object_new ();
  JsonArray *array = json_array_new ();
  g_autofree char *model = make_absolute (options->model);
  g_autofree char *slide = make_absolute (options->slide);

  add_models (array, options->models);
  add (array, "--method", options->methods);
  add (array, "--class", options->class);
  add (array, "--layer", options->layer);
  for (size_t i = 0; options->params != NULL && options->params[i] != NULL; i++)
    add (array, "--param", options->params[i]);
  add_number (array, "--mpp", options->mpp);
  add_number (array, "--model-mpp", options->model_mpp);
  add (array, "--region", options->region);
  add_number (array, "--stride", options->stride);
  add (array, "--edge", options->edge);
  add_number (array, "--batch", options->batch);
  if (options->all)
    json_array_add_string_element (array, "--all");
  add_path (array, "--tissue", options->tissue);
  add_number (array, "--threshold", options->threshold);
  add_number (array, "--closing", options->closing);
  add_number (array, "--min-area", options->min_area);
  add_number (array, "--share", options->share);
  add_number (array, "--positive", options->positive);
  add_number (array, "--top", options->top);
  if (options->engine.exact)
    json_array_add_string_element (array, "--exact");
  json_array_add_string_element (array, "--");
  json_array_add_string_element (array, model);
  json_array_add_string_element (array, slide);
  json_object_set_array_member (object, "arguments", array);
  return sac_json_to_text (object, false);
}

bool
cli_slide_read_arguments (CliSlideOptions *options,
                          const char *text,
                          const char *out,
                          GError **error)
{
  g_autoptr (JsonObject) object =
    sac_json_parse (text, strlen (text), "the run's arguments", error);
  g_autoptr (GPtrArray) words = g_ptr_array_new ();

  if (object == NULL)
    return false;

  JsonNode *node = json_object_get_member (object, "arguments");

  g_ptr_array_add (words, (char *)"slide");
  g_ptr_array_add (words, (char *)"--out");
  g_ptr_array_add (words, (char *)out);
  for (guint i = 0; node != NULL && JSON_NODE_HOLDS_ARRAY (node) &&
                    i < json_array_get_length (json_node_get_array (node));
       i++)
    g_ptr_array_add (words,
                     (char *)
                       json_array_get_string_element (json_node_get_array (
                                                        node),
                                                      i));
  /* The parser moves words about, and drops those it knows. */
  g_autofree char **copy =
    g_memdup2 (words->pdata, words->len * sizeof (char *));

  return cli_slide_parse (options, (int)words->len, copy, error);
}
