/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/pyramid-tile.h"

#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

#define RUN_MAX 128

typedef struct {
  struct jpeg_error_mgr errors; /* first: libjpeg hands back its address */
  struct jpeg_compress_struct encoder;
  jmp_buf escape;
  unsigned char *bytes;
  unsigned long size;
} Encoder;

G_NORETURN static void
on_error (j_common_ptr common)
{
  Encoder *encoder = (Encoder *)common->err;

  longjmp (encoder->escape, 1);
}

/* Returns: false when libjpeg jumped. */
static bool
encode (Encoder *encoder, const uint8_t *pixels, int side, int quality)
{
  struct jpeg_compress_struct *jpeg = &encoder->encoder;

  if (setjmp (encoder->escape) != 0)
    return false;
  jpeg_create_compress (jpeg);
  jpeg_mem_dest (jpeg, &encoder->bytes, &encoder->size);
  jpeg->image_width = jpeg->image_height = (JDIMENSION)side;
  jpeg->input_components = 3;
  jpeg->in_color_space = JCS_RGB;
  jpeg_set_defaults (jpeg);
  jpeg_set_quality (jpeg, quality, TRUE);

  /* The one transform that is the same whatever the processor offers. */
  jpeg->dct_method = JDCT_ISLOW;
  jpeg_start_compress (jpeg, TRUE);
  while (jpeg->next_scanline < jpeg->image_height) {
    JSAMPROW row =
      (JSAMPROW)pixels + (size_t)jpeg->next_scanline * (size_t)side * 3;

    jpeg_write_scanlines (jpeg, &row, 1);
  }
  jpeg_finish_compress (jpeg);
  return true;
}

GByteArray *
sac_pyramid_tile_jpeg (const uint8_t *pixels, int side, int quality)
{
  Encoder encoder = {.bytes = NULL};
  GByteArray *array = NULL;

  encoder.encoder.err = jpeg_std_error (&encoder.errors);
  encoder.errors.error_exit = on_error;
  if (encode (&encoder, pixels, side, quality)) {
    array = g_byte_array_sized_new ((guint)encoder.size);
    g_byte_array_append (array, encoder.bytes, (guint)encoder.size);
  }
  jpeg_destroy_compress (&encoder.encoder);
  free (encoder.bytes);
  return array;
}

/* How many bytes from the first on are the same. */
static int
count_same (const uint8_t *bytes, int left)
{
  int count = 1;

  while (count < MIN (left, RUN_MAX) && bytes[count] == bytes[0])
    count++;
  return count;
}

static void
pack_row (GByteArray *array, const uint8_t *bytes, int count)
{
  for (int i = 0; i < count;) {
    int same = count_same (bytes + i, count - i);

    if (same > 1) {
      uint8_t run[2] = {(uint8_t)(257 - same), bytes[i]};

      g_byte_array_append (array, run, 2);
      i += same;
      continue;
    }

    int end = i + 1;

    while (end < count && end - i < RUN_MAX &&
           count_same (bytes + end, count - end) < 3)
      end++;

    uint8_t head = (uint8_t)(end - i - 1);

    g_byte_array_append (array, &head, 1);
    g_byte_array_append (array, bytes + i, (guint)(end - i));
    i = end;
  }
}

GByteArray *
sac_pyramid_tile_pack (const uint8_t *bytes, int side)
{
  GByteArray *array = g_byte_array_new ();

  for (int row = 0; row < side; row++)
    pack_row (array, bytes + (size_t)row * (size_t)side, side);
  return array;
}
