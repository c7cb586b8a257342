/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/orient.h"

#include <string.h>

#define TAG_ORIENTATION 0x0112
#define TYPE_SHORT 3
#define TYPE_LONG 4
#define ENTRY_BYTES 12

/* Reading behind the end gives 0, which no caller takes for a value. */
typedef struct {
  const uint8_t *data;
  size_t size;
  bool big_endian;
} Block;

static unsigned
read_16 (const Block *block, size_t offset)
{
  if (block->size < 2 || offset > block->size - 2)
    return 0;

  const uint8_t *at = block->data + offset;

  return block->big_endian ? (unsigned)at[0] << 8 | at[1]
                           : (unsigned)at[1] << 8 | at[0];
}

static size_t
read_32 (const Block *block, size_t offset)
{
  size_t first = read_16 (block, offset), second = read_16 (block, offset + 2);

  return block->big_endian ? first << 16 | second : second << 16 | first;
}

int
sac_orient_find (const uint8_t *exif, size_t size)
{
  Block block = {exif, size, false};

  if (size < 8 || (memcmp (exif, "II", 2) != 0 && memcmp (exif, "MM", 2) != 0))
    return 1;
  block.big_endian = exif[0] == 'M';

  size_t directory = read_32 (&block, 4);
  unsigned count = read_16 (&block, directory);

  for (unsigned i = 0; i < count; i++) {
    size_t entry = directory + 2 + (size_t)i * ENTRY_BYTES;

    if (entry >= size)
      break;
    if (read_16 (&block, entry) != TAG_ORIENTATION)
      continue;

    unsigned type = read_16 (&block, entry + 2);
    size_t value = type == TYPE_SHORT  ? read_16 (&block, entry + 8)
                   : type == TYPE_LONG ? read_32 (&block, entry + 8)
                                       : 0;

    return value >= 1 && value <= 8 ? (int)value : 1;
  }
  return 1;
}

/* Where pixel (0, 0) of the upright image lies in the stored one, and the steps
 * through the stored pixels for one to the right and one down. */
typedef struct {
  ptrdiff_t start, right, down;
} Walk;

static Walk
plan_walk (ptrdiff_t width, ptrdiff_t height, int orientation)
{
  ptrdiff_t last_column = width - 1, last_row = (height - 1) * width;

  switch (orientation) {
  case 2:
    return (Walk){last_column, -1, width};
  case 3:
    return (Walk){last_row + last_column, -1, -width};
  case 4:
    return (Walk){last_row, 1, -width};
  case 5:
    return (Walk){0, width, 1};
  case 6:
    return (Walk){last_row, -width, 1};
  case 7:
    return (Walk){last_row + last_column, -width, -1};
  case 8:
    return (Walk){last_column, width, -1};
  default:
    return (Walk){0, 1, width};
  }
}

SacOrientPart
sac_orient_find_part (const SacOrientPart *part,
                      int orientation,
                      int64_t width,
                      int64_t height)
{
  bool turned = sac_orient_is_turned (orientation);
  SacOrientPart stored =
    turned ? (SacOrientPart){part->y, part->x, part->height, part->width}
           : *part;

  if (orientation == 2 || orientation == 3 || orientation == 7 ||
      orientation == 8)
    stored.x = width - stored.x - stored.width;
  if (orientation == 3 || orientation == 4 || orientation == 6 ||
      orientation == 7)
    stored.y = height - stored.y - stored.height;
  return stored;
}

SacImage *
sac_orient_apply (SacImage *image, int orientation, GError **error)
{
  g_autoptr (SacImage) stored = image;

  if (orientation <= 1 || orientation > 8)
    return g_steal_pointer (&stored);

  bool turned = sac_orient_is_turned (orientation);
  SacImage *upright =
    sac_image_new (turned ? stored->height : stored->width,
                   turned ? stored->width : stored->height, error);

  if (upright == NULL)
    return NULL;

  Walk walk = plan_walk (stored->width, stored->height, orientation);

  for (int y = 0; y < upright->height; y++) {
    const uint32_t *in = stored->pixels + walk.start + y * walk.down;
    uint32_t *out = upright->pixels + (size_t)y * upright->width;

    for (int x = 0; x < upright->width; x++)
      out[x] = in[x * walk.right];
  }
  upright->from_inks = stored->from_inks;
  upright->is_fine = stored->is_fine;
  upright->clear = stored->clear;
  if (stored->icc != NULL)
    upright->icc = g_bytes_ref (stored->icc);
  return upright;
}
