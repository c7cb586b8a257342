/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map/mask-meter.h"

#include "base/pool.h"

#include <math.h>

/* Cells as they lie in memory, in so many parts that depend on nothing but how
 * many there are. */
#define PART_CELLS (1 << 15)
#define PARTS_MOST 8

/* Neighbours often lie in the same bin, and in the same quantile nearly always:
 * sums side by side do not wait for each other. */
#define BIN_LANES 2
#define QUANTILE_LANES 8

typedef struct {
  double seen[MASK_BINS_MOST][BIN_LANES]; /* of the mask */
  double energy[SAC_MASK_HEAT_STEPS][QUANTILE_LANES];
  double mass, inside, ranks, in_any;
} PartSums;

typedef struct {
  const SacMaskMeter *meter;
  const float *mask, *any;
  size_t count; /* of parts */
  PartSums *sums;
} Parts;

static void
add_inside (const SacMaskMeter *meter, size_t i, double share, PartSums *sums)
{
  uint16_t bin = meter->bins[i];

  if (bin == MASK_BIN_NONE)
    return;

  float value = meter->map->values[i];
  double shown = sac_map_shown (meter->map, i);

  sums->seen[bin][i % BIN_LANES] += share;
  sums->energy[meter->bin_quantiles[bin]][i % QUANTILE_LANES] +=
    shown > 0 ? shown * share : 0;
  sums->mass += fabs ((double)value) * share;
  sums->inside += shown * share;
  sums->ranks += (double)meter->ranks[i] * share;
}

static void
add_any (const SacMaskMeter *meter, size_t i, double share, PartSums *sums)
{
  float value = meter->map->values[i];

  if (meter->bins[i] != MASK_BIN_NONE && value > 0)
    sums->in_any += (double)value * share;
}

static void
add_part (size_t part, void *data)
{
  const Parts *parts = data;
  const SacMaskMeter *meter = parts->meter;
  size_t all = (size_t)meter->map->rows * (size_t)meter->map->columns;
  size_t start = all * part / parts->count;
  size_t end = all * (part + 1) / parts->count;
  PartSums *sums = &parts->sums[part];

  for (size_t i = start; i < end; i++) {
    if (parts->mask[i] > 0)
      add_inside (meter, i, parts->mask[i], sums);
  }
  for (size_t i = start; parts->any != NULL && i < end; i++) {
    if (parts->any[i] > 0)
      add_any (meter, i, parts->any[i], sums);
  }
}

/* What lies in each bin and in each quantile. */
typedef struct {
  double seen[MASK_BINS_MOST];
  double energy[SAC_MASK_HEAT_STEPS];
} BinSums;

static void
gather_part (const SacMaskMeter *meter,
             const PartSums *part,
             BinSums *bins,
             MaskSums *sums)
{
  for (size_t bin = 0; bin < meter->bin_count; bin++)
    bins->seen[bin] += part->seen[bin][0] + part->seen[bin][1];
  for (int k = 0; k < SAC_MASK_HEAT_STEPS; k++) {
    for (int lane = 0; lane < QUANTILE_LANES; lane++)
      bins->energy[k] += part->energy[k][lane];
  }
  sums->mass += part->mass;
  sums->inside += part->inside;
  sums->ranks += part->ranks;
  sums->in_any += part->in_any;
}

static size_t
get_bin_start (const SacMaskMeter *meter, size_t bin)
{
  return bin > 0 ? meter->bin_ends[bin - 1] : 0;
}

/* On the way from the highest bin to the lowest. */
typedef struct {
  const SacMaskMeter *meter;
  const float *mask;
  MaskSums *sums;
  double seen; /* of the mask above */
} Walk;

static void
try_overlap (Walk *walk, size_t end, double seen)
{
  MaskSums *sums = walk->sums;
  float value = walk->meter->values[end - 1];
  double either = (double)end + sums->area - seen;

  if (!(value > 0) || seen * sums->best_either <= sums->best_inside * either)
    return;
  sums->best_inside = seen;
  sums->best_either = either;
  sums->best_threshold = value / walk->meter->largest;
}

/* Cells of one value; own: of the mask in them.  Of those that the mask's area
 * ends in, a share. */
static void
walk_group (Walk *walk, size_t start, size_t end, double own)
{
  double size = (double)(end - start);
  double fits = CLAMP (walk->sums->area - (double)start, 0, size);

  walk->sums->rank += own * fits / size;
  walk->seen += own;
  try_overlap (walk, end, walk->seen);
}

static void
walk_cells (Walk *walk, size_t start, size_t bin_end)
{
  for (size_t end; start < bin_end; start = end) {
    double own = 0;

    end = mask_meter_find_end (walk->meter, start);
    for (size_t i = start; i < end; i++)
      own += walk->mask[walk->meter->cells[i]];
    walk_group (walk, start, end, own);
  }
}

/* Far more than sums of shares in another order differ by. */
#define SLACK 1e-9

/* No overlap within a bin is better than if all of the mask in it lay in its
 * first cell.  border: the best overlap at the end of a bin. */
static bool
may_be_best (const Walk *walk, size_t start, double own, const MaskSums *border)
{
  double seen = walk->seen + own;
  double either = (double)start + 1 + border->area - seen;

  return seen > 0 && walk->meter->values[start] > 0 &&
         seen * border->best_either * (1 + SLACK) >=
           border->best_inside * either;
}

/* Where the value changes within a bin and that matters, cell by cell. */
static void
walk_bin (Walk *walk, size_t bin, double own, const MaskSums *border)
{
  const SacMaskMeter *meter = walk->meter;
  size_t start = get_bin_start (meter, bin), end = meter->bin_ends[bin];
  bool is_one = meter->values[start] == meter->values[end - 1];
  bool is_cut =
    walk->sums->area > (double)start && walk->sums->area < (double)end;

  if (!is_one && (is_cut || may_be_best (walk, start, own, border)))
    walk_cells (walk, start, end);
  else
    walk_group (walk, start, end, own);
}

/* The best overlap at the end of a bin, then between. */
static void
find_best (const SacMaskMeter *meter,
           const float *mask,
           const BinSums *bins,
           MaskSums *sums)
{
  MaskSums border = {.area = sums->area, .best_either = 1};
  Walk at_borders = {.meter = meter, .sums = &border};
  Walk walk = {.meter = meter, .mask = mask, .sums = sums};

  for (size_t bin = 0; bin < meter->bin_count; bin++) {
    at_borders.seen += bins->seen[bin];
    try_overlap (&at_borders, meter->bin_ends[bin], at_borders.seen);
  }
  for (size_t bin = 0; bin < meter->bin_count; bin++)
    walk_bin (&walk, bin, bins->seen[bin], &border);
}

static void
fill_curves (const SacMaskMeter *meter, const BinSums *bins, MaskSums *sums)
{
  double energy = 0, seen = 0;
  size_t bin = 0;

  for (int k = SAC_MASK_HEAT_STEPS - 1; k >= 0; k--) {
    energy += bins->energy[k];
    sums->heat_curve[k] = energy / meter->heat_sums[k];
  }
  for (int k = SAC_MASK_IOU_STEPS - 1; k >= 0; k--) {
    double end = (double)meter->iou_ends[k];

    for (; bin < meter->bin_count && meter->bin_ends[bin] <= meter->iou_ends[k];
         bin++)
      seen += bins->seen[bin];
    sums->iou_curve[k] = end > 0 ? seen / (end + sums->area - seen) : 0;
  }
  sums->energy = energy;
}

void
mask_meter_add_up (const SacMaskMeter *meter,
                   const float *mask,
                   const float *any,
                   MaskSums *ret_sums)
{
  size_t all = (size_t)meter->map->rows * (size_t)meter->map->columns;
  size_t count = CLAMP (all / PART_CELLS, 1, PARTS_MOST);
  g_autofree PartSums *parts = g_new0 (PartSums, count);
  g_autofree BinSums *bins = g_new0 (BinSums, 1);
  MaskSums sums = {.best_either = 1};

  sac_pool_run (count, add_part, &(Parts){meter, mask, any, count, parts});
  for (size_t part = 0; part < count; part++)
    gather_part (meter, &parts[part], bins, &sums);
  for (size_t bin = 0; bin < meter->bin_count; bin++)
    sums.area += bins->seen[bin];
  sums.outside = meter->total - sums.inside;
  fill_curves (meter, bins, &sums);
  if (any == NULL)
    sums.in_any = sums.energy;
  if (sums.area > 0)
    find_best (meter, mask, bins, &sums);
  *ret_sums = sums;
}
