/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* FullGrad (Srinivas and Fleuret, NeurIPS 2019): the score of a network of
 * linear and piecewise linear parts is the sum of its input times the gradient
 * and of every bias times the gradient where it is added,
 *
 *   f (x) = sum x df/dx + sum_l sum b_l df/db_l.
 *
 * `paper` shows, as the paper does, magnitudes, each layer's brought to 0 .. 1,
 * summed over channels and layers on the pixels of the input; `signed` shows
 * the sum itself, each cell's part spread evenly over its pixels, so that all
 * pixels and what has no place add up to the score. */
#include "base/json.h"
#include "explain/bias-terms.h"
#include "explain/cam-layout.h"
#include "explain/image-input.h"
#include "explain/list.h"
#include "explain/provenance.h"
#include "map/resample.h"

#include <math.h>
#include <string.h>

static const char *const form_names[] = {"paper", "signed", NULL};
static const char *const form_labels[] = {N_ ("Magnitudes, as in the paper"),
                                          N_ ("Values with signs"), NULL};

enum { FORM_PAPER, FORM_SIGNED };

static const SacMethodParam params[] = {
  {.name = "form",
   .label = N_ ("What is summed: magnitudes, each layer scaled to 0 to 1, or "
                "values with signs, which add up to the score"),
   .fallback = "paper",
   .kind = SAC_PARAM_CHOICE,
   .choices = form_names,
   .choice_labels = form_labels},
  {NULL},
};

/* Beyond this share of the score something else than biases adds to it. */
#define INCOMPLETE 0.01

/* What the authors add to a layer's largest magnitude. */
#define EPSILON 1e-6

typedef struct {
  SacExplainRun *run;
  SacImageInput image;
  SacFlow *flow; /* of the image */
  GArray *terms; /* of SacBiasTerm */
  int form;
  double *pixels;                 /* the map so far */
  double input, biases, unplaced; /* parts of the score */
} Work;

static void
work_clear (Work *work)
{
  g_free (work->pixels);
  g_clear_pointer (&work->terms, g_array_unref);
  sac_flow_free (work->flow);
  sac_explain_run_free (work->run);
}

static double
sum_of (const float *values, int64_t count)
{
  double sum = 0;

  for (int64_t i = 0; i < count; i++)
    sum += values[i];
  return sum;
}

/* One number a cell from terms of channels x cells. */
static void
join (const Work *work,
      const float *terms,
      const SacCamStrides *strides,
      int64_t channels,
      int64_t cells,
      float *ret)
{
  double low = INFINITY, high = -INFINITY;

  for (int64_t k = 0; k < channels; k++) {
    for (int64_t i = 0; i < cells; i++) {
      double size =
        fabs (terms[strides->start + k * strides->channel + i * strides->cell]);

      low = fmin (low, size);
      high = fmax (high, size);
    }
  }
  for (int64_t i = 0; i < cells; i++) {
    double sum = 0;

    for (int64_t k = 0; k < channels; k++) {
      double term =
        terms[strides->start + k * strides->channel + i * strides->cell];

      sum += work->form == FORM_SIGNED
               ? term
               : (fabs (term) - low) / (high - low + EPSILON);
    }
    ret[i] = (float)sum;
  }
}

/* Adds a grid of cells to the pixels. */
static void
spread (Work *work, const float *cells, int rows, int columns)
{
  const SacImageInput *image = &work->image;
  int64_t pixels = (int64_t)image->height * image->width;
  g_autofree float *wide = g_new (float, pixels);
  double share =
    work->form == FORM_SIGNED ? (double)rows * columns / pixels : 1;

  if (work->form == FORM_SIGNED)
    sac_resample_area (cells, rows, columns, wide, image->height, image->width);
  else
    sac_resample_bilinear (cells, rows, columns, wide, image->height,
                           image->width);
  for (int64_t i = 0; i < pixels; i++)
    work->pixels[i] += share * wide[i];
}

static void
add_input (Work *work)
{
  const SacImageInput *image = &work->image;
  const float *gradient = sac_image_input_gradient (work->run, image);
  g_autofree float *terms = g_new (float, image->count);
  int64_t pixels = (int64_t)image->height * image->width;
  g_autofree float *cells = g_new (float, pixels);
  SacCamStrides strides = {.channel = image->channel_stride,
                           .cell = image->pixel_stride};

  for (int64_t i = 0; i < image->count; i++)
    terms[i] = image->values[i] * gradient[i];
  work->input = sum_of (terms, image->count);
  join (work, terms, &strides, image->channels, pixels, cells);
  for (int64_t i = 0; i < pixels; i++)
    work->pixels[i] += cells[i];
}

/* Other inputs have no place on this one. */
static void
add_others (Work *work)
{
  const SacExplainRun *run = work->run;

  for (size_t i = 0; i < run->graph->input_count; i++) {
    const SacTensor *gradient =
      i != run->request->input
        ? sac_explain_run_gradient (run, run->graph->inputs[i])
        : NULL;
    const SacTensor *given = run->request->inputs[i];

    for (int64_t k = 0; gradient != NULL && k < sac_tensor_get_count (given);
         k++)
      work->unplaced +=
        (double)sac_tensor_f32 (given)[k] * sac_tensor_f32 (gradient)[k];
  }
}

static void
add_bias (Work *work, const SacBiasTerm *term)
{
  const SacExplainRequest *request = work->run->request;
  const SacTensor *gradient = sac_explain_run_gradient (work->run, term->value);
  int64_t count = sac_tensor_get_count (gradient);
  g_autofree float *terms = g_new (float, MAX (count, 1));
  SacCamTarget target;
  SacCamStrides strides;
  double sum;

  sac_bias_term_multiply (term, gradient, terms);
  sum = sum_of (terms, count);
  work->biases += sum;
  if (!sac_cam_layout_infer (work->flow, term->value, &target)) {
    work->unplaced += sum;
    return;
  }
  sac_cam_layout_strides (&target, &gradient->shape,
                          sac_flow_sample (work->flow, request->input,
                                           request->batch),
                          &strides);

  int64_t cells = (int64_t)target.rows * target.columns;
  g_autofree float *joined = g_new (float, cells);

  join (work, terms, &strides, target.channels, cells, joined);
  if (work->form == FORM_SIGNED)
    work->unplaced += sum - sum_of (joined, cells);
  spread (work, joined, target.rows, target.columns);
}

/* One pass with the gradients of all inputs and values with a bias. */
static bool
pass (Work *work, SacJob *job, GError **error)
{
  const SacGraph *graph = work->run->graph;
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (int));

  for (size_t i = 0; i < graph->input_count; i++) {
    const SacTensor *given = work->run->request->inputs[i];

    if (i == work->run->request->input ||
        sac_tensor_get_kind (given) == SAC_KIND_F32)
      g_array_append_val (values, graph->inputs[i]);
  }
  for (guint i = 0; i < work->terms->len; i++)
    g_array_append_val (values,
                        g_array_index (work->terms, SacBiasTerm, i).value);
  return sac_explain_run_pass (work->run,
                               &(SacExplainPass){
                                 .values =
                                   (const int *)(const void *)values->data,
                                 .count = values->len,
                                 .gradients = true,
                               },
                               job, error);
}

static SacMap *
make_map (const Work *work)
{
  const SacExplainRun *run = work->run;
  int64_t pixels = (int64_t)work->image.height * work->image.width;
  float *cells = g_new (float, pixels);
  double sum = work->input + work->biases;
  SacMap *map;

  for (int64_t i = 0; i < pixels; i++)
    cells[i] = (float)work->pixels[i];
  map = sac_image_input_map (run, &work->image, cells,
                             work->form == FORM_SIGNED ? N_ ("logit")
                                                       : N_ ("relevance"));
  sac_provenance_add_score (map->provenance, run);
  json_object_set_int_member (map->provenance, "biases", work->terms->len);
  sac_json_set_number (map->provenance, "input_term", work->input);
  sac_json_set_number (map->provenance, "bias_terms", work->biases);
  sac_json_set_number (map->provenance, "without_place", work->unplaced);
  sac_json_set_number (map->provenance, "sum", sum);
  sac_json_set_number (map->provenance, "score_change", run->value);
  if (fabs (sum - run->value) > INCOMPLETE * fabs (run->value))
    sac_provenance_add_note (
      map->provenance,
      N_ ("Input and biases together miss the score by more than a hundredth: "
          "this network has parts that are not piecewise linear, of which "
          "FullGrad says nothing."));
  return map;
}

static SacMap *
make (const SacExplainRequest *request, SacJob *job, GError **error)
{
  Work work = {.form = sac_param_get_choice (request, &params[0])};
  SacMap *map = NULL;

  work.run = sac_explain_run_new (request, job, error);
  if (work.run == NULL)
    return NULL;
  if (sac_image_input_find (work.run, &work.image, error))
    work.terms = sac_bias_terms_find (work.run, error);
  if (work.terms != NULL && pass (&work, job, error)) {
    work.flow =
      sac_flow_new (work.run->plan, work.run->network, (int)request->input);
    work.pixels = g_new0 (double, (int64_t)work.image.height *work.image.width);
    add_input (&work);
    add_others (&work);
    for (guint i = 0; i < work.terms->len; i++)
      add_bias (&work, &g_array_index (work.terms, SacBiasTerm, i));
    map = make_map (&work);
  }
  work_clear (&work);
  return map;
}

const SacMethod sac_method_fullgrad = {
  .name = "fullgrad",
  .label = N_ ("FullGrad"),
  .summary = N_ ("The input's and every bias's share of the class score, from "
                 "all layers at once."),
  .source = "Srinivas and Fleuret, NeurIPS 2019",
  .family = SAC_METHOD_CAM,
  .class_specific = true,
  .needs_gradient = true,
  .params = params,
  .make = make,
};
