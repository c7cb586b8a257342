/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A carry is linear in its row.  Three rows tell whether each earlier token
 * gets a part of one later token alone: ones tell the parts, the tokens'
 * numbers which one, and a row of numbers that have nothing to do with one
 * another whether that is all. */
#include "explain/token-join.h"

#include "explain/token-carry.h"

#include <math.h>

/* Of what is found and what the third row gives: rounding of sums over
 * features. */
#define TOLERANCE 1e-11

struct SacTokenJoin {
  int64_t count; /* earlier tokens */
  int *from;     /* the later token that each is of, -1: none; NULL: merged */
  double *parts; /* of that token's share */
};

/* In (0, 1], never near one another for neighbours. */
static double
probe (int64_t token)
{
  return (double)((uint32_t)(token + 1) * 2654435761u) / 4294967296.0;
}

/* Returns: false where it is not that simple. */
static bool
read_parts (SacTokenJoin *join, int64_t later_count, const double *back)
{
  const double *ones = back, *numbers = back + join->count;
  const double *probes = numbers + join->count;

  for (int64_t i = 0; i < join->count; i++) {
    double number = ones[i] == 0 ? 0 : numbers[i] / ones[i];
    double part = ones[i];

    join->from[i] = ones[i] == 0 ? -1 : (int)llround (number) - 1;
    join->parts[i] = part;
    if (!(number >= 0 && number < later_count + 0.5) ||
        (ones[i] != 0 && join->from[i] < 0))
      return false;

    double expected = join->from[i] >= 0 ? part * probe (join->from[i]) : 0;

    if (!(fabs (probes[i] - expected) <= TOLERANCE * fabs (part)))
      return false;
  }
  return true;
}

SacTokenJoin *
sac_token_join_new (const SacFlow *flow,
                    const SacTokenPlace *later,
                    const SacTokenPlace *earlier,
                    GError **error)
{
  g_autoptr (SacTokenJoin) join = g_new0 (SacTokenJoin, 1);
  g_autofree double *rows = g_new (double, 3 * later->count);
  g_autofree double *back = g_new (double, 3 * earlier->count);

  for (int64_t i = 0; i < later->count; i++) {
    rows[i] = 1;
    rows[later->count + i] = i + 1;
    rows[2 * later->count + i] = probe (i);
  }
  if (!sac_token_carry (flow, later, rows, 3, earlier, back, error))
    return NULL;
  join->count = earlier->count;
  join->from = g_new (int, join->count);
  join->parts = g_new (double, join->count);
  if (!read_parts (join, later->count, back))
    g_clear_pointer (&join->from, g_free);
  return g_steal_pointer (&join);
}

void
sac_token_join_free (SacTokenJoin *join)
{
  if (join == NULL)
    return;
  g_free (join->from);
  g_free (join->parts);
  g_free (join);
}

bool
sac_token_join_carry (const SacTokenJoin *join,
                      const double *row,
                      double *ret_row)
{
  for (int64_t i = 0; join->from != NULL && i < join->count; i++)
    ret_row[i] = join->from[i] >= 0 ? join->parts[i] * row[join->from[i]] : 0;
  return join->from != NULL;
}
