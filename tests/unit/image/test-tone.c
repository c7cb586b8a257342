/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/tone.h"

#include <glib.h>

static void
test_plain (void)
{
  uint8_t table[256];

  sac_tone_fill_table (&sac_tone_plain, table);
  for (int i = 0; i < 256; i++)
    g_assert_cmpint (table[i], ==, i);
  g_assert_true (sac_tone_is_plain (&(SacTone){0, 1, 1}));
  g_assert_false (sac_tone_is_plain (&(SacTone){0, 1, 1.01}));
}

/* Worked out by hand from the formula in the header. */
static void
test_values (void)
{
  static const struct {
    SacTone tone;
    int level, expected;
  } cases[] = {
    {{0.2, 1, 1}, 100, 151}, {{0.2, 1, 1}, 230, 255}, {{-0.5, 1, 1}, 100, 0},
    {{0, 3, 1}, 100, 45},    {{0, 3, 1}, 84, 0},      {{0, 3, 1}, 171, 255},
    {{0, 0.5, 1}, 0, 64},    {{0, 0.5, 1}, 255, 191}, {{0, 1, 2}, 64, 128},
    {{0, 1, 0.5}, 128, 64},  {{0, 1, 2}, 0, 0},       {{0, 1, 2}, 255, 255},
    {{-1, 1, 0.2}, 255, 0},  {{1, 1, 5}, 0, 255},     {{0.1, 1.5, 2}, 51, 99},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    uint8_t table[256];

    sac_tone_fill_table (&cases[i].tone, table);
    g_assert_cmpint (table[cases[i].level], ==, cases[i].expected);
  }
}

static void
test_apply (void)
{
  uint8_t table[256];
  uint32_t pixels[] = {0xff000000, 0xff804020, 0x00ffffff};

  sac_tone_fill_table (&(SacTone){0, 1, 2}, table);
  sac_tone_apply (table, pixels, 2);
  g_assert_cmphex (pixels[0], ==, 0xff000000);
  g_assert_cmphex (pixels[1], ==,
                   0xff000000u | (uint32_t)table[0x80] << 16 |
                     (uint32_t)table[0x40] << 8 | table[0x20]);
  g_assert_cmphex (pixels[2], ==, 0x00ffffff);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tone/plain", test_plain);
  g_test_add_func ("/tone/values", test_values);
  g_test_add_func ("/tone/apply", test_apply);
  return g_test_run ();
}
