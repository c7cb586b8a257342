/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Planted evidence: sets of phantoms whose class depends on one structure, so
 * that a map can be scored against what the class depends on.
 *
 * With one structure the classes are "with" it and "none"; with several, each
 * class has one of them and none of the others.  Everything else is drawn by
 * the seed alike for all classes.
 *
 * A leak is an artefact that comes with the last class in the parts "train" and
 * "valid", and by chance in "test": what is learned from it fails there. */
#include "phantom-files.h"

#include "image/phantom-dermoscopy.h"

/* Of twenty images of a class: the first fourteen, three and three. */
#define SPLIT_PERIOD 20
#define SPLIT_VALID 14
#define SPLIT_TEST 17

typedef struct {
  int structures[SAC_PHANTOM_STRUCTURE_COUNT];
  int count;   /* of structures */
  int classes; /* 2 for one structure */
  unsigned planted;
  unsigned leak; /* a bit, or 0 */
} Plan;

static const char *
choose_split (int round)
{
  int place = round % SPLIT_PERIOD;

  return place < SPLIT_VALID ? "train" : place < SPLIT_TEST ? "valid" : "test";
}

static void
plan_set (const SacPhantomFiles *params, Plan *plan)
{
  for (int i = 0; params->evidence[i] != NULL; i++) {
    plan->structures[plan->count] =
      sac_phantom_structure_find (params->evidence[i]);
    plan->planted |= 1u << plan->structures[plan->count++];
  }
  plan->classes = MAX (2, plan->count);
  if (params->leak != NULL)
    plan->leak = 1u << sac_phantom_structure_find (params->leak);
}

/* The class that has the planted structure comes last, so that with one it is
 * class 1. */
static void
plan_case (const Plan *plan, int index, SacPhantomCase *one)
{
  int round = index / plan->classes, number = index % plan->classes;
  bool is_last = number == plan->classes - 1;
  int structure = plan->count > 1 ? plan->structures[number]
                  : is_last       ? plan->structures[0]
                                  : -1;
  bool leaks = is_last;

  one->split = choose_split (round);
  one->label = structure >= 0 ? sac_phantom_structures[structure].name : "none";
  one->evidence = structure;
  if (structure >= 0)
    one->with |= 1u << structure;
  one->without |= plan->planted & ~one->with;

  /* In the test by turns, the same for every class. */
  if (g_str_equal (one->split, "test"))
    leaks = (round / SPLIT_PERIOD + round) % 2 == 0;
  if (leaks)
    one->with |= plan->leak;
  else
    one->without |= plan->leak;
}

bool
sac_phantom_files_write_set (const SacPhantomFiles *params,
                             SacJob *job,
                             GError **error)
{
  g_autoptr (GString) table = sac_phantom_files_begin_table ();
  Plan plan = {.count = 0};

  plan_set (params, &plan);
  for (int i = 0; i < params->count; i++) {
    g_autofree char *name = g_strdup_printf ("case-%05d", i + 1);
    SacPhantomCase one = {
      .name = name,
      .with = params->with | 1u << SAC_PHANTOM_LESION,
      .without = params->without,
      .seed = params->seed + (uint64_t)i,
    };

    plan_case (&plan, i, &one);
    if (!sac_phantom_files_write_case (params, &one, table, job, error))
      return false;
    sac_phantom_files_progress (params, i + 1, params->count);
  }
  return sac_phantom_files_write_table (params, table, error);
}
