/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "choice.h"

#include <glib/gi18n.h>

void
sac_choice_copy (const SacChoice *choice, SacChoice *ret_copy)
{
  *ret_copy = *choice;
  ret_copy->model = g_strdup (choice->model);
  ret_copy->method = g_strdup (choice->method);
  ret_copy->class_id = g_strdup (choice->class_id);
  ret_copy->layer = g_strdup (choice->layer);
}

void
sac_choice_clear (SacChoice *choice)
{
  g_free (choice->model);
  g_free (choice->method);
  g_free (choice->class_id);
  g_free (choice->layer);
  *choice = (SacChoice){0};
}

bool
sac_choice_equal (const SacChoice *a, const SacChoice *b)
{
  return g_strcmp0 (a->model, b->model) == 0 &&
         g_strcmp0 (a->method, b->method) == 0 && a->output == b->output &&
         g_strcmp0 (a->class_id, b->class_id) == 0 &&
         g_strcmp0 (a->layer, b->layer) == 0 && a->head_mode == b->head_mode &&
         (a->head_mode != SAC_HEAD_ONE || a->head == b->head);
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
