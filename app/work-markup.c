/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "work-markup.h"

#include "annotation/annotation-file.h"
#include "base/json.h"
#include "base/output.h"

#include <glib/gstdio.h>
#include <string.h>

/* Masks are written no larger. */
#define MASK_SIDE 4096

/* What a working copy has beside GeoJSON. */
#define MEMBER "saccade"

SacMarkupRequest *
sac_markup_request_new (const char *path,
                        const SacMaskImage *image,
                        SacAnnotations *set)
{
  SacMarkupRequest *request = g_new0 (SacMarkupRequest, 1);

  request->path = g_strdup (path);
  request->image = *image;
  request->set = set;
  return request;
}

static void
request_free (SacMarkupRequest *request)
{
  g_free (request->path);
  sac_annotations_free (request->set);
  g_free (request);
}

static gpointer
run_read (gpointer data, SacJob *job, GError **error)
{
  SacMarkupRequest *request = data;

  return sac_annotations_open (request->path, &request->image, job, error);
}

const SacWork sac_work_read_annotations = {
  .run = run_read,
  .free_request = (GDestroyNotify)request_free,
  .free_result = (GDestroyNotify)sac_annotations_free,
};

/* Whether the copy was made over an image of this size. */
static bool
belongs (const char *text, gsize size, const SacMaskImage *image)
{
  g_autoptr (JsonObject) root = sac_json_parse (text, size, "copy", NULL);
  JsonObject *member = root != NULL && json_object_has_member (root, MEMBER)
                         ? json_object_get_object_member (root, MEMBER)
                         : NULL;

  return member != NULL &&
         json_object_get_int_member_with_default (member, "width", 0) ==
           image->width &&
         json_object_get_int_member_with_default (member, "height", 0) ==
           image->height;
}

static gpointer
run_restore (gpointer data, SacJob *job, GError **error)
{
  SacMarkupRequest *request = data;
  g_autofree char *text = NULL;
  gsize size;

  if (!g_file_get_contents (request->path, &text, &size, NULL) ||
      !belongs (text, size, &request->image))
    return sac_annotations_new ();
  return sac_annotations_parse (text, size, request->path, error);
}

const SacWork sac_work_restore_annotations = {
  .run = run_restore,
  .free_request = (GDestroyNotify)request_free,
  .free_result = (GDestroyNotify)sac_annotations_free,
};

static gpointer
run_write (gpointer data, SacJob *job, GError **error)
{
  SacMarkupRequest *request = data;
  g_autofree char *lower = g_ascii_strdown (request->path, -1);
  bool good = g_str_has_suffix (lower, ".png")
                ? sac_mask_write_png (request->path, request->set,
                                      &request->image, MASK_SIDE, job, error)
                : sac_annotations_write (request->path, request->set, error);

  return good ? g_strdup (request->path) : NULL;
}

const SacWork sac_work_write_annotations = {
  .run = run_write,
  .free_request = (GDestroyNotify)request_free,
  .free_result = g_free,
};

static gpointer
run_keep (gpointer data, SacJob *job, GError **error)
{
  SacMarkupRequest *request = data;
  g_autofree char *folder = g_path_get_dirname (request->path);

  if (request->set == NULL) {
    g_unlink (request->path);
    return g_strdup (request->path);
  }
  if (!sac_output_make_folder (folder, error))
    return NULL;

  g_autofree char *json = sac_annotations_to_geojson (request->set);
  const char *inner = strchr (json, '{') + 1;
  g_autofree char *text =
    g_strdup_printf ("{\"" MEMBER "\": {\"width\": %" G_GINT64_FORMAT
                     ", \"height\": %" G_GINT64_FORMAT "},%s",
                     request->image.width, request->image.height, inner);

  return sac_output_write (request->path, text, strlen (text), error)
           ? g_strdup (request->path)
           : NULL;
}

const SacWork sac_work_keep_annotations = {
  .run = run_keep,
  .free_request = (GDestroyNotify)request_free,
  .free_result = g_free,
};
