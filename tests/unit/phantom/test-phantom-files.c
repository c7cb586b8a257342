/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Slides and the demo as files: outlines against the mask, progress,
 * cancelling, a disk that is full. */
#include "annotation/annotation-file.h"
#include "annotation/mask.h"
#include "base/error.h"
#include "cases/case-list.h"
#include "image/phantom.h"
#include "phantom/phantom-files.h"
#include "support.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#define WIDTH 900
#define HEIGHT 700

static SacPhantomFiles
plan_slide (char *folder)
{
  return (SacPhantomFiles){
    .out = folder,
    .width = WIDTH,
    .height = HEIGHT,
    .count = 1,
    .seed = 5,
    .tumor = SAC_PHANTOM_TUMOR_LARGE,
  };
}

static SacMask *
read_mask (const char *path)
{
  const SacMaskImage image = {.width = WIDTH, .height = HEIGHT};
  g_autoptr (GError) error = NULL;
  SacMask *mask = sac_mask_read (path, &image, NULL, &error);

  g_assert_no_error (error);
  return mask;
}

/* The outlines, filled, are the mask to the pixel. */
static void
test_outline (void)
{
  char *folder = test_folder_new ();
  g_autoptr (GError) error = NULL;
  const SacMaskImage image = {.width = WIDTH, .height = HEIGHT};
  SacPhantomFiles files = plan_slide (folder);

  g_assert_true (sac_phantom_files_write_slides (&files, NULL, &error));

  g_autofree char *xml = g_build_filename (folder, "slide-5.xml", NULL);
  g_autofree char *tif =
    g_build_filename (folder, "masks", "slide-5_mask.tif", NULL);
  g_autofree char *png = g_build_filename (folder, "filled.png", NULL);
  g_autoptr (SacAnnotations) set = sac_annotations_read (xml, &error);

  g_assert_no_error (error);
  g_assert_true (sac_mask_write_png (png, set, &image, WIDTH, NULL, &error));

  g_autoptr (SacMask) filled = read_mask (png);
  g_autoptr (SacMask) mask = read_mask (tif);
  size_t count = (size_t)mask->rows * (size_t)mask->columns, inside = 0;

  g_assert_cmpint (mask->rows, ==, HEIGHT);
  g_assert_cmpint (mask->columns, ==, WIDTH);
  g_assert_cmpint (filled->rows, ==, mask->rows);
  g_assert_cmpint (filled->columns, ==, mask->columns);
  for (size_t i = 0; i < count; i++) {
    g_assert_true ((filled->cells[i] != 0) == (mask->cells[i] != 0));
    inside += mask->cells[i] != 0;
  }
  g_assert_cmpuint (inside, >, count / 100);
  g_assert_cmpuint (inside, <, count);
  test_folder_remove (folder);
}

typedef struct {
  int calls, last, count;
  SacJob *cancelled; /* at the first call; NULL: not */
} Progress;

static void
note_progress (int done, int count, gpointer data)
{
  Progress *progress = data;

  g_assert_cmpint (done, >, progress->last);
  g_assert_cmpint (done, <=, count);
  progress->calls++;
  progress->last = done;
  progress->count = count;
  if (progress->cancelled != NULL)
    sac_job_cancel (progress->cancelled);
}

static bool
has_slide (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "slide-5.tif", NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* Told after each row of tiles; cancelled after the first, nothing of the slide
 * is left under its name. */
static void
test_progress (void)
{
  char *folder = test_folder_new ();
  Progress progress = {.calls = 0};
  g_autoptr (GError) error = NULL;
  g_autoptr (SacJob) job = sac_job_new (NULL);
  SacPhantomFiles files = plan_slide (folder);

  files.progress = note_progress;
  files.data = &progress;
  progress.cancelled = job;
  g_assert_false (sac_phantom_files_write_slides (&files, job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (progress.calls, ==, 1);
  g_assert_cmpint (progress.count, >, 1);
  g_assert_false (has_slide (folder));

  g_clear_error (&error);
  progress = (Progress){.calls = 0};
  g_assert_true (sac_phantom_files_write_slides (&files, NULL, &error));
  g_assert_cmpint (progress.calls, ==, progress.count);
  g_assert_true (has_slide (folder));
  test_folder_remove (folder);
}

typedef bool (*WriteFunc) (const SacPhantomFiles *params,
                           SacJob *job,
                           GError **error);

/* As on a disk that takes no more: files may have so many bytes. */
static bool
write_limited (WriteFunc write,
               const SacPhantomFiles *files,
               rlim_t bytes,
               GError **error)
{
  struct rlimit kept, low;

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &kept), ==, 0);
  low = (struct rlimit){bytes, kept.rlim_max};
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &low), ==, 0);

  bool good = write (files, NULL, error);

  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &kept), ==, 0);
  return good;
}

static void
test_full (void)
{
  char *folder = test_folder_new ();
  g_autoptr (GError) error = NULL;
  SacPhantomFiles files = plan_slide (folder);

  g_assert_false (
    write_limited (sac_phantom_files_write_slides, &files, 8192, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNWRITABLE, folder);
  g_assert_false (has_slide (folder));
  test_folder_remove (folder);
}

static SacPhantomFiles
plan_pairs (char *folder)
{
  static char *evidence[] = {(char *)"network", (char *)"raised", NULL};

  return (SacPhantomFiles){
    .out = folder,
    .width = 40,
    .height = 32,
    .count = 2,
    .seed = 5,
    .asymmetry = -1,
    .irregularity = -1,
    .evidence = evidence,
    .pairs = true,
  };
}

static bool
has_pair (const char *folder, const char *ending)
{
  g_autofree char *path =
    g_strdup_printf ("%s/case-00001%s.png", folder, ending);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* Masks fit on the disk, the images do not: none is there in part, and there is
 * no table of what is not there. */
static void
test_full_pairs (void)
{
  char *folder = test_folder_new ();
  g_autoptr (GError) error = NULL;
  SacPhantomFiles files = plan_pairs (folder);
  g_autofree char *table = g_build_filename (folder, "labels.csv", NULL);

  g_assert_false (
    write_limited (sac_phantom_files_write_set, &files, 1500, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNWRITABLE, folder);
  g_assert_false (has_pair (folder, ""));
  g_assert_false (has_pair (folder, "_clinical"));
  g_assert_false (g_file_test (table, G_FILE_TEST_EXISTS));
  test_folder_remove (folder);
}

/* Cancelled after the first pair: it stays, whole, and nothing follows. */
static void
test_cancelled_pairs (void)
{
  char *folder = test_folder_new ();
  g_autoptr (SacJob) job = sac_job_new (NULL);
  Progress progress = {.cancelled = job};
  g_autoptr (GError) error = NULL;
  SacPhantomFiles files = plan_pairs (folder);

  files.progress = note_progress;
  files.data = &progress;
  g_assert_false (sac_phantom_files_write_set (&files, job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (progress.calls, ==, 1);
  g_assert_true (has_pair (folder, ""));
  g_assert_true (has_pair (folder, "_clinical"));
  test_folder_remove (folder);
}

/* The folder opens as pairs: the second has a network, and no more of it is
 * raised than of the first. */
static void
test_pairs_open (void)
{
  char *folder = test_folder_new ();
  g_autoptr (GError) error = NULL;
  SacPhantomFiles files = plan_pairs (folder);

  g_assert_true (sac_phantom_files_write_set (&files, NULL, &error));

  g_autoptr (SacCaseList) list = sac_case_list_read (folder, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (list->cases->len, ==, 2);
  for (guint i = 0; i < 2; i++) {
    const SacCase *one = sac_case_list_get (list, i);
    g_autofree char *clinical =
      g_strdup_printf ("%s/case-0000%u_clinical.png", folder, i + 1);

    g_assert_cmpstr (one->clinical, ==, clinical);
    g_assert_cmpstr (one->label, ==, i == 0 ? "none" : "network");
    g_assert_true ((one->mask != NULL) == (i == 1));
    g_assert_null (one->clinical_mask);
  }
  test_folder_remove (folder);
}

static bool
have_same_bytes (const char *one, const char *other)
{
  g_autofree char *a = NULL, *b = NULL;
  gsize a_size = 0, b_size = 0;

  g_assert_true (g_file_get_contents (one, &a, &a_size, NULL));
  g_assert_true (g_file_get_contents (other, &b, &b_size, NULL));
  return a_size == b_size && memcmp (a, b, a_size) == 0;
}

/* The first case alone can be had before the others, with the story's own
 * bytes; of a whole demo there is nothing to be had before. */
static void
test_demo_first (void)
{
  char *parent = test_folder_new (), *story = test_folder_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *first = sac_phantom_files_demo_first (parent, NULL, &error);

  g_assert_no_error (error);

  g_autofree char *folder = g_path_get_dirname (first);
  g_autofree char *table = g_build_filename (folder, "labels.csv", NULL);
  g_autofree char *again = g_build_filename (story, "1-agreement.png", NULL);
  SacPhantomFiles files = {.out = story, .asymmetry = -1, .irregularity = -1};
  g_autofree char *same = sac_phantom_files_write_first (&files, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (same, ==, again);
  g_assert_true (have_same_bytes (first, again));
  g_assert_false (g_file_test (table, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_set_contents (table, "whole", -1, NULL));

  g_autofree char *none = sac_phantom_files_demo_first (parent, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (none, ==, "");
  test_folder_remove (parent);
  test_folder_remove (story);
}

/* Drawn once: what is whole is taken as it is; what was given up is not. */
static void
test_demo (void)
{
  char *parent = test_folder_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (SacJob) job = sac_job_new (NULL);

  sac_job_cancel (job);
  g_assert_null (sac_phantom_files_demo (parent, job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  g_autofree char *folder =
    g_build_filename (parent, "demo-" SAC_VERSION "-4", "Demo", NULL);
  g_autofree char *table = g_build_filename (folder, "labels.csv", NULL);

  g_assert_false (g_file_test (table, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_set_contents (table, "kept", -1, NULL));

  g_autofree char *found = sac_phantom_files_demo (parent, NULL, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (found, ==, folder);
  g_assert_true (g_file_get_contents (table, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "kept");
  test_folder_remove (parent);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/phantom-files/outline", test_outline);
  g_test_add_func ("/phantom-files/progress", test_progress);
  g_test_add_func ("/phantom-files/full", test_full);
  g_test_add_func ("/phantom-files/full-pairs", test_full_pairs);
  g_test_add_func ("/phantom-files/cancelled-pairs", test_cancelled_pairs);
  g_test_add_func ("/phantom-files/pairs-open", test_pairs_open);
  g_test_add_func ("/phantom-files/demo", test_demo);
  g_test_add_func ("/phantom-files/demo-first", test_demo_first);
  return g_test_run ();
}
