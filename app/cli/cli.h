/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* saccade-cli: one table of commands, each in its own file.
 *
 * A command prints JSON on standard output, one object a line, and people's
 * text on standard error.  Exit status: 0 success, 1 an error of the input, 2
 * wrong usage. */
#ifndef SAC_CLI_CLI_H
#define SAC_CLI_CLI_H

#include "base/job.h"
#include "base/json.h"
#include "image/source.h"

#include <json-glib/json-glib.h>

typedef struct {
  const char *name;
  const char *usage;   /* what follows the name */
  const char *summary; /* one line */
  /* Returns: false with an error: of CLI_USAGE for wrong usage, else of the
   * input. */
  bool (*run) (int argc, char **argv, SacJob *job, GError **error);
} CliCommand;

extern const CliCommand cli_bench;
extern const CliCommand cli_compare;
extern const CliCommand cli_explain;
extern const CliCommand cli_faithfulness;
extern const CliCommand cli_info;
extern const CliCommand cli_measure;
extern const CliCommand cli_merge;
extern const CliCommand cli_methods;
extern const CliCommand cli_models;
extern const CliCommand cli_phantom;
extern const CliCommand cli_predict;
extern const CliCommand cli_render;
extern const CliCommand cli_run;
extern const CliCommand cli_sanity;
extern const CliCommand cli_slide;

/* Errors of usage: wrong options, missing arguments, unknown names of the
 * program's own (commands, methods). */
#define CLI_USAGE (cli_usage_quark ())
GQuark cli_usage_quark (void);
bool cli_usage_error (GError **error, const char *format, ...)
  G_GNUC_PRINTF (2, 3);

/* Parses a command's options; what is left over stands in *ret_rest (NULL when
 * there must be none; free with g_strfreev).  argv[0] is the command. */
bool cli_parse (const CliCommand *command,
                GOptionEntry *entries,
                int argc,
                char **argv,
                char ***ret_rest,
                GError **error);

/* What every command that runs a network takes. */
typedef struct {
  int threads; /* 0: the default */
  gboolean exact;
} CliEngine;

/* Its options, among a command's own. */
#define CLI_THREADS_ENTRY(engine)                                              \
  {                                                                            \
    "threads", 0, 0, G_OPTION_ARG_INT, &(engine)->threads, "Threads to use",   \
      "N"                                                                      \
  }
#define CLI_EXACT_ENTRY(engine)                                                \
  {                                                                            \
    "exact", 0, 0, G_OPTION_ARG_NONE, &(engine)->exact,                        \
      "Use only algorithms that are as exact as plain sums", NULL              \
  }

/* Before any network is run.  Returns: false with a usage error. */
bool cli_set_engine (const CliEngine *engine, GError **error);
/* What it runs on: threads, kernels, exact. */
void cli_add_engine (JsonObject *object);

/* "KEY=VALUE" cut at the last '=': values may hold '=' in their names, files
 * should not.  Returns: false with a usage error. */
bool cli_split_assignment (const char *text,
                           const char *option,
                           char **ret_key,
                           char **ret_value,
                           GError **error);

/* Before `path` is written: no file that the command reads is lost to a slip,
 * whatever its name.  inputs: NULL at the end; they need not exist.  Returns:
 * false with a usage error. */
bool
cli_check_output (const char *path, const char *const *inputs, GError **error);

/* Prints one object on a line of its own and frees it; false when standard
 * output cannot be written. */
bool cli_print (JsonObject *object, GError **error);

/* What a reader of the source's pixels should know, where there is anything. */
void cli_set_notes (JsonObject *object, const char *key, SacSource *source);

/* Names from files, made valid UTF-8. */
void cli_set_name (JsonObject *object, const char *key, const char *name);

/* One error on one line of standard error, with the program's name before. */
void cli_report (const char *command, const GError *error);

#endif
