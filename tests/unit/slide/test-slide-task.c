/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What a run was asked for survives as text, and a run can be told from its
 * folder and gone on with from there. */
#include "base/error.h"
#include "probe.h"
#include "slide/slide-task.h"
#include "support.h"

#include <string.h>

#define SLIDE "demo:slide:900x700,pattern=512"
#define MODEL "pcam-resnet18"

static char **
make_list (const char *text)
{
  return g_strsplit (text, ",", -1);
}

static void
fill (SacSlideRequest *request)
{
  sac_slide_request_init (request);
  request->slide = g_strdup (SLIDE);
  request->models = make_list (MODEL);
  request->all_tiles = true;
}

/* All fields, each other than its default; read and written again it is the
 * same text. */
static void
test_text (void)
{
  g_autoptr (GError) error = NULL;
  g_auto (SacSlideRequest) request;
  g_auto (SacSlideRequest) read = {0};

  fill (&request);
  request.encoder = g_strdup ("e:/v");
  request.methods = make_list ("grad-cam,occlusion");
  request.class_text = g_strdup ("tumor");
  request.layer = g_strdup ("/a");
  request.params = make_list ("relu=0,x=a=b");
  request.mpp = 0.2525;
  request.model_mpp = 1.0 / 3;
  request.region = (SacRect){1, 2.5, 300, 400};
  request.stride = 48;
  request.edge = SAC_EDGE_INSIDE;
  request.batch_size = 7;
  request.tissue_path = g_strdup ("mask \xff.png");
  request.area_path = g_strdup ("area.geojson");
  request.tissue = (SacTissueParams){33, 12, 0.5};
  request.least_share = 0.25;
  request.positive = 0.75;
  request.top_count = 3;
  request.exact = true;

  g_autofree char *text = sac_slide_request_write (&request);

  g_assert_true (sac_slide_request_read (&read, text, "request", &error));
  g_assert_no_error (error);

  g_autofree char *again = sac_slide_request_write (&read);

  g_assert_cmpstr (text, ==, again);
  g_assert_cmpstr (read.slide, ==, SLIDE);
  g_assert_cmpstr (read.methods[1], ==, "occlusion");
  g_assert_cmpstr (read.params[1], ==, "x=a=b");
  g_assert_cmpstr (read.encoder, ==, "e:/v");
  g_assert_cmpfloat (read.model_mpp, ==, 1.0 / 3);
  g_assert_cmpfloat (read.region.y, ==, 2.5);
  g_assert_cmpint (read.edge, ==, SAC_EDGE_INSIDE);
  g_assert_cmpint (read.tissue.threshold, ==, 33);
  g_assert_cmpstr (read.area_path, ==, "area.geojson");
  g_assert_true (read.all_tiles && read.exact);
}

static void
test_bad_text (void)
{
  static const char *const bad[] = {
    "",
    "{}",
    "{\"slide\": \"s\"}",
    "{\"slide\": \"s\", \"models\": []}",
    "{\"slide\": \"s\", \"models\": [5]}",
    "{\"slide\": \"s\", \"models\": [\"m\"], \"stride\": -1}",
    "{\"slide\": \"s\", \"models\": [\"m\"], \"batch\": 5000}",
    "{\"slide\": \"s\", \"models\": [\"m\"], \"region\": [1, 2]}",
    "{\"slide\": \"s\", \"models\": [\"m\"], \"edge\": \"wrap\"}",
    "{\"slide\": \"s\", \"models\": [\"m\"], \"threshold\": 255}",
  };

  for (size_t i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    SacSlideRequest request = {0};

    g_assert_false (sac_slide_request_read (&request, bad[i], "run", &error));
    test_assert_error (&error, SAC_ERROR, SAC_ERROR_DAMAGED, "run");
  }
}

static void
stop_at_once (SacSlideRun *run, void *job)
{
  sac_job_cancel (job);
}

/* One batch, then from the folder alone to the end. */
static void
test_folder (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SacJob) job = sac_job_new (NULL);
  g_auto (SacSlideRequest) request;
  g_auto (SacSlideFolder) part = {0};
  g_auto (SacSlideFolder) whole = {0};
  char *folder = test_folder_new ();
  g_autofree char *out = g_build_filename (folder, "run", NULL);

  fill (&request);
  request.batch_size = 6;

  g_autoptr (SacSlideTask) task =
    sac_slide_task_new (&request, NULL, out, 1, 2, NULL, &error);

  g_assert_no_error (error);
  g_assert_false (task->places[0].pools);
  g_assert_cmpuint (task->places[0].index, ==, 0);
  g_assert_false (sac_slide_run_go (task->run, stop_at_once, job, job, NULL));
  g_assert_false (sac_slide_folder_read (&part, out, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH, "at work");
  g_clear_pointer (&task, sac_slide_task_free);
  g_assert_true (sac_slide_folder_read (&part, out, &error));
  g_assert_cmpuint (part.done_count, ==, 6);
  g_assert_cmpuint (part.shard, ==, 1);
  g_assert_cmpuint (part.shard_count, ==, 2);
  g_assert_cmpstr (part.request.slide, ==, SLIDE);

  task = sac_slide_task_new (&part.request, NULL, out, part.shard,
                             part.shard_count, NULL, &error);
  g_assert_no_error (error);
  probe_run_go (task->run);

  SacSlideProgress progress;

  sac_slide_run_get_progress (task->run, &progress);
  g_assert_cmpuint (progress.resumed_count, ==, 6);
  g_assert_cmpuint (progress.tile_count, ==, part.tile_count);
  g_clear_pointer (&task, sac_slide_task_free);

  /* The second shard has the last batch, which is not full. */
  g_autofree char *rest = g_build_filename (folder, "rest", NULL);

  task = sac_slide_task_new (&request, NULL, rest, 2, 2, NULL, &error);
  g_assert_no_error (error);
  probe_run_go (task->run);
  sac_slide_run_get_progress (task->run, &progress);
  g_assert_cmpuint (progress.tile_count % 6, !=, 0);
  g_clear_pointer (&task, sac_slide_task_free);
  g_assert_true (sac_slide_folder_read (&whole, rest, &error));
  g_assert_cmpuint (whole.done_count, ==, whole.tile_count);
  g_assert_cmpuint (whole.done_count, ==, progress.tile_count);
  test_folder_remove (folder);
}

static void
test_no_folder (void)
{
  g_autoptr (GError) error = NULL;
  SacSlideFolder self = {0};
  char *folder = test_folder_new ();

  g_assert_false (sac_slide_folder_read (&self, folder, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNREADABLE, "of a run");
  test_folder_remove (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/slide-task/text", test_text);
  g_test_add_func ("/slide-task/bad-text", test_bad_text);
  g_test_add_func ("/slide-task/folder", test_folder);
  g_test_add_func ("/slide-task/no-folder", test_no_folder);
  return g_test_run ();
}
