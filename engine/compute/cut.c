/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compute/cut.h"

#include "compute/kernels.h"
#include "compute/variant.h"

#include <glib.h>

/* What a chunk of fewer multiplications would gain, its start would cost. */
#define MULTIPLICATIONS_MIN ((size_t)1 << 20)
/* With few rows the time goes into bringing the panels: a millisecond or two.
 */
#define PANEL_BYTES_MOST ((size_t)4 << 20)

size_t
sac_chunk_multiplications (void)
{
  static const size_t most[SAC_VARIANT_COUNT] = {
    [SAC_VARIANT_PLAIN] = (size_t)16 << 20,
    [SAC_VARIANT_AVX2] = (size_t)64 << 20,
    [SAC_VARIANT_AVX512] = (size_t)128 << 20,
    [SAC_VARIANT_AMX] = (size_t)256 << 20,
  };

  return most[sac_compute_get_variant ()];
}

SacCut
sac_cut (
  size_t rows, size_t depth, size_t columns, size_t stripe_rows, size_t chunks)
{
  SacCut cut = {
    .stripes = (rows + stripe_rows - 1) / stripe_rows,
    .panels = (columns + SAC_PANEL - 1) / SAC_PANEL,
  };
  size_t height = (rows + cut.stripes - 1) / cut.stripes;
  size_t panel_work = MAX (1, height * depth * SAC_PANEL);
  size_t panel_bytes = MAX (1, depth * SAC_PANEL * sizeof (float));
  size_t most = MAX (1, MIN (sac_chunk_multiplications () / panel_work,
                             PANEL_BYTES_MOST / panel_bytes));
  size_t least = MAX (1, MULTIPLICATIONS_MIN / panel_work);
  size_t wanted = (chunks + cut.stripes - 1) / cut.stripes;
  size_t panels = (cut.panels + wanted - 1) / wanted;

  panels = CLAMP (panels, MIN (least, most), most);
  cut.groups = (cut.panels + panels - 1) / panels;
  return cut;
}

SacCutPart
sac_cut_part (const SacCut *cut, size_t rows, size_t index)
{
  size_t stripe = index / cut->groups, group = index % cut->groups;

  return (SacCutPart){
    .row = rows * stripe / cut->stripes,
    .row_end = rows * (stripe + 1) / cut->stripes,
    .panel = cut->panels * group / cut->groups,
    .panel_end = cut->panels * (group + 1) / cut->groups,
  };
}
