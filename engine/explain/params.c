/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/params.h"

#include "base/error.h"
#include "explain/list.h"
#include "network/escape.h"

#include <math.h>
#include <string.h>

const char *const sac_param_row_names[] = {"class", "read", NULL};
const char *const sac_param_row_labels[] = {N_ ("The class token's"),
                                            N_ ("That of the tokens that the "
                                                "score reads"),
                                            NULL};

const char *
sac_param_get_text (const SacExplainRequest *request,
                    const SacMethodParam *param)
{
  const char *text = request->params != NULL
                       ? g_hash_table_lookup (request->params, param->name)
                       : NULL;

  return text != NULL ? text : param->fallback;
}

static const SacMethodParam *
find (const SacMethod *method, const char *name)
{
  for (const SacMethodParam *param = method->params;
       param != NULL && param->name != NULL; param++) {
    if (strcmp (param->name, name) == 0)
      return param;
  }
  return NULL;
}

bool
sac_params_has (const SacMethod *method, const char *name)
{
  return find (method, name) != NULL;
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

static int
find_choice (const SacMethodParam *param, const char *text)
{
  for (int i = 0; param->choices != NULL && param->choices[i] != NULL; i++) {
    if (strcmp (param->choices[i], text) == 0)
      return i;
  }
  return -1;
}

static bool
parse_number (const SacMethodParam *param, const char *text, double *ret_value)
{
  char *end;

  *ret_value = g_ascii_strtod (text, &end);
  return end != text && *end == '\0' && isfinite (*ret_value) &&
         *ret_value >= param->min && *ret_value <= param->max;
}

/* The ends of a range as whole numbers. */
static int64_t
whole_end (double end)
{
  return end < G_MININT ? G_MININT : end > G_MAXINT ? G_MAXINT : (int64_t)end;
}

static bool
parse_whole (const SacMethodParam *param, const char *text, int64_t *ret_value)
{
  return g_ascii_string_to_signed (text, 10, whole_end (param->min),
                                   whole_end (param->max), ret_value, NULL);
}

bool
sac_param_takes (const SacMethodParam *param, const char *text)
{
  int64_t whole;
  double number;

  switch (param->kind) {
  case SAC_PARAM_WHOLE:
    return parse_whole (param, text, &whole);
  case SAC_PARAM_NUMBER:
    return find_choice (param, text) >= 0 ||
           parse_number (param, text, &number);
  case SAC_PARAM_CHOICE:
  default:
    return find_choice (param, text) >= 0;
  }
}

static void
describe_range (const SacMethodParam *param, GString *text)
{
  bool whole = param->kind == SAC_PARAM_WHOLE;
  char min[G_ASCII_DTOSTR_BUF_SIZE], max[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (min, sizeof min, "%.12g", param->min);
  g_ascii_formatd (max, sizeof max, "%.12g", param->max);
  if (isfinite (param->min) && isfinite (param->max))
    g_string_append_printf (text,
                            whole
                              ? sac_sentence ("a whole number from %s to %s")
                              : sac_sentence ("a number from %s to %s"),
                            min, max);
  else if (isfinite (param->min))
    g_string_append_printf (text,
                            whole
                              ? sac_sentence ("a whole number of at least %s")
                              : sac_sentence ("a number of at least %s"),
                            min);
  else if (isfinite (param->max))
    g_string_append_printf (text,
                            whole
                              ? sac_sentence ("a whole number of at most %s")
                              : sac_sentence ("a number of at most %s"),
                            max);
  else
    g_string_append (text, whole ? sac_sentence ("a whole number")
                                 : sac_sentence ("a number"));
}

char *
sac_param_describe (const SacMethodParam *param)
{
  GString *text = g_string_new (NULL);

  if (param->choices != NULL) {
    g_autofree char *known = g_strjoinv (", ", (char **)param->choices);

    g_string_append_printf (text, sac_sentence ("one of %s"), known);
  }
  if (param->kind == SAC_PARAM_NUMBER && param->choices != NULL)
    g_string_append (text, sac_sentence (", or "));
  if (param->kind != SAC_PARAM_CHOICE)
    describe_range (param, text);
  return g_string_free (text, FALSE);
}

static bool
check_value (const SacMethodParam *param, const char *text, GError **error)
{
  if (sac_param_takes (param, text))
    return true;

  g_autofree char *shown = sac_escape_short (text);
  g_autofree char *wanted = sac_param_describe (param);

  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "parameter %s is %s: it must be %s", param->name, shown, wanted);
  return false;
}

bool
sac_params_check (const SacMethod *method,
                  const SacExplainRequest *request,
                  GError **error)
{
  GHashTableIter iter;
  gpointer name, text;

  if (request->params == NULL)
    return true;
  g_hash_table_iter_init (&iter, request->params);
  while (g_hash_table_iter_next (&iter, &name, &text)) {
    const SacMethodParam *param = find (method, name);

    if (param == NULL) {
      refuse (method, name, error);
      return false;
    }
    if (!check_value (param, text, error))
      return false;
  }
  return true;
}

int64_t
sac_param_get_whole (const SacExplainRequest *request,
                     const SacMethodParam *param)
{
  int64_t value = 0;

  parse_whole (param, sac_param_get_text (request, param), &value);
  return value;
}

double
sac_param_get_number (const SacExplainRequest *request,
                      const SacMethodParam *param)
{
  const char *text = sac_param_get_text (request, param);
  double value;

  return find_choice (param, text) < 0 && parse_number (param, text, &value)
           ? value
           : NAN;
}

int
sac_param_get_choice (const SacExplainRequest *request,
                      const SacMethodParam *param)
{
  return find_choice (param, sac_param_get_text (request, param));
}
