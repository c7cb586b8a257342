/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a reader feels while a run over a slide works: how long until the first
 * of it is seen, and the frames of two canvases that move: before there is a
 * run, while it works, and with its map but without its work.  One JSON object.
 *
 *   bench-run SLIDE [MODEL [SECONDS]]
 *
 * The model's map is in the first canvas; the run takes all tiles.  Seconds are
 * those of each of the three. */
#include "frames.h"
#include "image/source.h"
#include "run-view.h"
#include "stage.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define WIDTH 1400
#define HEIGHT 900
#define PIXELS_A_FRAME 12

typedef struct {
  Stage *stage;
  double dx;
  int count;
} Motion;

static void
step (gpointer data)
{
  Motion *motion = data;

  /* To and fro. */
  if (motion->count++ % 60 == 59)
    motion->dx = -motion->dx;
  sac_viewport_pan (motion->stage->viewport, motion->dx, 0);
}

/* A cell of the pane's map has a value. */
static bool
has_cell (Stage *stage)
{
  const SacMap *map =
    sac_pane_state_get_shown_map (sac_document_get_pane (stage->document, 0));

  for (gsize i = 0; map != NULL && i < (gsize)map->rows * map->columns; i++)
    if (!isnan (map->values[i]))
      return true;
  return false;
}

static void
record (Stage *stage, const char *name, double seconds)
{
  Motion motion = {stage, PIXELS_A_FRAME, 0};
  Recorder *recorder = recorder_new (step, &motion);
  double end = now_ms () + seconds * 1000;

  while (now_ms () < end)
    recorder_run (recorder, stage->canvases[0], 10);
  printf ("\"%s\": {\"frames\": %u, \"interval_p50_ms\": %.1f, "
          "\"interval_p95_ms\": %.1f, \"interval_worst_ms\": %.1f}, ",
          name, recorder->gaps->len, get_percentile (recorder->gaps, 0.5),
          get_percentile (recorder->gaps, 0.95),
          get_percentile (recorder->gaps, 1));
  recorder_free (recorder);
}

static void
wait_for (double seconds)
{
  double end = now_ms () + seconds * 1000;

  while (now_ms () < end) {
    g_main_context_iteration (NULL, FALSE);
    g_usleep (1000);
  }
}

/* Tiles a second of the last `seconds`. */
static double
get_speed (SacRun *run, SacSlideProgress before, double seconds)
{
  return (double)(sac_run_get_progress (run).run_count - before.run_count) /
         seconds;
}

/* The run at work: moved over, then at rest, then without its work. */
static void
measure_run (Stage *stage, SacRun *run, double seconds)
{
  SacSlideProgress progress = sac_run_get_progress (run);

  record (stage, "moving", seconds);
  printf ("\"tiles_per_second_moving\": %.1f, ",
          get_speed (run, progress, seconds));
  wait_for (0.5);
  progress = sac_run_get_progress (run);
  wait_for (seconds / 2);
  printf ("\"tiles_per_second_resting\": %.1f, ",
          get_speed (run, progress, seconds / 2));
  sac_run_pause (run);
  while (sac_run_get_state (run) == SAC_RUN_WORKING)
    g_main_context_iteration (NULL, TRUE);
  record (stage, "map_alone", seconds);
}

int
main (int argc, char **argv)
{
  gtk_init ();

  Stage stage;
  const char *model = argc > 2 ? argv[2] : "pcam-resnet18";
  g_autofree char *folder = g_dir_make_tmp ("saccade-run-XXXXXX", NULL);
  SacRunOrder order = {
    .slide = argv[1],
    .models = (char *[]){(char *)model, NULL},
    .methods = (char *[]){NULL},
    .tissue = SAC_RUN_TISSUE_ALL,
    .folder = folder,
  };

  if (argc < 2) {
    g_printerr ("usage: bench-run SLIDE [MODEL [SECONDS]]\n");
    return 2;
  }
  stage_open (&stage, argv[1], WIDTH, HEIGHT);
  sac_viewport_set_animated (stage.viewport, false);

  double seconds = argc > 3 ? atof (argv[3]) : 12;

  printf ("{\"measure\": \"run\", ");
  wait_for (1); /* the slide's first tiles */
  record (&stage, "before", seconds);

  g_autoptr (SacRuns) runs = sac_runs_dup ();
  g_autoptr (SacRunView) view = sac_run_view_new (stage.document, runs);
  SacRun *run = sac_run_new (&order);
  double start = now_ms ();

  sac_run_set_parts (run, NULL, NULL, sac_document_get_source (stage.document));
  sac_runs_take (runs, run);
  sac_run_view_show (view, run);
  while (!has_cell (&stage))
    g_main_context_iteration (NULL, TRUE);

  double first = now_ms () - start;

  measure_run (&stage, run, seconds);
  printf ("\"first_visible_ms\": %.0f}\n", first);
  sac_runs_remove (runs, run);
  g_clear_object (&view);
  g_clear_object (&runs);
  stage_close (&stage);
  return 0;
}
