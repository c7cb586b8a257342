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
  SacSource *source;
  SacModel *model;
  SacSlideParams wishes;
  char *folder;
} Stage;

static void
stage_init (Stage *self, const char *slide)
{
  g_autoptr (GError) error = NULL;

  *self = (Stage){
    .source = sac_source_open (slide, NULL, &error),
    .model =
      probe_model_new (&(ProbeParams){"probe", PROBE_NETWORK, 32, 1.0, NULL}),
    .wishes = {.edge = SAC_EDGE_PAD},
    .folder = test_folder_new (),
  };
  g_assert_no_error (error);
}

static void
stage_finish (Stage *self)
{
  test_folder_remove (self->folder);
  sac_model_unref (self->model);
  sac_source_unref (self->source);
}

static SacSlideRun *
begin (const Stage *self, const char *name)
{
  g_autofree char *folder = g_build_filename (self->folder, name, NULL);

  return probe_run_new (self->source, self->model, &self->wishes, folder);
}

static SacSlideRun *
complete (const Stage *self, const char *name)
{
  SacSlideRun *run = begin (self, name);
  SacSlideProgress progress;

  probe_run_go (run);
  sac_slide_run_get_progress (run, &progress);
  g_assert_cmpuint (progress.done_count, ==, progress.tile_count);
  return run;
}

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
run_some (const Stage *self, const char *name, size_t batches)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacJob) job = sac_job_new (NULL);
  g_autoptr (SacSlideRun) run = begin (self, name);
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
  Stage stage;

  stage_init (&stage, SLIDE);

  g_autoptr (SacSlideRun) whole = complete (&stage, "whole");

  run_some (&stage, "pieces", 1);
  run_some (&stage, "pieces", 3);
  run_some (&stage, "pieces", 2);

  g_autoptr (SacSlideRun) last = begin (&stage, "pieces");
  SacSlideProgress progress;

  sac_slide_run_get_progress (last, &progress);
  g_assert_cmpuint (progress.resumed_count, ==, 6 * 32);
  g_assert_cmpuint (progress.repeated_count, ==, 0);
  probe_run_go (last);
  sac_slide_run_get_progress (last, &progress);
  g_assert_cmpuint (progress.run_count, ==, progress.tile_count - 6 * 32);
  probe_assert_same (whole, last);
  stage_finish (&stage);
}

typedef struct {
  size_t calls;
  double first_distance, last_distance;
} Order;

static const SacRect corner = {1300, 900, 200, 200};

/* How far from the corner the tiles of the first call are. */
static void
note_order (SacSlideRun *run, void *data)
{
  Order *order = data;
  const SacTileList *list = sac_slide_run_get_list (run);
  const SacTileGrid *grid = sac_slide_run_get_grid (run);

  for (size_t i = 0; order->calls == 0 && i < list->count; i++) {
    SacRect tile =
      sac_tile_grid_get_tile (grid, (int)(list->tiles[i] / grid->columns),
                              (int)(list->tiles[i] % grid->columns));

    if (sac_slide_run_get_status (run, i) == SAC_TILE_DONE)
      order->first_distance =
        MAX (order->first_distance, hypot (tile.x - 1400, tile.y - 1000));
  }
  order->calls++;
}

static void
test_view (void)
{
  g_autoptr (GError) error = NULL;
  Stage stage;
  Order order = {0};

  stage_init (&stage, SLIDE);

  g_autoptr (SacSlideRun) whole = complete (&stage, "whole");
  g_autoptr (SacSlideRun) outward = begin (&stage, "outward");

  sac_slide_run_set_view (outward, &corner);
  g_assert_true (sac_slide_run_go (outward, note_order, &order, NULL, &error));
  /* A patch of 8 x 4 tiles of 64 pixels, two of them at the most. */
  g_assert_cmpfloat (order.first_distance, <, 900);
  g_assert_cmpuint (order.calls, ==,
                    sac_slide_run_get_list (outward)->batch_count);
  probe_assert_same (whole, outward);
  stage_finish (&stage);
}

/* Three shards have every tile between them, each once, with the same bits. */
static void
test_shards (void)
{
  Stage stage;
  size_t total = 0;

  stage_init (&stage, SLIDE);

  g_autoptr (SacSlideRun) whole = complete (&stage, "whole");
  const SacTileList *list = sac_slide_run_get_list (whole);
  g_autofree uint8_t *seen = g_new0 (uint8_t, list->count);

  stage.wishes.shard_count = 3;
  for (size_t s = 1; s <= 3; s++) {
    g_autofree char *name = g_strdup_printf ("shard-%zu", s);

    stage.wishes.shard = s;

    g_autoptr (SacSlideRun) run = complete (&stage, name);

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
  stage_finish (&stage);
}

/* One block in ten cannot be read: its tiles are gaps, all others are as on
 * the sound slide. */
static void
test_corrupt (void)
{
  Stage sound, faulty;
  SacSlideProgress progress;
  size_t unreadable = 0;

  stage_init (&sound, SLIDE);
  stage_init (&faulty, SLIDE ",faults=100");

  g_autoptr (SacSlideRun) whole = complete (&sound, "whole");
  g_autoptr (SacSlideRun) run = complete (&faulty, "faulty");
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
  stage_finish (&faulty);
  stage_finish (&sound);
}

static void
spoil (const Stage *stage, const char *name, const char *statement)
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
  Stage stage;
  SacSlideProgress progress;

  stage_init (&stage, SLIDE);

  g_autoptr (SacSlideRun) whole = complete (&stage, "whole");

  sac_slide_run_free (complete (&stage, "spoilt"));
  spoil (&stage, "spoilt",
         "UPDATE batch SET data = zeroblob (length (data)) WHERE number = 3;"
         "UPDATE batch SET number = 1000 WHERE number = 5;"
         "DELETE FROM batch WHERE number = 7");

  g_autoptr (SacSlideRun) run = begin (&stage, "spoilt");

  sac_slide_run_get_progress (run, &progress);
  g_assert_cmpuint (progress.tile_count - progress.done_count, ==, 3 * 32);
  g_assert_cmpuint (progress.repeated_count, ==, 2);
  probe_run_go (run);
  probe_assert_same (whole, run);
  stage_finish (&stage);
}

static void
refuse (const Stage *stage, const char *name, int code, const char *part)
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
set_model (Stage *stage, const ProbeParams *probe)
{
  sac_model_unref (stage->model);
  stage->model = probe_model_new (probe);
}

static void
set_source (Stage *stage, const char *path)
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
  Stage stage;

  stage_init (&stage, SLIDE);
  sac_slide_run_free (complete (&stage, "run"));
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
  stage_finish (&stage);
}

static void
test_refused (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacImage) image = sac_image_new (500, 400, &error);
  Stage stage;

  stage_init (&stage, SLIDE);
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
  sac_slide_run_free (complete (&stage, "f"));
  stage_finish (&stage);
}

/* One process at a time. */
static void
test_busy (void)
{
  Stage stage;

  stage_init (&stage, SLIDE);

  g_autoptr (SacSlideRun) first = begin (&stage, "run");

  refuse (&stage, "run", SAC_ERROR_MISMATCH, "another process");
  stage_finish (&stage);
}

typedef struct {
  SacSlideRun *run;
  SacJob *job;
} Reader;

/* Moves about, rests, and looks at maps while another thread runs. */
static void *
look_on (void *data)
{
  Reader *reader = data;

  for (int i = 0; i < 40; i++) {
    SacSlideProgress progress;
    SacRect view = {i * 35.0, 1000 - i * 20.0, 300, 300};

    sac_slide_run_set_paused (reader->run, i % 5 == 1);
    sac_slide_run_set_view (reader->run, &view);
    sac_slide_run_get_progress (reader->run, &progress);

    g_autoptr (SacMap) map = sac_slide_run_get_map (reader->run, 0, 1);

    g_assert_cmpint (map->rows, >, 0);
    g_usleep (2000);
  }
  sac_slide_run_set_paused (reader->run, false);
  return NULL;
}

static void
test_watched (void)
{
  Stage stage;

  stage_init (&stage, SLIDE);

  g_autoptr (SacSlideRun) whole = complete (&stage, "whole");
  g_autoptr (SacSlideRun) run = begin (&stage, "watched");
  Reader reader = {run, NULL};
  GThread *thread = g_thread_new ("reader", look_on, &reader);

  probe_run_go (run);
  g_thread_join (thread);
  probe_assert_same (whole, run);
  stage_finish (&stage);
}

/* Cancelled while it rests, and while pixels are slow to come. */
static void *
cancel_soon (void *data)
{
  g_usleep (60000);
  sac_job_cancel (data);
  return NULL;
}

static void
cancel (Stage *stage, const char *name, bool paused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacJob) job = sac_job_new (NULL);
  g_autoptr (SacSlideRun) run = begin (stage, name);

  sac_slide_run_set_paused (run, paused);

  GThread *thread = g_thread_new ("cancel", cancel_soon, job);

  g_assert_false (sac_slide_run_go (run, NULL, NULL, job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
}

static void
test_cancelled (void)
{
  Stage stage;

  stage_init (&stage, SLIDE ",delay=60000");
  cancel (&stage, "slow", false);
  cancel (&stage, "resting", true);
  stage_finish (&stage);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/slide-run/resumed", test_resumed);
  g_test_add_func ("/slide-run/view", test_view);
  g_test_add_func ("/slide-run/shards", test_shards);
  g_test_add_func ("/slide-run/corrupt", test_corrupt);
  g_test_add_func ("/slide-run/damaged", test_damaged);
  g_test_add_func ("/slide-run/mixed", test_mixed);
  g_test_add_func ("/slide-run/refused", test_refused);
  g_test_add_func ("/slide-run/busy", test_busy);
  g_test_add_func ("/slide-run/watched", test_watched);
  g_test_add_func ("/slide-run/cancelled", test_cancelled);
  return g_test_run ();
}
