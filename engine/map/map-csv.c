/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Scores of tiles as maps.
 *
 * The grid is the coarsest on which every tile covers whole cells, so that the
 * mean of overlapping tiles is exact.  Where that would be too fine, cells
 * become larger and tiles count by the area they cover. */

#include "map/map-file.h"

#include "base/error.h"
#include "base/limits.h"
#include "map/map-json.h"
#include "map/map-sidecar.h"
#include "map/number-table.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

/* For the window to translate. */
#define N_(text) text

#define MAP_COUNT_MAX 256

/* Tiles and factors below this are no sizes. */
#define SMALLEST_SIZE 1e-3

/* Cells of one grid, and cells visited by all tiles together. */
#define CELLS_MAX ((double)(1 << 24))
#define VISITS_MAX ((double)(1 << 28))

static const char *const x_names[] = {"x",         "x_start", "x_min",
                                      "xmin",      "minx",    "left",
                                      "x0",        "x1",      "coord_x",
                                      "coords_x",  "x_coord", "coordinates[0]",
                                      "coords[0]", NULL};
static const char *const y_names[] = {"y",         "y_start", "y_min",
                                      "ymin",      "miny",    "top",
                                      "y0",        "y1",      "coord_y",
                                      "coords_y",  "y_coord", "coordinates[1]",
                                      "coords[1]", NULL};
static const char *const width_names[] = {"w",         "width",      "size",
                                          "tile_size", "patch_size", NULL};
static const char *const height_names[] = {"h",         "height",     "size",
                                           "tile_size", "patch_size", NULL};
static const char *const right_names[] = {"x_end",     "x_max",
                                          "xmax",      "maxx",
                                          "right",     "x2",
                                          "x1",        "coordinates[2]",
                                          "coords[2]", NULL};
static const char *const bottom_names[] = {"y_end",     "y_max",
                                           "ymax",      "maxy",
                                           "bottom",    "y2",
                                           "y1",        "coordinates[3]",
                                           "coords[3]", NULL};
static const char *const slide_names[] = {"slide",    "slide_id", "wsi",
                                          "filename", "file",     NULL};
static const char *const other_names[] =
  {"",           "index",       "id",  "unnamed: 0", "level", "patch_level",
   "row",        "column",      "col", "mpp",        "label", "class",
   "prediction", "predictions", NULL};

typedef struct {
  const char *path;
  SacNumberTable *table;
  int x, y, width, height, right, bottom; /* columns; -1: none */
  double downsample;
  double tile_width, tile_height; /* of tiles that do not say; 0: unknown */
  double image_width, image_height;
  bool guessed_tile, guessed_image;
  SacRect *tiles; /* level 0; one for each row */
  SacRect grid;   /* what the cells cover */
  double cell_width, cell_height;
  int rows, columns;
} Scores;

static void
clear_scores (Scores *scores)
{
  sac_number_table_free (scores->table);
  g_free (scores->tiles);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scores, clear_scores)

static bool
refuse (const Scores *scores,
        SacErrorCode code,
        const char *why,
        GError **error)
{
  g_set_error (error, SAC_ERROR, code, "%s: %s", scores->path,
               sac_sentence (why));
  return false;
}

static bool
read_table (Scores *scores, GError **error)
{
  g_autofree char *text = NULL;
  gsize size = 0;
  GStatBuf status;

  if (g_stat (scores->path, &status) != 0 || !S_ISREG (status.st_mode))
    return refuse (scores, SAC_ERROR_UNREADABLE,
                   "cannot be read: it is missing, closed to you, or no file",
                   error);
  if (status.st_size > SAC_LIMIT_TABLE_BYTES)
    return refuse (scores, SAC_ERROR_TOO_LARGE,
                   "a table may have 256 MiB, this one has more", error);
  if (!g_file_get_contents (scores->path, &text, &size, NULL))
    return refuse (scores, SAC_ERROR_UNREADABLE, "cannot be read", error);
  scores->table = sac_number_table_parse (text, size, scores->path, error);
  return scores->table != NULL;
}

/* A positive size or factor; absent is no fault. */
static bool
take_setting (const Scores *scores,
              JsonObject *object,
              const char *key,
              double *ret_numbers,
              guint count,
              GError **error)
{
  if (!json_object_has_member (object, key))
    return true;

  bool good;

  if (count == 1) {
    JsonNode *node = json_object_get_member (object, key);
    GType type = json_node_get_value_type (node);

    good = type == G_TYPE_INT64 || type == G_TYPE_DOUBLE;
    ret_numbers[0] = good ? json_node_get_double (node) : 0;
  } else {
    good = sac_map_json_get_numbers (object, key, ret_numbers, count);
  }
  for (guint i = 0; good && i < count; i++)
    good =
      ret_numbers[i] >= SMALLEST_SIZE && ret_numbers[i] <= SAC_LIMIT_COORDINATE;
  if (!good)
    g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
                 "%s: %s in the file beside it is not %s above 0", scores->path,
                 key,
                 count == 1 ? sac_sentence ("a number")
                            : sac_sentence ("two numbers"));
  return good;
}

static bool
take_settings (Scores *scores, JsonObject *object, GError **error)
{
  double tile[2] = {0}, image[2] = {0};

  scores->downsample = 1;
  if (object == NULL)
    return true;
  if (!take_setting (scores, object, "tile", tile, 2, error) ||
      !take_setting (scores, object, "image", image, 2, error) ||
      !take_setting (scores, object, "downsample", &scores->downsample, 1,
                     error))
    return false;
  scores->tile_width = tile[0];
  scores->tile_height = tile[1];
  if (image[0] > 0) {
    scores->image_width = image[0];
    scores->image_height = image[1];
  }
  return true;
}

static bool
find_columns (Scores *scores, GError **error)
{
  const SacNumberTable *table = scores->table;
  int slide = sac_number_table_find (table, slide_names);

  scores->x = sac_number_table_find (table, x_names);
  scores->y = sac_number_table_find (table, y_names);
  scores->width = sac_number_table_find (table, width_names);
  scores->height = sac_number_table_find (table, height_names);
  scores->right = sac_number_table_find (table, right_names);
  scores->bottom = sac_number_table_find (table, bottom_names);
  if (scores->right == scores->x || scores->bottom == scores->y)
    scores->right = scores->bottom = -1;
  if (scores->x < 0 || scores->y < 0)
    return refuse (scores, SAC_ERROR_UNSUPPORTED,
                   "is no table of scores: columns x and y are missing", error);
  if (slide >= 0 && table->varies[slide])
    return refuse (scores, SAC_ERROR_UNSUPPORTED,
                   "has the scores of several slides: keep the rows of one",
                   error);
  return true;
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

/* The smallest step between different positions; 0: all are the same. */
static double
find_step (const Scores *scores, bool vertical)
{
  size_t count = scores->table->row_count;
  g_autofree double *sorted = g_new (double, count);
  double step = 0;

  for (size_t i = 0; i < count; i++)
    sorted[i] = vertical ? scores->tiles[i].y : scores->tiles[i].x;
  qsort (sorted, count, sizeof *sorted, compare_doubles);
  for (size_t i = 1; i < count; i++) {
    double next = sorted[i] - sorted[i - 1];

    if (next >= SMALLEST_SIZE && (step == 0 || next < step))
      step = next;
  }
  return step;
}

/* Tiles that do not say how large they are lie side by side. */
static bool
guess_tile (Scores *scores, GError **error)
{
  double across = find_step (scores, false), down = find_step (scores, true);

  if (across == 0 && down == 0)
    return refuse (scores, SAC_ERROR_UNSUPPORTED,
                   "does not say how large its tiles are: write \"tile\": "
                   "[width, height] into a JSON file beside it",
                   error);
  scores->tile_width = across > 0 ? across : down;
  scores->tile_height = down > 0 ? down : across;
  scores->guessed_tile = true;
  return true;
}

static double
get_extent (const Scores *scores, size_t row, int size, int end, double start)
{
  if (end >= 0)
    return sac_number_table_get (scores->table, row, end) * scores->downsample -
           start;
  return size >= 0 ? sac_number_table_get (scores->table, row, size) *
                       scores->downsample
                   : 0;
}

static bool
place_tiles (Scores *scores, GError **error)
{
  const SacNumberTable *table = scores->table;
  bool has_size = (scores->right >= 0 && scores->bottom >= 0) ||
                  (scores->width >= 0 && scores->height >= 0);

  scores->tiles = g_new (SacRect, table->row_count);
  for (size_t i = 0; i < table->row_count; i++) {
    SacRect *tile = &scores->tiles[i];

    tile->x = sac_number_table_get (table, i, scores->x) * scores->downsample;
    tile->y = sac_number_table_get (table, i, scores->y) * scores->downsample;
    tile->width = get_extent (scores, i, scores->width, scores->right, tile->x);
    tile->height =
      get_extent (scores, i, scores->height, scores->bottom, tile->y);
    if (!(fabs (tile->x) <= SAC_LIMIT_COORDINATE) ||
        !(fabs (tile->y) <= SAC_LIMIT_COORDINATE) ||
        (has_size &&
         (!(tile->width >= SMALLEST_SIZE && tile->height >= SMALLEST_SIZE) ||
          tile->width > SAC_LIMIT_COORDINATE ||
          tile->height > SAC_LIMIT_COORDINATE))) {
      g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
                   "%s: tile %zu has no place or no size that makes sense",
                   scores->path, i + 1);
      return false;
    }
  }
  if (has_size)
    return true;
  if (scores->tile_width == 0 && !guess_tile (scores, error))
    return false;
  for (size_t i = 0; i < table->row_count; i++) {
    scores->tiles[i].width = scores->tile_width;
    scores->tiles[i].height = scores->tile_height;
  }
  return true;
}

static bool
measure (Scores *scores, GError **error)
{
  double right = -INFINITY, bottom = -INFINITY;
  SacRect *grid = &scores->grid;

  *grid = scores->tiles[0];
  for (size_t i = 0; i < scores->table->row_count; i++) {
    const SacRect *tile = &scores->tiles[i];

    grid->x = fmin (grid->x, tile->x);
    grid->y = fmin (grid->y, tile->y);
    right = fmax (right, tile->x + tile->width);
    bottom = fmax (bottom, tile->y + tile->height);
    if (scores->image_width > 0 &&
        (tile->x >= scores->image_width || tile->y >= scores->image_height ||
         tile->x + tile->width <= 0 || tile->y + tile->height <= 0))
      return refuse (scores, SAC_ERROR_MISMATCH,
                     "has tiles outside the image: are its coordinates those "
                     "of level 0?",
                     error);
  }
  grid->width = right - grid->x;
  grid->height = bottom - grid->y;
  if (scores->image_width == 0) {
    scores->guessed_image = true;
    scores->image_width = fmax (right, 1);
    scores->image_height = fmax (bottom, 1);
  }
  return true;
}

/* The greatest length that divides both; what is no whole pixel divides
 * nothing, and 1 comes out. */
static double
divide_common (double a, double b)
{
  while (b >= 1) {
    double rest = fmod (a, b);

    a = b;
    b = rest;
  }
  return b == 0 ? a : 1;
}

static double
count_visits (const Scores *scores)
{
  double visits = 0;

  for (size_t i = 0; i < scores->table->row_count; i++)
    visits += (scores->tiles[i].width / scores->cell_width + 1) *
              (scores->tiles[i].height / scores->cell_height + 1);
  return visits;
}

static void
choose_grid (Scores *scores, guint map_count)
{
  SacRect *grid = &scores->grid;
  double cells_max = CELLS_MAX / MIN (map_count, 16);

  for (size_t i = 0; i < scores->table->row_count; i++) {
    const SacRect *tile = &scores->tiles[i];

    scores->cell_width = divide_common (tile->width, scores->cell_width);
    scores->cell_width = divide_common (scores->cell_width, tile->x - grid->x);
    scores->cell_height = divide_common (tile->height, scores->cell_height);
    scores->cell_height =
      divide_common (scores->cell_height, tile->y - grid->y);
  }
  while (ceil (grid->width / scores->cell_width) *
             ceil (grid->height / scores->cell_height) >
           cells_max ||
         count_visits (scores) > VISITS_MAX / map_count) {
    scores->cell_width = fmin (scores->cell_width * 2, grid->width);
    scores->cell_height = fmin (scores->cell_height * 2, grid->height);
    if (scores->cell_width == grid->width &&
        scores->cell_height == grid->height)
      break;
  }
  scores->columns = (int)ceil (grid->width / scores->cell_width);
  scores->rows = (int)ceil (grid->height / scores->cell_height);
  grid->width = scores->columns * scores->cell_width;
  grid->height = scores->rows * scores->cell_height;
}

static double
get_overlap (double cell, double size, double from, double to)
{
  return fmin (cell + size, to) - fmax (cell, from);
}

static void
add_tile (const Scores *scores,
          const SacRect *tile,
          double value,
          double *sums,
          double *areas)
{
  double width = scores->cell_width, height = scores->cell_height;
  double left = tile->x - scores->grid.x, top = tile->y - scores->grid.y;
  int last_row = MIN ((int)((top + tile->height) / height), scores->rows - 1);
  int last = MIN ((int)((left + tile->width) / width), scores->columns - 1);

  for (int r = (int)(top / height); r <= last_row; r++) {
    double down = get_overlap (r * height, height, top, top + tile->height);

    for (int c = (int)(left / width); c <= last; c++) {
      double across = get_overlap (c * width, width, left, left + tile->width);
      size_t cell = (size_t)r * scores->columns + c;

      if (down > 0 && across > 0) {
        sums[cell] += value * down * across;
        areas[cell] += down * across;
      }
    }
  }
}

static void
describe (const Scores *scores, JsonObject *object, guint column, SacMap *map)
{
  map->method = g_strdup (scores->table->names->pdata[column]);
  map->has_geometry = true;
  map->geometry = (SacGeometry){
    .image_width = (int64_t)ceil (scores->image_width),
    .image_height = (int64_t)ceil (scores->image_height),
    .seen = scores->grid,
    .input_width = (int)CLAMP (scores->grid.width, 1, SAC_LIMIT_COORDINATE),
    .input_height = (int)CLAMP (scores->grid.height, 1, SAC_LIMIT_COORDINATE),
  };
  map->class_specific = true;
  if (object != NULL && json_object_has_member (object, "unit") &&
      json_node_get_value_type (json_object_get_member (object, "unit")) ==
        G_TYPE_STRING)
    map->unit = g_strdup (json_object_get_string_member (object, "unit"));
  else
    map->unit = g_strdup (N_ ("score"));
  sac_map_add_note (map, N_ ("Tiles that overlap are averaged by area."));
  if (scores->guessed_tile)
    sac_map_add_note (map,
                      N_ ("The table does not say how large its tiles are; "
                          "they are taken to lie side by side."));
  if (scores->guessed_image)
    sac_map_add_note (map,
                      N_ ("The size of the image is not known; it is taken to "
                          "end with the last tile."));
}

static SacMap *
make_map (const Scores *scores, JsonObject *object, guint column)
{
  size_t count = (size_t)scores->rows * (size_t)scores->columns;
  g_autofree double *sums = g_new0 (double, count);
  g_autofree double *areas = g_new0 (double, count);
  float *values = g_new (float, count);
  bool has_gaps = false;

  for (size_t i = 0; i < scores->table->row_count; i++) {
    double value = sac_number_table_get (scores->table, i, column);

    if (!isnan (value))
      add_tile (scores, &scores->tiles[i], value, sums, areas);
  }
  for (size_t i = 0; i < count; i++) {
    values[i] = areas[i] > 0 ? (float)(sums[i] / areas[i]) : NAN;
    has_gaps |= areas[i] == 0;
  }

  SacMap *map = sac_map_new_take (scores->rows, scores->columns, values);

  map->has_gaps = has_gaps;
  describe (scores, object, column, map);
  return map;
}

/* By its name. */
static bool
may_be_score (const Scores *scores, guint column, const char *wanted)
{
  const char *name = scores->table->names->pdata[column];
  int index = (int)column;

  if (wanted != NULL)
    return g_ascii_strcasecmp (name, wanted) == 0;
  return index != scores->x && index != scores->y && index != scores->width &&
         index != scores->height && index != scores->right &&
         index != scores->bottom && !g_strv_contains (other_names, name) &&
         !g_strv_contains (slide_names, name);
}

static bool
is_score (const Scores *scores, guint column, const char *wanted)
{
  return scores->table->text[column] == NULL &&
         may_be_score (scores, column, wanted);
}

/* A column that would be of scores but for some field.  Returns: what keeps it
 * from being one, NULL: there is none. */
static char *
find_spoilt (const Scores *scores, const char *wanted)
{
  const SacNumberTable *table = scores->table;

  for (guint i = 0; i < table->names->len; i++)
    if (table->text[i] != NULL && may_be_score (scores, i, wanted) &&
        (table->has_numbers[i] || wanted != NULL))
      return g_strdup_printf (sac_sentence (
                                "column %s is left out, because its "
                                "field in line %zu is no number that a map "
                                "can hold: %s"),
                              (char *)table->names->pdata[i],
                              table->text_line[i], table->text[i]);
  return NULL;
}

static GArray *
choose_scores (const Scores *scores, const char *wanted, GError **error)
{
  g_autoptr (GArray) columns = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GString) there = g_string_new (NULL);

  for (guint i = 0; i < scores->table->names->len; i++) {
    if (is_score (scores, i, wanted))
      g_array_append_val (columns, i);
    if (is_score (scores, i, NULL) && there->len < 200)
      g_string_append_printf (there, "%s%.60s", there->len > 0 ? ", " : "",
                              (char *)scores->table->names->pdata[i]);
  }
  if (columns->len > 0 && columns->len <= MAP_COUNT_MAX)
    return g_steal_pointer (&columns);
  if (columns->len > 0)
    refuse (scores, SAC_ERROR_TOO_LARGE,
            "has more than 256 columns of scores: name one", error);
  else {
    g_autofree char *spoilt = find_spoilt (scores, wanted);

    g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
                 "%s: has no column of scores%s%s; there are: %s%s%s",
                 scores->path, wanted != NULL ? " called " : "",
                 wanted != NULL ? wanted : "",
                 there->len > 0 ? there->str : "none",
                 spoilt != NULL ? "; " : "", spoilt != NULL ? spoilt : "");
  }
  return NULL;
}

GPtrArray *
sac_map_read_csv (const char *path,
                  const char *column,
                  const SacMapImage *image,
                  GError **error)
{
  g_auto (Scores) scores = {
    .path = path,
    .image_width = image != NULL ? (double)image->width : 0,
    .image_height = image != NULL ? (double)image->height : 0,
  };
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (GArray) columns = NULL;
  g_autoptr (GPtrArray) maps =
    g_ptr_array_new_with_free_func ((GDestroyNotify)sac_map_unref);

  if (!read_table (&scores, error) || !find_columns (&scores, error) ||
      !sac_map_sidecar_read (path, &object, error) ||
      !take_settings (&scores, object, error) ||
      (columns = choose_scores (&scores, column, error)) == NULL ||
      !place_tiles (&scores, error) || !measure (&scores, error))
    return NULL;
  choose_grid (&scores, columns->len);

  g_autofree char *spoilt = column == NULL ? find_spoilt (&scores, NULL) : NULL;

  for (guint i = 0; i < columns->len; i++) {
    g_ptr_array_add (maps, make_map (&scores, object,
                                     g_array_index (columns, guint, i)));
    if (spoilt != NULL)
      sac_map_add_note (maps->pdata[i], spoilt);
    if (!sac_map_note_origin (maps->pdata[i], path, NULL, error))
      return NULL;
  }
  return g_steal_pointer (&maps);
}
