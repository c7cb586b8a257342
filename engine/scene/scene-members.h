/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Members of a scene's JSON, each checked before it is believed.  A missing
 * member leaves its value as it is.  Errors: DAMAGED, with the file, the member
 * and what it has to be.  What kept views write like scenes is written here for
 * both. */
#ifndef SAC_SCENE_SCENE_MEMBERS_H
#define SAC_SCENE_SCENE_MEMBERS_H

#include "scene/camera.h"

#include <json-glib/json-glib.h>
#include <stdbool.h>

typedef struct {
  JsonObject *object;
  const char *path; /* of the file, for messages */
} SacMembers;

bool sac_members_complain (const SacMembers *members,
                           const char *member,
                           const char *what,
                           GError **error);

bool sac_members_read_number (const SacMembers *members,
                              const char *member,
                              double low,
                              double high,
                              double *value,
                              GError **error);
bool sac_members_read_bool (const SacMembers *members,
                            const char *member,
                            bool *value,
                            GError **error);

/* *value: borrowed; NULL where the member is missing. */
bool sac_members_read_text (const SacMembers *members,
                            const char *member,
                            const char **value,
                            GError **error);

/* Two numbers.  *ret_found: false where the member is missing. */
bool sac_members_read_pair (const SacMembers *members,
                            const char *member,
                            double *first,
                            double *second,
                            bool *ret_found,
                            GError **error);

/* ret_object: members of that object, with .object NULL where it is missing. */
bool sac_members_read_object (const SacMembers *members,
                              const char *member,
                              SacMembers *ret_object,
                              GError **error);

/* "camera"; turn: of the file's unit of rotation, in a radian. */
void sac_members_write_camera (JsonObject *object,
                               const SacCamera *camera,
                               double turn);

/* How a map is shown.  colors: of a colour map, NULL: none is written. */
void sac_members_write_looks (JsonObject *object,
                              const char *colors,
                              double opacity,
                              bool smooth);

#endif
