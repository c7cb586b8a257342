/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The bytes as annotations of whatever format they look like; what is read is
 * put on a grid and written, and can be read again. */
#include "annotation/annotation-file.h"
#include "annotation/rasterize.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_again (char *taken, const SacAnnotations *set)
{
  g_autofree char *text = taken;
  g_autoptr (GError) error = NULL;
  g_autoptr (SacAnnotations) again =
    sac_annotations_parse (text, strlen (text), "again", &error);

  g_assert_no_error (error);
  g_assert_cmpuint (again->point_count, >=, set->items->len);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const SacGeometry geometry = {200, 200, {-20, -20, 200, 200}, 32, 32};
  g_autoptr (GError) error = NULL;
  g_autoptr (SacAnnotations) set =
    sac_annotations_parse ((const char *)data, size, "fuzz", &error);
  float shares[64];

  g_assert_true ((set == NULL) == (error != NULL));
  if (set == NULL) {
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
    g_assert_null (strchr (error->message, '\n'));
    return 0;
  }
  sac_annotations_rasterize (set, -1, &geometry, 8, 8, shares, NULL, NULL);
  check_again (sac_annotations_to_geojson (set), set);
  check_again (sac_annotations_to_xml (set), set);
  return 0;
}
