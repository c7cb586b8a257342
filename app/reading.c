/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "reading.h"

#include <glib/gi18n.h>
#include <math.h>

/* Returns: a new string, NULL where the map has nothing to say. */
static char *
read_own (SacDocument *document, const SacMap *map)
{
  double x, y, percentile;
  float value;
  int row, column;

  if (map == NULL || !sac_document_get_cursor (document, &x, &y))
    return NULL;
  if (!sac_map_value_at (map, x, y, &value, &percentile, &row, &column)) {
    bool on_image = x >= 0 && y >= 0 && x < map->geometry.image_width &&
                    y < map->geometry.image_height;

    return on_image && !sac_scene_is_tile (map)
             ? g_strdup (_ ("not seen by the model"))
             : NULL;
  }

  if (isnan (value) && map->has_gaps)
    return g_strdup (_ ("no tile here"));

  g_autofree char *number = sac_scene_format_number (value);

  if (isnan (value))
    return g_steal_pointer (&number);
  /* Translators: a map's value at the cursor, and its percentile. */
  return g_strdup_printf (_ ("%s · p %.0f"), number, percentile);
}

/* Returns: a new string, a dash where the map has no value. */
static char *
read_value (const SacMap *map, double x, double y)
{
  double percentile;
  float value;
  int row, column;

  if (map == NULL ||
      !sac_map_value_at (map, x, y, &value, &percentile, &row, &column) ||
      isnan (value))
    return g_strdup ("–");
  return sac_scene_format_number (value);
}

/* As A and B are in their own units, a difference in another one says which.
 * Returns: a new string. */
static char *
read_difference (const SacMap *difference, const SacMap *a, double x, double y)
{
  char *number = read_value (difference, x, y);

  if (difference == NULL || a == NULL ||
      g_strcmp0 (difference->unit, a->unit) == 0)
    return number;

  g_autofree char *bare = number;

  return g_strdup_printf ("%s (%s)", bare, _ (difference->unit));
}

static char *
read_pair (SacDocument *document, SacCompareMode mode)
{
  SacPaneSet *panes = sac_document_get_panes (document);
  const SacMap *difference =
    sac_comparison_get_difference (sac_document_get_comparison (document));
  const SacMap *map_a =
    sac_pane_state_get_map (sac_pane_set_get_compared (panes, 0));
  double x, y;

  if (!sac_document_get_cursor (document, &x, &y))
    return NULL;

  g_autofree char *a = read_value (map_a, x, y);
  g_autofree char *b =
    read_value (sac_pane_state_get_map (sac_pane_set_get_compared (panes, 1)),
                x, y);

  if (mode != SAC_COMPARE_DIFFERENCE && mode != SAC_COMPARE_AGREEMENT)
    return g_strdup_printf ("A %s · B %s", a, b);

  g_autofree char *less = read_difference (difference, map_a, x, y);

  if (difference != NULL && g_str_has_prefix (less, "–"))
    /* Translators: the values of A and B at a cell that is not compared. */
    return g_strdup_printf (_ ("A %s · B %s · left out"), a, b);
  return g_strdup_printf ("A %s · B %s · A − B %s", a, b, less);
}

char *
sac_reading_dup (SacDocument *document, SacPaneState *pane)
{
  SacPaneSet *panes = sac_document_get_panes (document);
  SacCompareMode mode =
    sac_compare_view_get_mode (sac_document_get_compare_view (document));

  if (mode != SAC_COMPARE_SIDE && sac_pane_set_get_role (panes, pane) == 0 &&
      sac_pane_set_get_compared (panes, 1) != NULL)
    return read_pair (document, mode);
  return read_own (document, sac_pane_state_get_shown_map (pane));
}
