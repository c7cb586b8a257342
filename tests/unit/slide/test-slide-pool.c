/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Pooling models on slides: each number lies over the tile that it belongs to,
 * nothing depends on how the run came about, and what cannot be pooled is
 * refused. */
#include "base/error.h"
#include "probe.h"
#include "slide/slide-pool-report.h"
#include "support.h"

#include <math.h>
#include <string.h>

#define SLIDE "demo:slide:1600x1200,pattern=512"
#define SIDE 32

/* Its weight is a hundredth of a tile's mean red; two classes of its colours.
 */
#define POOL_RED                                                               \
  "opset 13\n"                                                                 \
  "input bag float ?,3\n"                                                      \
  "init red float 3,1 0.01 0 0\n"                                              \
  "init head float 2,3 0.01 -0.02 0.03 -0.01 0.02 0.01\n"                      \
  "init b float 2 0.5 -0.25\n"                                                 \
  "node _ MatMul bag,red -> s\n"                                               \
  "node _ Transpose s -> row perm=is:1,0\n"                                    \
  "node _ Softmax row -> a axis=i:1\n"                                         \
  "node _ MatMul a,bag -> z\n"                                                 \
  "node _ Gemm z,head,b -> logits transB=i:1\n"                                \
  "output logits float 1,2\n"

/* The same with a head that is not linear. */
#define POOL_CURVED                                                            \
  "opset 13\n"                                                                 \
  "input bag float ?,3\n"                                                      \
  "init red float 3,1 0.01 0 0\n"                                              \
  "node _ MatMul bag,red -> s\n"                                               \
  "node _ Transpose s -> row perm=is:1,0\n"                                    \
  "node _ Softmax row -> a axis=i:1\n"                                         \
  "node _ MatMul a,bag -> z\n"                                                 \
  "node _ Tanh z -> h\n"                                                       \
  "init head float 2,3 0.01 -0.02 0.03 -0.01 0.02 0.01\n"                      \
  "node _ Gemm h,head -> logits transB=i:1\n"                                  \
  "output logits float 1,2\n"

typedef struct {
  SacSource *source;
  SacModel *encoder, *pooling;
  char *folder;
} Stage;

static SacModel *
make_pooling (const char *network)
{
  return probe_model_new (&(ProbeParams){
    .id = "pool",
    .network = network,
    .manifest = "{\"id\": \"pool\", \"file\": \"model.onnx\", \"inputs\": "
                "[{\"role\": \"bag\"}]}",
  });
}

static void
stage_init (Stage *self, const char *slide, const char *network)
{
  g_autoptr (GError) error = NULL;

  *self = (Stage){
    .source = sac_source_open (slide, NULL, &error),
    .encoder =
      probe_model_new (&(ProbeParams){"mean", PROBE_MEAN, SIDE, 1.0, NULL}),
    .pooling = make_pooling (network),
    .folder = test_folder_new (),
  };
  g_assert_no_error (error);
}

static void
stage_finish (Stage *self)
{
  test_folder_remove (self->folder);
  sac_model_unref (self->encoder);
  sac_model_unref (self->pooling);
  sac_source_unref (self->source);
}

static SacSlideRun *
try_begin (const Stage *self,
           const char *name,
           const char *value,
           bool with_tiles,
           GError **error)
{
  g_autofree char *folder = g_build_filename (self->folder, name, NULL);
  SacModel *models[1] = {self->encoder};
  SacSlidePooling pooling = {self->pooling, self->encoder, value};
  SacSlideParams params = {
    .source = self->source,
    .models = models,
    .model_count = with_tiles ? 1 : 0,
    .poolings = &pooling,
    .pooling_count = 1,
    .folder = folder,
  };

  return sac_slide_run_new (&params, NULL, error);
}

static SacSlideRun *
begin (const Stage *self, const char *name, bool with_tiles)
{
  g_autoptr (GError) error = NULL;
  SacSlideRun *run = try_begin (self, name, NULL, with_tiles, &error);

  g_assert_no_error (error);
  return run;
}

static SacSlideBag *
pool (SacSlideRun *run)
{
  g_autoptr (GError) error = NULL;
  SacSlideBag *bag = sac_slide_run_pool (run, 0, NULL, &error);

  g_assert_no_error (error);
  return bag;
}

/* Attention before softmax is the red of the very tile, gaps are where tiles
 * could not be read, and evidence makes up the score. */
static void
test_places (void)
{
  Stage stage;

  stage_init (&stage, SLIDE ",faults=60", POOL_RED);

  g_autoptr (SacSlideRun) run = begin (&stage, "run", true);

  probe_run_go (run);

  g_autoptr (SacSlideBag) bag = pool (run);
  g_autoptr (SacMap) red = sac_slide_run_get_map (run, 0, 0);
  g_autoptr (SacMap) raw = sac_slide_bag_get_map (bag, run, 0, SAC_BAG_RAW, 0);
  g_autoptr (SacMap) times =
    sac_slide_bag_get_map (bag, run, 0, SAC_BAG_TIMES_N, 0);
  size_t gaps = 0;
  double mean = 0;

  g_assert_cmpint (raw->rows, ==, red->rows);
  for (int i = 0; i < red->rows * red->columns; i++) {
    gaps += isnan (red->values[i]);
    g_assert_true (isnan (raw->values[i]) == isnan (red->values[i]));
    if (isnan (red->values[i]))
      continue;
    g_assert_cmpfloat_with_epsilon (raw->values[i], 0.01 * red->values[i],
                                    1e-5);
    mean += times->values[i];
  }
  g_assert_cmpstr (json_object_get_string_member (raw->provenance,
                                                  "model_sha256"),
                   ==,
                   sac_network_get_sha256 (
                     sac_model_get_network (stage.pooling)));
  g_assert_cmpstr (json_object_get_string_member (raw->provenance,
                                                  "encoder_sha256"),
                   ==,
                   sac_network_get_sha256 (
                     sac_model_get_network (stage.encoder)));
  g_assert_cmpstr (json_object_get_string_member (raw->provenance, "model"), ==,
                   "pool");
  g_assert_cmpstr (json_object_get_string_member (raw->provenance, "encoder"),
                   ==, "mean");
  g_assert_cmpuint (gaps, >, 0);
  g_assert_cmpuint (gaps + bag->bag->count, ==,
                    sac_slide_run_get_list (run)->count);
  g_assert_cmpfloat_with_epsilon (mean / (double)bag->bag->count, 1, 1e-4);
  for (size_t c = 0; c < 2; c++) {
    g_autoptr (SacMap) evidence =
      sac_slide_bag_get_map (bag, run, 0, SAC_BAG_EVIDENCE, c);
    double sum = bag->bag->bias[c];

    for (int i = 0; i < red->rows * red->columns; i++)
      sum += isnan (evidence->values[i]) ? 0 : evidence->values[i];
    g_assert_cmpfloat_with_epsilon (sum, bag->bag->scores[c], 1e-4);
    g_assert_cmpfloat_with_epsilon (bag->bag->bias[c], c == 0 ? 0.5 : -0.25,
                                    1e-4);
    g_assert_true (evidence->class_specific);
  }
  stage_finish (&stage);
}

static void
stop_after_two (SacSlideRun *run, void *job)
{
  SacSlideProgress progress;

  sac_slide_run_get_progress (run, &progress);
  if (progress.run_count >= 64)
    sac_job_cancel (job);
}

/* Interrupted, begun elsewhere, and taken from the store alone. */
static void
test_resumed (void)
{
  g_autoptr (SacJob) job = sac_job_new (NULL);
  Stage stage;
  SacRect view = {1500, 1100, 10, 10};

  stage_init (&stage, SLIDE, POOL_RED);

  g_autoptr (SacSlideRun) whole = begin (&stage, "whole", false);
  g_autoptr (SacSlideRun) torn = begin (&stage, "torn", false);

  probe_run_go (whole);
  sac_slide_run_set_view (torn, &view);
  g_assert_false (sac_slide_run_go (torn, stop_after_two, job, job, NULL));
  g_clear_pointer (&torn, sac_slide_run_free);
  torn = begin (&stage, "torn", false);
  probe_run_go (torn);

  g_autoptr (SacSlideBag) left = pool (whole);
  g_autoptr (SacSlideBag) right = pool (torn);
  size_t size = left->bag->count * sizeof (float);

  g_assert_cmpmem (left->bag->attention, size, right->bag->attention, size);
  g_assert_cmpmem (left->bag->evidence, 2 * size, right->bag->evidence,
                   2 * size);
  g_assert_cmpmem (left->bag->scores, 8, right->bag->scores, 8);
  stage_finish (&stage);
}

/* A line a tile, a column for what there is; the summary sums up. */
static void
test_report (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  Stage stage;

  stage_init (&stage, SLIDE, POOL_RED);

  g_autoptr (SacSlideRun) run = begin (&stage, "run", false);
  g_autofree char *path = g_build_filename (stage.folder, "tiles.csv", NULL);

  probe_run_go (run);

  g_autoptr (SacSlideBag) bag = pool (run);

  g_assert_true (sac_slide_bag_write_csv (bag, run, path, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));

  g_auto (GStrv) lines = g_strsplit (g_strchomp (text), "\n", -1);
  g_autoptr (JsonObject) summary = sac_slide_bag_summarize (bag, run, 0, 3);
  JsonObject *first =
    json_array_get_object_element (json_object_get_array_member (summary,
                                                                 "classes"),
                                   0);

  g_assert_cmpstr (lines[0], ==,
                   "x,y,w,h,row,column,attention,times_n,raw,percentile,"
                   "evidence:0,evidence:1");
  g_assert_cmpuint (g_strv_length (lines), ==, bag->bag->count + 1);
  g_assert_cmpfloat_with_epsilon (
    json_object_get_double_member (first, "evidence_sum") +
      json_object_get_double_member (first, "bias"),
    json_object_get_double_member (first, "logit"), 1e-4);
  g_assert_cmpuint (json_array_get_length (
                      json_object_get_array_member (first, "top")),
                    ==, 3);
  g_assert_cmpstr (json_object_get_string_member (summary, "encoder"), ==,
                   "mean");
  stage_finish (&stage);
}

/* A head that is not linear has no evidence, and says why. */
static void
test_curved (void)
{
  Stage stage;

  stage_init (&stage, SLIDE, POOL_CURVED);

  g_autoptr (SacSlideRun) run = begin (&stage, "run", false);

  probe_run_go (run);

  g_autoptr (SacSlideBag) bag = pool (run);

  g_assert_null (bag->bag->evidence);
  g_assert_nonnull (bag->bag->no_evidence);
  g_assert_false (sac_slide_bag_has (bag, SAC_BAG_EVIDENCE));
  g_assert_true (sac_slide_bag_has (bag, SAC_BAG_RAW));
  stage_finish (&stage);
}

static void
test_refused (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *value = NULL;
  Stage stage;

  stage_init (&stage, SLIDE, POOL_RED);
  g_assert_null (try_begin (&stage, "a", "nowhere", false, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH, "nowhere");
  g_assert_null (try_begin (&stage, "b", "image", false, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH,
                     "not a row of numbers");
  g_assert_null (
    sac_bag_open_encoder (stage.pooling, NULL, &value, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH, "--encoder");
  sac_model_unref (stage.encoder);

  /* Two numbers where three are pooled. */
  stage.encoder =
    probe_model_new (&(ProbeParams){"two", PROBE_NETWORK, SIDE, 1.0, NULL});

  g_autoptr (SacSlideRun) run = begin (&stage, "c", false);

  probe_run_go (run);
  g_assert_null (sac_slide_run_pool (run, 0, NULL, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_MISMATCH, "takes 3 features");
  stage_finish (&stage);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/slide-pool/places", test_places);
  g_test_add_func ("/slide-pool/resumed", test_resumed);
  g_test_add_func ("/slide-pool/report", test_report);
  g_test_add_func ("/slide-pool/curved", test_curved);
  g_test_add_func ("/slide-pool/refused", test_refused);
  return g_test_run ();
}
