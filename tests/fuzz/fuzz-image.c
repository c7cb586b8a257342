/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The bytes as a file for one decoder, FUZZ_DECODER, whatever they look like.
 */
#include "image/color.h"
#include "image/decode.h"

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

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const SacDecoder *decoder = find_decoder ();
  g_autoptr (GBytes) file = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacImage) image = decoder->decode (file, NULL, &error);

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
