/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "slide-job.h"

#include "report/run-files.h"
#include "slide/slide-task.h"

#include <math.h>

#define REPORT_SECONDS 1.0

/* One line on standard error, now and then. */
static void
report (SacSlideRun *run, void *data)
{
  double *last = data;
  SacSlideProgress progress;

  sac_slide_run_get_progress (run, &progress);
  if (progress.wall - *last < REPORT_SECONDS &&
      progress.done_count < progress.tile_count)
    return;
  *last = progress.wall;

  g_printerr ("slide: %zu of %zu tiles, %.1f a second, %.0f s left\n",
              progress.done_count, progress.tile_count, progress.speed,
              ceil (progress.left));
}

static bool
print_line (SacSlideRun *run,
            const SacSlideRequest *request,
            const CliSlidePlace *place,
            GError **error)
{
  JsonObject *object = json_object_new ();
  SacSlideProgress progress;
  double wall;

  sac_slide_run_get_progress (run, &progress);
  wall = progress.wall;
  cli_set_name (object, "slide", request->slide);
  cli_set_name (object, "out", place->out);
  cli_add_engine (object);
  json_object_set_int_member (object, "tiles", (gint64)progress.tile_count);
  json_object_set_int_member (object, "unreadable",
                              (gint64)progress.unreadable_count);
  json_object_set_int_member (object, "resumed",
                              (gint64)progress.resumed_count);
  json_object_set_int_member (object, "repeated_batches",
                              (gint64)progress.repeated_count);
  sac_json_set_number (object, "seconds", wall);
  sac_json_set_number (object, "tiles_per_second",
                       progress.speed > 0 ? progress.speed : NAN);
  sac_json_set_number (object, "engine_busy",
                       wall > 0 ? progress.engine / wall : NAN);
  sac_json_set_number (object, "first_result_seconds",
                       progress.run_count > 0 ? progress.first : NAN);
  return cli_print (object, error);
}

bool
cli_slide_do (const SacSlideRequest *request,
              const CliSlidePlace *place,
              SacJob *job,
              GError **error)
{
  SacRunFiles files = {place->out, request->class_text, request->positive,
                       (size_t)request->top_count};
  g_autoptr (SacSlideTask) task =
    sac_slide_task_new (request, NULL, place->out, place->shard,
                        place->shard_count, job, error);
  double last = 0;

  if (task == NULL)
    return false;
  if (task->tissue != NULL && task->tissue->unread_count > 0)
    g_printerr ("slide: %d parts of the overview cannot be read and count as "
                "tissue\n",
                task->tissue->unread_count);
  for (size_t i = 0; i < sac_slide_run_get_model_count (task->run); i++) {
    const SacSlideModel *model = sac_slide_run_get_model (task->run, i);

    if (model->is_single)
      g_printerr ("slide: %s mixes the tiles of a batch, so each is run by "
                  "itself\n",
                  sac_model_get_id (model->model));
  }
  if (place->view != NULL)
    sac_slide_run_set_view (task->run, place->view);
  if (!sac_slide_run_go (task->run, report, &last, job, error)) {
    g_prefix_error (error, "%s: ", request->slide);
    return false;
  }
  /* Part of a slide is no result: merge makes it. */
  if (place->shard_count == 1 &&
      !sac_run_files_write (task->run, &files, job, error))
    return false;
  return print_line (task->run, request, place, error);
}
