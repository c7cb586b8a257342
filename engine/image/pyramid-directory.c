/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/pyramid-directory.h"

#include "image/pyramid-file.h"

#include <string.h>

#define RESOLUTION_SCALE 1000

/* TIFF 6.0 and its BigTIFF extension. */
enum {
  TYPE_ASCII = 2,
  TYPE_SHORT = 3,
  TYPE_LONG = 4,
  TYPE_RATIONAL = 5,
  TYPE_LONG8 = 16
};
enum { COMPRESSION_JPEG_TILES = 7, COMPRESSION_PACKED = 32773 };
enum { COLORS_BLACK_IS_ZERO = 1, COLORS_YCBCR = 6 };

/* One directory while it is made: entries, and what does not fit into them. */
typedef struct {
  GByteArray *entries, *values;
  uint64_t values_at; /* where the values will stand */
  uint64_t count;
} Directory;

static void
put_number (GByteArray *array, uint64_t number, int bytes)
{
  for (int i = 0; i < bytes; i++) {
    uint8_t byte = (uint8_t)(number >> (8 * i));

    g_byte_array_append (array, &byte, 1);
  }
}

static void
begin_entry (Directory *directory, int tag, int type, uint64_t count)
{
  put_number (directory->entries, (uint64_t)tag, 2);
  put_number (directory->entries, (uint64_t)type, 2);
  put_number (directory->entries, count, 8);
  directory->count++;
}

static void
add_number (Directory *directory, int tag, int type, uint64_t number)
{
  begin_entry (directory, tag, type, 1);
  put_number (directory->entries, number, 8);
}

/* Eight bytes or less stand in the entry itself. */
static void
add_bytes (Directory *directory,
           int tag,
           int type,
           uint64_t count,
           const GByteArray *bytes)
{
  begin_entry (directory, tag, type, count);
  if (bytes->len <= 8) {
    g_byte_array_append (directory->entries, bytes->data, bytes->len);
    put_number (directory->entries, 0, (int)(8 - bytes->len));
    return;
  }
  put_number (directory->entries, directory->values_at + directory->values->len,
              8);
  g_byte_array_append (directory->values, bytes->data, bytes->len);
  while (directory->values->len % 8 != 0)
    put_number (directory->values, 0, 1);
}

static void
add_shorts (Directory *directory, int tag, int count, unsigned value)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  for (int i = 0; i < count; i++)
    put_number (bytes, value, 2);
  add_bytes (directory, tag, TYPE_SHORT, (uint64_t)count, bytes);
}

static void
add_text (Directory *directory, int tag, const char *text)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  g_byte_array_append (bytes, (const guint8 *)text, (guint)strlen (text) + 1);
  add_bytes (directory, tag, TYPE_ASCII, bytes->len, bytes);
}

static void
add_resolution (Directory *directory, int tag, double mpp)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  put_number (bytes, (uint64_t)(10000.0 * RESOLUTION_SCALE / mpp + 0.5), 4);
  put_number (bytes, RESOLUTION_SCALE, 4);
  add_bytes (directory, tag, TYPE_RATIONAL, 1, bytes);
}

static void
add_places (Directory *directory,
            int tag,
            const uint64_t *numbers,
            size_t count)
{
  g_autoptr (GByteArray) bytes = g_byte_array_sized_new ((guint)count * 8);

  for (size_t i = 0; i < count; i++)
    put_number (bytes, numbers[i], 8);
  add_bytes (directory, tag, TYPE_LONG8, count, bytes);
}

/* Tags in rising order. */
static void
describe_level (const SacPyramidDirectory *level, Directory *directory)
{
  bool is_color = level->channels == 3;

  add_number (directory, 254, TYPE_LONG, !level->is_first);
  add_number (directory, 256, TYPE_LONG, (uint64_t)level->width);
  add_number (directory, 257, TYPE_LONG, (uint64_t)level->height);
  add_shorts (directory, 258, level->channels, 8);
  add_number (directory, 259, TYPE_SHORT,
              is_color ? COMPRESSION_JPEG_TILES : COMPRESSION_PACKED);
  add_number (directory, 262, TYPE_SHORT,
              is_color ? COLORS_YCBCR : COLORS_BLACK_IS_ZERO);
  if (level->is_first && level->description != NULL)
    add_text (directory, 270, level->description);
  add_number (directory, 277, TYPE_SHORT, (uint64_t)level->channels);
  add_resolution (directory, 282, level->mpp);
  add_resolution (directory, 283, level->mpp);
  add_number (directory, 284, TYPE_SHORT, 1);
  add_number (directory, 296, TYPE_SHORT, 3);
  add_text (directory, 305, "Saccade " SAC_VERSION);
  add_number (directory, 322, TYPE_SHORT, SAC_PYRAMID_TILE);
  add_number (directory, 323, TYPE_SHORT, SAC_PYRAMID_TILE);
  add_places (directory, 324, level->offsets, level->tile_count);
  add_places (directory, 325, level->counts, level->tile_count);
  if (is_color)
    add_shorts (directory, 530, 2, 2);
}

/* How long the entries are does not depend on where the values stand: so they
 * are made twice. */
GByteArray *
sac_pyramid_directory_encode (const SacPyramidDirectory *level,
                              uint64_t position)
{
  uint64_t entries_size = 0;

  for (int pass = 0;; pass++) {
    g_autoptr (GByteArray) entries = g_byte_array_new ();
    g_autoptr (GByteArray) values = g_byte_array_new ();
    Directory directory = {entries, values, position + 8 + entries_size + 8, 0};

    describe_level (level, &directory);
    entries_size = entries->len;
    if (pass == 0)
      continue;

    GByteArray *all = g_byte_array_new ();

    put_number (all, directory.count, 8);
    g_byte_array_append (all, entries->data, entries->len);
    put_number (all, level->is_last ? 0 : directory.values_at + values->len, 8);
    g_byte_array_append (all, values->data, values->len);
    return all;
  }
}
