/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Other programs' TIFFs of numbers as maps: one sample a cell, whole of 8 to 64
 * bits or floating of 16 to 64.
 *
 * A map as fine as a slide is read smaller: at the first of the file's levels
 * that is small enough, else as means of square blocks of its coarsest.  So
 * memory is bounded whatever the file says. */
#include "map/map-values.h"

#include "base/error.h"
#include "base/json.h"
#include "base/limits.h"
#include "image/source.h"
#include "image/tiff-block.h"
#include "image/tiff-pages.h"
#include "image/tiff-scale.h"
#include "map/map-json.h"
#include "map/map-place.h"
#include "map/map-sidecar.h"
#include "tensor/tensor.h"

#include <math.h>
#include <string.h>

/* Cells that are kept as they are, and cells to which more are averaged. */
#define KEPT_MAX ((uint64_t)1 << 24)
#define AVERAGED_MAX ((uint64_t)1 << 22)

/* For the window to translate. */
#define N_(text) text

#define PAGE_COUNT_MAX 64

/* A cell of more than a centimetre is no measurement. */
#define MPP_MAX 10000.0

/* GDAL's own tags: what it knows of the file, as XML, and the number that
 * stands for nothing, as text. */
#define TAG_METADATA 42112
#define TAG_NODATA 42113

typedef struct {
  const char *path;
  const SacMapImage *image;
  SacJob *job;
  SacTiffHandle handle;
  JsonObject *sidecar; /* NULL: none */
  double nothing;      /* cells of this value are gaps; NaN: none but NaN */
} Reader;

/* Cells in the making; the last two only when cells are averaged. */
typedef struct {
  uint32_t factor;
  uint32_t columns, rows;
  float *values;
  double *sums;
  uint32_t *counts;
} Cells;

static void
clear_reader (Reader *reader)
{
  sac_tiff_handle_close (&reader->handle);
  g_clear_pointer (&reader->sidecar, json_object_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reader, clear_reader)

static void
clear_cells (Cells *cells)
{
  g_free (cells->values);
  g_free (cells->sums);
  g_free (cells->counts);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Cells, clear_cells)

static double
get_value (const SacTiffLayout *layout, const uint8_t *samples, size_t index)
{
  bool is_signed = layout->format == SAMPLEFORMAT_INT;
  const void *at = samples + index * (layout->bits / 8u);

  if (layout->format == SAMPLEFORMAT_IEEEFP && layout->bits == 16)
    return sac_half_to_float (*(const uint16_t *)at);
  if (layout->format == SAMPLEFORMAT_IEEEFP)
    return layout->bits == 32 ? *(const float *)at : *(const double *)at;
  if (layout->bits == 8)
    return is_signed ? *(const int8_t *)at : *(const uint8_t *)at;
  if (layout->bits == 16)
    return is_signed ? *(const int16_t *)at : *(const uint16_t *)at;
  if (layout->bits == 32)
    return is_signed ? (double)*(const int32_t *)at : *(const uint32_t *)at;
  return is_signed ? (double)*(const int64_t *)at
                   : (double)*(const uint64_t *)at;
}

static void
add_value (Cells *cells, size_t cell, double value)
{
  if (cells->factor == 1) {
    cells->values[cell] = (float)value;
    return;
  }
  cells->sums[cell] += value;
  cells->counts[cell]++;
}

static bool
add_block (const Reader *reader,
           const SacTiffLayout *layout,
           const uint8_t *samples,
           uint32_t index,
           Cells *cells,
           GError **error)
{
  uint32_t left = index % layout->across * layout->block_width;
  uint32_t top = index / layout->across * layout->block_height;
  uint32_t columns = sac_tiff_block_count_columns (layout, index);

  for (uint32_t y = 0; y < sac_tiff_block_count_rows (layout, index); y++) {
    size_t row = (size_t)((top + y) / cells->factor) * cells->columns;

    for (uint32_t x = 0; x < columns; x++) {
      double value =
        get_value (layout, samples, (size_t)y * layout->block_width + x);

      if (isnan (value) || value == reader->nothing)
        continue;
      if (!sac_map_check_value (value, error))
        return false;
      add_value (cells, row + (left + x) / cells->factor, value);
    }
  }
  return true;
}

static bool
read_blocks (Reader *reader,
             const SacTiffLayout *layout,
             Cells *cells,
             GError **error)
{
  g_autofree uint8_t *samples = g_try_malloc (layout->block_bytes);

  if (samples == NULL) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "its pieces of %u x %u cells do not fit into memory",
                 layout->block_width, layout->block_height);
    return false;
  }
  for (uint32_t i = 0; i < layout->across * layout->down; i++) {
    /* What was not written is what stands for nothing, else 0. */
    if (!isnan (reader->nothing) &&
        sac_tiff_block_is_absent (&reader->handle, layout, i))
      continue;
    if (!sac_job_check (reader->job, error) ||
        !sac_tiff_block_check (&reader->handle, layout, i, error) ||
        !sac_tiff_block_read (&reader->handle, layout, i, samples, error) ||
        !add_block (reader, layout, samples, i, cells, error))
      return false;
  }
  return true;
}

static uint64_t
count_cells (const SacTiffLayout *layout, uint32_t factor)
{
  return (uint64_t)((layout->width - 1) / factor + 1) *
         ((layout->height - 1) / factor + 1);
}

static uint32_t
choose_factor (const SacTiffLayout *layout)
{
  uint32_t factor = 1;

  while (count_cells (layout, factor) > (factor == 1 ? KEPT_MAX : AVERAGED_MAX))
    factor *= 2;
  return factor;
}

/* The finest level that need not be averaged, else the coarsest. */
static const SacTiffLevel *
choose_level (const GArray *page)
{
  guint index = 0;

  while (index + 1 < page->len &&
         count_cells (&g_array_index (page, SacTiffLevel, index).layout, 1) >
           KEPT_MAX)
    index++;
  return &g_array_index (page, SacTiffLevel, index);
}

static bool
check_size (const SacTiffLayout *layout, GError **error)
{
  if ((uint64_t)layout->width * layout->height <= SAC_LIMIT_TIFF_PIXELS &&
      layout->block_bytes <= SAC_LIMIT_TIFF_PIECE_BYTES)
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
               "has %u x %u cells in pieces of %u x %u, too many to be read; "
               "save it with tiles (vips tiffsave --tile --pyramid)",
               layout->width, layout->height, layout->block_width,
               layout->block_height);
  return false;
}

static bool
check_upright (const SacTiffLayout *layout, GError **error)
{
  if (layout->orientation == ORIENTATION_TOPLEFT)
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
               "is stored turned or mirrored (orientation %d); save it upright",
               layout->orientation);
  return false;
}

static bool
init_cells (Cells *cells, const SacTiffLayout *layout, GError **error)
{
  cells->factor = choose_factor (layout);
  cells->columns = (layout->width - 1) / cells->factor + 1;
  cells->rows = (layout->height - 1) / cells->factor + 1;

  size_t count = (size_t)cells->columns * cells->rows;
  bool averaged = cells->factor > 1;

  cells->values = g_try_new (float, count);
  cells->sums = averaged ? g_try_new0 (double, count) : NULL;
  cells->counts = averaged ? g_try_new0 (uint32_t, count) : NULL;
  if (cells->values == NULL ||
      (averaged && (cells->sums == NULL || cells->counts == NULL))) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "does not fit into memory");
    return false;
  }
  for (size_t i = 0; i < count; i++)
    cells->values[i] = NAN;
  return true;
}

/* Takes the values. */
static SacMap *
finish_cells (Cells *cells)
{
  size_t count = (size_t)cells->columns * cells->rows;
  bool has_gaps = false;

  for (size_t i = 0; i < count; i++) {
    if (cells->factor > 1 && cells->counts[i] > 0)
      cells->values[i] = (float)(cells->sums[i] / cells->counts[i]);
    has_gaps |= isnan (cells->values[i]) != 0;
  }

  SacMap *map = sac_map_new_take ((int)cells->rows, (int)cells->columns,
                                  g_steal_pointer (&cells->values));

  map->has_gaps = has_gaps;
  return map;
}

static void
note_reduction (SacMap *map,
                const SacTiffLayout *full,
                const SacTiffLayout *level,
                uint32_t factor)
{
  g_autofree char *note = NULL;

  if (factor == 1 && level->width == full->width)
    return;
  note = g_strdup_printf ("The file has %u x %u cells; shown %s of %d x %d.",
                          full->width, full->height,
                          factor == 1 ? "is its own smaller copy"
                                      : "are their means on a grid",
                          map->columns, map->rows);
  sac_map_add_note (map, note);
}

/* What is said of a page stands in the directory of its finest level. */
typedef struct {
  SacTiffLayout full;
  double mpp;
  bool has_scale;
  JsonObject *own; /* of a map of ours that another program has packed anew */
} Page;

static void
clear_page (Page *page)
{
  g_clear_pointer (&page->own, json_object_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Page, clear_page)

static bool
take_place (Reader *reader,
            SacMap *map,
            const Page *page,
            const SacTiffLayout *level,
            uint32_t factor,
            GError **error)
{
  SacMapExtent extent = {
    .width = (double)map->columns * factor * page->full.width / level->width,
    .height = (double)map->rows * factor * page->full.height / level->height,
    .full_width = page->full.width,
    .full_height = page->full.height,
    .mpp = page->mpp,
  };

  if (page->own != NULL) {
    map->has_gaps = false;
    return sac_map_json_fill (page->own, "its description", map, error);
  }
  if (reader->sidecar != NULL &&
      !sac_map_json_fill_foreign (reader->sidecar, "the file beside it", map,
                                  error))
    return false;
  return reader->image == NULL ||
         sac_map_place (map, &extent, reader->image, error);
}

/* Returns: a new string; NULL: the directory has no such tag. */
static char *
dup_text (TIFF *tiff, uint32_t tag)
{
  uint32_t count = 0;
  const char *text = NULL;
  const TIFFField *field = TIFFFindField (tiff, tag, TIFF_ASCII);

  if (field == NULL || !TIFFFieldPassCount (field) ||
      TIFFGetField (tiff, tag, &count, &text) != 1 || count == 0)
    return NULL;
  return g_strndup (text, count);
}

/* GDAL's rasters say what stands for nothing, in decimals that samples of fewer
 * bits only come close to. */
static double
find_nothing (TIFF *tiff, const SacTiffLayout *layout)
{
  g_autofree char *number = dup_text (tiff, TAG_NODATA);
  char *end;

  if (number == NULL)
    return NAN;

  double nothing = g_ascii_strtod (number, &end);

  if (end == number)
    return NAN;
  if (layout->format != SAMPLEFORMAT_IEEEFP || layout->bits == 64)
    return nothing;
  return layout->bits == 32
           ? (double)(float)nothing
           : sac_half_to_float (sac_float_to_half ((float)nothing));
}

/* Whether the numbers are meant to be multiplied or moved. */
static bool
has_scale (TIFF *tiff)
{
  g_autofree char *metadata = dup_text (tiff, TAG_METADATA);

  return metadata != NULL && (strstr (metadata, "role=\"scale\"") != NULL ||
                              strstr (metadata, "role=\"offset\"") != NULL);
}

static JsonObject *
find_own (TIFF *tiff)
{
  const char *text = NULL;
  JsonObject *object = NULL;

  if (TIFFGetField (tiff, TIFFTAG_IMAGEDESCRIPTION, &text) == 1 &&
      text != NULL && text[0] == '{')
    object = sac_json_parse (text, strlen (text), "", NULL);
  if (object != NULL && !sac_map_json_is_map (object))
    g_clear_pointer (&object, json_object_unref);
  return object;
}

static bool
enter (Reader *reader, uint64_t directory, GError **error)
{
  return TIFFSetSubDirectory (reader->handle.tiff, directory) == 1 ||
         sac_tiff_handle_report (&reader->handle, "a directory", error);
}

static SacMap *
read_page (Reader *reader, const GArray *levels, GError **error)
{
  const SacTiffLevel *first = &g_array_index (levels, SacTiffLevel, 0);
  const SacTiffLevel *level = choose_level (levels);
  g_auto (Page) page = {.full = first->layout};
  g_auto (Cells) cells = {0};

  if (!enter (reader, first->directory, error))
    return NULL;

  SacTiffScale scale = sac_tiff_scale_read (&reader->handle, MPP_MAX);

  page.mpp = sac_source_join_mpp (scale.x, scale.y);
  page.own = find_own (reader->handle.tiff);
  page.has_scale = has_scale (reader->handle.tiff);
  reader->nothing = find_nothing (reader->handle.tiff, &first->layout);
  if (!check_upright (&first->layout, error) ||
      !check_size (&level->layout, error) ||
      !enter (reader, level->directory, error) ||
      !init_cells (&cells, &level->layout, error) ||
      !read_blocks (reader, &level->layout, &cells, error))
    return NULL;

  g_autoptr (SacMap) map = finish_cells (&cells);

  if (!take_place (reader, map, &page, &level->layout, cells.factor, error) ||
      (page.own == NULL &&
       !sac_map_note_origin (map, reader->path, reader->job, error)))
    return NULL;
  note_reduction (map, &page.full, &level->layout, cells.factor);
  if (page.has_scale)
    sac_map_add_note (map, N_ ("The file states a scale or an offset of its "
                               "numbers; they are shown without it."));
  return g_steal_pointer (&map);
}

static bool
read_pages (Reader *reader, GPtrArray *maps, GError **error)
{
  g_autoptr (SacTiffPages) pages =
    sac_tiff_pages_read (&reader->handle, SAC_TIFF_VALUES, reader->job, error);

  if (pages == NULL)
    return false;
  if (pages->pages->len > PAGE_COUNT_MAX) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "has %u pages, of which no more than %d can be maps",
                 pages->pages->len, PAGE_COUNT_MAX);
    return false;
  }
  for (guint i = 0; i < pages->pages->len; i++) {
    SacMap *map = read_page (reader, pages->pages->pdata[i], error);
    guint apart = pages->apart->len;

    if (map == NULL)
      return false;
    g_ptr_array_add (maps, map);
    if (pages->pages->len > 1 && map->method == NULL)
      map->method = g_strdup_printf ("page %u", i + 1);
    if (apart > 0) {
      g_autofree char *note =
        g_strdup_printf ("Further pages of the file, of other sizes or kinds, "
                         "are not shown (%u).",
                         apart);

      sac_map_add_note (map, note);
    }
    if (pages->stated > pages->pages->len) {
      g_autofree char *note =
        g_strdup_printf ("The file is a stack of %u slices, says ImageJ, but "
                         "lists %u; the others are not shown.",
                         pages->stated, pages->pages->len);

      sac_map_add_note (map, note);
    }
  }
  return true;
}

GPtrArray *
sac_map_read_values (const char *path,
                     const SacMapImage *image,
                     SacJob *job,
                     GError **error)
{
  g_auto (Reader) reader = {.path = path, .image = image, .job = job};
  g_autoptr (GPtrArray) maps =
    g_ptr_array_new_with_free_func ((GDestroyNotify)sac_map_unref);

  if (!sac_map_sidecar_read (path, &reader.sidecar, error))
    return NULL;
  if (!sac_tiff_handle_open_file (&reader.handle, path, error) ||
      !read_pages (&reader, maps, error)) {
    g_prefix_error (error, "%s: ", path);
    return NULL;
  }
  return g_steal_pointer (&maps);
}
