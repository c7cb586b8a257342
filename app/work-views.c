/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "work-views.h"

#include "base/output.h"
#include "image/source.h"

#include <glib/gstdio.h>
#include <string.h>

#define FOLDER "views"
#define FOLDER_ASIDE "views.forgotten"
#define VIEWS_MOST 500

void
sac_kept_view_free (SacKeptView *view)
{
  sac_view_state_clear (&view->state);
  g_clear_error (&view->error);
  g_free (view);
}

/* The path itself may name a patient: the file's name does not tell it. */
char *
sac_view_file_dup_path (const char *image)
{
  g_autofree char *full = g_canonicalize_filename (image, NULL);
  g_autofree char *hash =
    g_compute_checksum_for_string (G_CHECKSUM_SHA256, full, -1);
  g_autofree char *name = g_strconcat (hash, ".json", NULL);

  return g_build_filename (g_get_user_state_dir (), "saccade", FOLDER, name,
                           NULL);
}

static bool
look_at_file (const char *image, SacViewFile *ret_file)
{
  g_autofree char *path = sac_source_split_page (image, NULL);
  GStatBuf status;

  if (g_stat (path, &status) != 0)
    return false;
  ret_file->size = status.st_size;
  ret_file->modified_us = (int64_t)status.st_mtim.tv_sec * G_USEC_PER_SEC +
                          status.st_mtim.tv_nsec / 1000;
  return true;
}

static gpointer
run_read (gpointer data, SacJob *job, GError **error)
{
  SacKeptView *view = g_new0 (SacKeptView, 1);
  g_autofree char *path = sac_view_file_dup_path (data);
  g_autofree char *text = NULL;
  gsize size;

  if (look_at_file (data, &view->file) &&
      g_file_get_contents (path, &text, &size, NULL) &&
      sac_view_state_parse (text, size, "view", &view->state, &view->error))
    view->has_state = view->state.file.size == view->file.size &&
                      view->state.file.modified_us == view->file.modified_us;
  return view;
}

const SacWork sac_work_read_view = {
  .run = run_read,
  .free_request = g_free,
  .free_result = (GDestroyNotify)sac_kept_view_free,
};

SacViewWriting *
sac_view_writing_new (const char *path, const char *text)
{
  SacViewWriting *writing = g_new (SacViewWriting, 1);

  writing->path = g_strdup (path);
  writing->text = g_strdup (text);
  return writing;
}

static void
writing_free (gpointer data)
{
  SacViewWriting *writing = data;

  g_free (writing->path);
  g_free (writing->text);
  g_free (writing);
}

/* One comes with each writing, so one that goes is enough. */
static void
remove_oldest (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autofree char *oldest = NULL;
  gint64 oldest_time = G_MAXINT64;
  const char *name;
  guint count = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    GStatBuf status;

    if (g_stat (path, &status) != 0)
      continue;
    count++;
    if (status.st_mtime >= oldest_time)
      continue;
    oldest_time = status.st_mtime;
    g_free (oldest);
    oldest = g_steal_pointer (&path);
  }
  if (count > VIEWS_MOST)
    g_unlink (oldest);
}

static bool
write_kept (const char *path, const char *text, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  if (!sac_output_make_folder (folder, error) ||
      !sac_output_write (path, text, strlen (text), error))
    return false;
  remove_oldest (folder);
  return true;
}

static gpointer
run_write (gpointer data, SacJob *job, GError **error)
{
  const SacViewWriting *writing = data;

  return write_kept (writing->path, writing->text, error)
           ? g_strdup (writing->path)
           : NULL;
}

const SacWork sac_work_write_view = {
  .run = run_write,
  .free_request = writing_free,
  .free_result = g_free,
};

/* What is kept of a file as a whole, beside the views of its pages. */
static char *
dup_page_path (const char *file)
{
  g_autofree char *whole = g_strconcat (file, SAC_SOURCE_PAGE "0", NULL);

  return sac_view_file_dup_path (whole);
}

/* Page, size and time of the file. */
#define PAGE_TYPE "(ixx)"

char *
sac_view_page_recall (const char *file)
{
  g_autofree char *path = dup_page_path (file);
  g_autofree char *text = NULL;
  g_autoptr (GVariant) kept = NULL;
  SacViewFile now, then;
  int page;

  if (!look_at_file (file, &now) ||
      !g_file_get_contents (path, &text, NULL, NULL))
    return NULL;
  kept = g_variant_parse (G_VARIANT_TYPE (PAGE_TYPE), text, NULL, NULL, NULL);
  if (kept == NULL)
    return NULL;
  g_variant_get (kept, PAGE_TYPE, &page, &then.size, &then.modified_us);
  if (then.size != now.size || then.modified_us != now.modified_us || page < 2)
    return NULL;
  return g_strdup_printf ("%s" SAC_SOURCE_PAGE "%d", file, page);
}

static gpointer
run_keep_page (gpointer request, SacJob *job, GError **error)
{
  int page;
  g_autofree char *file = sac_source_split_page (request, &page);
  g_autofree char *path = dup_page_path (file);
  SacViewFile now;

  if (!look_at_file (file, &now))
    return g_strdup (request);

  g_autoptr (GVariant) kept = g_variant_ref_sink (
    g_variant_new (PAGE_TYPE, page, now.size, now.modified_us));
  g_autofree char *text = g_variant_print (kept, FALSE);

  return write_kept (path, text, error) ? g_strdup (request) : NULL;
}

const SacWork sac_work_keep_page = {
  .run = run_keep_page,
  .free_request = g_free,
  .free_result = g_free,
};

static char *
dup_folder (const char *name)
{
  return g_build_filename (g_get_user_state_dir (), "saccade", name, NULL);
}

/* Each file of one folder goes to the other, or away. */
static void
empty_folder (const char *from, const char *to)
{
  g_autoptr (GDir) dir = g_dir_open (from, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (from, name, NULL);
    g_autofree char *goal =
      to != NULL ? g_build_filename (to, name, NULL) : NULL;

    if (goal == NULL || g_file_test (goal, G_FILE_TEST_EXISTS) ||
        g_rename (path, goal) != 0)
      g_unlink (path);
  }
  g_rmdir (from);
}

void
sac_view_files_hide (void)
{
  g_autofree char *kept = dup_folder (FOLDER);
  g_autofree char *aside = dup_folder (FOLDER_ASIDE);

  empty_folder (aside, NULL);
  g_rename (kept, aside);
}

void
sac_view_files_show (void)
{
  g_autofree char *kept = dup_folder (FOLDER);
  g_autofree char *aside = dup_folder (FOLDER_ASIDE);

  if (g_rename (aside, kept) != 0)
    empty_folder (aside, kept);
}

void
sac_view_files_drop (void)
{
  g_autofree char *aside = dup_folder (FOLDER_ASIDE);

  empty_folder (aside, NULL);
}
