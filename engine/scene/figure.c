/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "scene/figure.h"

#include "base/error.h"
#include "scene/figure-write.h"

#include <math.h>

#define DEFAULT_OPACITY 0.8
#define SINGLE_WIDTH 560.0

static const SacSceneOutline outlines[] = {
  {0x1c6dd0, false, 2},
  {0xd9480f, true, 2},
};

static void
clear_page (SacFigurePage *page)
{
  g_clear_pointer (&page->plain, cairo_surface_destroy);
  g_clear_pointer (&page->disagreement, sac_disagreement_free);
  for (size_t i = 0; i < 2; i++) {
    g_clear_pointer (&page->columns[i].panel, cairo_surface_destroy);
    g_clear_pointer (&page->columns[i].notes, g_ptr_array_unref);
  }
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SacFigurePage, clear_page)

/* Sentences given by the caller, in place of our own. */
static GPtrArray *
copy_notes (char *const *texts)
{
  GPtrArray *notes = g_ptr_array_new_with_free_func (g_free);

  for (; *texts != NULL; texts++) {
    SacNote *note = g_new (SacNote, 1);

    *note = (SacNote){"given", *texts, false};
    g_ptr_array_add (notes, note);
  }
  return notes;
}

static const SacColorMap *
choose_colors (const SacColorMap *asked, const SacScale *scale)
{
  if (scale->is_signed && (asked == NULL || !asked->diverging))
    return sac_color_map_find ("diverging");
  if (asked != NULL && (scale->is_signed || !asked->diverging))
    return asked;
  return sac_color_maps_get_all ()[0];
}

static void
add_settings_note (SacFigureColumn *column)
{
  SacNote *note = g_new (SacNote, 1);

  *note =
    (SacNote){"settings",
              g_strdup_printf ("Settings: %s.", column->side->settings), false};
  g_ptr_array_insert (column->notes, 0, note);
}

static void
init_column (SacFigureColumn *column,
             const SacFigureSide *side,
             const SacScale *scale,
             const SacColorMap *colors,
             const SacSceneOutline *outline)
{
  *column = (SacFigureColumn){.side = side,
                              .scale = *scale,
                              .colors = choose_colors (colors, scale),
                              .empty = sac_scene_describe_empty (side->map),
                              .outline = *outline};
  column->notes = side->notes != NULL
                    ? copy_notes (side->notes)
                    : sac_figure_notes (side->map, scale, NULL);
  if (side->settings != NULL)
    add_settings_note (column);
}

static void
add_unit_note (SacFigureColumn *column)
{
  SacNote *note = g_new (SacNote, 1);

  *note = (SacNote){"units-differ",
                    g_strdup ("The two maps have different units, so each has "
                              "its own scale: colours cannot be compared."),
                    true};
  g_ptr_array_insert (column->notes, 0, note);
}

static void
init_columns (SacFigurePage *page, const SacFigure *figure)
{
  size_t count = figure->right.map != NULL ? 2 : 1;
  const SacFigureSide *sides[] = {&figure->left, &figure->right};
  const SacMap *maps[] = {figure->left.map, figure->right.map};
  bool sharing =
    figure->scale_mode == SAC_SCALE_SHARED && !figure->left.has_scale;
  bool shared = sharing && sac_scale_can_share (maps, count);

  page->column_count = count;
  for (size_t i = 0; i < count; i++) {
    SacScale scale =
      sides[i]->has_scale ? sides[i]->scale
      : shared            ? sac_scale_new (SAC_SCALE_SHARED, maps, count)
               : sac_scale_new (sharing ? SAC_SCALE_OWN : figure->scale_mode,
                                &maps[i], 1);

    init_column (&page->columns[i], sides[i], &scale, figure->colors,
                 &outlines[i]);
    if (sharing && !shared && sides[i]->notes == NULL)
      add_unit_note (&page->columns[i]);
  }
}

/* Maps that have nothing in common have no agreement either, and the figure
 * says so. */
static void
add_disagreement (SacFigurePage *page, const SacFigure *figure)
{
  if (!figure->shows_disagreement || figure->right.map == NULL)
    return;
  page->disagreement =
    sac_disagreement_new (figure->left.map, figure->right.map,
                          figure->top_share, SAC_DISAGREEMENT_LEAST, NULL);
  for (size_t i = 0; page->disagreement != NULL && i < page->column_count;
       i++) {
    SacNote *note = g_new (SacNote, 1);

    *note = (SacNote){"disagreement",
                      g_strdup_printf ("Outlined: cells among the top %.0f %% "
                                       "of one map and not of the other; solid "
                                       "where the left one is high, dashed "
                                       "where the right one is.",
                                       100 * figure->top_share),
                      false};
    g_ptr_array_add (page->columns[i].notes, note);
  }
}

static bool
choose_region (SacFigurePage *page, const SacRect *region, GError **error)
{
  SacRect image = {0, 0, (double)sac_source_get_width (page->source),
                   (double)sac_source_get_height (page->source)};

  page->region = region != NULL ? sac_rect_intersect (region, &image) : image;
  if (!sac_rect_is_empty (&page->region))
    return true;
  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "%s: the region lies outside of the image, which has %.0f x "
               "%.0f pixels",
               sac_source_get_path (page->source), image.width, image.height);
  return false;
}

bool
sac_figure_write (const SacFigure *figure,
                  const char *path,
                  SacJob *job,
                  GError **error)
{
  bool is_single = figure->right.map == NULL;
  const SacFigureWriter *writer = sac_figure_writer_find (path, error);
  g_auto (SacFigurePage)
    page = {.title = figure->title,
            .is_nameless = figure->is_nameless,
            .source = figure->source,
            .agreement = figure->agreement,
            .opacity = figure->opacity > 0 ? figure->opacity : DEFAULT_OPACITY,
            .smooth = figure->smooth,
            .tone = figure->tone,
            .mask = &figure->mask,
            .is_exact = is_single && figure->region != NULL,
            .width = is_single ? SINGLE_WIDTH : SAC_FIGURE_WIDTH};

  if (writer == NULL || !choose_region (&page, figure->region, error))
    return false;
  page.density = writer->density;
  init_columns (&page, figure);
  add_disagreement (&page, figure);
  return sac_figure_measure_mask (&page, job, error) &&
         sac_figure_draw_panels (&page,
                                 is_single
                                   ? SINGLE_WIDTH - 2 * SAC_FIGURE_MARGIN
                                   : SAC_FIGURE_COLUMN,
                                 job, error) &&
         writer->write (&page, path, error);
}

bool
sac_figure_write_map (SacSource *source,
                      const SacFigureSide *side,
                      SacScaleMode scale_mode,
                      const char *path,
                      SacJob *job,
                      GError **error)
{
  g_autofree char *title =
    g_filename_display_basename (sac_source_get_path (source));
  SacFigure figure = {.source = source,
                      .title = title,
                      .left = *side,
                      .scale_mode = scale_mode};

  return sac_figure_write (&figure, path, job, error);
}
