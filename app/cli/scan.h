/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A layer scan: one map of each stage of a network, and one figure with a row
 * for each. */
#ifndef SAC_CLI_SCAN_H
#define SAC_CLI_SCAN_H

#include "map-options.h"

/* What --layer takes for it, where no value of the graph has that name. */
#define CLI_SCAN "scan"

bool cli_scan_is_asked (const CliMapCase *owner, const SacMethod *method);

/* Calls `one` with request->layer set to each stage's layer in turn and a name
 * for its files, "METHOD-1" for the earliest.  A stage that has no answer is
 * told on standard error.  Returns: false with an error where none has one. */
bool cli_scan_each (CliMapCase *owner,
                    const char *command,
                    const SacMethod *method,
                    bool (*one) (CliMapCase *owner,
                                 const SacMethod *method,
                                 const char *name,
                                 void *data,
                                 SacJob *job,
                                 GError **error),
                    void *data,
                    GPtrArray *ret_names,
                    SacJob *job,
                    GError **error);

/* The pictures NAME.png of a folder under one another, as METHOD-scan.png. */
bool cli_scan_write_figure (const char *folder,
                            const SacMethod *method,
                            const GPtrArray *names,
                            SacJob *job,
                            GError **error);

#endif
