/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Speed of the kernels by layer shapes of known networks, in GF/s of the direct
 * form's work by CPU time, with weights that no cache holds, beside the peak
 * measured in the same rounds.  Best of some rounds, since neighbours on the
 * machine only ever slow things down.
 *
 * bench-kernels [ROUNDS [PART-OF-A-NAME]] */
#define _GNU_SOURCE
#include "base/pool.h"
#include "compute/conv.h"
#include "compute/product.h"
#include "compute/variant.h"

#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#ifdef __x86_64__
#include <immintrin.h>
#endif

/* Weights are taken in turn from as much memory as this. */
#define COLD_BYTES ((size_t)160 << 20)

static double
cpu_seconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static float *
pages_new (size_t count)
{
  size_t bytes = (count * sizeof (float) + (2u << 20) - 1) >> 21 << 21;
  float *pages = g_aligned_alloc (1, bytes, 2u << 20);

  madvise (pages, bytes, MADV_HUGEPAGE);
  for (size_t i = 0; i < count; i++)
    pages[i] = (float)(i * 2654435761u % 1024) / 1024 - 0.5f;
  return pages;
}

#ifdef __x86_64__
#define PEAK(name, isa, type, width, set, fma)                                 \
  __attribute__ ((target (isa))) static double name (void)                     \
  {                                                                            \
    enum { CHAINS = 12, STEPS = 200000 };                                      \
    type sums[CHAINS], x = set (0.999f), y = set (1e-4f);                      \
    for (int i = 0; i < CHAINS; i++)                                           \
      sums[i] = set ((float)i);                                                \
    double start = cpu_seconds ();                                             \
    for (int step = 0; step < STEPS; step++) {                                 \
      _Pragma ("GCC unroll 12") for (int i = 0; i < CHAINS; i++) sums[i] =     \
        fma (sums[i], x, y);                                                   \
    }                                                                          \
    double seconds = cpu_seconds () - start;                                   \
    type all = sums[0];                                                        \
    for (int i = 1; i < CHAINS; i++)                                           \
      all += sums[i];                                                          \
    volatile float kept = all[0];                                              \
    (void)kept;                                                                \
    return 2e-9 * STEPS * CHAINS * width / seconds;                            \
  }
PEAK (peak_16, "avx512f", __m512, 16, _mm512_set1_ps, _mm512_fmadd_ps)
PEAK (peak_8, "avx2,fma", __m256, 8, _mm256_set1_ps, _mm256_fmadd_ps)
#endif

/* Of float32, which AMX's products are more than. */
static double
peak (void)
{
#ifdef __x86_64__
  if (sac_compute_get_variant () >= SAC_VARIANT_AVX512)
    return peak_16 ();
  if (sac_compute_get_variant () == SAC_VARIANT_AVX2)
    return peak_8 ();
#endif
  return 0;
}

typedef struct {
  const char *name;
  SacConvAlgorithm algorithm;
  size_t channels, filters, size, kernel, stride, groups, images;
  SacFunction function;
} Layer;

static const Layer layers[] = {
#include "list.h"
};

/* Linear layers on plain tokens. */
static const struct {
  const char *name;
  size_t rows, depth, columns;
  SacFunction function;
} products[] = {
  {"vit qkv", 197, 768, 2304, SAC_FUNCTION_NONE},
  {"vit projection", 197, 768, 768, SAC_FUNCTION_NONE},
  {"vit mlp up", 197, 768, 3072, SAC_FUNCTION_GELU},
  {"vit mlp down", 197, 3072, 768, SAC_FUNCTION_NONE},
  {"swin 96-288", 3136, 96, 288, SAC_FUNCTION_NONE},
  {"swin 384-1536", 196, 384, 1536, SAC_FUNCTION_GELU},
  {"vgg fc1", 1, 25088, 4096, SAC_FUNCTION_RELU},
  {"resnet fc", 1, 2048, 1000, SAC_FUNCTION_NONE},
};

static SacConvShape
shape_of (const Layer *layer)
{
  size_t pad = layer->kernel == layer->stride ? 0 : layer->kernel / 2;
  size_t out = (layer->size + 2 * pad - layer->kernel) / layer->stride + 1;

  return (SacConvShape){
    .images = layer->images,
    .channels = layer->channels,
    .filters = layer->filters,
    .height = layer->size,
    .width = layer->size,
    .out_height = out,
    .out_width = out,
    .kernel_height = layer->kernel,
    .kernel_width = layer->kernel,
    .stride_y = layer->stride,
    .stride_x = layer->stride,
    .dilation_y = 1,
    .dilation_x = 1,
    .pad_top = (ptrdiff_t)pad,
    .pad_left = (ptrdiff_t)pad,
    .groups = layer->groups,
  };
}

static double
work_of (const SacConvShape *s)
{
  return 2.0 * (double)sac_conv_out_pixels (s) * (double)s->filters *
         (double)(s->channels / s->groups) *
         (double)(s->kernel_height * s->kernel_width);
}

static double
best_peak (void)
{
  double best = 0;

  for (int i = 0; i < 5; i++)
    best = MAX (best, peak ());
  return best;
}

static void
print (
  const char *name, const char *how, double seconds, double work, double top)
{
  double speed = work / seconds * 1e-9;

  printf ("%-34s %-10s %9.3f ms %7.1f GF/s  peak %5.1f  %4.0f %%\n", name, how,
          seconds * 1e3, speed, top, top > 0 ? 100 * speed / top : 0);
}

static void
report_product (size_t index, float *cold, size_t rounds)
{
  size_t rows = products[index].rows, depth = products[index].depth;
  size_t columns = products[index].columns;
  size_t count = sac_product_packed_count (depth, columns);
  size_t places = MAX (1, COLD_BYTES / sizeof (float) / count);
  /* One product may be larger than the cold memory. */
  float *own = count > COLD_BYTES / sizeof (float) ? pages_new (count) : NULL;
  float *a = pages_new (rows * depth), *c = pages_new (rows * columns);
  double top = best_peak (), best = G_MAXDOUBLE;
  SacProduct product = {rows,
                        depth,
                        columns,
                        sac_rows_plain (a, depth),
                        NULL,
                        sac_rows_plain (c, columns),
                        {.first = products[index].function}};

  for (size_t round = 0; round < rounds; round++) {
    product.packed = own != NULL ? own : cold + round % places * count;
    double start = cpu_seconds ();

    sac_product_run (&product, NULL);
    best = MIN (best, cpu_seconds () - start);
  }
  print (products[index].name, "product", best,
         2.0 * (double)rows * (double)depth * (double)columns, top);
  g_aligned_free (a);
  g_aligned_free (c);
  g_aligned_free (own);
}

/* Best time of one run, each with other weights. */
static double
measure (SacConv *conv, const float *cold, size_t rounds)
{
  size_t count = sac_conv_packed_count (conv->algorithm, &conv->shape);
  size_t places = MAX (1, COLD_BYTES / sizeof (float) / count);
  size_t step = (count + 15) / 16 * 16;
  double best = G_MAXDOUBLE;

  for (size_t round = 0; round < rounds; round++) {
    size_t place = round % places;

    conv->packed =
      cold + (place * step + step > COLD_BYTES / 4 ? 0 : place * step);
    double start = cpu_seconds ();

    sac_conv_run (conv, NULL);
    best = MIN (best, cpu_seconds () - start);
  }
  return best;
}

static void
report (const Layer *layer, const float *cold, size_t rounds)
{
  SacConvShape shape = shape_of (layer);
  float *x = pages_new (sac_conv_in_count (&shape));
  float *y = pages_new (sac_conv_out_count (&shape));
  float *bias = pages_new (layer->filters);
  SacConv conv = {shape, layer->algorithm,
                  x,     NULL,
                  y,     {.bias = bias, .last = layer->function}};
  double top = best_peak ();
  double seconds = measure (&conv, cold, rounds);

  print (layer->name, sac_conv_algorithm_name (layer->algorithm), seconds,
         work_of (&shape), top);
  g_aligned_free (x);
  g_aligned_free (y);
  g_aligned_free (bias);
}

int
main (int argc, char **argv)
{
  size_t rounds = argc > 1 ? (size_t)g_ascii_strtoull (argv[1], NULL, 10) : 20;
  const char *wanted = argc > 2 ? argv[2] : "";
  float *cold = pages_new (COLD_BYTES / sizeof (float));

  sac_pool_set_threads (1);
  printf ("%s, one thread, %zu rounds\n",
          sac_compute_variant_name (sac_compute_get_variant ()), rounds);
  for (size_t i = 0; i < G_N_ELEMENTS (layers); i++) {
    if (strstr (layers[i].name, wanted) != NULL)
      report (&layers[i], cold, rounds);
  }
  for (size_t i = 0; i < G_N_ELEMENTS (products); i++) {
    if (strstr (products[i].name, wanted) != NULL)
      report_product (i, cold, rounds);
  }
  g_aligned_free (cold);
  return 0;
}
