/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "command.h"

#include <gio/gio.h>
#include <string.h>
#include <sys/wait.h>

static const char *program;

void
command_set_program (const char *path)
{
  program = path;
}

static Command *
run (char **words)
{
  g_autoptr (GError) error = NULL;
  Command *command = g_new0 (Command, 1);
  int status = 0;

  g_assert_true (g_spawn_sync (NULL, words, NULL, G_SPAWN_DEFAULT, NULL, NULL,
                               &command->out, &command->err, &status, &error));
  g_assert_no_error (error);
  command->status = WIFEXITED (status) ? WEXITSTATUS (status) : -1;
  return command;
}

Command *
command_run_words (const char *const *words)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new ();

  g_ptr_array_add (all, (void *)program);
  for (; *words != NULL; words++)
    g_ptr_array_add (all, (void *)*words);
  g_ptr_array_add (all, NULL);
  return run ((char **)all->pdata);
}

Command *
command_run (const char *first, ...)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  va_list arguments;

  va_start (arguments, first);
  for (const char *word = first; word != NULL;
       word = va_arg (arguments, const char *))
    g_ptr_array_add (words, (void *)word);
  va_end (arguments);
  g_ptr_array_add (words, NULL);
  return command_run_words ((const char *const *)words->pdata);
}

/* With `script` before it, which ends in running "$@". */
static Command *
run_behind (const char *script, va_list arguments)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();

  g_ptr_array_add (words, (char *)"/bin/sh");
  g_ptr_array_add (words, (char *)"-c");
  g_ptr_array_add (words, (char *)script);
  g_ptr_array_add (words, (char *)"sh");
  g_ptr_array_add (words, (char *)program);
  for (const char *word = va_arg (arguments, const char *); word != NULL;
       word = va_arg (arguments, const char *))
    g_ptr_array_add (words, (char *)word);
  g_ptr_array_add (words, NULL);
  return run ((char **)words->pdata);
}

Command *
command_run_limited (const char *blocks, ...)
{
  g_autofree char *script =
    g_strdup_printf ("ulimit -f %s; trap '' XFSZ; exec \"$@\"", blocks);
  va_list arguments;

  va_start (arguments, blocks);

  Command *command = run_behind (script, arguments);

  va_end (arguments);
  return command;
}

Command *
command_run_input (const char *input, ...)
{
  g_autofree char *quoted = g_shell_quote (input);
  g_autofree char *script = g_strdup_printf ("printf %%s %s | \"$@\"", quoted);
  va_list arguments;

  va_start (arguments, input);

  Command *command = run_behind (script, arguments);

  va_end (arguments);
  return command;
}

void
command_free (Command *command)
{
  if (command == NULL)
    return;
  g_free (command->out);
  g_free (command->err);
  g_free (command);
}

void
command_assert_status (const Command *command, int status)
{
  if (command->status == status)
    return;
  g_test_message ("exit status %d, expected %d; it said: %s", command->status,
                  status, command->err);
  g_test_fail ();
}

void
command_assert_error (const Command *command, const char *part)
{
  const char *end = strchr (command->err, '\n');

  g_assert_cmpstr (command->out, ==, "");
  if (end == NULL || end[1] != '\0' || strstr (command->err, part) == NULL) {
    g_test_message ("expected one line with \"%s\", got: %s", part,
                    command->err);
    g_test_fail ();
  }
}

guint
command_count_lines (const Command *command)
{
  guint count = 0;

  for (const char *c = command->out; *c != '\0'; c++)
    count += *c == '\n';
  return count;
}

JsonNode *
command_get_json (const Command *command, guint index)
{
  g_auto (GStrv) lines = g_strsplit (command->out, "\n", -1);
  g_autoptr (GError) error = NULL;
  JsonNode *node;

  g_assert_cmpuint (index, <, g_strv_length (lines));
  node = json_from_string (lines[index], &error);
  g_assert_no_error (error);
  g_assert_true (JSON_NODE_HOLDS_OBJECT (node));
  return node;
}

JsonObject *
command_object_at (JsonObject *object, const char *key)
{
  g_assert_true (json_object_has_member (object, key));
  return json_object_get_object_member (object, key);
}

double
command_number_at (JsonObject *object, const char *key)
{
  g_assert_true (json_object_has_member (object, key));
  return json_object_get_double_member (object, key);
}

JsonObject *
command_line_at (JsonNode *line, const char *key)
{
  return command_object_at (json_node_get_object (line), key);
}
