/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "base/json.h"
#include "explain/sanity.h"

const char *
sac_badge_get_name (SacBadge badge)
{
  static const char *const names[] = {
    [SAC_BADGE_UNDEFINED] = "undefined",
    [SAC_BADGE_PASS] = "pass",
    [SAC_BADGE_WARN] = "warn",
    [SAC_BADGE_FAIL] = "fail",
  };

  return names[badge];
}

void
sac_sanity_report_free (SacSanityReport *report)
{
  if (report == NULL)
    return;
  for (guint i = 0; i < report->checks->len; i++)
    g_clear_pointer (&g_array_index (report->checks, SacSanityCheck, i).figures,
                     json_object_unref);
  g_array_unref (report->checks);
  g_free (report);
}

JsonObject *
sac_sanity_to_json (const SacSanityReport *report)
{
  JsonObject *object = json_object_new ();
  JsonArray *checks = json_array_new ();

  json_object_set_string_member (object, "badge",
                                 sac_badge_get_name (report->badge));
  for (guint i = 0; i < report->checks->len; i++) {
    const SacSanityCheck *check =
      &g_array_index (report->checks, SacSanityCheck, i);
    JsonObject *own = json_object_new ();

    json_object_set_string_member (own, "check", check->rule->name);
    json_object_set_string_member (own, "badge",
                                   sac_badge_get_name (check->badge));
    sac_json_set_number (own, "figure", check->figure);
    json_object_set_string_member (own, "rule", check->rule->rule);
    json_object_set_object_member (own, "figures",
                                   json_object_ref (check->figures));
    json_array_add_object_element (checks, own);
  }
  json_object_set_array_member (object, "checks", checks);
  return object;
}
