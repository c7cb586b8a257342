/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "mirax-writer.h"

#include "image/decode.h"
#include "image/phantom-pattern.h"

#include <glib/gstdio.h>
#include <string.h>

#define SLIDE_ID "00112233445566778899AABBCCDDEEFF"
#define VERSION "01.02"

typedef struct {
  const MiraxSpec *spec;
  GByteArray *index, *data;
} Files;

int
mirax_step (void)
{
  return MIRAX_SIDE - MIRAX_OVERLAP;
}

bool
mirax_is_there (const MiraxSpec *spec, int column, int row)
{
  return column < spec->columns && row < spec->rows &&
         spec->there[row][column] == '#';
}

static char *
describe (const MiraxSpec *spec)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text,
                          "[GENERAL]\nSLIDE_VERSION=01.02\nSLIDE_ID=" SLIDE_ID
                          "\nIMAGENUMBER_X=%d\nIMAGENUMBER_Y=%d\n"
                          "OBJECTIVE_MAGNIFICATION=40\n"
                          "[HIERARCHICAL]\nHIER_COUNT=1\nNONHIER_COUNT=0\n"
                          "INDEXFILE=Index.dat\n"
                          "HIER_0_NAME=Slide zoom level\nHIER_0_COUNT=%d\n",
                          spec->columns, spec->rows, spec->level_count);
  for (int i = 0; i < spec->level_count; i++)
    g_string_append_printf (text, "HIER_0_VAL_%d_SECTION=LEVEL_%d\n", i, i);
  g_string_append (text, "[DATAFILE]\nFILE_COUNT=1\nFILE_0=Data0000.dat\n");
  for (int i = 0; i < spec->level_count; i++)
    g_string_append_printf (text,
                            "[LEVEL_%d]\nIMAGE_CONCAT_FACTOR=%d\n"
                            "OVERLAP_X=%d\nOVERLAP_Y=%d\n"
                            "MICROMETER_PER_PIXEL_X=%g\n"
                            "MICROMETER_PER_PIXEL_Y=%g\n"
                            "IMAGE_FORMAT=PNG\nIMAGE_FILL_COLOR_BGR=16777215\n"
                            "DIGITIZER_WIDTH=%d\nDIGITIZER_HEIGHT=%d\n",
                            i, i > 0, MIRAX_OVERLAP >> i, MIRAX_OVERLAP >> i,
                            MIRAX_MPP * (1 << i), MIRAX_MPP * (1 << i),
                            MIRAX_SIDE, MIRAX_SIDE);
  return g_string_free (text, FALSE);
}

static void
put_int (GByteArray *bytes, guint at, guint32 value)
{
  value = GUINT32_TO_LE (value);
  memcpy (bytes->data + at, &value, 4);
}

static guint
add_int (GByteArray *bytes, guint32 value)
{
  g_byte_array_set_size (bytes, bytes->len + 4);
  put_int (bytes, bytes->len - 4, value);
  return bytes->len - 4;
}

/* One photograph, made smaller, as a part of a level's picture. */
static void
draw_part (const MiraxSpec *spec,
           SacImage *picture,
           int level,
           int column,
           int row,
           int at_x,
           int at_y)
{
  int side = MIRAX_SIDE >> level;
  g_autoptr (SacImage) part = sac_image_new (side, side, NULL);

  sac_phantom_pattern_draw (spec->pattern_side, 1 << level,
                            (column * mirax_step ()) >> level,
                            (row * mirax_step ()) >> level, part);
  for (int y = 0; y < side; y++)
    memcpy (picture->pixels + (at_y + y) * MIRAX_SIDE + at_x,
            part->pixels + y * side, (size_t)side * 4);
}

/* The photographs from (column, row) on that a picture of that level holds.
 * Returns: NULL where none of them is there. */
static SacImage *
draw_picture (const MiraxSpec *spec, int level, int column, int row)
{
  int count = 1 << level, side = MIRAX_SIDE >> level;
  SacImage *picture = NULL;

  for (int y = 0; y < count; y++)
    for (int x = 0; x < count; x++) {
      if (!mirax_is_there (spec, column + x, row + y))
        continue;
      if (picture == NULL)
        picture = sac_image_new (MIRAX_SIDE, MIRAX_SIDE, NULL);
      draw_part (spec, picture, level, column + x, row + y, x * side, y * side);
    }
  return picture;
}

static void
add_picture (Files *files, guint number, SacImage *picture)
{
  g_autoptr (GBytes) png = sac_encode_png (picture, NULL, NULL);
  gsize size;
  const guint8 *bytes = g_bytes_get_data (png, &size);

  add_int (files->index, number);
  add_int (files->index, files->data->len);
  add_int (files->index, (guint32)size);
  add_int (files->index, 0);
  g_byte_array_append (files->data, bytes, (guint)size);
}

/* A level's page: how many pictures, no next page, the pictures. */
static void
add_level (Files *files, guint pointer, int level)
{
  const MiraxSpec *spec = files->spec;
  int step = 1 << level;
  guint32 count = 0;

  put_int (files->index, pointer, files->index->len);
  add_int (files->index, 0);
  add_int (files->index, files->index->len + 4);

  guint place = add_int (files->index, 0);

  add_int (files->index, 0);
  for (int row = 0; row < spec->rows; row += step)
    for (int column = 0; column < spec->columns; column += step) {
      g_autoptr (SacImage) picture = draw_picture (spec, level, column, row);

      if (picture == NULL)
        continue;
      add_picture (files, (guint)(row * spec->columns + column), picture);
      count++;
    }
  put_int (files->index, place, count);
}

static void
write_file (const char *folder, const char *name, const void *data, guint size)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_true (g_file_set_contents (path, data, (gssize)size, NULL));
}

void
mirax_write (const MiraxSpec *spec, const char *path)
{
  g_autofree char *folder = g_strndup (path, strlen (path) - strlen (".mrxs"));
  g_autofree char *description = describe (spec);
  g_autoptr (GByteArray) index = g_byte_array_new ();
  g_autoptr (GByteArray) data = g_byte_array_new ();
  Files files = {spec, index, data};

  g_assert_true (g_str_has_suffix (path, ".mrxs"));
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_byte_array_append (index, (const guint8 *)VERSION SLIDE_ID,
                       strlen (VERSION SLIDE_ID));
  add_int (index, index->len + 8); /* the levels' pointers follow */
  add_int (index, 0);

  guint pointers = index->len;

  for (int level = 0; level < spec->level_count; level++)
    add_int (index, 0);
  for (int level = 0; level < spec->level_count; level++)
    add_level (&files, pointers + 4 * (guint)level, level);
  write_file (folder, "Slidedat.ini", description, (guint)strlen (description));
  write_file (folder, "Index.dat", index->data, index->len);
  write_file (folder, "Data0000.dat", data->data, data->len);
  g_assert_true (g_file_set_contents (path, "", 0, NULL));
}
