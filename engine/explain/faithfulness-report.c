/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What was found, copied and freed. */
#include "explain/faithfulness.h"

/* References of JSON objects are counted by one thread alone. */
static JsonObject *
copy_texts (JsonObject *texts)
{
  g_autoptr (GList) names = json_object_get_members (texts);
  JsonObject *copy = json_object_new ();

  for (GList *link = names; link != NULL; link = link->next)
    json_object_set_string_member (copy, link->data,
                                   json_object_get_string_member (texts,
                                                                  link->data));
  return copy;
}

SacFaithfulnessReport *
sac_faithfulness_report_copy (const SacFaithfulnessReport *report)
{
  SacFaithfulnessReport *copy = g_memdup2 (report, sizeof *report);

  copy->map = g_memdup2 (report->map, sizeof *report->map);
  copy->centre = g_memdup2 (report->centre, sizeof *report->centre);
  copy->random =
    g_memdup2 (report->random, report->random_count * sizeof *report->random);
  for (int b = 0; b < SAC_FAITHFULNESS_BASELINES; b++)
    copy->baselines[b] = g_strdup (report->baselines[b]);
  copy->settings = copy_texts (report->settings);
  return copy;
}

void
sac_faithfulness_report_free (SacFaithfulnessReport *report)
{
  if (report == NULL)
    return;
  g_free (report->map);
  g_free (report->centre);
  g_free (report->random);
  for (int b = 0; b < SAC_FAITHFULNESS_BASELINES; b++)
    g_free (report->baselines[b]);
  g_clear_pointer (&report->settings, json_object_unref);
  g_free (report);
}
