/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "choice.h"

#include <glib/gi18n.h>

static GHashTable *
new_params (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

static GHashTable *
copy_params (GHashTable *params)
{
  GHashTable *copy = params != NULL ? new_params () : NULL;
  GHashTableIter iter;
  gpointer name, text;

  if (params == NULL)
    return NULL;
  g_hash_table_iter_init (&iter, params);
  while (g_hash_table_iter_next (&iter, &name, &text))
    g_hash_table_insert (copy, g_strdup (name), g_strdup (text));
  return copy;
}

static guint
count_params (GHashTable *params)
{
  return params != NULL ? g_hash_table_size (params) : 0;
}

static bool
params_equal (GHashTable *a, GHashTable *b)
{
  GHashTableIter iter;
  gpointer name, text;

  if (count_params (a) != count_params (b))
    return false;
  if (count_params (a) == 0)
    return true;
  g_hash_table_iter_init (&iter, a);
  while (g_hash_table_iter_next (&iter, &name, &text))
    if (g_strcmp0 (g_hash_table_lookup (b, name), text) != 0)
      return false;
  return true;
}

void
sac_choice_copy (const SacChoice *choice, SacChoice *ret_copy)
{
  *ret_copy = *choice;
  ret_copy->model = g_strdup (choice->model);
  ret_copy->method = g_strdup (choice->method);
  ret_copy->class_id = g_strdup (choice->class_id);
  ret_copy->layer = g_strdup (choice->layer);
  ret_copy->against = g_strdup (choice->against);
  ret_copy->params = copy_params (choice->params);
}

void
sac_choice_clear (SacChoice *choice)
{
  g_free (choice->model);
  g_free (choice->method);
  g_free (choice->class_id);
  g_free (choice->layer);
  g_free (choice->against);
  sac_choice_drop_params (choice);
  *choice = (SacChoice){0};
}

bool
sac_choice_equal (const SacChoice *a, const SacChoice *b)
{
  return g_strcmp0 (a->model, b->model) == 0 &&
         g_strcmp0 (a->method, b->method) == 0 && a->output == b->output &&
         g_strcmp0 (a->class_id, b->class_id) == 0 &&
         g_strcmp0 (a->layer, b->layer) == 0 && a->head_mode == b->head_mode &&
         (a->head_mode != SAC_HEAD_ONE || a->head == b->head) &&
         a->score == b->score && g_strcmp0 (a->against, b->against) == 0 &&
         params_equal (a->params, b->params);
}

void
sac_choice_drop_params (SacChoice *choice)
{
  g_clear_pointer (&choice->params, g_hash_table_unref);
}

const char *
sac_choice_get_param (const SacChoice *choice, const SacMethodParam *param)
{
  const char *text = choice->params != NULL
                       ? g_hash_table_lookup (choice->params, param->name)
                       : NULL;

  return text != NULL ? text : param->fallback;
}

bool
sac_choice_set_param (SacChoice *choice,
                      const SacMethodParam *param,
                      const char *text)
{
  if (g_str_equal (sac_choice_get_param (choice, param), text))
    return false;
  if (choice->params == NULL)
    choice->params = new_params ();
  if (g_str_equal (text, param->fallback))
    g_hash_table_remove (choice->params, param->name);
  else
    g_hash_table_insert (choice->params, g_strdup (param->name),
                         g_strdup (text));
  return true;
}

static void
append_change (GString *text, const char *name, const char *value)
{
  g_string_append_printf (text, "%s%s %s", text->len > 0 ? ", " : "", name,
                          value);
}

static const char *
get_score_title (SacScoreKind kind)
{
  switch (kind) {
  case SAC_SCORE_PROBABILITY:
    return N_ ("the probability");
  case SAC_SCORE_LOG_PROBABILITY:
    return N_ ("the logarithm of the probability");
  case SAC_SCORE_LOGIT:
  case SAC_SCORE_SUM:
  case SAC_SCORE_NORM:
  default:
    return N_ ("the logit");
  }
}

typedef const char *(*Translate) (const char *text);

/* Of methods that know a score; what others do with it is nothing. */
static void
append_score (GString *text, const SacChoice *choice, Translate translate)
{
  const char *title = translate (N_ ("score:"));

  if (choice->score != SAC_SCORE_LOGIT) {
    append_change (text, title, translate (get_score_title (choice->score)));
  } else if (choice->against != NULL) {
    /* Translators: the id of a class follows. */
    g_autofree char *against =
      g_strdup_printf ("%s %s", translate (N_ ("the logit less that of")),
                       choice->against);

    append_change (text, title, against);
  }
}

static char *
dup_changes (const SacChoice *choice, Translate translate)
{
  const SacMethod *method =
    choice->method != NULL ? sac_method_find (choice->method) : NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  if (method == NULL)
    return NULL;
  for (const SacMethodParam *param = method->params;
       param != NULL && param->name != NULL; param++) {
    const char *value = sac_choice_get_param (choice, param);

    if (!g_str_equal (value, param->fallback))
      append_change (text, param->name, value);
  }
  if (method->class_specific)
    append_score (text, choice, translate);
  return text->len > 0 ? g_strdup (text->str) : NULL;
}

static const char *
translate (const char *text)
{
  return gettext (text);
}

static const char *
leave (const char *text)
{
  return text;
}

char *
sac_choice_dup_changes (const SacChoice *choice)
{
  return dup_changes (choice, translate);
}

char *
sac_choice_dup_changes_in_english (const SacChoice *choice)
{
  return dup_changes (choice, leave);
}

char *
sac_choice_dup_model_name (const char *model)
{
  g_autofree char *base = g_filename_display_basename (model);

  if (!g_str_equal (base, "model.onnx") && !g_str_equal (base, "model.json"))
    return g_steal_pointer (&base);

  g_autofree char *folder = g_path_get_dirname (model);

  return g_filename_display_basename (folder);
}

char *
sac_choice_dup_title (const SacChoice *choice)
{
  if (choice->model == NULL || choice->method == NULL)
    return g_strdup ("");

  g_autofree char *model = sac_choice_dup_model_name (choice->model);

  return g_strdup_printf ("%s · %s",
                          _ (sac_method_find (choice->method)->label), model);
}
