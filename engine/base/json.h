/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* JSON side files: reading what strangers wrote, writing numbers exactly.
 *
 * Reading is stricter than json-glib: size and depth are bounded (its parser
 * recurses), comments and single quotes are refused, and the root is an object.
 * Writing uses the C locale and enough digits to read the same double back. */
#ifndef SAC_BASE_JSON_H
#define SAC_BASE_JSON_H

#include <json-glib/json-glib.h>
#include <stdbool.h>

/* name: stands in messages.  Errors: DAMAGED (with the line), TOO_LARGE.
 * Returns: a new object; free with json_object_unref. */
JsonObject *
sac_json_parse (const char *text, gsize size, const char *name, GError **error);

/* ret_sha256: of the file, a new string; NULL when not wanted.
 * Errors: UNREADABLE, and those of sac_json_parse, naming the path. */
JsonObject *sac_json_read (const char *path, char **ret_sha256, GError **error);

/* JSON has no NaN and no infinity: those become null. */
void sac_json_set_number (JsonObject *object, const char *member, double value);
void sac_json_add_number (JsonArray *array, double value);

/* Returns: a new array. */
JsonArray *sac_json_numbers_new (const double *values, gsize count);
void sac_json_set_numbers (JsonObject *object,
                           const char *member,
                           const double *values,
                           gsize count);

/* Returns: a new string; pretty ones are indented and end with a newline. */
char *sac_json_to_text (JsonObject *object, bool pretty);

#endif
