/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Planted evidence: sets of phantoms whose class depends on one structure, so
 * that a map can be scored against what the class depends on.
 *
 * With one structure the classes are "with" it and "none"; with several, each
 * class has one of them and none of the others.  Everything else is drawn by
 * the seed alike for all classes.
 *
 * In a set of pairs two structures are planted, one that the dermoscopy image
 * alone shows and one that the clinical image alone shows, and the four classes
 * are "none", either, and both: whoever sees one image of the two is right for
 * half of the pairs at best.
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
  int clinical;  /* the structure planted in the clinical image */
  char *both;    /* the class that has the two structures of a pair */
} Plan;

static void
plan_clear (Plan *plan)
{
  g_free (plan->both);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Plan, plan_clear)

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

/* The structure of the dermoscopy image first. */
static void
plan_pairs (const SacPhantomFiles *params, Plan *plan)
{
  plan->structures[0] = sac_phantom_structure_find (params->evidence[0]);
  plan->clinical = sac_phantom_clinical_find (params->evidence[1]);
  plan->planted = 1u << plan->structures[0];
  plan->classes = 4;
  plan->both =
    g_strdup_printf ("%s+%s", params->evidence[0], params->evidence[1]);
}

static void
plan_pair (const Plan *plan, int index, SacPhantomCase *one)
{
  int number = index % plan->classes;
  bool here = number % 2 == 1, there = number >= 2;
  unsigned bit = 1u << plan->clinical;

  one->split = choose_split (index / plan->classes);
  one->label = here && there ? plan->both
               : here        ? sac_phantom_structures[plan->structures[0]].name
               : there ? sac_phantom_clinical_structures[plan->clinical].name
                       : "none";
  one->evidence = here ? plan->structures[0] : -1;
  one->clinical_evidence = there ? plan->clinical : -1;
  one->with |= here ? plan->planted : 0;
  one->without |= here ? 0 : plan->planted;
  one->clinical_with |= there ? bit : 0;
  one->clinical_without |= there ? 0 : bit;
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
  g_autoptr (GString) table = sac_phantom_files_begin_table (params);
  g_auto (Plan) plan = {.count = 0};

  if (params->pairs)
    plan_pairs (params, &plan);
  else
    plan_set (params, &plan);
  for (int i = 0; i < params->count; i++) {
    g_autofree char *name = g_strdup_printf ("case-%05d", i + 1);
    SacPhantomCase one = {
      .name = name,
      .with = params->with | 1u << SAC_PHANTOM_LESION,
      .without = params->without,
      .clinical_with = params->clinical_with,
      .clinical_without = params->clinical_without,
      .seed = params->seed + (uint64_t)i,
    };

    if (params->pairs)
      plan_pair (&plan, i, &one);
    else
      plan_case (&plan, i, &one);
    if (!sac_phantom_files_write_case (params, &one, table, job, error))
      return false;
    sac_phantom_files_progress (params, i + 1, params->count);
  }
  return sac_phantom_files_write_table (params, table, error);
}
