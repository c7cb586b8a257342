/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* H&E phantoms as slides:
 *
 *   NAME.tif             the slide, a pyramid
 *   NAME.xml             the tumour's outline, as Camelyon's annotations
 *   masks/NAME_mask.tif  the tumour: 255, a pyramid
 *   masks/structures/NAME_structures.tif  what lies at each pixel, as bits
 *
 * A row of tiles at a time, so that the height costs no memory. */
#include "phantom-files.h"

#include "annotation/mask.h"
#include "base/output.h"
#include "image/phantom.h"
#include "image/pyramid-file.h"

#include <string.h>

#define MPP 0.5
#define QUALITY 85

/* What is drawn at once: wide enough that its margins do not count. */
#define CHUNK_WIDTH 4096

#define LABEL_TUMOR "tumor"
#define LABEL_NORMAL "normal"

/* By organ: gut, node. */
static const struct {
  unsigned bit;
  const char *names[2];
} bit_names[] = {
  {SAC_PHANTOM_TISSUE, {"tissue", "tissue"}},
  {SAC_PHANTOM_TUMOR, {"tumor", "tumor"}},
  {SAC_PHANTOM_NEST, {"nest", "nest"}},
  {SAC_PHANTOM_MUCOSA, {"mucosa", "follicle"}},
  {SAC_PHANTOM_FAT, {"fat", "fat"}},
  {SAC_PHANTOM_LYMPHOCYTE, {"lymphocyte", "lymphocyte"}},
  {SAC_PHANTOM_FOLD, {"fold", "fold"}},
  {SAC_PHANTOM_INK, {"ink", "ink"}},
};

typedef struct {
  const SacPhantomFiles *params;
  SacPhantomSlideParams drawing;
  SacPyramidFile *slide, *mask, *structures;
  char *slide_path, *mask_path, *structures_path, *outline_path;
  int64_t pixels[G_N_ELEMENTS (bit_names)];
} Slide;

static void
slide_clear (Slide *slide)
{
  sac_pyramid_file_free (slide->slide);
  sac_pyramid_file_free (slide->mask);
  sac_pyramid_file_free (slide->structures);
  g_free (slide->slide_path);
  g_free (slide->mask_path);
  g_free (slide->structures_path);
  g_free (slide->outline_path);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Slide, slide_clear)

/* Into the rows of the three files, from column x on. */
static void
spread_chunk (Slide *slide,
              const SacImage *image,
              const uint8_t *bits,
              int64_t x)
{
  int64_t width = slide->params->width;
  uint8_t *colors = sac_pyramid_file_get_rows (slide->slide);
  uint8_t *mask = sac_pyramid_file_get_rows (slide->mask);
  uint8_t *structures = sac_pyramid_file_get_rows (slide->structures);

  for (int row = 0; row < image->height; row++)
    for (int column = 0; column < image->width; column++) {
      size_t from = (size_t)row * (size_t)image->width + (size_t)column;
      size_t to = (size_t)(row * width + x + column);
      uint32_t pixel = image->pixels[from];

      colors[3 * to] = (uint8_t)(pixel >> 16);
      colors[3 * to + 1] = (uint8_t)(pixel >> 8);
      colors[3 * to + 2] = (uint8_t)pixel;
      structures[to] = bits[from];
      mask[to] = (bits[from] & SAC_PHANTOM_TUMOR) != 0 ? 255 : 0;
      for (size_t k = 0; k < G_N_ELEMENTS (bit_names); k++)
        slide->pixels[k] += (bits[from] & bit_names[k].bit) != 0;
    }
}

static bool
draw_chunk (Slide *slide, int64_t x, int64_t y, SacJob *job, GError **error)
{
  int64_t width = MIN (CHUNK_WIDTH, slide->params->width - x);
  int64_t height = MIN (SAC_PYRAMID_TILE, slide->params->height - y);
  g_autoptr (SacImage) image = sac_image_new (width, height, error);
  g_autofree uint8_t *bits = g_malloc ((size_t)(width * height));

  if (image == NULL || !sac_phantom_slide_draw_truth (&slide->drawing, x, y,
                                                      image, bits, job, error))
    return false;
  spread_chunk (slide, image, bits, x);
  return true;
}

static bool
draw_rows (Slide *slide, SacJob *job, GError **error)
{
  int64_t rows =
    (slide->params->height + SAC_PYRAMID_TILE - 1) / SAC_PYRAMID_TILE;

  for (int64_t row = 0; row < rows; row++) {
    for (int64_t x = 0; x < slide->params->width; x += CHUNK_WIDTH)
      if (!draw_chunk (slide, x, row * SAC_PYRAMID_TILE, job, error))
        return false;
    if (!sac_pyramid_file_put_rows (slide->slide, job, error) ||
        !sac_pyramid_file_put_rows (slide->mask, job, error) ||
        !sac_pyramid_file_put_rows (slide->structures, job, error))
      return false;
    sac_phantom_files_progress (slide->params, (int)row + 1, (int)rows);
  }
  return sac_pyramid_file_finish (slide->slide, error) &&
         sac_pyramid_file_finish (slide->mask, error) &&
         sac_pyramid_file_finish (slide->structures, error);
}

static SacPyramidFile *
open_pyramid (const SacPhantomFiles *params,
              const char *path,
              int channels,
              GError **error)
{
  SacPyramidParams pyramid = {
    .width = params->width,
    .height = params->height,
    .channels = channels,
    .quality = QUALITY,
    .mpp = MPP,
    .description = "A phantom, drawn by Saccade; not a scanned section.",
  };

  return sac_pyramid_file_new (path, &pyramid, error);
}

static bool
open_files (Slide *slide, const char *name, GError **error)
{
  const SacPhantomFiles *params = slide->params;
  g_autofree char *masks =
    g_build_filename (params->out, "masks", "structures", NULL);

  slide->slide_path = g_strdup_printf ("%s/%s.tif", params->out, name);
  slide->outline_path = g_strdup_printf ("%s/%s.xml", params->out, name);
  slide->mask_path =
    g_strdup_printf ("%s/masks/%s_mask.tif", params->out, name);
  slide->structures_path =
    g_strdup_printf ("%s/%s_structures.tif", masks, name);
  if (!sac_output_make_folder (masks, error))
    return false;
  slide->slide = open_pyramid (params, slide->slide_path, 3, error);
  if (slide->slide == NULL)
    return false;
  slide->mask = open_pyramid (params, slide->mask_path, 1, error);
  if (slide->mask == NULL)
    return false;
  slide->structures = open_pyramid (params, slide->structures_path, 1, error);
  return slide->structures != NULL;
}

/* Camelyon16 draws what is cut out of a tumour as an annotation of its own, in
 * the group "_2". */
static void
add_ring (GString *xml, const GArray *ring, int number, bool is_hole)
{
  g_string_append_printf (xml,
                          "    <Annotation Name=\"Annotation %d\" "
                          "Type=\"Polygon\" PartOfGroup=\"%s\" "
                          "Color=\"#F4FA58\">\n      <Coordinates>\n",
                          number, is_hole ? "_2" : "_0");
  for (guint i = 0; i < ring->len; i++) {
    SacPoint point = g_array_index (ring, SacPoint, i);

    g_string_append_printf (xml,
                            "        <Coordinate Order=\"%u\" X=\"%.1f\" "
                            "Y=\"%.1f\" />\n",
                            i, point.x, point.y);
  }
  g_string_append (xml, "      </Coordinates>\n    </Annotation>\n");
}

static GString *
write_rings (const SacAnnotations *set)
{
  GString *xml = g_string_new ("<?xml version=\"1.0\"?>\n"
                               "<ASAP_Annotations>\n  <Annotations>\n");
  int number = 0;

  for (guint i = 0; i < set->items->len; i++) {
    const SacAnnotation *item = set->items->pdata[i];

    for (guint k = 0; k < item->rings->len; k++)
      add_ring (xml, item->rings->pdata[k], number++, k > 0);
  }
  g_string_append (
    xml, "  </Annotations>\n  <AnnotationGroups>\n"
         "    <Group Name=\"_0\" PartOfGroup=\"None\" Color=\"#00FF00\" />\n"
         "    <Group Name=\"_2\" PartOfGroup=\"None\" Color=\"#FF0000\" />\n"
         "  </AnnotationGroups>\n</ASAP_Annotations>\n");
  return xml;
}

/* Along the cells of one level of the mask, of at most 4096 a side.  Without
 * tumour there is nothing to outline. */
static bool
write_outline (const Slide *slide, SacJob *job, GError **error)
{
  SacMaskImage image = {slide->params->width, slide->params->height, MPP};
  g_autoptr (SacAnnotations) set = NULL;

  if (slide->pixels[1] > 0) {
    g_autoptr (SacMask) mask =
      sac_mask_read (slide->mask_path, &image, job, error);

    set = mask != NULL ? sac_mask_to_annotations (mask, job, error) : NULL;
    if (set == NULL)
      return false;
  } else {
    set = sac_annotations_new ();
  }

  g_autoptr (GString) xml = write_rings (set);

  return sac_output_write (slide->outline_path, xml->str, xml->len, error);
}

static bool
print_slide (const Slide *slide, GError **error)
{
  JsonObject *object = json_object_new ();
  JsonObject *structures = json_object_new ();

  json_object_set_string_member (object, "kind", "slide");
  sac_phantom_files_set_name (object, "slide", slide->slide_path);
  sac_phantom_files_set_name (object, "mask", slide->mask_path);
  sac_phantom_files_set_name (object, "annotations", slide->outline_path);
  sac_phantom_files_set_name (object, "structures_file",
                              slide->structures_path);
  json_object_set_string_member (object, "organ",
                                 slide->drawing.organ == SAC_PHANTOM_NODE
                                   ? "node"
                                   : "gut");
  json_object_set_int_member (object, "seed", (gint64)slide->drawing.seed);
  json_object_set_int_member (object, "width", slide->params->width);
  json_object_set_int_member (object, "height", slide->params->height);
  sac_json_set_number (object, "mpp", MPP);
  for (size_t i = 0; i < G_N_ELEMENTS (bit_names); i++) {
    JsonObject *one = json_object_new ();

    json_object_set_int_member (one, "bit", bit_names[i].bit);
    json_object_set_int_member (one, "pixels", slide->pixels[i]);
    json_object_set_object_member (structures,
                                   bit_names[i].names[slide->drawing.organ],
                                   one);
  }
  json_object_set_object_member (object, "structures", structures);
  return sac_phantom_files_tell (slide->params, object, error);
}

bool
sac_phantom_files_write_slide (const SacPhantomFiles *params,
                               uint64_t seed,
                               const char *name,
                               SacJob *job,
                               GError **error)
{
  g_auto (Slide) slide = {
    .params = params,
    .drawing =
      {
        .width = params->width,
        .height = params->height,
        .seed = seed,
        .organ = (SacPhantomOrgan)params->organ,
        .tumor = (SacPhantomTumor)params->tumor,
        .artefacts = params->artefacts,
      },
  };

  return open_files (&slide, name, error) && draw_rows (&slide, job, error) &&
         write_outline (&slide, job, error) && print_slide (&slide, error);
}

bool
sac_phantom_files_write_slides (const SacPhantomFiles *params,
                                SacJob *job,
                                GError **error)
{
  const char *label =
    params->tumor == SAC_PHANTOM_TUMOR_NONE ? LABEL_NORMAL : LABEL_TUMOR;
  g_autoptr (GString) table = g_string_new ("image_id,label,seed\n");
  g_autofree char *path = g_build_filename (params->out, "labels.csv", NULL);

  for (int i = 0; i < params->count; i++) {
    uint64_t seed = params->seed + (uint64_t)i;
    g_autofree char *name = g_strdup_printf ("slide-%" G_GUINT64_FORMAT, seed);

    if (!sac_phantom_files_write_slide (params, seed, name, job, error))
      return false;
    g_string_append_printf (table, "%s,%s,%" G_GUINT64_FORMAT "\n", name, label,
                            seed);
  }
  return sac_output_write (path, table->str, table->len, error);
}
