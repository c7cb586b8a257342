/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "work-checks.h"

#include "base/error.h"
#include "base/output.h"

#include <string.h>

struct SacResultFile {
  char *path;
  cairo_surface_t *picture; /* NULL: the text */
  char *text;
};

SacCheckRequest *
sac_check_request_new (SacFindings *findings,
                       const SacChoice *choice,
                       SacMap *map,
                       GHashTable *settings,
                       SacPartials *partials)
{
  SacCheckRequest *request = g_new0 (SacCheckRequest, 1);

  request->asked = sac_map_request_new (findings, choice, partials);
  request->map = map != NULL ? sac_map_ref (map) : NULL;
  request->settings = settings != NULL ? g_hash_table_ref (settings) : NULL;
  return request;
}

static void
request_free (gpointer data)
{
  SacCheckRequest *request = data;

  sac_map_request_free (request->asked);
  g_clear_pointer (&request->map, sac_map_unref);
  g_clear_pointer (&request->settings, g_hash_table_unref);
  g_free (request);
}

typedef struct {
  SacPartials *partials;
  SacJob *job;
} Watch;

static void
on_partial (const SacFaithfulnessReport *report, void *data)
{
  const Watch *watch = data;

  sac_partials_put (watch->partials, sac_faithfulness_report_copy (report),
                    sac_job_get_progress (watch->job));
}

/* The map is there: only its score is asked for, at no layer of the method's.
 */
static gpointer
run_faithfulness (gpointer data, SacJob *job, GError **error)
{
  const SacCheckRequest *request = data;
  Watch watch = {request->asked->partials, job};
  SacExplainRequest wanted;

  if (!sac_map_request_fill (request->asked, &wanted, error))
    return NULL;
  wanted.layer = NULL;
  wanted.params = request->settings;

  g_autoptr (SacFaithfulness) faithfulness =
    sac_faithfulness_new (&wanted, job, error);

  if (faithfulness == NULL)
    return NULL;
  if (watch.partials != NULL)
    sac_faithfulness_set_partial (faithfulness, on_partial, &watch);
  return sac_faithfulness_measure (faithfulness, request->map, job, error);
}

const SacWork sac_work_faithfulness = {
  .run = run_faithfulness,
  .free_request = request_free,
  .free_result = (GDestroyNotify)sac_faithfulness_report_free,
};

static void
on_concluded (SacSanityReport *report, void *data)
{
  const Watch *watch = data;

  sac_partials_put (watch->partials, report, sac_job_get_progress (watch->job));
}

static gpointer
run_sanity (gpointer data, SacJob *job, GError **error)
{
  const SacCheckRequest *request = data;
  Watch watch = {request->asked->partials, job};
  SacExplainRequest wanted;

  if (!sac_map_request_fill (request->asked, &wanted, error))
    return NULL;

  SacSanityAsked asked = {
    .method = sac_method_find (request->asked->choice.method),
    .request = &wanted,
    .settings = request->settings,
    .partial = watch.partials != NULL ? on_concluded : NULL,
    .partial_data = &watch,
  };

  return sac_sanity_run (&asked, job, error);
}

const SacWork sac_work_sanity = {
  .run = run_sanity,
  .free_request = request_free,
  .free_result = (GDestroyNotify)sac_sanity_report_free,
};

SacResultFile *
sac_result_file_new (const char *path,
                     cairo_surface_t *picture,
                     const char *text)
{
  SacResultFile *file = g_new (SacResultFile, 1);

  *file = (SacResultFile){g_strdup (path), picture, g_strdup (text)};
  return file;
}

static void
file_free (gpointer data)
{
  SacResultFile *file = data;

  g_clear_pointer (&file->picture, cairo_surface_destroy);
  g_free (file->text);
  g_free (file->path);
  g_free (file);
}

static cairo_status_t
append_bytes (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

static bool
write_picture (const SacResultFile *file, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  cairo_status_t status =
    cairo_surface_write_to_png_stream (file->picture, append_bytes, bytes);

  if (status != CAIRO_STATUS_SUCCESS) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNWRITABLE,
                 "%s: the picture cannot be made: %s", file->path,
                 cairo_status_to_string (status));
    return false;
  }
  return sac_output_write (file->path, bytes->data, bytes->len, error);
}

static gpointer
run_write (gpointer data, SacJob *job, GError **error)
{
  const SacResultFile *file = data;
  bool written =
    file->picture != NULL
      ? write_picture (file, error)
      : sac_output_write (file->path, file->text, strlen (file->text), error);

  return written ? g_strdup (file->path) : NULL;
}

const SacWork sac_work_write_result = {
  .run = run_write,
  .free_request = file_free,
  .free_result = g_free,
};
