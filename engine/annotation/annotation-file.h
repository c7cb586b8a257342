/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Annotations on disk.
 *
 * Read: GeoJSON as QuPath writes it, ASAP's XML (also Camelyon16 and 17), and
 * the polygon JSON that goes with Camelyon16 ("positive", "negative").  What
 * those call negative, and what ASAP's files keep in a group called "_2",
 * "Exclude" or "Exclusion", excludes.  Written: GeoJSON, and ASAP's XML, which
 * knows no holes: there, holes become polygons of the group "Exclude". */
#ifndef SAC_ANNOTATION_ANNOTATION_FILE_H
#define SAC_ANNOTATION_ANNOTATION_FILE_H

#include "annotation/annotation.h"

/* The format is found by the content.  Errors: UNREADABLE, UNSUPPORTED (says
 * what can be read), DAMAGED (says where), TOO_LARGE. */
SacAnnotations *sac_annotations_read (const char *path, GError **error);

/* From memory; `name` stands in messages. */
SacAnnotations *sac_annotations_parse (const char *text,
                                       gsize size,
                                       const char *name,
                                       GError **error);

/* New strings, in the C locale, with enough digits to read the same doubles
 * back. */
char *sac_annotations_to_geojson (const SacAnnotations *set);
char *sac_annotations_to_xml (const SacAnnotations *set);

/* By the path's ending: .xml is ASAP's, everything else GeoJSON. */
bool sac_annotations_write (const char *path,
                            const SacAnnotations *set,
                            GError **error);

#endif
