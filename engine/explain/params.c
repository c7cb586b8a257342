/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/params.h"

#include "base/error.h"
#include "network/escape.h"

#include <math.h>
#include <string.h>

const char *
sac_param_get_text (const SacExplainRequest *request,
                    const SacMethodParam *param)
{
  const char *text = request->params != NULL
                       ? g_hash_table_lookup (request->params, param->name)
                       : NULL;

  return text != NULL ? text : param->fallback;
}

static bool
is_known (const SacMethod *method, const char *name)
{
  for (const SacMethodParam *param = method->params;
       param != NULL && param->name != NULL; param++) {
    if (strcmp (param->name, name) == 0)
      return true;
  }
  return false;
}

static void
refuse (const SacMethod *method, const char *name, GError **error)
{
  g_autofree char *shown = sac_escape_short (name);
  g_autoptr (GString) known = g_string_new (NULL);

  for (const SacMethodParam *param = method->params;
       param != NULL && param->name != NULL; param++)
    g_string_append_printf (known, "%s%s", known->len > 0 ? ", " : "",
                            param->name);
  if (known->len == 0)
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "%s has no parameter %s: it has none", method->name, shown);
  else
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "%s has no parameter %s: it has %s", method->name, shown,
                 known->str);
}

bool
sac_params_check (const SacMethod *method,
                  const SacExplainRequest *request,
                  GError **error)
{
  GHashTableIter iter;
  gpointer name;

  if (request->params == NULL)
    return true;
  g_hash_table_iter_init (&iter, request->params);
  while (g_hash_table_iter_next (&iter, &name, NULL)) {
    if (!is_known (method, name)) {
      refuse (method, name, error);
      return false;
    }
  }
  return true;
}

bool
sac_param_get_int (const SacExplainRequest *request,
                   const SacMethodParam *param,
                   int64_t min,
                   int64_t max,
                   int64_t *ret_value,
                   GError **error)
{
  const char *text = sac_param_get_text (request, param);
  g_autofree char *shown = NULL;

  if (g_ascii_string_to_signed (text, 10, min, max, ret_value, NULL))
    return true;
  shown = sac_escape_short (text);
  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "parameter %s is %s: it must be a whole number from "
               "%" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
               param->name, shown, min, max);
  return false;
}

bool
sac_param_get_choice (const SacExplainRequest *request,
                      const SacMethodParam *param,
                      const char *const *names,
                      int64_t *ret_index,
                      GError **error)
{
  const char *text = sac_param_get_text (request, param);

  for (int64_t i = 0; names[i] != NULL; i++) {
    if (strcmp (names[i], text) == 0) {
      *ret_index = i;
      return true;
    }
  }

  g_autofree char *shown = sac_escape_short (text);
  g_autofree char *known = g_strjoinv (", ", (char **)names);

  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "parameter %s is %s: it must be one of %s", param->name, shown,
               known);
  return false;
}

bool
sac_param_get_number (const SacExplainRequest *request,
                      const SacMethodParam *param,
                      double *ret_value,
                      GError **error)
{
  const char *text = sac_param_get_text (request, param);
  char *end;
  double value = g_ascii_strtod (text, &end);

  if (end != text && *end == '\0' && isfinite (value) && value >= 0) {
    *ret_value = value;
    return true;
  }

  g_autofree char *shown = sac_escape_short (text);

  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "parameter %s is %s: it must be a number that is not negative",
               param->name, shown);
  return false;
}
