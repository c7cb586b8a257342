/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "markup-files.h"

#include "base/error.h"
#include "work-markup.h"

#include <glib/gi18n.h>

#define KEEP_AFTER_MS 1000

/* How long closing waits for a disk. */
#define PATIENCE_US (5 * G_USEC_PER_SEC)

struct _SacMarkupFiles {
  GObject parent_instance;
  SacMarkup *markup;
  SacWorker *worker; /* its own: models keep the other one busy for seconds */
  SacMaskImage image;
  SacRect scanned; /* of it */
  char *copy;      /* path of the working copy; NULL: no image */
  guint64 kept;    /* the history's serial of what the copy holds */
  guint keep_timer;
  char *path;                  /* the reader's own file; NULL: none */
  SacJob *restoring, *reading; /* NULL: not */
  char *reading_path, *next_path;
  bool is_quiet;
  int unwritten; /* files that are on their way */
};

G_DEFINE_FINAL_TYPE (SacMarkupFiles, sac_markup_files, G_TYPE_OBJECT)

enum { TOLD, SAVED, RESTORED, DOUBTFUL, SIGNAL_COUNT };
static guint signals[SIGNAL_COUNT];

static void
tell (SacMarkupFiles *files, const char *sentence, const GError *error)
{
  g_autofree char *text =
    g_strdup_printf ("%s %s", _ (sentence), error->message);

  g_signal_emit (files, signals[TOLD], 0, text);
}

static guint64
get_serial (SacMarkupFiles *files)
{
  return sac_annotation_history_get_serial (
    sac_markup_get_history (files->markup));
}

static void
on_kept (gpointer owner, gpointer result, const GError *error)
{
  SacMarkupFiles *files = owner;

  files->unwritten--;
  if (result == NULL && files->copy != NULL)
    tell (files, N_ ("The working copy of the annotations was not written."),
          error);
  g_free (result);
}

static SacWorker *
get_worker (SacMarkupFiles *files)
{
  if (files->worker == NULL)
    files->worker = sac_worker_new ();
  return files->worker;
}

/* Writes the working copy, if it is behind. */
static void
keep (SacMarkupFiles *files)
{
  const SacAnnotations *set = sac_markup_get_set (files->markup);
  guint64 serial = get_serial (files);

  g_clear_handle_id (&files->keep_timer, g_source_remove);
  if (files->copy == NULL || serial == files->kept)
    return;
  files->kept = serial;
  files->unwritten++;
  sac_job_unref (
    sac_worker_push (get_worker (files), &sac_work_keep_annotations,
                     sac_markup_request_new (files->copy, &files->image,
                                             set->items->len > 0
                                               ? sac_annotations_copy (set)
                                               : NULL),
                     files, on_kept));
}

static gboolean
on_timer (gpointer data)
{
  SacMarkupFiles *files = data;

  files->keep_timer = 0;
  keep (files);
  return G_SOURCE_REMOVE;
}

static void
on_changed (SacMarkupFiles *files)
{
  if (files->keep_timer == 0 && files->copy != NULL &&
      get_serial (files) != files->kept)
    files->keep_timer = g_timeout_add (KEEP_AFTER_MS, on_timer, files);
}

static void
cancel (SacJob **job)
{
  if (*job != NULL)
    sac_job_cancel (*job);
  g_clear_pointer (job, sac_job_unref);
}

static void
on_restored (gpointer owner, gpointer result, const GError *error)
{
  SacMarkupFiles *files = owner;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_pointer (&files->restoring, sac_job_unref);
  if (result == NULL) {
    tell (files, N_ ("The working copy of the annotations cannot be read."),
          error);
  } else if (get_serial (files) == files->kept) {
    files->kept = 0;
    sac_markup_take_set (files->markup, result);
  } else {
    /* Somebody was quicker: both are kept. */
    sac_markup_add_set (files->markup, result, N_ ("Restore Annotations"));
    sac_annotations_free (result);
  }
  g_signal_emit (files, signals[RESTORED], 0);
}

/* Readers' paths go into no name of a file. */
static char *
dup_copy_path (const char *path)
{
  g_autofree char *full = g_str_has_prefix (path, "demo:")
                            ? g_strdup (path)
                            : g_canonicalize_filename (path, NULL);
  g_autofree char *hash =
    g_compute_checksum_for_string (G_CHECKSUM_SHA256, full, -1);
  g_autofree char *name = g_strconcat (hash, ".geojson", NULL);

  return g_build_filename (g_get_user_data_dir (), "saccade", "annotations",
                           name, NULL);
}

static void
forget (SacMarkupFiles *files)
{
  cancel (&files->restoring);
  cancel (&files->reading);
  g_clear_pointer (&files->reading_path, g_free);
  g_clear_pointer (&files->next_path, g_free);
  g_clear_pointer (&files->path, g_free);
  g_clear_pointer (&files->copy, g_free);
  files->kept = 0;
  sac_markup_take_set (files->markup, sac_annotations_new ());
}

void
sac_markup_files_set_source (SacMarkupFiles *files, SacSource *source)
{
  keep (files);
  forget (files);
  if (source == NULL)
    return;
  files->image =
    (SacMaskImage){sac_source_get_width (source),
                   sac_source_get_height (source), sac_source_get_mpp (source)};
  files->scanned = sac_source_get_bounds (source);
  files->copy = dup_copy_path (sac_source_get_path (source));
  /* Behind the writing of what was there. */
  files->restoring =
    sac_worker_push (get_worker (files), &sac_work_restore_annotations,
                     sac_markup_request_new (files->copy, &files->image, NULL),
                     files, on_restored);
}

static bool
is_own_format (const char *path)
{
  g_autofree char *lower = g_ascii_strdown (path, -1);

  return g_str_has_suffix (lower, ".geojson") ||
         g_str_has_suffix (lower, ".xml");
}

static void
take_read (SacMarkupFiles *files, SacAnnotations *set, const char *path)
{
  if (sac_markup_get_set (files->markup)->items->len > 0) {
    sac_markup_add_set (files->markup, set, N_ ("Open Annotations"));
    sac_annotations_free (set);
    return;
  }
  /* A case's own file comes back by itself, others with the copy. */
  files->kept = files->is_quiet ? 0 : G_MAXUINT64;
  sac_markup_take_set (files->markup, set);
  if (is_own_format (path)) {
    g_free (files->path);
    files->path = g_strdup (path);
  }
}

/* Whether all that was read lies in the scanned part when its places are taken
 * to count from that part's corner. */
static bool
fits_moved (SacMarkupFiles *files)
{
  guint count = sac_markup_get_set (files->markup)->items->len;
  const SacRect *rects = sac_markup_get_bounds (files->markup);
  SacRect scanned = files->scanned;

  if (scanned.x == 0 && scanned.y == 0)
    return false;
  for (guint i = 0; i < count; i++)
    if (rects[i].x < 0 || rects[i].y < 0 ||
        rects[i].x + rects[i].width > scanned.width ||
        rects[i].y + rects[i].height > scanned.height)
      return false;
  return count > 0;
}

static bool
may_be_qupath (const char *path)
{
  g_autofree char *lower = g_ascii_strdown (path, -1);

  return g_str_has_suffix (lower, "json");
}

/* Returns: how many shapes have no part on the image. */
static guint
count_outside (SacMarkupFiles *files, const SacAnnotations *set)
{
  guint count = 0;

  for (guint i = 0; i < set->items->len; i++) {
    SacRect rect = sac_annotation_get_bounds (set->items->pdata[i]);

    count += rect.x > files->image.width || rect.y > files->image.height ||
             rect.x + rect.width < 0 || rect.y + rect.height < 0;
  }
  return count;
}

static void
tell_left_out (SacMarkupFiles *files,
               guint outside,
               guint left_out,
               guint splines)
{
  g_autofree char *text = NULL;

  if (outside > 0)
    text = g_strdup_printf (
      ngettext ("%u shape lies outside the image: is the file for this one?",
                "%u shapes lie outside the image: is the file for this one?",
                outside),
      outside);
  else if (left_out > 0)
    text =
      g_strdup_printf (ngettext ("%u shape of an unknown kind or of too few "
                                 "points was left out.",
                                 "%u shapes of unknown kinds or of too few "
                                 "points were left out.",
                                 left_out),
                       left_out);
  else if (splines > 0)
    text = g_strdup_printf (
      ngettext ("%u curve was read as a polygon of its corners.",
                "%u curves were read as polygons of their corners.", splines),
      splines);
  if (text != NULL)
    g_signal_emit (files, signals[TOLD], 0, text);
}

static void
on_read (gpointer owner, gpointer result, const GError *error)
{
  SacMarkupFiles *files = owner;
  SacAnnotations *set = result;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_pointer (&files->reading, sac_job_unref);

  g_autofree char *path = g_steal_pointer (&files->reading_path);
  g_autofree char *next = g_steal_pointer (&files->next_path);

  if (set != NULL) {
    guint left_out = set->left_out_count, splines = set->spline_count;
    guint outside = count_outside (files, set);
    bool is_first = sac_markup_get_set (files->markup)->items->len == 0;

    take_read (files, set, path);
    tell_left_out (files, outside, left_out, splines);
    if (is_first && may_be_qupath (path) && fits_moved (files))
      g_signal_emit (files, signals[DOUBTFUL], 0);
  } else if (files->is_quiet &&
             g_error_matches (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED)) {
    if (next != NULL)
      sac_markup_files_open (files, next, false, NULL);
  } else {
    tell (files, N_ ("The annotations cannot be opened."), error);
  }
}

void
sac_markup_files_open (SacMarkupFiles *files,
                       const char *path,
                       bool quiet,
                       const char *next)
{
  if (files->copy == NULL)
    return;
  cancel (&files->reading);
  g_free (files->reading_path);
  g_free (files->next_path);
  files->reading_path = g_strdup (path);
  files->next_path = g_strdup (next);
  files->is_quiet = quiet;
  files->reading =
    sac_worker_push (get_worker (files), &sac_work_read_annotations,
                     sac_markup_request_new (path, &files->image, NULL), files,
                     on_read);
}

static void
on_written (gpointer owner, gpointer result, const GError *error)
{
  SacMarkupFiles *files = owner;
  g_autofree char *path = result;

  files->unwritten--;
  if (path != NULL)
    g_signal_emit (files, signals[SAVED], 0, path);
  else
    tell (files, N_ ("The annotations were not saved."), error);
}

/* Takes `set`. */
static void
write_set (SacMarkupFiles *files, const char *path, SacAnnotations *set)
{
  files->unwritten++;
  sac_job_unref (
    sac_worker_push (get_worker (files), &sac_work_write_annotations,
                     sac_markup_request_new (path, &files->image, set), files,
                     on_written));
}

bool
sac_markup_files_save (SacMarkupFiles *files, const char *path)
{
  if (files->copy == NULL)
    return false;
  if (is_own_format (path)) {
    char *kept = g_strdup (path);

    g_free (files->path);
    files->path = kept;
    sac_markup_mark_saved (files->markup);
  }
  write_set (files, path,
             sac_annotations_copy (sac_markup_get_set (files->markup)));
  return true;
}

bool
sac_markup_files_save_for_qupath (SacMarkupFiles *files, const char *path)
{
  if (files->copy == NULL)
    return false;

  SacAnnotations *set =
    sac_annotations_copy (sac_markup_get_set (files->markup));

  for (guint i = 0; i < set->items->len; i++)
    sac_annotation_move (set->items->pdata[i], -files->scanned.x,
                         -files->scanned.y);
  write_set (files, path, set);
  return true;
}

SacPoint
sac_markup_files_get_corner (SacMarkupFiles *files)
{
  return files->copy != NULL ? (SacPoint){files->scanned.x, files->scanned.y}
                             : (SacPoint){0, 0};
}

const char *
sac_markup_files_get_path (SacMarkupFiles *files)
{
  return files->path;
}

SacMarkupFiles *
sac_markup_files_new (SacMarkup *markup)
{
  SacMarkupFiles *files = g_object_new (SAC_TYPE_MARKUP_FILES, NULL);

  files->markup = g_object_ref (markup);
  g_signal_connect_object (markup, "changed", G_CALLBACK (on_changed), files,
                           G_CONNECT_SWAPPED);
  return files;
}

void
sac_markup_files_shut_down (SacMarkupFiles *files)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_US;

  keep (files);
  cancel (&files->restoring);
  cancel (&files->reading);
  while (files->unwritten > 0 && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
  g_clear_pointer (&files->worker, sac_worker_free);
  g_clear_pointer (&files->copy, g_free);
}

static void
sac_markup_files_finalize (GObject *object)
{
  SacMarkupFiles *files = SAC_MARKUP_FILES (object);

  sac_markup_files_shut_down (files);
  g_free (files->path);
  g_free (files->reading_path);
  g_free (files->next_path);
  g_object_unref (files->markup);
  G_OBJECT_CLASS (sac_markup_files_parent_class)->finalize (object);
}

static void
sac_markup_files_class_init (SacMarkupFilesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sac_markup_files_finalize;
  signals[TOLD] =
    g_signal_new ("told", SAC_TYPE_MARKUP_FILES, G_SIGNAL_RUN_LAST, 0, NULL,
                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SAVED] =
    g_signal_new ("saved", SAC_TYPE_MARKUP_FILES, G_SIGNAL_RUN_LAST, 0, NULL,
                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[RESTORED] =
    g_signal_new ("restored", SAC_TYPE_MARKUP_FILES, G_SIGNAL_RUN_LAST, 0, NULL,
                  NULL, NULL, G_TYPE_NONE, 0);
  signals[DOUBTFUL] =
    g_signal_new ("doubtful", SAC_TYPE_MARKUP_FILES, G_SIGNAL_RUN_LAST, 0, NULL,
                  NULL, NULL, G_TYPE_NONE, 0);
}

static void
sac_markup_files_init (SacMarkupFiles *files)
{
}
