/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The bytes as a file for one decoder, FUZZ_DECODER, whatever they look like:
 * whole, and by rows where it can. */
#include "base/error.h"
#include "image/color.h"
#include "image/decode.h"

#include <stdio.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static const SacDecoder *
find_decoder (void)
{
  const SacDecoder *const *all = sac_decoders_get_all ();

  for (size_t i = 0; all[i] != NULL; i++)
    if (g_str_equal (all[i]->name, FUZZ_DECODER))
      return all[i];
  g_assert_not_reached ();
}

/* Larger ones are refused as they would be for want of room. */
#define PIXELS_MAX ((int64_t)1 << 22)

typedef struct {
  SacRowTarget target; /* first: decoders hand back its address */
  int64_t width, height, rows;
} Counting;

static bool
begin (SacRowTarget *target, int64_t width, int64_t height, GError **error)
{
  Counting *counting = (Counting *)target;

  g_assert_true (width > 0 && height > 0);
  counting->width = width;
  counting->height = height;
  if (width <= PIXELS_MAX / height)
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE, "there is no room");
  return false;
}

static bool
count_row (SacRowTarget *target, const uint32_t *pixels, GError **error)
{
  Counting *counting = (Counting *)target;

  g_assert_cmpint (counting->rows, <, counting->height);
  g_assert_cmphex (pixels[0] >> 24, ==, 0xff);
  g_assert_cmphex (pixels[counting->width - 1] >> 24, ==, 0xff);
  counting->rows++;
  return true;
}

static void
read_by_rows (const SacDecoder *decoder, const uint8_t *data, size_t size)
{
  Counting counting = {{begin, count_row, 1, NULL, false}, 0, 0, 0};
  g_autoptr (GError) error = NULL;
  FILE *file = tmpfile ();

  if (file == NULL)
    return;
  if (size == 0 || fwrite (data, size, 1, file) == 1) {
    rewind (file);

    bool done = decoder->read_rows (file, &counting.target, NULL, &error);

    g_assert_true (done == (error == NULL));
    if (done)
      g_assert_cmpint (counting.rows, ==, counting.height);
  }
  if (counting.target.icc != NULL)
    g_bytes_unref (counting.target.icc);
  fclose (file);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const SacDecoder *decoder = find_decoder ();
  g_autoptr (GBytes) file = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacImage) image = decoder->decode (file, NULL, &error);

  if (decoder->read_rows != NULL)
    read_by_rows (decoder, data, size);
  g_assert_true ((image == NULL) == (error != NULL));
  if (error != NULL) {
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
    g_assert_null (strchr (error->message, '\n'));
    return 0;
  }

  /* The profile comes from the file as well. */
  g_autoptr (SacImage) shown = sac_color_to_srgb (image, &error);

  g_assert_no_error (error);
  g_assert_cmphex (shown->pixels[0] >> 24, ==, 0xff);
  return 0;
}
