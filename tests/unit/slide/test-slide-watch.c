/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What others see of a run while it goes, and tell it: where it begins, what is
 * new, how far it is, rest and end. */
#include "probe.h"
#include "support.h"

#include <math.h>
#include <string.h>

#define SLIDE "demo:slide:1600x1200,pattern=512"

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
  ProbeStage stage;
  Order order = {0};

  probe_stage_init (&stage, SLIDE);

  g_autoptr (SacSlideRun) whole = probe_stage_complete (&stage, "whole");
  g_autoptr (SacSlideRun) outward = probe_stage_begin (&stage, "outward");

  sac_slide_run_set_view (outward, &corner);
  g_assert_true (sac_slide_run_go (outward, note_order, &order, NULL, &error));
  /* A patch of 8 x 4 tiles of 64 pixels, two of them at the most. */
  g_assert_cmpfloat (order.first_distance, <, 900);
  g_assert_cmpuint (order.calls, ==,
                    sac_slide_run_get_list (outward)->batch_count);
  probe_assert_same (whole, outward);
  probe_stage_finish (&stage);
}

static float *
new_gaps (size_t count)
{
  float *values = g_new (float, count);

  for (size_t i = 0; i < count; i++)
    values[i] = NAN;
  return values;
}

/* What is new after each batch: its tiles and no others, in a box around them.
 */
typedef struct {
  size_t known, seen;
  float *values;
} News;

static void
note_news (SacSlideRun *run, void *data)
{
  News *news = data;
  const SacTileGrid *grid = sac_slide_run_get_grid (run);
  int cells = grid->rows * grid->columns, inside = 0;
  g_autofree float *values = new_gaps ((size_t)cells);
  SacSlideProgress progress;
  SacCellBox box;

  sac_slide_run_get_progress (run, &progress);
  g_assert_cmpint (progress.state, ==, SAC_SLIDE_RUNNING);
  g_assert_cmpfloat (progress.speed, >, 0);
  g_assert_cmpfloat (progress.left, >=, 0);
  g_assert_cmpuint (sac_slide_run_update (run, 0, 1, news->known, values, &box),
                    ==, news->known + 1);
  news->known++;
  for (int i = 0; i < cells; i++) {
    int row = i / grid->columns - box.row, column = i % grid->columns;

    if (isnan (values[i]))
      continue;
    column -= box.column;
    g_assert_true (row >= 0 && row < box.rows && column >= 0 &&
                   column < box.columns);
    g_assert_true (isnan (news->values[i]));
    news->values[i] = values[i];
    inside++;
  }
  news->seen += (size_t)inside;
  g_assert_cmpuint (news->seen, ==, progress.done_count);
}

static void
test_news (void)
{
  g_autoptr (GError) error = NULL;
  ProbeStage stage;
  SacSlideProgress progress;
  SacCellBox box;

  probe_stage_init (&stage, SLIDE);

  g_autoptr (SacSlideRun) run = probe_stage_begin (&stage, "news");
  const SacTileGrid *grid = sac_slide_run_get_grid (run);
  g_autofree float *values =
    new_gaps ((size_t)grid->rows * (size_t)grid->columns);
  News news = {0, 0, values};

  sac_slide_run_get_progress (run, &progress);
  g_assert_cmpint (progress.state, ==, SAC_SLIDE_READY);
  g_assert_cmpfloat (progress.left, ==, -1);
  g_assert_true (sac_slide_run_go (run, note_news, &news, NULL, &error));
  sac_slide_run_get_progress (run, &progress);
  g_assert_cmpint (progress.state, ==, SAC_SLIDE_DONE);
  g_assert_cmpfloat (progress.fraction, ==, 1);
  g_assert_cmpuint (news.seen, ==, progress.tile_count);
  g_assert_cmpuint (sac_slide_run_update (run, 0, 1, news.known, values, &box),
                    ==, news.known);
  g_assert_cmpint (box.rows, ==, 0);
  g_clear_pointer (&run, sac_slide_run_free);
  run = probe_stage_begin (&stage, "news");
  sac_slide_run_get_progress (run, &progress);
  g_assert_cmpint (progress.state, ==, SAC_SLIDE_DONE);
  probe_stage_finish (&stage);
}

typedef struct {
  SacSlideRun *run;
  float *values;
  size_t known;
  SacCellBox box;
} Reader;

/* Moves about, rests, and looks at maps while another thread runs. */
static void *
look_on (void *data)
{
  Reader *reader = data;
  double last = 0;

  for (int i = 0; i < 40; i++) {
    SacSlideProgress progress;
    SacRect view = {i * 35.0, 1000 - i * 20.0, 300, 300};

    sac_slide_run_set_paused (reader->run, i % 5 == 1);
    sac_slide_run_set_view (reader->run, &view);
    sac_slide_run_get_progress (reader->run, &progress);

    reader->known = sac_slide_run_update (reader->run, 0, 1, reader->known,
                                          reader->values, &reader->box);
    g_assert_cmpfloat (progress.fraction, >=, last);
    last = progress.fraction;
    g_usleep (2000);
  }
  sac_slide_run_set_paused (reader->run, false);
  return NULL;
}

static void
test_watched (void)
{
  ProbeStage stage;

  probe_stage_init (&stage, SLIDE);

  g_autoptr (SacSlideRun) whole = probe_stage_complete (&stage, "whole");
  g_autoptr (SacSlideRun) run = probe_stage_begin (&stage, "watched");
  const SacTileGrid *grid = sac_slide_run_get_grid (run);
  size_t cells = (size_t)grid->rows * (size_t)grid->columns;
  g_autofree float *values = new_gaps (cells);
  Reader reader = {.run = run, .values = values};
  GThread *thread = g_thread_new ("reader", look_on, &reader);

  probe_run_go (run);
  g_thread_join (thread);
  probe_assert_same (whole, run);
  sac_slide_run_update (run, 0, 1, reader.known, values, &reader.box);

  /* Piece by piece it is the map. */
  g_autoptr (SacMap) map = sac_slide_run_get_map (run, 0, 1);

  g_assert_cmpmem (values, cells * sizeof (float), map->values,
                   cells * sizeof (float));
  probe_stage_finish (&stage);
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
cancel (ProbeStage *stage, const char *name, bool paused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacJob) job = sac_job_new (NULL);
  g_autoptr (SacSlideRun) run = probe_stage_begin (stage, name);

  SacSlideProgress progress;

  sac_slide_run_set_paused (run, paused);

  GThread *thread = g_thread_new ("cancel", cancel_soon, job);

  g_assert_false (sac_slide_run_go (run, NULL, NULL, job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  sac_slide_run_get_progress (run, &progress);
  g_assert_cmpint (progress.state, ==, SAC_SLIDE_STOPPED);
}

static void
test_cancelled (void)
{
  ProbeStage stage;

  probe_stage_init (&stage, SLIDE ",delay=60000");
  cancel (&stage, "slow", false);
  cancel (&stage, "resting", true);
  probe_stage_finish (&stage);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/slide-watch/view", test_view);
  g_test_add_func ("/slide-watch/news", test_news);
  g_test_add_func ("/slide-watch/watched", test_watched);
  g_test_add_func ("/slide-watch/cancelled", test_cancelled);
  return g_test_run ();
}
