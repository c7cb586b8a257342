/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/magnification.h"

#include <math.h>

/* Micrometres a pixel at 1x. */
#define MPP_OF_ONE 10.0

/* Objectives of one name differ by so much from scanner to scanner.  Beyond
 * that there was a doubler behind the objective, or the figure is of another
 * scan. */
#define SPREAD 1.3

double
sac_magnification_get (const SacSource *source, bool *ret_stated)
{
  double objective = sac_source_get_objective (source);
  double mpp = sac_source_get_mpp (source);
  double measured = mpp > 0 ? MPP_OF_ONE / mpp : 0;
  bool stated =
    objective > 0 &&
    (measured == 0 || fabs (log (measured / objective)) < log (SPREAD));

  if (ret_stated != NULL)
    *ret_stated = stated;
  if (stated)
    return objective;
  return measured >= 1 ? measured : 0;
}
