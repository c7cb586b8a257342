/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map-files.h"

#include "base/error.h"
#include "map-notes.h"
#include "map/map-read.h"

#include <glib/gi18n.h>

struct _SacMapFiles {
  GObject parent_instance;
  SacWorker *worker;
  SacDocument *document;
  guint restoring; /* maps that are still to come */
};

G_DEFINE_FINAL_TYPE (SacMapFiles, sac_map_files, G_TYPE_OBJECT)

enum { TOLD, SIGNAL_COUNT };
static guint signals[SIGNAL_COUNT];

/* Request and result in one, because a result has to know what was asked. */
typedef struct {
  char *path;
  SacSource *source; /* what they are to lie on */
  SacPaneState *pane;
  bool was_image; /* it has been tried as an image before */
  guint index;    /* to be restored: the map, with these looks */
  SacStackedMap looks;
  GPtrArray *maps; /* of SacMap; NULL: see the error */
  GError *error;
} Reading;

static void
reading_free (Reading *reading)
{
  g_free (reading->path);
  sac_source_unref (reading->source);
  g_object_unref (reading->pane);
  g_clear_pointer (&reading->maps, g_ptr_array_unref);
  g_clear_error (&reading->error);
  g_free (reading);
}

static Reading *
reading_new (const char *path,
             SacSource *source,
             SacPaneState *pane,
             bool was_image)
{
  Reading *reading = g_new0 (Reading, 1);

  reading->path = g_strdup (path);
  reading->source = sac_source_ref (source);
  reading->pane = g_object_ref (pane);
  reading->was_image = was_image;
  return reading;
}

static gpointer
run_read (gpointer request, SacJob *job, GError **error)
{
  const Reading *asked = request;
  Reading *reading =
    reading_new (asked->path, asked->source, asked->pane, asked->was_image);
  SacMapImage image = {sac_source_get_width (asked->source),
                       sac_source_get_height (asked->source),
                       sac_source_get_mpp (asked->source)};

  reading->index = asked->index;
  reading->looks = asked->looks;
  reading->maps = sac_map_read (asked->path, &image, job, &reading->error);
  if (sac_job_check (job, error))
    return reading;
  reading_free (reading);
  return NULL;
}

static const SacWork work_read = {
  .run = run_read,
  .free_request = (GDestroyNotify)reading_free,
  .free_result = (GDestroyNotify)reading_free,
};

static void
tell (SacMapFiles *files, const char *text)
{
  g_signal_emit (files, signals[TOLD], 0, text);
}

/* The first thing to know about a map; NULL: nothing. */
static const char *
get_note (const SacMap *map)
{
  JsonNode *node = json_object_get_member (map->provenance, "notes");
  JsonArray *notes = node != NULL && JSON_NODE_HOLDS_ARRAY (node)
                       ? json_node_get_array (node)
                       : NULL;

  return notes != NULL && json_array_get_length (notes) > 0
           ? sac_map_note_translate (json_array_get_string_element (notes, 0))
           : NULL;
}

/* The file's name, and which of its maps where there are several. */
static char *
dup_name (const Reading *reading, guint index)
{
  const SacMap *map = reading->maps->pdata[index];
  g_autofree char *name = g_filename_display_basename (reading->path);

  if (reading->maps->len == 1)
    return g_steal_pointer (&name);
  if (map->method != NULL && *map->method != '\0')
    return g_strdup_printf ("%s · %s", name, map->method);
  return g_strdup_printf ("%s · %u", name, index + 1);
}

static bool
add_map (const Reading *reading, guint index)
{
  g_autofree char *name = dup_name (reading, index);

  if (!sac_pane_state_add_map (reading->pane, reading->maps->pdata[index],
                               name))
    return false;
  sac_map_stack_set_origin (sac_pane_state_get_stack (reading->pane),
                            reading->path, index);
  return true;
}

/* Returns: how many found room. */
static guint
add_maps (const Reading *reading)
{
  guint count = 0;

  for (guint i = 0; i < reading->maps->len; i++) {
    count += add_map (reading, i);
  }
  return count;
}

/* On top, with its looks. */
static bool
restore_map (const Reading *reading)
{
  SacMapStack *stack = sac_pane_state_get_stack (reading->pane);

  if (reading->maps == NULL || reading->index >= reading->maps->len ||
      !add_map (reading, reading->index))
    return false;
  sac_map_stack_set_looks (stack, sac_map_stack_get_count (stack) - 1,
                           &reading->looks);
  return true;
}

static void
take_maps (SacMapFiles *files, const Reading *reading)
{
  guint count = add_maps (reading);
  g_autofree char *name = g_filename_display_basename (reading->path);
  const char *note = get_note (reading->maps->pdata[0]);
  g_autofree char *text = NULL;

  if (count == 0)
    text = g_strdup_printf (_ ("“%s” found no room: at most %d maps lie over "
                               "one another."),
                            name, SAC_MAP_STACK_MOST);
  else if (note != NULL)
    text = g_strdup_printf (_ ("Laid “%s” over the image. %s"), name, note);
  else
    text = g_strdup_printf (_ ("Laid “%s” over the image."), name);
  tell (files, text);
}

static void
on_restored (gpointer owner, gpointer result, const GError *error)
{
  SacMapFiles *files = owner;
  Reading *reading = result;

  files->restoring--;
  if (reading == NULL)
    return;
  if (sac_document_get_source (files->document) == reading->source &&
      !restore_map (reading)) {
    g_autofree char *name = g_filename_display_basename (reading->path);
    g_autofree char *text = g_strdup_printf (
      _ ("“%s”, which lay over this image, cannot be read any more."), name);

    tell (files, text);
  }
  reading_free (reading);
}

void
sac_map_files_restore (SacMapFiles *files,
                       SacPaneState *pane,
                       const char *path,
                       guint index,
                       const SacStackedMap *looks)
{
  Reading *reading =
    reading_new (path, sac_document_get_source (files->document), pane, false);

  reading->index = index;
  reading->looks = *looks;
  files->restoring++;
  sac_job_unref (
    sac_worker_push (files->worker, &work_read, reading, files, on_restored));
}

bool
sac_map_files_is_restoring (SacMapFiles *files)
{
  return files->restoring > 0;
}

static void
on_read (gpointer owner, gpointer result, const GError *error)
{
  SacMapFiles *files = owner;
  Reading *reading = result;

  if (reading == NULL)
    return;
  /* Another image has come meanwhile. */
  if (sac_document_get_source (files->document) != reading->source) {
    reading_free (reading);
    return;
  }
  if (reading->maps != NULL && reading->maps->len > 0) {
    if (reading->was_image)
      sac_document_dismiss_error (files->document);
    take_maps (files, reading);
  } else if (!reading->was_image && reading->error != NULL) {
    g_autofree char *name = g_filename_display_basename (reading->path);
    g_autofree char *text =
      g_strdup_printf (_ ("“%s” is no map for this image. %s"), name,
                       reading->error->message);

    tell (files, text);
  }
  reading_free (reading);
}

static void
read_soon (SacMapFiles *files,
           const char *path,
           SacPaneState *pane,
           bool was_image)
{
  SacSource *source = sac_document_get_source (files->document);

  if (source == NULL) {
    tell (files, _ ("A map needs an image to lie on: open one first."));
    return;
  }
  sac_job_unref (sac_worker_push (files->worker, &work_read,
                                  reading_new (path, source, pane, was_image),
                                  files, on_read));
}

bool
sac_map_files_is_map (const char *path)
{
  g_autofree char *lower = g_ascii_strdown (path, -1);

  return g_str_has_suffix (lower, ".npy") || g_str_has_suffix (lower, ".csv") ||
         g_str_has_suffix (lower, ".tsv");
}

void
sac_map_files_open (SacMapFiles *files, const char *path, SacPaneState *pane)
{
  read_soon (files, path, pane, false);
}

/* Numbers in a TIFF are no picture, but may be a map. */
static void
on_source (SacMapFiles *files)
{
  const GError *error = sac_document_get_error (files->document);
  const char *path = sac_document_get_error_path (files->document);

  if (sac_document_get_source (files->document) != NULL && path != NULL &&
      !sac_document_is_opening (files->document) &&
      g_error_matches (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED) &&
      (g_str_has_suffix (path, ".tif") || g_str_has_suffix (path, ".tiff")))
    read_soon (files, path, sac_document_get_pane (files->document, 0), true);
}

SacMapFiles *
sac_map_files_new (SacWorker *worker, SacDocument *document)
{
  SacMapFiles *files = g_object_new (SAC_TYPE_MAP_FILES, NULL);

  files->worker = worker;
  files->document = g_object_ref (document);
  g_signal_connect_object (document, "source", G_CALLBACK (on_source), files,
                           G_CONNECT_SWAPPED);
  return files;
}

static void
sac_map_files_finalize (GObject *object)
{
  g_object_unref (SAC_MAP_FILES (object)->document);
  G_OBJECT_CLASS (sac_map_files_parent_class)->finalize (object);
}

static void
sac_map_files_class_init (SacMapFilesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sac_map_files_finalize;
  signals[TOLD] =
    g_signal_new ("told", SAC_TYPE_MAP_FILES, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                  NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
sac_map_files_init (SacMapFiles *files)
{
}
