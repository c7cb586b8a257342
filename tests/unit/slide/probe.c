/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "probe.h"

#include "onnx-writer.h"
#include "support.h"

#include <stdlib.h>
#include <string.h>

static GString *
write_network (const ProbeParams *params)
{
  g_autofree char *side = g_strdup_printf ("%d", params->side);
  g_auto (GStrv) lines = g_strsplit (params->network, "\n", -1);
  GString *text = g_string_new (NULL);
  guint32 state = 1;

  for (int i = 0; lines[i] != NULL; i++) {
    g_auto (GStrv) words = g_strsplit (lines[i], " ", -1);

    if (strcmp (lines[i], "") == 0)
      continue;
    if (strcmp (words[0], "noise") != 0) {
      g_string_append_printf (text, "%s\n", lines[i]);
      continue;
    }

    g_auto (GStrv) sizes = g_strsplit (words[2], ",", -1);
    int count = 1;

    for (int k = 0; sizes[k] != NULL; k++)
      count *= atoi (sizes[k]);
    g_string_append_printf (text, "init %s float %s", words[1], words[2]);
    for (int k = 0; k < count; k++) {
      state = state * 1664525u + 1013904223u;
      g_string_append_printf (text, " %.4f", (state >> 8) / 16777216.0 - 0.5);
    }
    g_string_append_c (text, '\n');
  }
  g_string_replace (text, "SIDE", side, 0);
  return text;
}

static void
write_manifest (const ProbeParams *params, const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "model.json", NULL);
  bool mean = strcmp (params->network, PROBE_MEAN) == 0;
  char mpp[64] = "";

  if (params->mpp > 0) {
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    g_ascii_dtostr (number, sizeof number, params->mpp);
    g_snprintf (mpp, sizeof mpp, ", \"mpp\": %s", number);
  }

  g_autofree char *text = g_strdup_printf (
    "{\"schema\": 1, \"id\": \"%s\", \"file\": \"model.onnx\", \"inputs\": "
    "[{\"name\": \"image\", \"role\": \"%s\", \"size\": [%d, %d], "
    "\"channels\": \"RGB\", \"layout\": \"NCHW\", \"resize\": {\"mode\": "
    "\"none\"}, \"scale\": %s%s}], \"outputs\": [{\"name\": \"%s\", "
    "\"activation\": \"%s\", \"labels\": [%s]}]}",
    params->id, params->role != NULL ? params->role : "tile", params->side,
    params->side, mean ? "1.0" : "0.00392156862745098", mpp,
    mean ? "rgb" : "logits", mean ? "none" : "softmax",
    mean ? "{\"id\": \"r\"}, {\"id\": \"g\"}, {\"id\": \"b\"}"
         : "{\"id\": \"no\"}, {\"id\": \"yes\"}");
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, params->manifest != NULL ? params->manifest : text,
                       -1, &error);
  g_assert_no_error (error);
}

SacModel *
probe_model_new (const ProbeParams *params)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = write_network (params);
  g_autoptr (GBytes) bytes = onnx_write (text->str);
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "model.onnx", NULL);

  g_string_free (g_steal_pointer (&text), TRUE);
  g_file_set_contents (path, g_bytes_get_data (bytes, NULL),
                       (gssize)g_bytes_get_size (bytes), &error);
  g_assert_no_error (error);
  write_manifest (params, folder);

  SacModel *model = sac_model_open (folder, NULL, &error);

  g_assert_no_error (error);
  /* Asked for while the file is there. */
  g_assert_nonnull (sac_network_get_sha256 (sac_model_get_network (model)));
  test_folder_remove (folder);
  return model;
}

SacSlideRun *
probe_run_new (SacSource *source,
               SacModel *model,
               const SacSlideParams *wishes,
               const char *folder)
{
  g_autoptr (GError) error = NULL;
  SacSlideParams params = *wishes;
  SacModel *models[1] = {model};

  params.source = source;
  params.models = models;
  params.model_count = 1;
  params.folder = folder;

  SacSlideRun *run = sac_slide_run_new (&params, NULL, &error);

  g_assert_no_error (error);
  return run;
}

void
probe_run_go (SacSlideRun *run)
{
  g_autoptr (GError) error = NULL;

  sac_slide_run_go (run, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
}

void
probe_stage_init (ProbeStage *self, const char *slide)
{
  g_autoptr (GError) error = NULL;

  *self = (ProbeStage){
    .source = sac_source_open (slide, NULL, &error),
    .model =
      probe_model_new (&(ProbeParams){"probe", PROBE_NETWORK, 32, 1.0, NULL}),
    .wishes = {.edge = SAC_EDGE_PAD},
    .folder = test_folder_new (),
  };
  g_assert_no_error (error);
}

void
probe_stage_finish (ProbeStage *self)
{
  test_folder_remove (self->folder);
  sac_model_unref (self->model);
  sac_source_unref (self->source);
}

SacSlideRun *
probe_stage_begin (const ProbeStage *self, const char *name)
{
  g_autofree char *folder = g_build_filename (self->folder, name, NULL);

  return probe_run_new (self->source, self->model, &self->wishes, folder);
}

SacSlideRun *
probe_stage_complete (const ProbeStage *self, const char *name)
{
  SacSlideRun *run = probe_stage_begin (self, name);
  SacSlideProgress progress;

  probe_run_go (run);
  sac_slide_run_get_progress (run, &progress);
  g_assert_cmpuint (progress.done_count, ==, progress.tile_count);
  return run;
}

void
probe_assert_same (SacSlideRun *a, SacSlideRun *b)
{
  const SacTileList *list = sac_slide_run_get_list (a);

  g_assert_cmpuint (list->count, ==, sac_slide_run_get_list (b)->count);
  for (size_t m = 0; m < sac_slide_run_get_model_count (a); m++) {
    size_t size = sac_slide_run_get_model (a, m)->width * sizeof (float);

    for (size_t i = 0; i < list->count; i++) {
      g_assert_cmpint (sac_slide_run_get_status (a, i), ==,
                       sac_slide_run_get_status (b, i));
      g_assert_cmpmem (sac_slide_run_get_numbers (a, m, i), size,
                       sac_slide_run_get_numbers (b, m, i), size);
    }
  }
}
