/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/tiff-pages.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

/* A stack of focal planes has some dozens, a book some hundreds. */
#define DIRECTORY_COUNT_MAX 1024
#define SUB_COUNT_MAX 64

/* Levels that differ by less are copies. */
#define REDUCTION_MIN 1.2

typedef struct {
  SacTiffHandle *handle;
  SacTiffUse use;
  SacTiffPages *pages;
  GArray *subs; /* of Sub */
  int count;    /* directories looked at */
} Walk;

typedef struct {
  guint page;
  uint64_t directory;
} Sub;

static GArray *
get_page (const SacTiffPages *pages, guint index)
{
  return g_ptr_array_index (pages->pages, index);
}

static const SacTiffLayout *
get_layout (const GArray *page, guint level)
{
  return &g_array_index (page, SacTiffLevel, level).layout;
}

/* No pixel of it lies further than one and a half of its own from where it
 * should be: writers round sizes up or down. */
static bool
is_copy (const SacTiffLayout *large, const SacTiffLayout *small)
{
  double ratio = (double)large->width / small->width;

  return sac_tiff_layout_is_like (large, small) && ratio >= REDUCTION_MIN &&
         fabs (small->height * ratio - large->height) <= 1.5 * ratio;
}

static bool
is_half (uint32_t large, uint32_t small)
{
  return small == large / 2 || small == (large + 1) / 2;
}

static bool
has_size (const GArray *page, const SacTiffLayout *layout)
{
  for (guint i = 0; i < page->len; i++)
    if (get_layout (page, i)->width == layout->width &&
        get_layout (page, i)->height == layout->height)
      return true;
  return false;
}

static void
add_level (GArray *page, const SacTiffLevel *level)
{
  guint at = 0;

  while (at < page->len && get_layout (page, at)->width > level->layout.width)
    at++;
  g_array_insert_val (page, at, *level);
}

/* Channels one after the other, then their smaller copies in the same order:
 * each copy goes to the first page that still lacks one of its size. */
static bool
add_reduced (SacTiffPages *pages, const SacTiffLevel *level)
{
  for (guint i = 0; i < pages->pages->len; i++) {
    GArray *page = get_page (pages, i);

    if (is_copy (get_layout (page, 0), &level->layout) &&
        !has_size (page, &level->layout)) {
      add_level (page, level);
      return true;
    }
  }
  return false;
}

static bool
add_unmarked (SacTiffPages *pages, const SacTiffLevel *level)
{
  GArray *page = get_page (pages, pages->pages->len - 1);
  const SacTiffLayout *last = get_layout (page, page->len - 1);

  if (!is_half (last->width, level->layout.width) ||
      !is_half (last->height, level->layout.height) ||
      !is_copy (get_layout (page, 0), &level->layout))
    return false;
  add_level (page, level);
  return true;
}

static void
add_to (GPtrArray *pages, const SacTiffLevel *level)
{
  GArray *page = g_array_new (FALSE, FALSE, sizeof (SacTiffLevel));

  g_array_append_val (page, *level);
  g_ptr_array_add (pages, page);
}

static bool
add_page (SacTiffPages *pages, const SacTiffLevel *level)
{
  if (pages->pages->len > 0) {
    const SacTiffLayout *first = get_layout (get_page (pages, 0), 0);

    if (first->width != level->layout.width ||
        first->height != level->layout.height ||
        !sac_tiff_layout_is_like (first, &level->layout))
      return false;
  }
  add_to (pages->pages, level);
  return true;
}

static void
note_subs (Walk *walk)
{
  uint16_t count = 0;
  const uint64_t *offsets = NULL;

  if (TIFFGetField (walk->handle->tiff, TIFFTAG_SUBIFD, &count, &offsets) != 1)
    return;
  for (uint16_t i = 0; i < MIN (count, SUB_COUNT_MAX); i++) {
    Sub sub = {walk->pages->pages->len - 1, offsets[i]};

    g_array_append_val (walk->subs, sub);
  }
}

/* A description may say anything, a patient's name too: of it only the name of
 * a channel is taken, as scanners of fluorescence write it. */
static void
read_name (TIFF *tiff, char *ret_name)
{
  const char *text = NULL, *end = NULL;

  if (TIFFGetField (tiff, TIFFTAG_PAGENAME, &text) == 1) {
    end = text + strlen (text);
  } else if (TIFFGetField (tiff, TIFFTAG_IMAGEDESCRIPTION, &text) == 1 &&
             (text = strstr (text, "<Name>")) != NULL) {
    text += strlen ("<Name>");
    end = strstr (text, "</Name>");
  }
  *ret_name = '\0';
  if (end == NULL)
    return;

  g_autofree char *part = g_strndup (text, (gsize)(end - text));
  g_autofree char *valid = g_utf8_make_valid (g_strstrip (part), -1);

  g_strlcpy (ret_name, valid, SAC_TIFF_NAME_BYTES);
  /* Not a part of a letter. */
  g_utf8_validate (ret_name, -1, (const char **)&end);
  ret_name[end - ret_name] = '\0';
}

/* ImageJ lists one directory of a large stack, and says in its description how
 * many slices lie behind one another. */
static guint
read_stated (TIFF *tiff)
{
  const char *text = NULL;

  if (TIFFGetField (tiff, TIFFTAG_IMAGEDESCRIPTION, &text) != 1 ||
      !g_str_has_prefix (text, "ImageJ=") ||
      (text = strstr (text, "\nimages=")) == NULL)
    return 0;
  return (guint)CLAMP (g_ascii_strtoll (text + strlen ("\nimages="), NULL, 10),
                       0, G_MAXINT);
}

static bool
read_level (Walk *walk, SacTiffLevel *level, GError **error)
{
  if (walk->count++ == 0)
    walk->pages->stated = read_stated (walk->handle->tiff);
  level->directory = TIFFCurrentDirOffset (walk->handle->tiff);
  read_name (walk->handle->tiff, level->name);
  return sac_tiff_layout_read (walk->handle, walk->use, &level->layout, error);
}

/* The first directory must be a picture; others may be anything. */
static bool
take_directory (Walk *walk, GError **error)
{
  bool is_first = walk->count == 0;
  SacTiffLevel level;
  g_autoptr (GError) reason = NULL;

  if (!read_level (walk, &level, &reason)) {
    if (is_first)
      g_propagate_error (error, g_steal_pointer (&reason));
    sac_tiff_handle_forgive (walk->handle);
    walk->pages->alone_count++;
    return !is_first;
  }
  if (is_first && (level.layout.reduced || level.layout.is_mask)) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
                 "the TIFF holds a reduced copy as its first page, as camera "
                 "raw files do; save the picture as an 8-bit RGB TIFF or PNG");
    return false;
  }
  if (level.layout.is_mask)
    walk->pages->alone_count++;
  else if (!level.layout.reduced && add_page (walk->pages, &level))
    note_subs (walk);
  else if (!(level.layout.reduced ? add_reduced (walk->pages, &level)
                                  : add_unmarked (walk->pages, &level)))
    add_to (walk->pages->apart, &level);
  return true;
}

static bool
walk_directories (Walk *walk, SacJob *job, GError **error)
{
  for (;;) {
    if (!sac_job_check (job, error) || !take_directory (walk, error))
      return false;
    if (TIFFLastDirectory (walk->handle->tiff) ||
        walk->count >= DIRECTORY_COUNT_MAX)
      return true;
    if (sac_tiff_handle_is_tired (walk->handle) ||
        TIFFReadDirectory (walk->handle->tiff) != 1) {
      sac_tiff_handle_forgive (walk->handle);
      walk->pages->is_cut = true;
      return true;
    }
  }
}

static bool
walk_subs (Walk *walk, SacJob *job, GError **error)
{
  for (guint i = 0; i < walk->subs->len; i++) {
    const Sub *sub = &g_array_index (walk->subs, Sub, i);
    GArray *page = get_page (walk->pages, sub->page);
    SacTiffLevel level;

    if (!sac_job_check (job, error))
      return false;
    if (walk->count >= DIRECTORY_COUNT_MAX ||
        sac_tiff_handle_is_tired (walk->handle))
      return true;
    if (TIFFSetSubDirectory (walk->handle->tiff, sub->directory) == 1 &&
        read_level (walk, &level, NULL) &&
        is_copy (get_layout (page, 0), &level.layout) &&
        !has_size (page, &level.layout))
      add_level (page, &level);
    else
      walk->pages->alone_count++;
    sac_tiff_handle_forgive (walk->handle);
  }
  return true;
}

SacTiffPages *
sac_tiff_pages_read (SacTiffHandle *handle,
                     SacTiffUse use,
                     SacJob *job,
                     GError **error)
{
  g_autoptr (SacTiffPages) pages = g_new0 (SacTiffPages, 1);
  g_autoptr (GArray) subs = g_array_new (FALSE, FALSE, sizeof (Sub));
  Walk walk = {handle, use, pages, subs, 0};

  pages->pages = g_ptr_array_new_with_free_func ((GDestroyNotify)g_array_unref);
  pages->apart = g_ptr_array_new_with_free_func ((GDestroyNotify)g_array_unref);
  if (!walk_directories (&walk, job, error) || !walk_subs (&walk, job, error))
    return NULL;
  return g_steal_pointer (&pages);
}

void
sac_tiff_pages_free (SacTiffPages *pages)
{
  if (pages == NULL)
    return;
  g_ptr_array_unref (pages->pages);
  g_ptr_array_unref (pages->apart);
  g_free (pages);
}
