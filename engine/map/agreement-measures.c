/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/agreement-measures.h"

#include "base/wide.h"
#include "map/agreement-ssim.h"
#include "map/correlation.h"
#include "map/logarithm.h"
#include "map/transport.h"

#include <glib.h>
#include <math.h>

#define N_(text) text

G_STATIC_ASSERT (AGREEMENT_HEAPS <= SAC_TRANSPORT_PLACES_MAX);

/* Why a number is not defined. */
static const char not_finite[] = N_ ("a map has cells that are no numbers");
static const char constant[] = N_ ("a map is the same everywhere");
static const char all_zero[] = N_ ("a map is zero everywhere");
static const char no_positive[] = N_ ("a map has nothing above zero");
static const char too_small[] = N_ ("the grid has no 3 × 3 cells that count");

/* NaN where what varies is lost in rounding. */
static double
correlate (const double *a,
           const double *b,
           size_t count,
           double deviation_a,
           double deviation_b)
{
  if (!(deviation_a > 0 && deviation_b > 0))
    return NAN;
  return CLAMP (sac_dot (a, b, count) / (deviation_a * deviation_b), -1, 1);
}

static double
measure_pearson (const SacAgreementPair *pair)
{
  return correlate (pair->a->centred, pair->b->centred, pair->a->count,
                    pair->a->deviation, pair->b->deviation);
}

static double
measure_spearman (const SacAgreementPair *pair)
{
  return correlate (pair->a->ranks, pair->b->ranks, pair->a->count,
                    pair->a->rank_deviation, pair->b->rank_deviation);
}

static double
measure_kendall (const SacAgreementPair *pair)
{
  return sac_order_kendall (&pair->a->order, &pair->b->order, pair->b->room);
}

static double
measure_cosine (const SacAgreementPair *pair)
{
  const AgreementSide *a = pair->a, *b = pair->b;
  double sum = sac_dot (a->centred, b->centred, a->count) +
               (double)a->count * a->mean * b->mean;

  return CLAMP (sum / (a->norm * b->norm), -1, 1);
}

/* Cells whose part of a sum is worked out together, and sums side by side that
 * do not wait for each other. */
#define CELLS 64
#define SUMS 8

/* Counted as bits, which vectors do at once. */
typedef struct {
  uint32_t above, at_a, at_b, at_both;
} TopCounts;

static SAC_WIDE TopCounts
count_top (const AgreementSide *a, const AgreementSide *b, int which)
{
  const uint32_t *levels_a = a->order.codes, *levels_b = b->order.codes;
  uint32_t border_a = a->tops[which].border, border_b = b->tops[which].border;
  TopCounts counts = {0};

  for (size_t i = 0; i < a->count; i++) {
    uint32_t above_a = levels_a[i] > border_a, is_a = levels_a[i] == border_a;
    uint32_t above_b = levels_b[i] > border_b, is_b = levels_b[i] == border_b;

    counts.above += above_a & above_b;
    counts.at_a += is_a & above_b;
    counts.at_b += above_a & is_b;
    counts.at_both += is_a & is_b;
  }
  return counts;
}

/* Both tops hold the same number of cells: what either has follows from what
 * both have. */
static double
measure_top (const SacAgreementPair *pair, int which)
{
  const AgreementTop *a = &pair->a->tops[which], *b = &pair->b->tops[which];
  TopCounts counts = count_top (pair->a, pair->b, which);
  double both = counts.above + counts.at_a * a->share + counts.at_b * b->share +
                counts.at_both * fmin (a->share, b->share);

  return both / (a->cells + b->cells - both);
}

static double
measure_top5 (const SacAgreementPair *pair)
{
  return measure_top (pair, 0);
}

static double
measure_top10 (const SacAgreementPair *pair)
{
  return measure_top (pair, 1);
}

static double
measure_top20 (const SacAgreementPair *pair)
{
  return measure_top (pair, 2);
}

static SAC_WIDE double
measure_shared_mass (const SacAgreementPair *pair)
{
  const double *a = pair->a->masses, *b = pair->b->masses;
  size_t count = pair->a->count, whole = count - count % SUMS;
  double sums[SUMS] = {0}, sum = 0;

  for (size_t i = 0; i < whole; i += SUMS) {
    for (size_t k = 0; k < SUMS; k++)
      sums[k] += a[i + k] < b[i + k] ? a[i + k] : b[i + k];
  }
  for (size_t i = whole; i < count; i++)
    sum += a[i] < b[i] ? a[i] : b[i];
  for (size_t k = 0; k < SUMS; k++)
    sum += sums[k];
  return CLAMP (sum, 0, 1);
}

/* Of one cell; 1 stands for what has no logarithm. */
static inline double
shared_term (double a, double b, double term_a, double term_b)
{
  double sum = a + b;
  bool is_shared = a > 0 && b > 0;
  double term = sum * sac_log (is_shared ? sum : 1) - term_a - term_b;

  return is_shared ? term : 0;
}

static SAC_WIDE double
add_shared (const AgreementSide *a, const AgreementSide *b)
{
  double sum = 0;

  for (size_t first = 0; first < a->count; first += CELLS) {
    size_t count = MIN (CELLS, a->count - first);
    double terms[CELLS] = {0}, sums[SUMS] = {0};

    for (size_t i = 0; i < count; i++)
      terms[i] = shared_term (a->masses[first + i], b->masses[first + i],
                              a->terms[first + i], b->terms[first + i]);
    for (size_t i = 0; i < CELLS; i += SUMS) {
      for (size_t k = 0; k < SUMS; k++)
        sums[k] += terms[i + k];
    }
    for (size_t k = 0; k < SUMS; k++)
      sum += sums[k];
  }
  return sum;
}

/* The entropy of the mean of both, less the mean of their entropies.  Cells
 * that only one has add a half of their mass times log 2 each; all would add
 * log 2, and those that both have take from it. */
static double
measure_jensen_shannon (const SacAgreementPair *pair)
{
  return CLAMP (G_LN2 - add_shared (pair->a, pair->b) / 2, 0, G_LN2);
}

static double
measure_earth_mover (const SacAgreementPair *pair)
{
  const AgreementGrid *grid = pair->a->grid;
  int count = grid->heap_rows * grid->heap_columns;

  return sac_transport_cost (pair->a->heaps, pair->b->heaps, grid->distances,
                             (size_t)count);
}

static double
measure_centre_distance (const SacAgreementPair *pair)
{
  return agreement_grid_measure (pair->a->grid, pair->a->row - pair->b->row,
                                 pair->a->column - pair->b->column);
}

static const char *
need_variation (const SacAgreementPair *pair)
{
  return pair->a->is_constant || pair->b->is_constant ? constant : NULL;
}

static const char *
need_size (const SacAgreementPair *pair)
{
  return pair->a->norm > 0 && pair->b->norm > 0 ? NULL : all_zero;
}

static const char *
need_mass (const SacAgreementPair *pair)
{
  return pair->a->masses != NULL && pair->b->masses != NULL ? NULL
                                                            : no_positive;
}

static const char *
need_windows (const SacAgreementPair *pair)
{
  const char *reason = need_size (pair);

  if (reason == NULL)
    reason = need_variation (pair);
  if (reason == NULL && isnan (agreement_ssim (pair->a, pair->b)))
    reason = too_small;
  return reason;
}

static double
measure_ssim (const SacAgreementPair *pair)
{
  return agreement_ssim (pair->a, pair->b);
}

static const SacAgreementMeasure measures[SAC_AGREEMENT_KIND_COUNT] = {
  [SAC_AGREEMENT_PEARSON] =
    {"pearson", N_ ("Pearson correlation"),
     N_ ("Of the values themselves: 1 when one map is the other scaled, 0 "
         "without a linear relation.  A few large cells can decide it."),
     false, need_variation, measure_pearson},
  [SAC_AGREEMENT_SPEARMAN] =
    {"spearman", N_ ("Spearman correlation"),
     N_ ("Of the ranks: 1 when both maps put all cells into the same order, 0 "
         "when the orders have nothing to do with each other, −1 when they are "
         "opposite."),
     false, need_variation, measure_spearman},
  [SAC_AGREEMENT_KENDALL] =
    {"kendall", N_ ("Kendall tau-b"),
     N_ ("Of all pairs of cells, those that both maps put in "
         "the same order less those that they put in opposite orders; ties "
         "allowed for.  1 is the same order, −1 the opposite one."),
     false, need_variation, measure_kendall},
  [SAC_AGREEMENT_COSINE] =
    {"cosine", N_ ("Cosine"),
     N_ ("Cosine of the angle between the maps as vectors: 1 when one map is "
         "the other scaled.  Unlike correlation it counts from zero, so maps "
         "that are nowhere negative start well above 0."),
     false, need_size, measure_cosine},
  [SAC_AGREEMENT_SSIM] =
    {"ssim", N_ ("Structural similarity"),
     N_ ("SSIM in windows of 3 to 7 cells, a third of the shorter side: level, "
         "contrast and pattern around each cell.  Each map is divided by its "
         "largest magnitude first; K1 is 0.01, K2 0.03, of the range of both."),
     false, need_windows, measure_ssim},
  [SAC_AGREEMENT_TOP5_IOU] =
    {"top5_iou", N_ ("Overlap of the top 5 %"),
     N_ ("Of the cells in the top 5 %: the share that both maps have, "
         "1 when they are the same cells.  By chance it is about 0.03."),
     false, need_variation, measure_top5},
  [SAC_AGREEMENT_TOP10_IOU] =
    {"top10_iou", N_ ("Overlap of the top 10 %"),
     N_ ("Of the cells in the top 10 %: the share that both maps have, "
         "1 when they are the same cells.  By chance it is about 0.05."),
     false, need_variation, measure_top10},
  [SAC_AGREEMENT_TOP20_IOU] =
    {"top20_iou", N_ ("Overlap of the top 20 %"),
     N_ ("Of the cells in the top 20 %: the share that both maps have, "
         "1 when they are the same cells.  By chance it is about 0.11."),
     false, need_variation, measure_top20},
  [SAC_AGREEMENT_SHARED_MASS] =
    {"shared_mass", N_ ("Shared mass"),
     N_ ("Of the positive parts of the maps as distributions, what lies in the "
         "same cells: 1 when they are the same, 0 when they do not overlap."),
     false, need_mass, measure_shared_mass},
  [SAC_AGREEMENT_JENSEN_SHANNON] =
    {"jensen_shannon", N_ ("Jensen–Shannon divergence"),
     N_ ("Divergence of the positive parts of the maps as distributions, in "
         "nats: 0 when they are the same, 0.69 when they do not overlap."),
     true, need_mass, measure_jensen_shannon},
  [SAC_AGREEMENT_EARTH_MOVER] =
    {"earth_mover", N_ ("Earth mover's distance"),
     N_ ("How far the positive part of one map must be carried, at the least, "
         "to become that of the other, as a share of the diagonal.  Grids "
         "beyond 8 × 8 are gathered onto 6 × 6 places first."),
     true, need_mass, measure_earth_mover},
  [SAC_AGREEMENT_CENTRE_DISTANCE] =
    {"centre_distance", N_ ("Distance of the centres"),
     N_ ("Between the centres of mass of the positive parts, as a share of the "
         "diagonal."),
     true, need_mass, measure_centre_distance},
};

const SacAgreementMeasure *
sac_agreement_measures_get_all (void)
{
  return measures;
}

const char *
agreement_explain_undefined (SacAgreementKind kind,
                             const SacAgreementPair *pair)
{
  if (!pair->a->is_finite || !pair->b->is_finite)
    return not_finite;
  return measures[kind].explain_undefined (pair);
}

double
agreement_measure (SacAgreementKind kind, const SacAgreementPair *pair)
{
  return measures[kind].measure (pair);
}
