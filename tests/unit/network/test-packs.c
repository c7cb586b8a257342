/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Packing weights piece by piece from where they rest: the same bits as packing
 * them whole, and nothing half made when it is cancelled or reading fails. */
#include "network/packs.h"

#include "base/error.h"
#include "base/job.h"
#include "base/pages.h"
#include "base/pool.h"
#include "support.h"
#include "tensor/rest.h"

#include <string.h>

#define THREADS 2

/* Weights that are computed when they are read. */
typedef struct {
  size_t reads;  /* atomic */
  size_t last;   /* of the reads that go well; 0: all do */
  size_t cancel; /* the read that cancels the job; 0: none */
  SacJob *job;
} Source;

static float
get_weight (int64_t index)
{
  return (float)((index * 7919) % 10007) / 1024.0f - 4.0f;
}

static bool
bring (
  void *owner, int64_t first, int64_t count, void *elements, GError **error)
{
  Source *source = owner;
  size_t read = g_atomic_pointer_add (&source->reads, 1) + 1;

  if (source->cancel > 0 && read == source->cancel)
    sac_job_cancel (source->job);
  if (source->last > 0 && read > source->last) {
    g_set_error_literal (error, SAC_ERROR, SAC_ERROR_DAMAGED,
                         "the file was cut");
    return false;
  }
  for (int64_t i = 0; i < count; i++)
    ((float *)elements)[i] = get_weight (first + i);
  return true;
}

static const SacTensorSource computed = {bring, NULL};

static SacConvShape
make_shape (size_t channels, size_t filters, size_t kernel)
{
  return (SacConvShape){
    .images = 1,
    .channels = channels,
    .filters = filters,
    .height = 8,
    .width = 8,
    .out_height = 8,
    .out_width = 8,
    .kernel_height = kernel,
    .kernel_width = kernel,
    .stride_y = 1,
    .stride_x = 1,
    .dilation_y = 1,
    .dilation_x = 1,
    .pad_top = (ptrdiff_t)kernel / 2,
    .pad_left = (ptrdiff_t)kernel / 2,
    .groups = 1,
  };
}

static SacPackSpec
make_spec (SacConvAlgorithm algorithm,
           size_t channels,
           size_t filters,
           bool reversed,
           Source *source)
{
  int64_t kernel = algorithm == SAC_CONV_POINTWISE ? 1 : 3;
  /* Reversed, the convolution has the forward one's filters as channels. */
  const SacShape shape =
    sac_shape_of (reversed ? (int64_t)channels : (int64_t)filters,
                  reversed ? (int64_t)filters : (int64_t)channels, kernel,
                  kernel);

  return (SacPackSpec){
    .weights =
      sac_tensor_new_resting (SAC_TYPE_FLOAT, &shape, &computed, source),
    .algorithm = algorithm,
    .shape = make_shape (channels, filters, (size_t)kernel),
    .reversed = reversed,
    .step_y = 1,
    .step_x = 1,
  };
}

/* Factors of every filter, none of them 1. */
static float *
make_scale (size_t count)
{
  float *scale = g_new (float, count);

  for (size_t i = 0; i < count; i++)
    scale[i] = 0.5f + (float)(i % 13) / 16.0f;
  return scale;
}

/* Packs all weights at once from memory.  Free with sac_pages_free. */
static float *
pack_whole (const SacPackSpec *spec)
{
  const SacShape *shape = &spec->weights->shape;
  size_t count = (size_t)sac_shape_size (shape);
  size_t row = count / (size_t)shape->dims[0];
  g_autofree float *values = g_new (float, count);
  float *packed = sac_pages_new (
    sac_conv_packed_count (spec->algorithm, &spec->shape) * sizeof (float));

  for (size_t i = 0; i < count; i++) {
    float scale = spec->scale != NULL ? spec->scale[i / row] : 1;

    values[i] = get_weight ((int64_t)i) * scale;
  }
  sac_conv_pack (spec->algorithm, &spec->shape,
                 &(SacConvWeights){.values = values,
                                   .reversed = spec->reversed},
                 packed);
  return packed;
}

static void
check_pack (const SacPack *pack, const SacPackSpec *spec)
{
  size_t count = sac_conv_packed_count (spec->algorithm, &spec->shape);
  float *expected = pack_whole (spec);

  g_assert_cmpmem (sac_pack_get (pack), count * sizeof (float), expected,
                   count * sizeof (float));
  sac_pages_free (expected, count * sizeof (float));
}

/* Channels and filters with tails, and such that a matrix is cut along its
 * rows and columns, and that panels lie on several huge pages. */
static const struct {
  SacConvAlgorithm algorithm;
  size_t channels, filters;
  bool reversed;
} cases[] = {
  {SAC_CONV_POINTWISE, 37, 70, false},
  {SAC_CONV_POINTWISE, 37, 70, true},
  {SAC_CONV_POINTWISE, 8200, 100, false},
  {SAC_CONV_POINTWISE, 100, 8200, true},
  {SAC_CONV_POINTWISE, 1500, 1030, false},
  {SAC_CONV_DIRECT, 37, 70, false},
  {SAC_CONV_DIRECT, 37, 70, true},
  {SAC_CONV_WINOGRAD_2, 37, 70, false},
  {SAC_CONV_WINOGRAD_3, 37, 70, false},
  {SAC_CONV_WINOGRAD_4, 37, 70, false},
  {SAC_CONV_WINOGRAD_4, 37, 70, true},
  {SAC_CONV_WINOGRAD_4, 300, 130, false},
  {SAC_CONV_WINOGRAD_ROW, 37, 70, false},
  {SAC_CONV_WINOGRAD_ROW, 300, 130, false},
};

static void
test_bits (void)
{
  for (size_t i = 0; i < 2 * G_N_ELEMENTS (cases); i++) {
    Source source = {0};
    size_t filters = cases[i / 2].filters;
    SacPackSpec spec = make_spec (cases[i / 2].algorithm, cases[i / 2].channels,
                                  filters, cases[i / 2].reversed, &source);
    g_autoptr (SacTensor) weights = spec.weights;
    g_autofree float *scale = make_scale ((size_t)weights->shape.dims[0]);
    g_autoptr (SacPacks) packs = sac_packs_new ();
    g_autoptr (GError) error = NULL;

    spec.scale = i % 2 == 1 ? scale : NULL;

    SacPack *pack = sac_packs_find (packs, &spec);

    g_assert_true (sac_pack_make (pack, NULL, &error));
    g_assert_no_error (error);
    check_pack (pack, &spec);
  }
}

/* Small ones share memory with what is packed after them. */
static const struct {
  SacConvAlgorithm algorithm;
  size_t channels, filters, stop; /* stop: at this read */
} interrupted[] = {
  {SAC_CONV_POINTWISE, 300, 3000, 1}, {SAC_CONV_POINTWISE, 300, 3000, 40},
  {SAC_CONV_POINTWISE, 100, 300, 3},  {SAC_CONV_DIRECT, 256, 300, 4},
  {SAC_CONV_WINOGRAD_4, 256, 300, 4},
};

/* Another packing, with tails, gets the memory that was given back; then the
 * same one is made. */
static void
check_later (SacPacks *packs, SacPack *pack, const SacPackSpec *spec)
{
  Source source = {0};
  SacPackSpec other = make_spec (SAC_CONV_DIRECT, 3, 33, false, &source);
  g_autoptr (SacTensor) weights = other.weights;
  SacPack *second = sac_packs_find (packs, &other);

  g_assert_true (sac_pack_make (second, NULL, NULL));
  check_pack (second, &other);
  g_assert_true (sac_pack_make (pack, NULL, NULL));
  check_pack (pack, spec);
}

static void
test_cancel (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (interrupted); i++) {
    g_autoptr (SacJob) job = sac_job_new (NULL);
    Source source = {.cancel = interrupted[i].stop, .job = job};
    SacPackSpec spec =
      make_spec (interrupted[i].algorithm, interrupted[i].channels,
                 interrupted[i].filters, false, &source);
    g_autoptr (SacTensor) weights = spec.weights;
    g_autoptr (SacPacks) packs = sac_packs_new ();
    SacPack *pack = sac_packs_find (packs, &spec);
    g_autoptr (GError) error = NULL;

    g_assert_false (sac_pack_make (pack, job, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_null (sac_pack_get (pack));
    g_assert_cmpuint (sac_packs_get_bytes (packs), ==, 0);
    /* The other thread may have begun one more. */
    g_assert_cmpuint (source.reads, <=, interrupted[i].stop + THREADS - 1);
    check_later (packs, pack, &spec);
  }
}

static void
test_failure (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (interrupted); i++) {
    Source source = {.last = interrupted[i].stop};
    SacPackSpec spec =
      make_spec (interrupted[i].algorithm, interrupted[i].channels,
                 interrupted[i].filters, false, &source);
    g_autoptr (SacTensor) weights = spec.weights;
    g_autoptr (SacPacks) packs = sac_packs_new ();
    SacPack *pack = sac_packs_find (packs, &spec);
    g_autoptr (GError) error = NULL;

    g_assert_false (sac_pack_make (pack, NULL, &error));
    test_assert_error (&error, SAC_ERROR, SAC_ERROR_DAMAGED, "cut");
    g_assert_null (sac_pack_get (pack));
    g_assert_cmpuint (sac_packs_get_bytes (packs), ==, 0);
    source.last = 0;
    check_later (packs, pack, &spec);
  }
}

/* Rows that lie side by side, added up; cancelled, nothing is made. */
static void
test_sums (void)
{
  enum { RUN = 5, CHANNELS = 12, FILTERS = 40, COLUMNS = 64, PANEL = 32 };
  Source source = {0};
  SacPackSpec spec =
    make_spec (SAC_CONV_POINTWISE, RUN * CHANNELS, FILTERS, false, &source);
  g_autoptr (SacTensor) weights = spec.weights;
  g_autoptr (SacPacks) packs = sac_packs_new ();
  g_autoptr (SacJob) job = sac_job_new (NULL);
  g_autoptr (GError) error = NULL;

  spec.whole = sac_packs_find (packs, &spec);
  spec.sums = RUN;
  spec.shape.channels = CHANNELS;

  SacPack *pack = sac_packs_find (packs, &spec);

  g_assert_true (sac_pack_make (spec.whole, NULL, NULL));
  sac_job_cancel (job);
  g_assert_false (sac_pack_make (pack, job, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (sac_pack_get (pack));
  g_assert_true (sac_pack_make (pack, NULL, NULL));
  for (int64_t i = 0; i < COLUMNS * CHANNELS; i++) {
    int64_t column = i / CHANNELS, row = i % CHANNELS;
    float sum = 0; /* exact: whole 1024ths */

    for (int64_t k = 0; column < FILTERS && k < RUN; k++)
      sum += get_weight ((column * CHANNELS + row) * RUN + k);
    g_assert_cmpfloat (sac_pack_get (
                         pack)[(column / PANEL * CHANNELS + row) * PANEL +
                               column % PANEL],
                       ==, sum);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  sac_pool_set_threads (THREADS);
  g_test_add_func ("/packs/bits", test_bits);
  g_test_add_func ("/packs/cancel", test_cancel);
  g_test_add_func ("/packs/failure", test_failure);
  g_test_add_func ("/packs/sums", test_sums);
  return g_test_run ();
}
