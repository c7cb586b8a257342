/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "annotation/mask.h"

#include "base/error.h"
#include "base/limits.h"
#include "image/source.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* So many values can be meant; more come from blurring. */
#define CLASSES_MAX 32

/* Blurring gives more than these. */
#define BLURRED_VALUES 8

/* Between whole numbers of pixels, two sizes of one shape differ by as much. */
#define ROUNDING 1.5

/* How far the micrometres of two files of one slide may be apart. */
#define MPP_SHARE 0.02

#define BLACK 0xff000000u
#define WHITE 0xffffffffu

static void
class_free (SacAnnotationClass *class)
{
  g_free (class->name);
  g_free (class);
}

void
sac_mask_free (SacMask *mask)
{
  if (mask == NULL)
    return;
  g_free (mask->cells);
  g_ptr_array_unref (mask->classes);
  g_free (mask);
}

static bool
refuse (const char *path,
        SacSource *source,
        const SacMaskImage *image,
        GError **error)
{
  double mpp = sac_source_get_mpp (source);
  g_autofree char *covered =
    mpp > 0 && image->mpp > 0
      ? g_strdup_printf (", and by its micrometres it covers %.0f x %.0f of "
                         "them",
                         (double)sac_source_get_width (source) * mpp /
                           image->mpp,
                         (double)sac_source_get_height (source) * mpp /
                           image->mpp)
      : g_strdup ("");

  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "%s: %" PRId64 " x %" PRId64
               " pixels are no mask of an image of %" PRId64 " x %" PRId64
               ": the shapes differ%s; give a mask of the whole image",
               path, sac_source_get_width (source),
               sac_source_get_height (source), image->width, image->height,
               covered);
  return false;
}

/* Level-0 pixels of the image that the mask covers. */
static bool
find_place (const char *path,
            SacSource *source,
            const SacMaskImage *image,
            SacRect *ret_place,
            GError **error)
{
  double width = (double)sac_source_get_width (source);
  double height = (double)sac_source_get_height (source);
  double across = (double)image->width / width;
  double down = (double)image->height / height;
  double mpp = sac_source_get_mpp (source);

  /* One of them may be rounded, so the other is what it would be of it. */
  if (fabs (image->height / across - height) <= ROUNDING ||
      fabs (image->width / down - width) <= ROUNDING ||
      fabs (height * across - (double)image->height) <= ROUNDING ||
      fabs (width * down - (double)image->width) <= ROUNDING) {
    *ret_place = (SacRect){0, 0, (double)image->width, (double)image->height};
    return true;
  }
  if (mpp <= 0 || image->mpp <= 0)
    return refuse (path, source, image, error);

  double scale = mpp / image->mpp;

  *ret_place = (SacRect){0, 0, width * scale, height * scale};
  /* It may reach beyond by what a tile is filled up with. */
  if (ret_place->width < (double)image->width * (1 - MPP_SHARE) ||
      ret_place->height < (double)image->height * (1 - MPP_SHARE) ||
      ret_place->width > (double)image->width + SAC_LIMIT_MASK_SIDE * scale ||
      ret_place->height > (double)image->height + SAC_LIMIT_MASK_SIDE * scale)
    return refuse (path, source, image, error);
  return true;
}

/* The finest level of the file's own that fits the grid; else its coarsest. */
static int
choose_level (SacSource *source)
{
  int chosen = 0;

  for (int i = 0; i < sac_source_get_level_count (source); i++) {
    const SacSourceLevel *level = sac_source_get_level (source, i);

    if (level->made)
      continue;
    chosen = i;
    if (MAX (level->width, level->height) <= SAC_LIMIT_MASK_SIDE)
      break;
  }
  return chosen;
}

/* Pixels of a level at every `step`th place, from the middle of the first. */
typedef struct {
  SacSource *source;
  int level;
  int64_t step;
  int rows, columns;
  uint32_t *pixels;
} Sampling;

static bool
sample_block (Sampling *sampling,
              int row,
              int column,
              int side,
              SacJob *job,
              GError **error)
{
  int64_t step = sampling->step;
  int rows = MIN (side, sampling->rows - row);
  int columns = MIN (side, sampling->columns - column);
  const SacSourceLevel *level =
    sac_source_get_level (sampling->source, sampling->level);
  int64_t width = MIN (columns * step, level->width - column * step);
  int64_t height = MIN (rows * step, level->height - row * step);
  g_autoptr (SacImage) image =
    sac_source_read (sampling->source, sampling->level, column * step,
                     row * step, (int)width, (int)height, SAC_COLORS_FILE, job,
                     error);

  if (image == NULL)
    return false;
  for (int r = 0; r < rows; r++)
    for (int c = 0; c < columns; c++) {
      int64_t x = MIN (c * step + step / 2, width - 1);
      int64_t y = MIN (r * step + step / 2, height - 1);

      sampling->pixels[(size_t)(row + r) * sampling->columns + column + c] =
        image->pixels[y * image->width + x];
    }
  return true;
}

static bool
sample (Sampling *sampling, SacJob *job, GError **error)
{
  /* In blocks that may be read at once. */
  int side = (int)MAX (1, SAC_LIMIT_BLOCK_SIDE / sampling->step);

  for (int row = 0; row < sampling->rows; row += side)
    for (int column = 0; column < sampling->columns; column += side) {
      if (!sac_job_check (job, error) ||
          !sample_block (sampling, row, column, side, job, error))
        return false;
      sac_job_set_progress (job, (double)row / sampling->rows);
    }
  return true;
}

typedef struct {
  uint32_t pixel;
  size_t count;
} Value;

static guint
get_grey (uint32_t pixel)
{
  return ((pixel >> 16 & 255) + (pixel >> 8 & 255) + (pixel & 255)) / 3;
}

static int
compare_values (gconstpointer a, gconstpointer b)
{
  uint32_t left = ((const Value *)a)->pixel, right = ((const Value *)b)->pixel;

  return (left > right) - (left < right);
}

/* Returns: false when there are more than CLASSES_MAX + 1. */
static bool
count_values (const uint32_t *pixels, size_t count, GArray *values)
{
  guint last = 0;

  for (size_t i = 0; i < count; i++) {
    if (last >= values->len ||
        g_array_index (values, Value, last).pixel != pixels[i]) {
      for (last = 0; last < values->len; last++)
        if (g_array_index (values, Value, last).pixel == pixels[i])
          break;
      if (last == values->len) {
        Value value = {pixels[i], 0};

        if (values->len > CLASSES_MAX)
          return false;
        g_array_append_val (values, value);
      }
    }
    g_array_index (values, Value, last).count++;
  }
  g_array_sort (values, compare_values);
  return true;
}

/* Nearly all is black or white and the rest lies between: edges were blurred.
 */
static bool
is_blurred (const GArray *values, size_t count)
{
  size_t pure = 0;

  for (guint i = 0; i < values->len; i++) {
    const Value *value = &g_array_index (values, Value, i);

    if (value->pixel == BLACK || value->pixel == WHITE)
      pure += value->count;
  }
  return values->len > BLURRED_VALUES &&
         g_array_index (values, Value, values->len - 1).pixel == WHITE &&
         pure > count - count / 10;
}

static void
add_class (SacMask *mask, char *name, uint32_t rgb)
{
  SacAnnotationClass *class = g_new (SacAnnotationClass, 1);

  *class = (SacAnnotationClass){name, rgb & 0xffffff};
  g_ptr_array_add (mask->classes, class);
}

/* Colours keep their own; greys, which nobody would see, get one. */
static void
name_class (SacMask *mask, uint32_t pixel, guint class_count)
{
  guint grey = get_grey (pixel);
  bool is_grey = pixel == sac_pixel (grey, grey, grey);

  if (is_grey)
    add_class (mask,
               class_count == 1 ? g_strdup ("mask")
                                : g_strdup_printf ("%u", grey),
               sac_annotation_choose_rgb (mask->classes->len));
  else
    add_class (mask, g_strdup_printf ("#%06x", pixel & 0xffffff), pixel);
}

static void
cut_at_half (SacMask *mask, const uint32_t *pixels, size_t count)
{
  for (size_t i = 0; i < count; i++)
    mask->cells[i] = get_grey (pixels[i]) >= 128;
  add_class (mask, g_strdup ("mask"), sac_annotation_choose_rgb (0));
  mask->is_cut = true;
}

/* is_clear: what is transparent, and white by now, is background.  Returns:
 * false when classes cannot be told from it. */
static bool
sort_out (SacMask *mask, const uint32_t *pixels, bool is_clear)
{
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (Value));
  size_t count = (size_t)mask->rows * (size_t)mask->columns;
  uint8_t numbers[CLASSES_MAX + 1] = {0};

  if (!count_values (pixels, count, values) || is_blurred (values, count)) {
    cut_at_half (mask, pixels, count);
    return !is_clear;
  }

  bool has_black = !is_clear && g_array_index (values, Value, 0).pixel == BLACK;
  bool has_white =
    g_array_index (values, Value, values->len - 1).pixel == WHITE;
  uint32_t background = has_black                                    ? BLACK
                        : has_white && (is_clear || values->len > 1) ? WHITE
                                                                     : 0;
  guint class_count = values->len - (background != 0);

  if (class_count > CLASSES_MAX) {
    cut_at_half (mask, pixels, count);
    return !is_clear;
  }
  for (guint i = 0; i < values->len; i++) {
    uint32_t pixel = g_array_index (values, Value, i).pixel;

    if (pixel == background)
      continue;
    name_class (mask, pixel, class_count);
    numbers[i] = (uint8_t)mask->classes->len;
  }
  for (size_t i = 0; i < count; i++) {
    guint at = 0;

    while (g_array_index (values, Value, at).pixel != pixels[i])
      at++;
    mask->cells[i] = numbers[at];
  }
  return true;
}

/* Numbers of classes in 16 bits, of which the upper 8 are read, would all be 0,
 * or several the same. */
static bool
check_fine (const char *path, const Sampling *sampling, GError **error)
{
  size_t count = (size_t)sampling->rows * (size_t)sampling->columns;
  uint32_t used = 0;

  for (size_t i = 0; i < count; i++)
    used |= sampling->pixels[i];
  if (!sac_source_is_fine (sampling->source) || (used & 0x808080) != 0)
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
               "%s: holds numbers of 16 bits, all of them small, and a mask is "
               "read with 8; save its classes with 8 bits a pixel",
               path);
  return false;
}

static SacMask *
mask_new (const Sampling *sampling, const SacRect *place)
{
  SacMask *mask = g_new0 (SacMask, 1);
  const SacSourceLevel *level =
    sac_source_get_level (sampling->source, sampling->level);

  mask->rows = sampling->rows;
  mask->columns = sampling->columns;
  mask->cells =
    g_new0 (uint8_t, (size_t)sampling->rows * (size_t)sampling->columns);
  mask->classes = g_ptr_array_new_with_free_func ((GDestroyNotify)class_free);
  /* The last cells may reach beyond the level. */
  mask->place = *place;
  mask->place.width *=
    (double)(sampling->columns * sampling->step) / (double)level->width;
  mask->place.height *=
    (double)(sampling->rows * sampling->step) / (double)level->height;
  return mask;
}

SacMask *
sac_mask_read (const char *path,
               const SacMaskImage *image,
               SacJob *job,
               GError **error)
{
  g_autoptr (SacSource) source = sac_source_open (path, job, error);
  SacRect place;

  if (source == NULL || !find_place (path, source, image, &place, error))
    return NULL;

  Sampling sampling = {.source = source, .level = choose_level (source)};
  const SacSourceLevel *level = sac_source_get_level (source, sampling.level);

  sampling.step =
    (MAX (level->width, level->height) + SAC_LIMIT_MASK_SIDE - 1) /
    SAC_LIMIT_MASK_SIDE;
  sampling.rows = (int)((level->height + sampling.step - 1) / sampling.step);
  sampling.columns = (int)((level->width + sampling.step - 1) / sampling.step);
  if (sampling.step > SAC_LIMIT_BLOCK_SIDE) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "%s: a mask of that size needs smaller copies in the file",
                 path);
    return NULL;
  }

  g_autofree uint32_t *pixels =
    g_new (uint32_t, (size_t)sampling.rows * (size_t)sampling.columns);

  sampling.pixels = pixels;
  if (!sample (&sampling, job, error) || !check_fine (path, &sampling, error))
    return NULL;

  unsigned clear = sac_source_get_clear (source);
  bool is_clear = (clear & SAC_CLEAR_PIXELS) != 0;
  g_autoptr (SacMask) mask = mask_new (&sampling, &place);

  if (sort_out (mask, pixels, is_clear) &&
      !(is_clear && (clear & SAC_OPAQUE_WHITE) != 0))
    return g_steal_pointer (&mask);
  g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
               "%s: what is white or half transparent cannot be told from what "
               "is transparent; save the mask without transparency",
               path);
  return NULL;
}
