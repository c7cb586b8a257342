/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a careful reader has to know before believing a map. */
#include "scene/figure.h"

#include <math.h>

/* On a grid no finer than this a cell is larger than most structures. */
#define COARSE_GRID 16

/* From this share of the highest on, the lowest cell is hardly lower. */
#define NEARLY_EVEN 0.5f

/* Less negative evidence, or less unseen image, than this is not worth a
 * sentence. */
#define SMALL_SHARE 0.005

#define N_(text) text

/* Where sentences go, and in whose language. */
typedef struct {
  GPtrArray *list;
  SacTranslate translate; /* NULL: English */
} Notes;

static const char *
translate (const Notes *notes, const char *text)
{
  return notes->translate != NULL ? notes->translate (text) : text;
}

static void
free_note (SacNote *note)
{
  g_free (note->text);
  g_free (note);
}

static void G_GNUC_PRINTF (4, 5)
  add (Notes *notes, const char *id, bool warning, const char *format, ...)
{
  SacNote *note = g_new (SacNote, 1);
  va_list arguments;

  va_start (arguments, format);
  *note = (SacNote){id, g_strdup_vprintf (translate (notes, format), arguments),
                    warning};
  va_end (arguments);
  g_ptr_array_add (notes->list, note);
}

static void
add_evidence (Notes *notes, const SacMap *map, const SacMapSummary *summary)
{
  switch (summary->evidence) {
  case SAC_EVIDENCE_NOT_FINITE:
    add (notes, "not-finite", true,
         N_ ("Hatched cells are not numbers: the map means nothing."));
    break;
  case SAC_EVIDENCE_NONE_POSITIVE:
    if (map->class_specific)
      add (notes, "no-positive-evidence", true,
           N_ ("No positive evidence: no cell speaks for this class."));
    else
      add (notes, "no-positive-evidence", true,
           N_ ("No positive evidence: no cell is above zero."));
    break;
  case SAC_EVIDENCE_FLAT:
    add (notes, "flat", true,
         N_ ("Flat: every cell has the same value, so no place stands out."));
    break;
  case SAC_EVIDENCE_NEGLIGIBLE:
    add (notes, "negligible", true,
         N_ ("No evidence: every cell is less than a millionth of the score, "
             "which is rounding."));
    break;
  case SAC_EVIDENCE_PRESENT:
    if (summary->min >= NEARLY_EVEN * summary->max)
      add (notes, "nearly-even", false,
           N_ ("Nearly even: the lowest cell has %.0f %% of the highest."),
           100.0 * summary->min / summary->max);
    break;
  }
}

/* The run itself went wrong, or nothing could come of it. */
static void
add_flag (Notes *notes, const SacMap *map)
{
  const char *flag =
    json_object_get_string_member_with_default (map->provenance, "flag", NULL);

  if (flag != NULL)
    add (notes, "flag", true, "%s", translate (notes, flag));
}

/* What lies beyond ends that are not the map's own. */
static void
add_ends (Notes *notes, const SacMap *map, const SacScale *scale)
{
  g_autofree char *low = sac_scene_format_number (scale->low);
  g_autofree char *high = sac_scene_format_number (scale->high);
  double beyond = sac_scale_get_clipped (scale, map);

  if (scale->is_clipped)
    add (notes, "clipped", true,
         N_ ("Clipped by the reader: colours end at %s and %s, and %.0f %% of "
             "the cells lie beyond."),
         low, high, 100 * beyond);
  else if (scale->is_kept && !(beyond > 0))
    add (notes, "kept", false, N_ ("Scale of an earlier image, to %s."), high);
  else if (scale->is_kept && beyond < 0.01)
    add (notes, "kept", true,
         N_ ("Scale of an earlier image, to %s: less than 1 %% of the cells "
             "lie beyond."),
         high);
  else if (scale->is_kept)
    add (notes, "kept", true,
         N_ ("Scale of an earlier image, to %s: %.0f %% of the cells lie "
             "beyond."),
         high, 100 * beyond);
}

static void
add_scale (Notes *notes, const SacMap *map, const SacScale *scale)
{
  if (!scale->empty)
    add_ends (notes, map, scale);
  if (scale->mode == SAC_SCALE_STRETCHED)
    add (notes, "stretched", true,
         N_ ("Stretched from the smallest to the largest value: zero is lost, "
             "and "
             "weak maps look as strong as strong ones."));
  else if (scale->mode == SAC_SCALE_PERCENTILE)
    add (notes, "ranks", false,
         N_ ("Colours are ranks: the highest cell is always the brightest, "
             "however "
             "small its value."));
}

static void
add_sign (Notes *notes, const SacMap *map, const SacMapSummary *summary)
{
  double percent = summary->negative_share * 100;

  if (!(summary->negative_share >= SMALL_SHARE))
    return;
  if (map->rectified)
    add (notes, "negative-hidden", false,
         N_ (
           "Evidence against, %.0f %% of the total, is cut off by the method."),
         percent);
  else
    add (notes, "negative-share", false,
         map->class_specific
           ? N_ (
               "%.0f %% of the total is negative: evidence against this class.")
           : N_ ("%.0f %% of the total is negative."),
         percent);
}

static void
add_geometry (Notes *notes, const SacMap *map)
{
  const SacGeometry *geometry = &map->geometry;
  SacRect image = {0, 0, (double)geometry->image_width,
                   (double)geometry->image_height};
  SacRect seen = sac_rect_intersect (sac_geometry_get_input (geometry), &image);
  double share = sac_rect_is_empty (&seen)
                   ? 0
                   : seen.width * seen.height / (image.width * image.height);

  double cell_width = geometry->seen.width / map->columns;
  double cell_height = geometry->seen.height / map->rows;

  if (MIN (cell_width, cell_height) < 1)
    add (notes, "fine-grid", false,
         N_ (
           "The %d \303\227 %d cells are finer than the image's pixels, which "
           "were enlarged for the model."),
         map->rows, map->columns);
  else if (MAX (map->rows, map->columns) <= COARSE_GRID)
    add (notes, "coarse-grid", false,
         N_ ("Coarse grid, %d \303\227 %d cells: nothing finer than a cell, "
             "%.0f \303\227 %.0f pixels, is known."),
         map->rows, map->columns, cell_width, cell_height);
  if (share < 1 - SMALL_SHARE)
    add (notes, "partial-view", false,
         share < 0.01 ? N_ ("The model saw less than 1 %% of the image.")
                      : N_ ("The model saw %.0f %% of the image."),
         share * 100);
}

/* Attention that goes to no place of the image. */
static void
add_prefix (Notes *notes, const SacMap *map)
{
  JsonArray *values =
    json_object_has_member (map->provenance, "prefix_attention")
      ? json_object_get_array_member (map->provenance, "prefix_attention")
      : NULL;
  guint count = values != NULL ? json_array_get_length (values) : 0;
  g_autoptr (GString) rest = g_string_new (NULL);

  /* In a run that is not finite they are null; the flag says so. */
  for (guint i = 0; i < count; i++) {
    if (json_array_get_null_element (values, i))
      return;
  }
  if (count == 0)
    return;

  g_autofree char *class =
    sac_scene_format_number (json_array_get_double_element (values, 0));

  for (guint i = 1; i < count; i++) {
    g_autofree char *number =
      sac_scene_format_number (json_array_get_double_element (values, i));

    g_string_append_printf (rest, "%s%s", i > 1 ? ", " : "", number);
  }
  if (count == 1)
    add (notes, "prefix-tokens", false,
         N_ ("The class token, which has no place, receives %s."), class);
  else
    add (notes, "prefix-tokens", false,
         N_ ("Tokens without a place receive %s (class) and %s (registers)."),
         class, rest->str);
}

/* What the method itself had to say. */
static void
add_method_notes (Notes *notes, const SacMap *map)
{
  JsonArray *sentences =
    json_object_has_member (map->provenance, "notes")
      ? json_object_get_array_member (map->provenance, "notes")
      : NULL;
  guint count = sentences != NULL ? json_array_get_length (sentences) : 0;

  for (guint i = 0; i < count; i++)
    add (notes, "method", false, "%s",
         translate (notes, json_array_get_string_element (sentences, i)));
}

GPtrArray *
sac_figure_notes (const SacMap *map,
                  const SacScale *scale,
                  SacTranslate translation)
{
  Notes notes = {
    .list = g_ptr_array_new_with_free_func ((GDestroyNotify)free_note),
    .translate = translation,
  };
  SacMapSummary summary;

  sac_map_summarize (map, &summary);
  add_flag (&notes, map);
  add_evidence (&notes, map, &summary);
  add_scale (&notes, map, scale);
  if (!map->class_specific)
    add (&notes, "not-class-specific", true,
         N_ ("Not class-specific: the map would be the same for every class."));
  add_sign (&notes, map, &summary);
  if (map->has_geometry)
    add_geometry (&notes, map);
  add_prefix (&notes, map);
  add_method_notes (&notes, map);
  return notes.list;
}
