/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "scene/figure-page.h"

#include "scene/paint.h"
#include "scene/text.h"

#include <string.h>

#define TOP 24.0

/* Colours that are not the file's are told. */
static void
append_tone (GString *text, const SacTone *tone)
{
  g_autofree char *brightness = NULL, *contrast = NULL, *gamma = NULL;

  if (tone == NULL || sac_tone_is_plain (tone))
    return;
  brightness = sac_scene_format_number (tone->brightness);
  contrast = sac_scene_format_number (tone->contrast);
  gamma = sac_scene_format_number (tone->gamma);
  g_string_append_printf (text,
                          " \302\267 image altered: brightness %s, contrast "
                          "%s, gamma %s",
                          brightness, contrast, gamma);
}

static char *
describe_image (const SacFigurePage *page)
{
  int64_t width = sac_source_get_width (page->source);
  int64_t height = sac_source_get_height (page->source);
  double mpp = sac_source_get_mpp (page->source);
  GString *text = g_string_new (NULL);

  g_string_printf (text,
                   "%" G_GINT64_FORMAT " \303\227 %" G_GINT64_FORMAT " pixels",
                   width, height);
  if (mpp > 0) {
    g_autofree char *number = sac_scene_format_number (mpp);

    g_string_append_printf (text, " \302\267 %s \302\265m per pixel", number);
  }
  if (page->region.width < (double)width ||
      page->region.height < (double)height)
    g_string_append_printf (text,
                            " \302\267 shown: %.0f \303\227 %.0f at %.0f, %.0f",
                            page->region.width, page->region.height,
                            page->region.x, page->region.y);
  if (page->column_count == 2)
    g_string_append (text, " \302\267 two maps over the same image");
  append_tone (text, page->tone);
  return g_string_free (text, FALSE);
}

static double
draw_title (const SacFigurePage *page, cairo_t *cr)
{
  double width = page->width - 2 * SAC_FIGURE_MARGIN;
  g_autofree char *size = describe_image (page);
  SacTextStyle title = {.size = 25,
                        .bold = true,
                        .rgb = SAC_FIGURE_INK,
                        .width = width};
  SacTextStyle line = {.size = SAC_FIGURE_BODY_SIZE,
                       .rgb = SAC_FIGURE_MUTED,
                       .width = width};

  sac_text_draw_on (cr, SAC_FIGURE_MARGIN, TOP + 25, page->title, &title);
  sac_text_draw_on (cr, SAC_FIGURE_MARGIN, TOP + 46, size, &line);
  sac_paint_set_color (cr, SAC_FIGURE_RULE, 1);
  cairo_rectangle (cr, SAC_FIGURE_MARGIN, TOP + 60, width, 1);
  cairo_fill (cr);
  return TOP + 61;
}

/* The first digits tell files apart; the whole is in the map's own file.  A
 * picture that the program draws is known by its name and seed. */
static char *
shorten_hash (const char *hash)
{
  const char *colon = hash != NULL ? strrchr (hash, ':') : NULL;
  const char *digits = colon != NULL ? colon + 1 : hash;

  if (hash != NULL && g_str_has_prefix (hash, "demo:"))
    return g_strdup (hash);

  return digits != NULL && *digits != '\0' ? g_strndup (digits, 10)
                                           : g_strdup ("not known");
}

/* How its numbers were computed, where the map says so. */
static void
append_engine (GString *text, JsonObject *provenance)
{
  const char *kernels =
    json_object_get_string_member_with_default (provenance, "kernels", NULL);
  bool exact =
    json_object_get_boolean_member_with_default (provenance, "exact", FALSE);
  gint64 threads =
    json_object_get_int_member_with_default (provenance, "threads", 0);

  if (kernels == NULL)
    return;
  g_string_append_printf (text, " (%s%s", kernels, exact ? ", exact" : "");
  if (threads > 0)
    g_string_append_printf (text, ", %" G_GINT64_FORMAT " thread%s", threads,
                            threads == 1 ? "" : "s");
  g_string_append_c (text, ')');
}

static void
append_mask (GString *text, const SacFigurePage *page)
{
  g_autofree char *hash = sac_figure_dup_mask_hash (page);
  g_autofree char *name = page->mask->file != NULL && !page->is_nameless
                            ? g_filename_display_basename (page->mask->file)
                            : NULL;

  if (hash == NULL)
    return;
  g_string_append (text, " \302\267 annotations ");
  if (name != NULL)
    g_string_append_printf (text, "%s ", name);
  g_string_append (text, hash);
}

static char *
describe_provenance (const SacFigurePage *page)
{
  static const char *const names[] = {"left model", "right model"};
  g_autofree char *image = shorten_hash (sac_source_get_hash (page->source));
  GString *text = g_string_new (NULL);

  g_string_printf (text, "Saccade %s \302\267 image %s", SAC_VERSION, image);
  for (size_t i = 0; i < page->column_count; i++) {
    JsonObject *provenance = page->columns[i].side->map->provenance;
    g_autofree char *hash = shorten_hash (
      json_object_get_string_member_with_default (provenance, "model_sha256",
                                                  NULL));

    g_string_append_printf (text, " \302\267 %s %s",
                            page->column_count == 1 ? "model" : names[i], hash);
    append_engine (text, provenance);
  }
  append_mask (text, page);
  return g_string_free (text, FALSE);
}

static double
draw_footer (const SacFigurePage *page, cairo_t *cr, double y)
{
  double width = page->width - 2 * SAC_FIGURE_MARGIN;
  g_autofree char *text = describe_provenance (page);
  SacTextStyle strong = {.size = SAC_FIGURE_BODY_SIZE,
                         .bold = true,
                         .rgb = SAC_FIGURE_INK,
                         .width = width};
  SacTextStyle small = {.size = SAC_FIGURE_SMALL_SIZE,
                        .rgb = SAC_FIGURE_MUTED,
                        .width = width,
                        .line_count = 2};
  double start = y;

  y += sac_text_draw (cr, SAC_FIGURE_MARGIN, y,
                      "Research and audit use. Not for diagnosis.", &strong);
  y += sac_text_draw (cr, SAC_FIGURE_MARGIN, y + 1, text, &small) + 1;
  return y - start;
}

bool
sac_figure_page_has_one_view (const SacFigurePage *page)
{
  const SacMap *left = page->columns[0].side->map;
  const SacMap *right = page->columns[1].side->map;
  const SacRect *a = &left->geometry.seen, *b = &right->geometry.seen;

  return left->has_geometry && right->has_geometry && a->x == b->x &&
         a->y == b->y && a->width == b->width && a->height == b->height;
}

double
sac_figure_page_draw (const SacFigurePage *page, cairo_t *cr)
{
  double y = draw_title (page, cr) + 15;

  y += sac_figure_draw_columns (page, cr, y) + 12;
  if (page->column_count == 2)
    y += sac_figure_draw_agreement (page, cr, y) + 16;

  double mask = sac_figure_draw_mask (page, cr, y);

  y += mask > 0 ? mask + 16 : 0;
  y += draw_footer (page, cr, y);
  return y + TOP;
}
