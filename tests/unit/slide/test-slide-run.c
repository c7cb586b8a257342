/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A run gives the same bits however it came about: in one go, in pieces, from
 * another place outward, in shards; what it must not be mixed with is refused.
 */
#include "base/error.h"
#include "probe.h"
#include "support.h"

#include <glib/gstdio.h>
#include <math.h>
#include <sqlite3.h>
#include <string.h>

#define SLIDE "demo:slide:1600x1200,pattern=512"

typedef struct {
  SacJob *job;
  size_t left;
} Stop;

static void
stop_after (SacSlideRun *run, void *data)
{
  Stop *stop = data;

  if (--stop->left == 0)
    sac_job_cancel (stop->job);
}

/* Runs so many batches and is cancelled. */
static void
run_some (const ProbeStage *self, const char *name, size_t batches)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacJob) job = sac_job_new (NULL);
  g_autoptr (SacSlideRun) run = probe_stage_begin (self, name);
  Stop stop = {job, batches};
  SacSlideProgress before, after;

  sac_slide_run_get_progress (run, &before);
  g_assert_false (sac_slide_run_go (run, stop_after, &stop, job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  sac_slide_run_get_progress (run, &after);
  g_assert_cmpuint (after.done_count - before.done_count, ==, 32 * batches);
}

static void
test_resumed (void)
{
  ProbeStage stage;

  probe_stage_init (&stage, SLIDE);

  g_autoptr (SacSlideRun) whole = probe_stage_complete (&stage, "whole");

  run_some (&stage, "pieces", 1);
  run_some (&stage, "pieces", 3);
  run_some (&stage, "pieces", 2);

  g_autoptr (SacSlideRun) last = probe_stage_begin (&stage, "pieces");
  SacSlideProgress progress;

  sac_slide_run_get_progress (last, &progress);
  g_assert_cmpuint (progress.resumed_count, ==, 6 * 32);
  g_assert_cmpuint (progress.repeated_count, ==, 0);
  probe_run_go (last);
  sac_slide_run_get_progress (last, &progress);
  g_assert_cmpuint (progress.run_count, ==, progress.tile_count - 6 * 32);
  probe_assert_same (whole, last);
  probe_stage_finish (&stage);
}

/* Three shards have every tile between them, each once, with the same bits. */
static void
test_shards (void)
{
  ProbeStage stage;
  size_t total = 0;

  probe_stage_init (&stage, SLIDE);

  g_autoptr (SacSlideRun) whole = probe_stage_complete (&stage, "whole");
  const SacTileList *list = sac_slide_run_get_list (whole);
  g_autofree uint8_t *seen = g_new0 (uint8_t, list->count);

  stage.wishes.shard_count = 3;
  for (size_t s = 1; s <= 3; s++) {
    g_autofree char *name = g_strdup_printf ("shard-%zu", s);

    stage.wishes.shard = s;

    g_autoptr (SacSlideRun) run = probe_stage_complete (&stage, name);

    for (size_t i = 0; i < list->count; i++) {
      if (sac_slide_run_get_status (run, i) != SAC_TILE_DONE)
        continue;
      g_assert_cmpint (seen[i]++, ==, 0);
      total++;
      g_assert_cmpmem (sac_slide_run_get_numbers (run, 0, i),
                       2 * sizeof (float),
                       sac_slide_run_get_numbers (whole, 0, i),
                       2 * sizeof (float));
    }
  }
  g_assert_cmpuint (total, ==, list->count);
  probe_stage_finish (&stage);
}

/* One block in ten cannot be read: its tiles are gaps, all others are as on
 * the sound slide. */
static void
test_corrupt (void)
{
  ProbeStage sound, faulty;
  SacSlideProgress progress;
  size_t unreadable = 0;

  probe_stage_init (&sound, SLIDE);
  probe_stage_init (&faulty, SLIDE ",faults=100");

  g_autoptr (SacSlideRun) whole = probe_stage_complete (&sound, "whole");
  g_autoptr (SacSlideRun) run = probe_stage_complete (&faulty, "faulty");
  g_autoptr (SacMap) map = sac_slide_run_get_map (run, 0, 1);
  const SacTileList *list = sac_slide_run_get_list (run);

  for (size_t i = 0; i < list->count; i++) {
    bool gap = isnan (map->values[list->tiles[i]]);

    g_assert_true (gap ==
                   (sac_slide_run_get_status (run, i) == SAC_TILE_UNREADABLE));
    unreadable += gap;
    if (!gap)
      g_assert_cmpmem (sac_slide_run_get_numbers (run, 0, i),
                       2 * sizeof (float),
                       sac_slide_run_get_numbers (whole, 0, i),
                       2 * sizeof (float));
  }
  sac_slide_run_get_progress (run, &progress);
  g_assert_cmpuint (progress.unreadable_count, ==, unreadable);
  g_assert_cmpuint (unreadable, >, 0);
  g_assert_cmpuint (unreadable, <, list->count / 2);
  g_assert_true (map->has_gaps);
  probe_stage_finish (&faulty);
  probe_stage_finish (&sound);
}

static void
spoil (const ProbeStage *stage, const char *name, const char *statement)
{
  g_autofree char *path =
    g_build_filename (stage->folder, name, SAC_RUN_STORE_FILE, NULL);
  sqlite3 *database;

  g_assert_cmpint (sqlite3_open (path, &database), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (database, statement, NULL, NULL, NULL), ==,
                   SQLITE_OK);
  sqlite3_close (database);
}

/* What is not as it was written is run again. */
static void
test_damaged (void)
{
  ProbeStage stage;
  SacSlideProgress progress;

  probe_stage_init (&stage, SLIDE);

  g_autoptr (SacSlideRun) whole = probe_stage_complete (&stage, "whole");

  sac_slide_run_free (probe_stage_complete (&stage, "spoilt"));
  spoil (&stage, "spoilt",
         "UPDATE batch SET data = zeroblob (length (data)) WHERE number = 3;"
         "UPDATE batch SET number = 1000 WHERE number = 5;"
         "DELETE FROM batch WHERE number = 7");

  g_autoptr (SacSlideRun) run = probe_stage_begin (&stage, "spoilt");

  sac_slide_run_get_progress (run, &progress);
  g_assert_cmpuint (progress.tile_count - progress.done_count, ==, 3 * 32);
  g_assert_cmpuint (progress.repeated_count, ==, 2);
  probe_run_go (run);
  probe_assert_same (whole, run);
  probe_stage_finish (&stage);
}

static void
refuse (const ProbeStage *stage, const char *name, int code, const char *part)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_build_filename (stage->folder, name, NULL);
  SacSlideParams params = stage->wishes;
  SacModel *models[1] = {stage->model};

  params.source = stage->source;
  params.models = models;
  params.model_count = 1;
  params.folder = folder;
  g_assert_null (sac_slide_run_new (&params, NULL, &error));
  test_assert_error (&error, SAC_ERROR, code, part);
}

static void
set_model (ProbeStage *stage, const ProbeParams *probe)
{
  sac_model_unref (stage->model);
  stage->model = probe_model_new (probe);
}

static void
set_source (ProbeStage *stage, const char *path)
{
  g_autoptr (GError) error = NULL;

  sac_source_unref (stage->source);
  stage->source = sac_source_open (path, NULL, &error);
  g_assert_no_error (error);
}

/* Another slide, model, grid or shard in the folder of a run. */
static void
test_mixed (void)
{
  ProbeStage stage;

  probe_stage_init (&stage, SLIDE);
  sac_slide_run_free (probe_stage_complete (&stage, "run"));
  stage.wishes.stride = 16;
  refuse (&stage, "run", SAC_ERROR_MISMATCH, "grid.");
  stage.wishes.stride = 0;
  stage.wishes.shard = stage.wishes.shard_count = 2;
  refuse (&stage, "run", SAC_ERROR_MISMATCH, "\"shard\"");
  stage.wishes.shard = stage.wishes.shard_count = 0;
  set_source (&stage, SLIDE ",step=2");
  refuse (&stage, "run", SAC_ERROR_MISMATCH, "slide.hash");
  set_source (&stage, SLIDE);
  set_model (&stage,
             &(ProbeParams){"probe", PROBE_NETWORK "meta trained again\n", 32,
                            1.0, NULL});
  refuse (&stage, "run", SAC_ERROR_MISMATCH, "\"models\"");

  g_autofree char *other = g_build_filename (stage.folder, "other", NULL);
  g_autofree char *file = g_build_filename (other, "letter.txt", NULL);

  g_mkdir (other, 0777);
  g_file_set_contents (file, "mine", -1, NULL);
  refuse (&stage, "other", SAC_ERROR_MISMATCH, "letter.txt");
  probe_stage_finish (&stage);
}

static void
test_refused (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacImage) image = sac_image_new (500, 400, &error);
  ProbeStage stage;

  probe_stage_init (&stage, SLIDE);
  set_model (&stage, &(ProbeParams){"probe", PROBE_NETWORK, 32, 0, NULL});
  refuse (&stage, "a", SAC_ERROR_MISMATCH, "--model-mpp");
  set_model (&stage,
             &(ProbeParams){"probe", PROBE_NETWORK, 32, 1, "dermoscopy"});
  refuse (&stage, "b", SAC_ERROR_MISMATCH, "not a model of tiles");
  set_model (&stage, &(ProbeParams){"probe", PROBE_NETWORK, 32, 60, NULL});
  refuse (&stage, "c", SAC_ERROR_MISMATCH, "less than one tile");
  set_model (&stage, &(ProbeParams){"probe", PROBE_NETWORK, 32, 1, NULL});
  sac_source_unref (stage.source);
  stage.source = sac_source_new_for_image (image, "photo");
  refuse (&stage, "d", SAC_ERROR_MISMATCH, "--mpp");

  /* Nothing but glass. */
  g_autoptr (SacTissue) tissue =
    sac_tissue_find (stage.source, 0.5, &sac_tissue_defaults, NULL, &error);

  stage.wishes.mpp = 0.5;
  stage.wishes.tissue = tissue;
  refuse (&stage, "e", SAC_ERROR_UNDEFINED, "no tissue");
  stage.wishes.tissue = NULL;
  sac_slide_run_free (probe_stage_complete (&stage, "f"));
  probe_stage_finish (&stage);
}

/* Takes the mean of all tiles of a batch from each, as batch normalisation does
 * that was not told that training is over. */
#define MIXING(BATCH)                                                          \
  "opset 13\n"                                                                 \
  "input image float " BATCH ",3,SIDE,SIDE\n"                                  \
  "noise head 2,3\n"                                                           \
  "node _ GlobalAveragePool image -> p\n"                                      \
  "node _ Flatten p -> flat\n"                                                 \
  "node _ ReduceMean flat -> m axes=is:0 keepdims=i:1\n"                       \
  "node _ Sub flat,m -> c\n"                                                   \
  "node _ Gemm c,head -> logits transB=i:1\n"                                  \
  "output logits float " BATCH ",2\n"

#define APART_FOUR                                                             \
  "opset 13\n"                                                                 \
  "input image float 4,3,SIDE,SIDE\n"                                          \
  "noise head 2,3\n"                                                           \
  "node _ GlobalAveragePool image -> p\n"                                      \
  "node _ Flatten p -> flat\n"                                                 \
  "node _ Gemm flat,head -> logits transB=i:1\n"                               \
  "output logits float 4,2\n"

/* A network that mixes its batch is given tiles one at a time, or refused; one
 * of a fixed batch that does not is run as it is. */
static void
test_mixing (void)
{
  static const char mixing[] = MIXING ("?"), fixed[] = MIXING ("4");
  ProbeStage stage;
  const SacSlideModel *model;

  probe_stage_init (&stage, "demo:slide:400x300,pattern=128");
  set_model (&stage, &(ProbeParams){"probe", mixing, 32, 1.0, NULL});

  g_autoptr (SacSlideRun) run = probe_stage_complete (&stage, "single");

  model = sac_slide_run_get_model (run, 0);
  g_assert_true (model->is_single);
  g_assert_cmpuint (model->batch_size, ==, 1);
  g_assert_cmpuint (sac_slide_run_get_list (run)->batch_size, ==, 1);
  set_model (&stage, &(ProbeParams){"probe", fixed, 32, 1.0, NULL});
  refuse (&stage, "fixed", SAC_ERROR_MISMATCH, "mixes the tiles");
  set_model (&stage, &(ProbeParams){"probe", APART_FOUR, 32, 1.0, NULL});

  g_autoptr (SacSlideRun) apart = probe_stage_complete (&stage, "apart");

  model = sac_slide_run_get_model (apart, 0);
  g_assert_false (model->is_single);
  g_assert_cmpuint (model->batch_size, ==, 4);
  probe_stage_finish (&stage);
}

/* One process at a time. */
static void
test_busy (void)
{
  ProbeStage stage;

  probe_stage_init (&stage, SLIDE);

  g_autoptr (SacSlideRun) first = probe_stage_begin (&stage, "run");

  refuse (&stage, "run", SAC_ERROR_MISMATCH, "another process");
  probe_stage_finish (&stage);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/slide-run/resumed", test_resumed);
  g_test_add_func ("/slide-run/shards", test_shards);
  g_test_add_func ("/slide-run/corrupt", test_corrupt);
  g_test_add_func ("/slide-run/damaged", test_damaged);
  g_test_add_func ("/slide-run/mixed", test_mixed);
  g_test_add_func ("/slide-run/refused", test_refused);
  g_test_add_func ("/slide-run/mixing", test_mixing);
  g_test_add_func ("/slide-run/busy", test_busy);
  return g_test_run ();
}
