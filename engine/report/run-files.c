/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "report/run-files.h"

#include "base/error.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/output.h"
#include "map/map-file.h"
#include "network/escape.h"
#include "report/contact-sheet.h"
#include "scene/figure.h"
#include "slide/slide-pool-report.h"
#include "slide/slide-report.h"
#include "slide/slide-stitch.h"

#include <math.h>
#include <string.h>

typedef struct {
  SacSlideRun *run;
  const SacRunFiles *wanted;
  SacJob *job;
  JsonArray *files; /* of what is written: name and hash */
  JsonArray *poolings;
  GArray *gaps;   /* of SacRect */
  char *notes[2]; /* what they are; NULL-terminated */
} Writing;

/* Names of models and classes become names of files. */
static char *
make_name (const char *text)
{
  char *name = g_strdup (text);

  g_strcanon (name,
              "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
              "-_.+",
              '_');
  if (name[0] == '.')
    name[0] = '_';
  return name;
}

static char *
make_path (const Writing *self,
           size_t model,
           const char *head,
           const char *stem,
           const char *end)
{
  const SacSlideModel *info = sac_slide_run_get_model (self->run, model);
  g_autofree char *folder = make_name (sac_model_get_id (info->model));
  g_autofree char *file = make_name (stem);
  g_autofree char *whole = g_strconcat (head, file, end, NULL);

  return g_build_filename (self->wanted->folder, folder, whole, NULL);
}

/* Two runs of one kind have the same hashes. */
static bool
note_file (Writing *self, const char *path, GError **error)
{
  g_autofree char *sha256 = sac_hash_file (path, self->job, error);
  JsonObject *object = json_object_new ();

  if (sha256 == NULL) {
    json_object_unref (object);
    return false;
  }
  g_autofree char *name =
    g_utf8_make_valid (path + strlen (self->wanted->folder) + 1, -1);

  json_object_set_string_member (object, "file", name);
  json_object_set_string_member (object, "sha256", sha256);
  json_array_add_object_element (self->files, object);
  return true;
}

static bool
write_picture (Writing *self,
               size_t model,
               const SacMap *map,
               const char *label,
               const char *class_name,
               const char *path,
               GError **error)
{
  const SacSlideModel *info = sac_slide_run_get_model (self->run, model);
  SacFigureSide side = {
    .map = map,
    .model_name = sac_model_get_name (info->model),
    .method_label = label,
    .class_name = class_name,
    .probability = NAN,
    .gaps = (const SacRect *)(void *)self->gaps->data,
    .gap_count = self->gaps->len,
    .notes = self->notes,
  };

  return sac_figure_write_map (sac_slide_run_get_source (self->run), &side,
                               SAC_SCALE_OWN, path, self->job, error);
}

static bool
write_class (Writing *self, size_t model, size_t class_index, GError **error)
{
  const SacSlideModel *info = sac_slide_run_get_model (self->run, model);
  g_autofree char *name = sac_slide_name_class (info, class_index);
  g_autoptr (SacMap) map =
    sac_slide_run_get_map (self->run, model, class_index);
  const SacMap *maps[1] = {map};
  g_autofree char *tiff = make_path (self, model, "map-", name, ".tif");
  g_autofree char *regions =
    make_path (self, model, "regions-", name, ".geojson");
  g_autofree char *picture = make_path (self, model, "overview-", name, ".png");

  return sac_map_write_tiff (tiff, maps, 1, error) &&
         sac_slide_write_regions (self->run, model, class_index,
                                  self->wanted->positive, regions, self->job,
                                  error) &&
         note_file (self, regions, error) &&
         write_picture (self, model, map, "Tile probability", name, picture,
                        error);
}

static bool
write_model (Writing *self, size_t model, GError **error)
{
  const SacSlideModel *info = sac_slide_run_get_model (self->run, model);
  g_autofree char *csv = make_path (self, model, "", "tiles", ".csv");
  g_autofree char *tiles = make_path (self, model, "", "tiles", ".geojson");
  g_autofree char *folder = g_path_get_dirname (csv);

  if (!sac_output_make_folder (folder, error) ||
      !sac_slide_write_csv (self->run, model, csv, self->job, error) ||
      !note_file (self, csv, error) ||
      !sac_slide_write_tiles (self->run, model, tiles, self->job, error) ||
      !note_file (self, tiles, error))
    return false;
  for (size_t c = 0; c < info->width; c++)
    if (!write_class (self, model, c, error))
      return false;
  return true;
}

static bool
write_method (Writing *self, size_t index, GError **error)
{
  size_t model;
  const SacMethod *method = sac_slide_run_get_method (self->run, index, &model);
  g_autoptr (SacMap) map =
    sac_slide_run_stitch (self->run, index, self->job, error);
  const SacMap *maps[1] = {map};
  g_autofree char *tiff = make_path (self, model, "", method->name, ".tif");
  g_autofree char *picture = make_path (self, model, "", method->name, ".png");

  return map != NULL && sac_map_write_tiff (tiff, maps, 1, error) &&
         write_picture (self, model, map, method->label,
                        self->wanted->class_text, picture, error);
}

/* What a pooling model has: maps of its own folder, and a line each tile. */
static char *
make_pooling_path (const Writing *self,
                   size_t pooling,
                   const char *stem,
                   const char *end)
{
  size_t encoder;
  SacModel *model = sac_slide_run_get_pooling (self->run, pooling, &encoder);
  g_autofree char *folder = make_name (sac_model_get_id (model));
  g_autofree char *file = make_name (stem);
  g_autofree char *whole = g_strconcat (file, end, NULL);

  return g_build_filename (self->wanted->folder, folder, whole, NULL);
}

/* Beside the map of the tiles' own model, where the encoder has classes. */
static bool
write_beside (Writing *self,
              size_t pooling,
              const SacFigureSide *left,
              const char *stem,
              GError **error)
{
  size_t encoder;

  sac_slide_run_get_pooling (self->run, pooling, &encoder);

  const SacSlideModel *info = sac_slide_run_get_model (self->run, encoder);
  g_autofree char *path =
    make_pooling_path (self, pooling, stem, "-beside-tiles.png");

  if (info->width == 0)
    return true;

  size_t last = info->width - 1;
  g_autofree char *name = sac_slide_name_class (info, last);
  g_autoptr (SacMap) map = sac_slide_run_get_map (self->run, encoder, last);
  SacSource *source = sac_slide_run_get_source (self->run);
  g_autofree char *title =
    g_filename_display_basename (sac_source_get_path (source));
  SacAgreement agreement;
  bool agreed =
    sac_agreement_new (left->map, map, NULL, &agreement, self->job, NULL);
  SacFigure figure = {
    .source = source,
    .title = title,
    .agreement = agreed ? &agreement : NULL,
    .left = *left,
    .right = {.map = map,
              .model_name = sac_model_get_name (info->model),
              .method_label = "Tile probability",
              .class_name = name,
              .probability = NAN,
              .gaps = left->gaps,
              .gap_count = left->gap_count,
              .notes = left->notes},
    .scale_mode = SAC_SCALE_OWN,
  };

  return sac_figure_write (&figure, path, self->job, error);
}

static bool
write_bag_map (Writing *self,
               const SacSlideBag *bag,
               size_t pooling,
               SacBagKind kind,
               size_t class_index,
               GError **error)
{
  size_t encoder;
  SacModel *model = sac_slide_run_get_pooling (self->run, pooling, &encoder);
  g_autoptr (SacMap) map =
    sac_slide_bag_get_map (bag, self->run, pooling, kind, class_index);
  g_autofree char *name = sac_slide_bag_name_class (bag, class_index);
  g_autofree char *stem =
    map->class_specific
      ? g_strconcat (sac_bag_kind_get_name (kind), "-", name, NULL)
      : g_strdup (sac_bag_kind_get_name (kind));
  g_autofree char *tiff = make_pooling_path (self, pooling, stem, ".tif");
  g_autofree char *picture = make_pooling_path (self, pooling, stem, ".png");
  const SacMap *maps[1] = {map};
  SacFigureSide side = {
    .map = map,
    .model_name = sac_model_get_name (model),
    .method_label = sac_bag_kind_get_label (kind),
    .class_name = map->class_specific ? name : NULL,
    .probability =
      map->class_specific ? bag->bag->probabilities[class_index] : NAN,
    .gaps = (const SacRect *)(void *)self->gaps->data,
    .gap_count = self->gaps->len,
    .notes = self->notes,
  };

  return sac_map_write_tiff (tiff, maps, 1, error) &&
         sac_figure_write_map (sac_slide_run_get_source (self->run), &side,
                               SAC_SCALE_OWN, picture, self->job, error) &&
         (kind == SAC_BAG_RAW || kind == SAC_BAG_PERCENTILE ||
          write_beside (self, pooling, &side, stem, error));
}

static bool
write_pooling (Writing *self, size_t pooling, GError **error)
{
  g_autofree char *csv = make_pooling_path (self, pooling, "tiles", ".csv");
  g_autofree char *sheet =
    make_pooling_path (self, pooling, "top-tiles", ".png");
  g_autofree char *folder = g_path_get_dirname (csv);
  g_autoptr (SacSlideBag) bag =
    sac_slide_run_pool (self->run, pooling, self->job, error);

  if (bag == NULL || !sac_output_make_folder (folder, error) ||
      !sac_slide_bag_write_csv (bag, self->run, csv, self->job, error) ||
      !note_file (self, csv, error))
    return false;
  for (SacBagKind kind = SAC_BAG_TIMES_N; kind <= SAC_BAG_EVIDENCE; kind++) {
    size_t count =
      kind == SAC_BAG_EVIDENCE ? bag->bag->class_count : bag->bag->branch_count;

    for (size_t c = 0; sac_slide_bag_has (bag, kind) && c < count; c++)
      if (!write_bag_map (self, bag, pooling, kind, c, error))
        return false;
  }
  json_array_add_object_element (self->poolings,
                                 sac_slide_bag_summarize (bag, self->run,
                                                          pooling,
                                                          self->wanted
                                                            ->top_count));
  return sac_contact_sheet_write_bag (
    self->run, pooling, bag,
    sac_slide_bag_choose_class (bag, self->wanted->class_text),
    self->wanted->top_count, sheet, self->job, error);
}

static bool
write_tissue (Writing *self, GError **error)
{
  const SacTissue *tissue = sac_slide_run_get_tissue (self->run);
  g_autofree char *path =
    g_build_filename (self->wanted->folder, "tissue.png", NULL);

  return tissue == NULL || (sac_tissue_write_png (tissue, path, error) &&
                            note_file (self, path, error));
}

/* The class that a sheet is of: the one that is explained, else the last. */
static bool
write_sheets (Writing *self, GError **error)
{
  for (size_t m = 0; m < sac_slide_run_get_model_count (self->run); m++) {
    const SacSlideModel *info = sac_slide_run_get_model (self->run, m);
    int64_t class_index = (int64_t)info->width - 1;

    if (info->width == 0)
      continue;

    g_autofree char *path = make_path (self, m, "", "top-tiles", ".png");

    if (self->wanted->class_text != NULL)
      class_index =
        sac_model_find_class (info->model, info->output_index, info->width,
                              self->wanted->class_text, error);
    if (class_index < 0 ||
        !sac_contact_sheet_write (self->run, m, (size_t)class_index,
                                  self->wanted->top_count, path, self->job,
                                  error))
      return false;
  }
  return true;
}

static bool
write_summary (Writing *self, GError **error)
{
  g_autoptr (JsonObject) summary =
    sac_slide_summarize (self->run, self->wanted->positive,
                         self->wanted->top_count);
  g_autofree char *path =
    g_build_filename (self->wanted->folder, "summary.json", NULL);

  if (json_array_get_length (self->poolings) > 0)
    json_object_set_array_member (summary, "poolings",
                                  json_array_ref (self->poolings));
  json_object_set_array_member (summary, "files", json_array_ref (self->files));

  g_autofree char *text = sac_json_to_text (summary, true);

  return sac_output_write (path, text, strlen (text), error);
}

static bool
write_all (Writing *self, GError **error)
{
  SacSlideRun *run = self->run;

  if (!write_tissue (self, error))
    return false;
  for (size_t m = 0; m < sac_slide_run_get_model_count (run); m++)
    if (!write_model (self, m, error))
      return false;
  for (size_t i = 0; i < sac_slide_run_get_method_count (run); i++)
    if (!write_method (self, i, error))
      return false;
  for (size_t i = 0; i < sac_slide_run_get_pooling_count (run); i++)
    if (!write_pooling (self, i, error))
      return false;
  return write_sheets (self, error) && write_summary (self, error);
}

bool
sac_run_files_write (SacSlideRun *run,
                     const SacRunFiles *wanted,
                     SacJob *job,
                     GError **error)
{
  g_autoptr (JsonArray) files = json_array_new ();
  g_autoptr (JsonArray) poolings = json_array_new ();
  g_autoptr (GArray) gaps = sac_slide_find_gaps (run);
  g_autofree char *note =
    gaps->len > 0
      ? g_strdup_printf ("Hatched: %u tiles that could not be read.", gaps->len)
      : NULL;
  Writing self = {run, wanted, job, files, poolings, gaps, {note, NULL}};

  return write_all (&self, error);
}
