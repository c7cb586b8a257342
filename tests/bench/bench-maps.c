/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* bench-maps THREADS ROUNDS: what the window works out anew while somebody
 * looks: the agreement of two maps with all moved ones, by their grid, and the
 * measures of a map against a mask, by theirs.  Lines of JSON, milliseconds of
 * a clock and of the processor. */
#include "base/pool.h"
#include "map/agreement.h"
#include "map/mask-scores.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef struct {
  SacMap *a, *b;
  SacMaskMeter *meter;
  float *mask;
} Pair;

/* Smooth with a little noise, as maps of networks are. */
static SacMap *
new_map (int side, double x, double y, GRand *random)
{
  float *values = g_new (float, (size_t)side *(size_t)side);

  for (int i = 0; i < side * side; i++) {
    double down = (i / side + 0.5) / side - y;
    double over = (i % side + 0.5) / side - x;

    values[i] = (float)(exp (-8 * (down * down + over * over)) +
                        0.1 * g_rand_double (random) - 0.05);
  }

  SacMap *map = sac_map_new_take (side, side, values);

  map->has_geometry = true;
  map->geometry = (SacGeometry){1000, 1000, {0, 0, 1000, 1000}, side, side};
  return map;
}

static void
agree (const Pair *pair)
{
  const SacAgreementParams params = {.moved = true, .seed = 1};
  SacAgreement agreement;

  if (!sac_agreement_new (pair->a, pair->b, &params, &agreement, NULL, NULL))
    abort ();
}

static void
measure_mask (const Pair *pair)
{
  SacMaskScores scores;

  sac_mask_meter_measure (pair->meter, pair->mask, NULL, &scores);
}

static double
get_cpu (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

static void
report (const char *what,
        int side,
        int rounds,
        void (*func) (const Pair *pair),
        const Pair *pair)
{
  g_autofree double *walls = g_new (double, rounds);
  g_autofree double *cpus = g_new (double, rounds);

  func (pair);
  for (int i = 0; i < rounds; i++) {
    gint64 from = g_get_monotonic_time ();
    double cpu = get_cpu ();

    func (pair);
    cpus[i] = get_cpu () - cpu;
    walls[i] = (double)(g_get_monotonic_time () - from) / 1e3;
  }
  qsort (walls, (size_t)rounds, sizeof *walls, compare);
  qsort (cpus, (size_t)rounds, sizeof *cpus, compare);
  printf ("{\"what\": \"%s\", \"side\": %d, \"median_ms\": %.3f, \"max_ms\": "
          "%.3f, \"cpu_ms\": %.3f}\n",
          what, side, walls[rounds / 2], walls[rounds - 1], cpus[rounds / 2]);
}

static Pair
new_pair (int side)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  Pair pair = {.a = new_map (side, 0.4, 0.5, random),
               .b = new_map (side, 0.6, 0.4, random)};

  pair.meter = sac_mask_meter_new (pair.a);
  pair.mask = g_new (float, (size_t)side *(size_t)side);
  for (int i = 0; i < side * side; i++)
    pair.mask[i] =
      hypot (i / side - side * 0.5, i % side - side * 0.5) < side * 0.3;
  return pair;
}

static void
clear_pair (Pair *pair)
{
  sac_map_unref (pair->a);
  sac_map_unref (pair->b);
  sac_mask_meter_free (pair->meter);
  g_free (pair->mask);
}

int
main (int argc, char **argv)
{
  static const int grids[] = {7, 8, 14, 28, 56, 112}, masks[] = {56, 224, 1024};
  int rounds;

  if (argc != 3) {
    fprintf (stderr, "usage: bench-maps THREADS ROUNDS\n");
    return 2;
  }
  sac_pool_set_threads ((size_t)atoi (argv[1]));
  rounds = MAX (1, atoi (argv[2]));
  for (size_t i = 0; i < G_N_ELEMENTS (grids); i++) {
    Pair pair = new_pair (grids[i]);

    report ("agreement", grids[i], rounds, agree, &pair);
    clear_pair (&pair);
  }
  for (size_t i = 0; i < G_N_ELEMENTS (masks); i++) {
    Pair pair = new_pair (masks[i]);

    report ("mask", masks[i], rounds, measure_mask, &pair);
    clear_pair (&pair);
  }
  return 0;
}
