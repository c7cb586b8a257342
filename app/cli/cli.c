/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "cli.h"

#include "base/error.h"
#include "base/pool.h"
#include "network/network.h"
#include "network/plan-profile.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

GQuark
cli_usage_quark (void)
{
  return g_quark_from_static_string ("sac-cli-usage-quark");
}

bool
cli_usage_error (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);

  g_autofree char *text = g_strdup_vprintf (format, arguments);

  va_end (arguments);
  g_set_error_literal (error, CLI_USAGE, 0, text);
  return false;
}

bool
cli_check_output (const char *path, const char *const *inputs, GError **error)
{
  GStatBuf output;

  if (g_stat (path, &output) != 0)
    return true;
  for (; *inputs != NULL; inputs++) {
    GStatBuf input;

    if (g_stat (*inputs, &input) == 0 && input.st_dev == output.st_dev &&
        input.st_ino == output.st_ino)
      return cli_usage_error (error,
                              "%s is read here, and would be written over; "
                              "name another file",
                              path);
  }
  return true;
}

bool
cli_parse (const CliCommand *command,
           GOptionEntry *entries,
           int argc,
           char **argv,
           char ***ret_rest,
           GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (command->usage);
  g_autoptr (GError) reason = NULL;
  g_auto (GStrv) rest = NULL;
  GOptionEntry remaining[] = {
    {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &rest, NULL, NULL},
    G_OPTION_ENTRY_NULL,
  };

  g_option_context_set_summary (context, command->summary);
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, NULL);
  if (ret_rest != NULL)
    g_option_context_add_main_entries (context, remaining, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &reason))
    return cli_usage_error (error, "%s", reason->message);
  if (ret_rest == NULL && argc > 1)
    return cli_usage_error (error, "unexpected argument %s", argv[1]);
  if (ret_rest != NULL)
    *ret_rest = rest != NULL ? g_steal_pointer (&rest) : g_new0 (char *, 1);
  return true;
}

bool
cli_set_engine (const CliEngine *engine, GError **error)
{
  if (engine->threads < 0 || engine->threads > 1024)
    return cli_usage_error (error, "--threads takes a number from 1 to 1024");
  sac_pool_set_threads (engine->threads);
  if (engine->exact)
    sac_plan_set_exact (true);
  return true;
}

void
cli_add_engine (JsonObject *object)
{
  json_object_set_int_member (object, "threads", sac_pool_get_threads ());
  json_object_set_string_member (object, "kernels", sac_plan_get_kernels ());
  json_object_set_boolean_member (object, "exact", sac_plan_get_exact ());
}

bool
cli_split_assignment (const char *text,
                      const char *option,
                      char **ret_key,
                      char **ret_value,
                      GError **error)
{
  const char *equals = strrchr (text, '=');

  if (equals == NULL || equals == text || equals[1] == '\0')
    return cli_usage_error (error, "%s takes NAME=VALUE, not \"%s\"", option,
                            text);
  *ret_key = g_strndup (text, equals - text);
  *ret_value = g_strdup (equals + 1);
  return true;
}

bool
cli_print (JsonObject *object, GError **error)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, object);

  g_autofree char *text = json_to_string (node, FALSE);

  if (puts (text) >= 0 && fflush (stdout) == 0)
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_UNWRITABLE,
               "standard output cannot be written (%s)", g_strerror (errno));
  return false;
}

void
cli_set_name (JsonObject *object, const char *key, const char *name)
{
  g_autofree char *shown = g_utf8_make_valid (name, -1);

  json_object_set_string_member (object, key, shown);
}

void
cli_set_notes (JsonObject *object, const char *key, SacSource *source)
{
  const char *const *notes = sac_source_get_notes (source);
  JsonArray *array;

  if (notes[0] == NULL)
    return;
  array = json_array_new ();
  for (size_t i = 0; notes[i] != NULL; i++)
    json_array_add_string_element (array, notes[i]);
  json_object_set_array_member (object, key, array);
}

void
cli_report (const char *command, const GError *error)
{
  g_autofree char *line = sac_network_escape (error->message);

  /* As it is, not in the locale's encoding: that of LC_ALL=C would show each
   * letter of a file name beyond ASCII as a question mark. */
  fprintf (stderr, "saccade-cli%s%s: %s\n", command[0] != '\0' ? " " : "",
           command, line);
}
