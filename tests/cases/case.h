/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Reference cases: a folder with a network, arrays, and a JSON file that says
 * what belongs together. */
#ifndef SAC_TESTS_CASE_H
#define SAC_TESTS_CASE_H

#include "network/plan.h"

#include <json-glib/json-glib.h>

/* The root object or array of a file; fails the test when it cannot be read.
 * Returns: a parser that owns it. */
JsonParser *case_read_json (const char *path);

/* The array of that name; an empty one when there is none. */
JsonArray *case_get_array (JsonObject *object, const char *name);

/* An .npy file below a folder. */
SacTensor *case_read_array (const char *folder, const char *file);

/* One array per graph input, from entries {name, file}; free with
 * case_free_inputs.  NULL places where an input is missing. */
SacTensor **
case_read_inputs (SacNetwork *network, const char *folder, JsonArray *inputs);
void case_free_inputs (SacNetwork *network, SacTensor **inputs);

/* max |got - expected| / max |expected|; 0 for equal tensors, INFINITY where
 * type, shape or a NaN differ. */
double case_compare (const SacTensor *got, const SacTensor *expected);

/* Fails the test when case_compare is beyond the tolerance. */
void case_check (const SacTensor *got,
                 const char *folder,
                 const char *file,
                 double tolerance,
                 const char *what);

/* "Op" when the table has no such op; NULL when it has all.  ops: names. */
const char *case_find_missing_op (JsonObject *ops);

#endif
