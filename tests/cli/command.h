/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Runs saccade-cli as another program would. */
#ifndef SAC_TESTS_COMMAND_H
#define SAC_TESTS_COMMAND_H

#include <json-glib/json-glib.h>

typedef struct {
  int status; /* exit status; -1 when a signal ended it */
  char *out;
  char *err;
} Command;

/* The program's path: the test program's last argument. */
void command_set_program (const char *path);

/* Runs it with the arguments up to NULL. */
Command *command_run (const char *first, ...) G_GNUC_NULL_TERMINATED;
/* With files of at most so many blocks of 512 bytes, as on a full disk. */
Command *command_run_limited (const char *blocks, ...) G_GNUC_NULL_TERMINATED;
/* With this as its standard input. */
Command *command_run_input (const char *input, ...) G_GNUC_NULL_TERMINATED;
Command *command_run_words (const char *const *words);
void command_free (Command *command);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Command, command_free)

/* Fails the test unless the status is that, with what the program said. */
void command_assert_status (const Command *command, int status);
/* Fails unless standard error is one line that holds `part`, and standard
 * output is empty. */
void command_assert_error (const Command *command, const char *part);
/* Line `index` of standard output as JSON; free with json_node_unref. */
JsonNode *command_get_json (const Command *command, guint index);
guint command_count_lines (const Command *command);

/* Members that must be there. */
JsonObject *command_object_at (JsonObject *object, const char *key);
double command_number_at (JsonObject *object, const char *key);
/* Of the line itself. */
JsonObject *command_line_at (JsonNode *line, const char *key);

#endif
