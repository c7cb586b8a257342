/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "annotation/annotation-file.h"

#include "annotation/annotation-parsers.h"
#include "base/error.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/output.h"

#include <glib/gstdio.h>
#include <inttypes.h>
#include <string.h>

/* QuPath's older files are a list of features at their root, which has the same
 * meaning. */
static char *
wrap_list (const char *text, gsize *size)
{
  g_autoptr (GString) wrapped = g_string_new ("{\"features\":");

  g_string_append_len (wrapped, text, (gssize)*size);
  g_string_append_c (wrapped, '}');
  *size = wrapped->len;
  return g_string_free (g_steal_pointer (&wrapped), FALSE);
}

static bool
parse_json (const char *text,
            gsize size,
            const char *name,
            SacAnnotations *set,
            GError **error)
{
  g_autofree char *wrapped = text[0] == '[' ? wrap_list (text, &size) : NULL;
  g_autoptr (JsonObject) root =
    sac_json_parse (wrapped != NULL ? wrapped : text, size, name, error);

  if (root == NULL)
    return false;
  if (sac_annotation_is_polygons (root) || sac_annotation_is_geojson (root)) {
    if (sac_annotation_is_polygons (root)
          ? sac_annotation_parse_polygons (root, set, error)
          : sac_annotation_parse_geojson (root, set, error))
      return true;
    g_prefix_error (error, "%s: ", name);
    return false;
  }
  g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
               "%s: is JSON, but neither GeoJSON nor lists of \"positive\" and "
               "\"negative\" polygons",
               name);
  return false;
}

static bool
is_gap (char character)
{
  return g_ascii_isspace (character);
}

SacAnnotations *
sac_annotations_parse (const char *text,
                       gsize size,
                       const char *name,
                       GError **error)
{
  g_autoptr (SacAnnotations) set = sac_annotations_new ();
  gsize skip = size >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

  while (skip < size && is_gap (text[skip]))
    skip++;
  text += skip;
  size -= skip;
  if (size > 0 && text[0] == '<') {
    if (sac_annotation_parse_xml (text, size, set, error))
      return g_steal_pointer (&set);
    g_prefix_error (error, "%s: ", name);
    return NULL;
  }
  if (size > 0 && (text[0] == '{' || text[0] == '['))
    return parse_json (text, size, name, set, error) ? g_steal_pointer (&set)
                                                     : NULL;
  g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
               "%s: holds no annotations that can be read; those of QuPath "
               "(GeoJSON), ASAP (XML) and Camelyon16 (JSON) can",
               name);
  return NULL;
}

SacAnnotations *
sac_annotations_read (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) reason = NULL;
  GStatBuf status;
  gsize size;

  if (g_stat (path, &status) != 0 || !S_ISREG (status.st_mode)) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNREADABLE,
                 "%s: cannot be read: it is missing, or no file", path);
    return NULL;
  }
  if (status.st_size > SAC_LIMIT_ANNOTATION_BYTES) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "%s: %" PRId64 " bytes are too many for a file of "
                 "annotations",
                 path, (gint64)status.st_size);
    return NULL;
  }
  if (!g_file_get_contents (path, &text, &size, &reason)) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNREADABLE, "%s", reason->message);
    return NULL;
  }
  return sac_annotations_parse (text, size, path, error);
}

bool
sac_annotations_write (const char *path,
                       const SacAnnotations *set,
                       GError **error)
{
  g_autofree char *lower = g_ascii_strdown (path, -1);
  g_autofree char *text = g_str_has_suffix (lower, ".xml")
                            ? sac_annotations_to_xml (set)
                            : sac_annotations_to_geojson (set);

  return sac_output_write (path, text, strlen (text), error);
}
