/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Reading typed, checked values from the JSON beside a network.
 *
 * A key that is absent or null leaves the result as it was and is no error; a
 * value of the wrong type or out of range is DAMAGED, and the message names the
 * file and the key.  Every function returns false if and only if it failed. */
#ifndef SAC_NETWORK_MANIFEST_FIELDS_H
#define SAC_NETWORK_MANIFEST_FIELDS_H

#include <json-glib/json-glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  const char *file;  /* stands in messages */
  const char *where; /* "" at the top, else for example "inputs[0]." */
  JsonObject *object;
} SacFields;

bool sac_fields_has (const SacFields *fields, const char *key);

bool sac_fields_flag (const SacFields *fields,
                      const char *key,
                      bool *ret_flag,
                      GError **error);
bool sac_fields_int (const SacFields *fields,
                     const char *key,
                     int min,
                     int max,
                     int *ret_int,
                     GError **error);
/* Finite. */
bool sac_fields_number (const SacFields *fields,
                        const char *key,
                        double *ret_number,
                        GError **error);
/* An array of exactly `count` finite numbers, or one number for all. */
bool sac_fields_numbers (const SacFields *fields,
                         const char *key,
                         int count,
                         double *ret_numbers,
                         GError **error);
/* [height, width], {"height", "width"}, or one number for both, each in
 * [1, 65536]. */
bool sac_fields_size (const SacFields *fields,
                      const char *key,
                      int *ret_height,
                      int *ret_width,
                      GError **error);
/* Replaces *ret_text, which is freed. */
bool sac_fields_text (const SacFields *fields,
                      const char *key,
                      char **ret_text,
                      GError **error);
/* Text that must be one of `choices` (NULL-terminated). */
bool sac_fields_choice (const SacFields *fields,
                        const char *key,
                        const char *const *choices,
                        int *ret_index,
                        GError **error);
/* The same, as text: replaces *ret_text. */
bool sac_fields_choice_text (const SacFields *fields,
                             const char *key,
                             const char *const *choices,
                             char **ret_text,
                             GError **error);
/* NULL when absent. */
bool sac_fields_object (const SacFields *fields,
                        const char *key,
                        JsonObject **ret_object,
                        GError **error);
bool sac_fields_array (const SacFields *fields,
                       const char *key,
                       JsonArray **ret_array,
                       GError **error);
/* The same for an element of an array. */
bool sac_fields_element (const SacFields *fields,
                         const char *key,
                         JsonArray *array,
                         guint index,
                         JsonObject **ret_object,
                         GError **error);

/* Sets an error "FILE: KEY: what".  code: a SacErrorCode.  Returns: false. */
bool sac_fields_refuse (const SacFields *fields,
                        const char *key,
                        int code,
                        GError **error,
                        const char *format,
                        ...) G_GNUC_PRINTF (5, 6);

#endif
