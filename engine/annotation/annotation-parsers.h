/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* For the files that read one format, and annotation-file.c. */
#ifndef SAC_ANNOTATION_ANNOTATION_PARSERS_H
#define SAC_ANNOTATION_ANNOTATION_PARSERS_H

#include "annotation/annotation.h"

#include <json-glib/json-glib.h>

/* All fill `set`.  Messages do not name the file yet. */
bool sac_annotation_parse_xml (const char *text,
                               gsize size,
                               SacAnnotations *set,
                               GError **error);

bool sac_annotation_is_polygons (JsonObject *root);
bool sac_annotation_parse_polygons (JsonObject *root,
                                    SacAnnotations *set,
                                    GError **error);

bool sac_annotation_is_geojson (JsonObject *root);
bool sac_annotation_parse_geojson (JsonObject *root,
                                   SacAnnotations *set,
                                   GError **error);

/* [x, y, ...].  Errors: DAMAGED. */
bool sac_annotation_add_json_point (SacAnnotations *set,
                                    GArray *ring,
                                    JsonNode *node,
                                    GError **error);

/* Where no colour is stated. */
#define SAC_ANNOTATION_RGB 0xf4fa58

#endif
