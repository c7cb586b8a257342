/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "cases/case-folder.h"

#include "base/error.h"
#include "base/limits.h"
#include "cases/case-list.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* Folders within folders: training/tumor, part_1/images. */
#define DEPTH 3

static const char *const image_endings[] = {
  "jpg", "jpeg", "png",    "bmp", "webp", "tif", "tiff",    "svs", "ndpi",
  "scn", "mrxs", "qptiff", "bif", "vms",  "vmu", "svslide", "dcm", NULL,
};
static const char *const annotation_endings[] = {"xml", "geojson", "json",
                                                 NULL};
static const char *const table_endings[] = {"csv", "tsv", NULL};

/* Parts of the names of folders. */
static const char *const mask_folders[] = {"mask",         "segmentation",
                                           "groundtruth",  "ground_truth",
                                           "ground-truth", NULL};
static const char *const annotation_folders[] = {"annotation", "xml", "geojson",
                                                 NULL};

static const char *const mask_suffixes[] = {
  "_evaluation_mask", "_segmentation", "_masks", "_mask", "-mask",
  "_lesion",          "_seg",
};

/* Slides whose pixels lie in a folder of the same name. */
static const char *const folder_slides[] = {"mrxs", "vms", "vmu", NULL};

const char *const *
sac_case_list_get_endings (void)
{
  return image_endings;
}

static void
file_free (SacCaseFile *file)
{
  g_free (file->path);
  g_free (file->name);
  g_free (file->stem);
  g_free (file);
}

static GPtrArray *
new_files (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)file_free);
}

void
sac_case_folder_free (SacCaseFolder *folder)
{
  if (folder == NULL)
    return;
  g_ptr_array_unref (folder->images);
  g_ptr_array_unref (folder->masks);
  g_ptr_array_unref (folder->annotations);
  g_ptr_array_unref (folder->tables);
  g_free (folder);
}

size_t
sac_case_folder_trim_mask (const char *stem)
{
  size_t length = strlen (stem);

  for (size_t i = 0; i < G_N_ELEMENTS (mask_suffixes); i++) {
    if (g_str_has_suffix (stem, mask_suffixes[i]) &&
        length > strlen (mask_suffixes[i]))
      return length - strlen (mask_suffixes[i]);
  }
  return length;
}

static bool
has_part (const char *name, const char *const *parts)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);

  for (; *parts != NULL; parts++)
    if (strstr (lower, *parts) != NULL)
      return true;
  return false;
}

/* Where a walk is. */
typedef struct {
  SacCaseFolder *folder;
  guint count;
  bool is_beside;
  SacJob *job;
} Walk;

static void
sort_in (Walk *walk, const char *path, const char *name, bool in_masks)
{
  g_autofree char *base = g_path_get_basename (name);
  char *dot = strrchr (base, '.');

  if (dot == NULL || dot == base)
    return;

  g_autofree char *ending = g_ascii_strdown (dot + 1, -1);

  *dot = '\0';

  g_autofree char *stem = g_ascii_strdown (base, -1);
  bool is_mask = in_masks || sac_case_folder_trim_mask (stem) < strlen (stem);
  GPtrArray *files =
    g_strv_contains (image_endings, ending)
      ? (is_mask ? walk->folder->masks : walk->folder->images)
    : g_strv_contains (annotation_endings, ending) ? walk->folder->annotations
    : g_strv_contains (table_endings, ending)      ? walk->folder->tables
                                                   : NULL;

  /* Beside the folder lies much that belongs to others. */
  if (files == NULL || (walk->is_beside && files == walk->folder->images))
    return;

  SacCaseFile *file = g_new0 (SacCaseFile, 1);

  file->path = g_strdup (path);
  file->name = g_strdup (name);
  file->stem = g_steal_pointer (&stem);
  file->is_in_masks = in_masks;
  file->is_beside = walk->is_beside;
  g_ptr_array_add (files, file);
}

/* Links to folders are not followed: they may lead back. */
static bool
is_folder (const char *path, const struct dirent *entry)
{
  struct stat status;

  if (entry->d_type != DT_UNKNOWN)
    return entry->d_type == DT_DIR;
  return lstat (path, &status) == 0 && S_ISDIR (status.st_mode);
}

/* A folder of tiles that belongs to the slide beside it. */
static bool
is_of_slide (const char *path)
{
  for (guint i = 0; folder_slides[i] != NULL; i++) {
    g_autofree char *slide = g_strconcat (path, ".", folder_slides[i], NULL);

    if (g_file_test (slide, G_FILE_TEST_EXISTS))
      return true;
  }
  return false;
}

static bool
walk_folder (Walk *walk,
             const char *path,
             const char *name,
             bool in_masks,
             int depth,
             GError **error)
{
  DIR *stream = opendir (path);
  bool going = true;

  /* One that may not be read hides nothing from the others. */
  if (stream == NULL)
    return true;
  for (struct dirent *entry; going && (entry = readdir (stream)) != NULL;) {
    if (entry->d_name[0] == '.')
      continue;
    if (++walk->count > SAC_LIMIT_CASE_FILES) {
      walk->folder->is_cut = true;
      break;
    }

    g_autofree char *below = g_build_filename (path, entry->d_name, NULL);
    g_autofree char *inner = *name != '\0'
                               ? g_build_filename (name, entry->d_name, NULL)
                               : g_strdup (entry->d_name);

    if (!is_folder (below, entry))
      sort_in (walk, below, inner, in_masks);
    else if (depth > 0 && !is_of_slide (below))
      going = walk_folder (walk, below, inner,
                           in_masks || has_part (entry->d_name, mask_folders),
                           depth - 1, error);
    going = going && sac_job_check (walk->job, error);
  }
  closedir (stream);
  return going;
}

static bool
is_table (const char *name)
{
  const char *dot = strrchr (name, '.');
  g_autofree char *ending = g_ascii_strdown (dot != NULL ? dot + 1 : "", -1);

  return g_strv_contains (table_endings, ending);
}

/* Folders of masks and annotations, and tables, next to the one opened. */
static bool
walk_beside (Walk *walk, const char *path, GError **error)
{
  g_autofree char *full = g_canonicalize_filename (path, NULL);
  g_autofree char *parent = g_path_get_dirname (full);
  DIR *stream = g_str_equal (parent, full) ? NULL : opendir (parent);
  bool going = true;

  if (stream == NULL)
    return true;
  walk->is_beside = true;
  walk->count = 0;
  for (struct dirent *entry; going && (entry = readdir (stream)) != NULL;) {
    g_autofree char *below = g_build_filename (parent, entry->d_name, NULL);
    bool of_masks = has_part (entry->d_name, mask_folders);

    if (entry->d_name[0] == '.' || g_str_equal (below, full))
      continue;
    if (++walk->count > SAC_LIMIT_CASE_FILES)
      break;
    if (!is_folder (below, entry)) {
      if (is_table (entry->d_name))
        sort_in (walk, below, entry->d_name, false);
    } else if (of_masks || has_part (entry->d_name, annotation_folders)) {
      going = walk_folder (walk, below, entry->d_name, of_masks, 1, error);
    }
    going = going && sac_job_check (walk->job, error);
  }
  closedir (stream);
  return going;
}

static int
compare_files (gconstpointer a, gconstpointer b)
{
  const SacCaseFile *left = *(SacCaseFile *const *)a;
  const SacCaseFile *right = *(SacCaseFile *const *)b;

  return left->is_beside != right->is_beside
           ? left->is_beside - right->is_beside
           : sac_case_compare_names (left->name, right->name);
}

SacCaseFolder *
sac_case_folder_read (const char *path, SacJob *job, GError **error)
{
  g_autoptr (SacCaseFolder) folder = g_new0 (SacCaseFolder, 1);
  Walk walk = {.folder = folder, .job = job};
  DIR *stream = opendir (path);
  int problem = errno;

  folder->images = new_files ();
  folder->masks = new_files ();
  folder->annotations = new_files ();
  folder->tables = new_files ();
  if (stream == NULL) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNREADABLE, "%s: %s", path,
                 g_strerror (problem));
    return NULL;
  }
  closedir (stream);
  if (!walk_folder (&walk, path, "", false, DEPTH, error) ||
      !walk_beside (&walk, path, error))
    return NULL;
  g_ptr_array_sort (folder->images, compare_files);
  g_ptr_array_sort (folder->masks, compare_files);
  g_ptr_array_sort (folder->annotations, compare_files);
  g_ptr_array_sort (folder->tables, compare_files);
  return g_steal_pointer (&folder);
}
