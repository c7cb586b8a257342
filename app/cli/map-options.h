/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The options of every command that makes maps of one case: which, of what, and
 * how. */
#ifndef SAC_CLI_MAP_OPTIONS_H
#define SAC_CLI_MAP_OPTIONS_H

#include "explanation.h"

typedef struct {
  char **images;
  char **inputs;
  char **params;
  char *methods;
  char *class;
  char *against;
  char *score;
  char *layer;
  char *head;
  char *region;
  CliEngine engine;
} CliMapOptions;

void cli_map_options_clear (CliMapOptions *options);

/* Among a command's own. */
#define CLI_MAP_ENTRIES(options)                                               \
  {"method",                                                                   \
   0,                                                                          \
   0,                                                                          \
   G_OPTION_ARG_STRING,                                                        \
   &(options)->methods,                                                        \
   "Ways to make a map ('saccade-cli methods')",                               \
   "NAME[,NAME...]"},                                                          \
    {"class",                                                                  \
     0,                                                                        \
     0,                                                                        \
     G_OPTION_ARG_FILENAME,                                                    \
     &(options)->class,                                                        \
     "Class to explain; else the predicted one",                               \
     "[OUTPUT:]ID|N"},                                                         \
    {"against",                                                                \
     0,                                                                        \
     0,                                                                        \
     G_OPTION_ARG_FILENAME,                                                    \
     &(options)->against,                                                      \
     "Explain the class's logit less this one's",                              \
     "ID|N"},                                                                  \
    {"score",                                                                  \
     0,                                                                        \
     0,                                                                        \
     G_OPTION_ARG_STRING,                                                      \
     &(options)->score,                                                        \
     "What of the output: logit (default), probability, log-probability; of "  \
     "all its numbers: sum, norm",                                             \
     "NAME"},                                                                  \
    {"layer",                                                                  \
     0,                                                                        \
     0,                                                                        \
     G_OPTION_ARG_FILENAME,                                                    \
     &(options)->layer,                                                        \
     "Value of the graph to take the map from",                                \
     "VALUE"},                                                                 \
    {"head",                                                                   \
     0,                                                                        \
     0,                                                                        \
     G_OPTION_ARG_STRING,                                                      \
     &(options)->head,                                                         \
     "Attention head",                                                         \
     "N|mean|max|min"},                                                        \
    {"image",                                                                  \
     0,                                                                        \
     0,                                                                        \
     G_OPTION_ARG_FILENAME_ARRAY,                                              \
     &(options)->images,                                                       \
     "Image of another input, by name or role",                                \
     "ROLE=FILE"},                                                             \
    {"input",                                                                  \
     0,                                                                        \
     0,                                                                        \
     G_OPTION_ARG_FILENAME_ARRAY,                                              \
     &(options)->inputs,                                                       \
     "Raw tensors instead of an image",                                        \
     "NAME=F.npy"},                                                            \
    {"region",                                                                 \
     0,                                                                        \
     0,                                                                        \
     G_OPTION_ARG_STRING,                                                      \
     &(options)->region,                                                       \
     "Part of the image to look at, level-0 pixels",                           \
     "X,Y,W,H"},                                                               \
    {"param",                                                                  \
     0,                                                                        \
     0,                                                                        \
     G_OPTION_ARG_FILENAME_ARRAY,                                              \
     &(options)->params,                                                       \
     "A parameter of the method; batch=N, input=NAME of the request",          \
     "KEY=VALUE"},                                                             \
    CLI_THREADS_ENTRY (&(options)->engine),                                    \
    CLI_EXACT_ENTRY (&(options)->engine)

/* One MODEL and at most one IMAGE are left over, and methods are named.
 * Returns: array of const SacMethod, or NULL with a usage error. */
GPtrArray *cli_map_options_check (const CliMapOptions *options,
                                  char *const *rest,
                                  GError **error);

/* The model, its inputs, and what is asked of them. */
typedef struct {
  SacModel *model;
  CliCase *owner;
  CliExplanation *explanation;
} CliMapCase;

/* options must live as long.  methods: const SacMethod, those to be run. */
bool cli_map_options_open (const CliMapOptions *options,
                           GPtrArray *methods,
                           char *const *rest,
                           CliMapCase *ret,
                           SacJob *job,
                           GError **error);
void cli_map_case_clear (CliMapCase *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CliMapCase, cli_map_case_clear)

/* Does `one` for each method.  One that has no answer does not keep the others
 * from theirs: each refusal is one line, and the last one is the command's. */
typedef bool (*CliMapFunc) (CliMapCase *self,
                            const SacMethod *method,
                            void *data,
                            SacJob *job,
                            GError **error);
bool cli_map_case_each (CliMapCase *self,
                        const char *command,
                        GPtrArray *methods,
                        CliMapFunc one,
                        void *data,
                        SacJob *job,
                        GError **error);

/* What commands that judge the maps of one case begin with: the options of maps
 * and --setting KEY=VALUE of the measures. */
typedef struct {
  CliMapOptions map;
  char **settings;
  GHashTable *table; /* char * -> char *, of the settings */
} CliMeasureOptions;

void cli_measure_options_clear (CliMeasureOptions *options);

#define CLI_SETTING_ENTRY(options, text)                                       \
  {                                                                            \
    "setting", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &(options)->settings, text,  \
      "KEY=VALUE"                                                              \
  }

/* Parses the command's line by `entries`, opens its case into `owner` and does
 * `one` for each method. */
bool cli_measure_run (const CliCommand *command,
                      GOptionEntry *entries,
                      int argc,
                      char **argv,
                      CliMeasureOptions *options,
                      CliMapCase *owner,
                      CliMapFunc one,
                      void *data,
                      SacJob *job,
                      GError **error);

#endif
