/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Each output pixel is a weighted sum over a window of input pixels.  One axis
 * at a time: a Windows holds, for every output position, the first input, the
 * count and the fixed-point weights.  Rows are independent, so they are shared
 * out over the pool in fixed bands. */
#include "image/resize.h"

#include "base/error.h"
#include "base/pool.h"
#include "image/halve.h"

#include <math.h>
#include <string.h>

/* 8 bits of the sample and 2 of headroom for negative lobes leave 22. */
#define WEIGHT_BITS (32 - 8 - 2)
#define BAND_ROWS 32
#define SPAN_PIXELS 256

typedef struct {
  const char *name;
  SacFilter filter;
} FilterName;

static const FilterName filter_names[] = {
  {"bilinear-antialias", SAC_FILTER_BILINEAR},
  {"bilinear", SAC_FILTER_BILINEAR},
  {"bicubic-antialias", SAC_FILTER_BICUBIC},
  {"bicubic", SAC_FILTER_BICUBIC},
  {"nearest", SAC_FILTER_NEAREST},
  {"box", SAC_FILTER_BOX},
  {"lanczos", SAC_FILTER_LANCZOS},
};

static double
weigh_box (double x)
{
  return x > -0.5 && x <= 0.5 ? 1 : 0;
}

static double
weigh_bilinear (double x)
{
  x = fabs (x);
  return x < 1 ? 1 - x : 0;
}

/* Keys' cubic convolution with a = -1/2. */
static double
weigh_bicubic (double x)
{
  const double a = -0.5;

  x = fabs (x);
  if (x < 1)
    return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2)
    return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

static double
sinc (double x)
{
  if (x == 0)
    return 1;
  x *= G_PI;
  return sin (x) / x;
}

static double
weigh_lanczos (double x)
{
  return x >= -3 && x < 3 ? sinc (x) * sinc (x / 3) : 0;
}

typedef struct {
  double (*weigh) (double x);
  double support; /* half the width of the window, in output pixels */
} Kernel;

static const Kernel kernels[] = {
  [SAC_FILTER_BOX] = {weigh_box, 0.5},
  [SAC_FILTER_BILINEAR] = {weigh_bilinear, 1},
  [SAC_FILTER_BICUBIC] = {weigh_bicubic, 2},
  [SAC_FILTER_LANCZOS] = {weigh_lanczos, 3},
};

typedef struct {
  int stride;       /* weights kept for each position */
  int *first;       /* [count] */
  int *used;        /* [count] */
  int32_t *weights; /* [count][stride] */
} Windows;

static void
windows_finish (Windows *windows)
{
  g_free (windows->first);
  g_free (windows->used);
  g_free (windows->weights);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Windows, windows_finish)

static int32_t
to_fixed (double weight)
{
  double scaled = weight * (1 << WEIGHT_BITS);

  return (int32_t)(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
}

/* How the pixels of an axis map onto the outputs. */
typedef struct {
  const Kernel *kernel;
  double start, step; /* in input pixels */
  double scale;       /* widens the kernel when reducing; else 1 */
  int limit;          /* number of input pixels */
} Axis;

/* real has room for windows->stride values. */
static void
fill_window (Windows *windows, int position, const Axis *axis, double *real)
{
  double center = axis->start + (position + 0.5) * axis->step;
  double support = axis->kernel->support * axis->scale;
  int first = MAX (0, (int)(center - support + 0.5));
  int used = MIN (axis->limit, (int)(center + support + 0.5)) - first;
  double sum = 0;

  for (int i = 0; i < used; i++) {
    real[i] =
      axis->kernel->weigh ((i + first - center + 0.5) * (1 / axis->scale));
    sum += real[i];
  }
  for (int i = 0; i < used; i++)
    windows->weights[(size_t)position * windows->stride + i] =
      to_fixed (sum != 0 ? real[i] / sum : real[i]);
  windows->first[position] = first;
  windows->used[position] = MAX (0, used);
}

/* [start, start + length) of `limit` input pixels onto `count` outputs. */
static bool
windows_init (Windows *windows,
              double start,
              double length,
              int limit,
              int count,
              const Kernel *kernel)
{
  Axis axis = {kernel, start, length / count, MAX (length / count, 1), limit};
  int stride = (int)ceil (kernel->support * axis.scale) * 2 + 1;
  g_autofree double *real = g_try_new (double, stride);

  windows->stride = stride;
  windows->first = g_try_new (int, count);
  windows->used = g_try_new (int, count);
  windows->weights =
    g_try_malloc0_n ((size_t)count * (size_t)stride, sizeof (int32_t));
  if (real == NULL || windows->first == NULL || windows->used == NULL ||
      windows->weights == NULL)
    return false;
  for (int i = 0; i < count; i++)
    fill_window (windows, i, &axis, real);
  return true;
}

static inline unsigned
to_level (int32_t sum)
{
  return (unsigned)CLAMP (sum >> WEIGHT_BITS, 0, 255);
}

static void
resize_row (const uint32_t *in,
            uint32_t *out,
            int count,
            const Windows *windows)
{
  for (int i = 0; i < count; i++) {
    const uint32_t *pixels = in + windows->first[i];
    const int32_t *weights = windows->weights + (size_t)i * windows->stride;
    int used = windows->used[i];
    int32_t red = 1 << (WEIGHT_BITS - 1), green = red, blue = red;

    for (int k = 0; k < used; k++) {
      red += (int32_t)(pixels[k] >> 16 & 0xff) * weights[k];
      green += (int32_t)(pixels[k] >> 8 & 0xff) * weights[k];
      blue += (int32_t)(pixels[k] & 0xff) * weights[k];
    }
    out[i] = sac_pixel (to_level (red), to_level (green), to_level (blue));
  }
}

/* At most SPAN_PIXELS neighbours of one output row: sums stay in the cache and
 * the inner loop runs along the row. */
static void
resize_column_span (const uint32_t *in,
                    int in_stride,
                    const int32_t *weights,
                    int used,
                    uint32_t *out,
                    int count)
{
  int32_t red[SPAN_PIXELS], green[SPAN_PIXELS], blue[SPAN_PIXELS];

  for (int i = 0; i < count; i++)
    red[i] = green[i] = blue[i] = 1 << (WEIGHT_BITS - 1);
  for (int k = 0; k < used; k++) {
    const uint32_t *row = in + (size_t)k * in_stride;
    int32_t weight = weights[k];

    for (int i = 0; i < count; i++) {
      red[i] += (int32_t)(row[i] >> 16 & 0xff) * weight;
      green[i] += (int32_t)(row[i] >> 8 & 0xff) * weight;
      blue[i] += (int32_t)(row[i] & 0xff) * weight;
    }
  }
  for (int i = 0; i < count; i++)
    out[i] =
      sac_pixel (to_level (red[i]), to_level (green[i]), to_level (blue[i]));
}

typedef struct {
  const SacImage *in;
  int in_first_row; /* row of `in` that makes row 0 of `out` (along rows) */
  SacImage *out;
  const Windows *windows;
  const SacJob *job;
} Pass;

static void
run_along_rows (size_t band, void *data)
{
  const Pass *pass = data;
  int first = (int)band * BAND_ROWS;
  int end = MIN (first + BAND_ROWS, pass->out->height);

  if (sac_job_check (pass->job, NULL))
    for (int y = first; y < end; y++)
      resize_row (pass->in->pixels +
                    (size_t)(y + pass->in_first_row) * pass->in->width,
                  pass->out->pixels + (size_t)y * pass->out->width,
                  pass->out->width, pass->windows);
}

static void
run_along_columns (size_t band, void *data)
{
  const Pass *pass = data;
  int width = pass->out->width;
  int first = (int)band * BAND_ROWS;
  int end = MIN (first + BAND_ROWS, pass->out->height);

  if (!sac_job_check (pass->job, NULL))
    return;
  for (int y = first; y < end; y++)
    for (int x = 0; x < width; x += SPAN_PIXELS)
      resize_column_span (pass->in->pixels +
                            (size_t)(pass->windows->first[y] -
                                     pass->in_first_row) *
                              width +
                            x,
                          width,
                          pass->windows->weights +
                            (size_t)y * pass->windows->stride,
                          pass->windows->used[y],
                          pass->out->pixels + (size_t)y * width + x,
                          MIN (SPAN_PIXELS, width - x));
}

static bool
run_pass (SacPoolFunc func, Pass *pass, GError **error)
{
  sac_pool_run ((size_t)(pass->out->height + BAND_ROWS - 1) / BAND_ROWS, func,
                pass);
  return sac_job_check (pass->job, error);
}

/* Steps are added up, not multiplied, because Pillow's are: on exact halves
 * the two differ. */
static SacImage *
resize_nearest (const SacImage *image,
                const SacRect *box,
                SacImage *out,
                SacJob *job,
                GError **error)
{
  g_autofree int *columns = g_new (int, out->width);
  double step_x = box->width / out->width, step_y = box->height / out->height;
  double from_x = box->x + step_x * 0.5, from_y = box->y + step_y * 0.5;

  for (int x = 0; x < out->width; x++, from_x += step_x)
    columns[x] = CLAMP ((int)from_x, 0, image->width - 1);
  for (int y = 0; y < out->height; y++, from_y += step_y) {
    const uint32_t *in =
      image->pixels +
      (size_t)CLAMP ((int)from_y, 0, image->height - 1) * image->width;

    for (int x = 0; x < out->width; x++)
      out->pixels[(size_t)y * out->width + x] = in[columns[x]];
  }
  return sac_job_check (job, error) ? out : NULL;
}

/* Rows of the input that the columns' windows touch. */
static void
find_rows (const Windows *windows, int count, int *ret_first, int *ret_end)
{
  *ret_first = windows->first[0];
  *ret_end = windows->first[count - 1] + windows->used[count - 1];
}

typedef struct {
  const SacImage *in;
  const SacRect *box;
  SacImage *out;
  const SacJob *job;
} Halving;

static void
run_halving (size_t band, void *data)
{
  const Halving *halving = data;
  int first = (int)band * BAND_ROWS;

  if (sac_job_check (halving->job, NULL))
    sac_halve_rows (halving->in, halving->box, halving->out, first,
                    MIN (first + BAND_ROWS, halving->out->height));
}

static SacImage *
resize_to_half (const SacImage *image,
                const SacRect *box,
                SacImage *out,
                SacJob *job,
                GError **error)
{
  Halving halving = {image, box, out, job};

  sac_pool_run ((size_t)(out->height + BAND_ROWS - 1) / BAND_ROWS, run_halving,
                &halving);
  return sac_job_check (job, error) ? out : NULL;
}

static SacImage *
resize_windowed (const SacImage *image,
                 const SacRect *box,
                 SacImage *out,
                 const Kernel *kernel,
                 SacJob *job,
                 GError **error)
{
  g_auto (Windows) across = {0};
  g_auto (Windows) down = {0};
  int first_row, end_row;

  if (!windows_init (&across, box->x, box->width, image->width, out->width,
                     kernel) ||
      !windows_init (&down, box->y, box->height, image->height, out->height,
                     kernel)) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                 "there is not enough memory to resize an image of %d x %d "
                 "pixels to %d x %d",
                 image->width, image->height, out->width, out->height);
    return NULL;
  }
  find_rows (&down, out->height, &first_row, &end_row);

  /* An axis that keeps its size is not filtered at all. */
  bool same_columns =
    box->x == 0 && box->width == out->width && image->width == out->width;
  bool same_rows =
    box->y == 0 && box->height == out->height && image->height == out->height;
  g_autoptr (SacImage) half = NULL;
  const SacImage *middle = image;

  if (!same_columns) {
    Pass pass = {image, first_row, NULL, &across, job};

    if (same_rows)
      pass.out = out;
    else
      pass.out = half = sac_image_new (out->width, end_row - first_row, error);
    if (pass.out == NULL || !run_pass (run_along_rows, &pass, error))
      return NULL;
    middle = pass.out;
  }
  if (!same_rows) {
    Pass pass = {middle, same_columns ? 0 : first_row, out, &down, job};

    if (!run_pass (run_along_columns, &pass, error))
      return NULL;
  }
  if (same_columns && same_rows)
    memcpy (out->pixels, image->pixels, sac_image_get_bytes (image));
  return out;
}

bool
sac_filter_find (const char *name, SacFilter *ret_filter)
{
  for (size_t i = 0; i < G_N_ELEMENTS (filter_names); i++)
    if (g_str_equal (name, filter_names[i].name)) {
      *ret_filter = filter_names[i].filter;
      return true;
    }
  return false;
}

double
sac_filter_get_support (SacFilter filter)
{
  return filter == SAC_FILTER_NEAREST ? 0.5 : kernels[filter].support;
}

SacImage *
sac_resize (const SacImage *image,
            const SacRect *box,
            int width,
            int height,
            SacFilter filter,
            SacJob *job,
            GError **error)
{
  SacRect all = {0, 0, image->width, image->height};
  SacRect part = box != NULL ? sac_rect_intersect (box, &all) : all;

  if (sac_rect_is_empty (&part)) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "the region to resize lies outside the image of %d x %d "
                 "pixels",
                 image->width, image->height);
    return NULL;
  }

  g_autoptr (SacImage) out = sac_image_new (width, height, error);

  if (out == NULL || !sac_job_check (job, error))
    return NULL;
  if (image->icc != NULL)
    out->icc = g_bytes_ref (image->icc);

  SacImage *done =
    filter == SAC_FILTER_NEAREST
      ? resize_nearest (image, &part, out, job, error)
    : filter == SAC_FILTER_BOX && sac_halve_fits (image, &part, out)
      ? resize_to_half (image, &part, out, job, error)
      : resize_windowed (image, &part, out, &kernels[filter], job, error);

  return done != NULL ? g_steal_pointer (&out) : NULL;
}
