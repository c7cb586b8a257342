/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "scale-keeper.h"

struct SacScaleKeeper {
  bool on;
  GHashTable *ends; /* unit to double */
};

SacScaleKeeper *
sac_scale_keeper_new (void)
{
  SacScaleKeeper *keeper = g_new0 (SacScaleKeeper, 1);

  keeper->ends =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return keeper;
}

void
sac_scale_keeper_free (SacScaleKeeper *keeper)
{
  g_hash_table_unref (keeper->ends);
  g_free (keeper);
}

bool
sac_scale_keeper_is_on (SacScaleKeeper *keeper)
{
  return keeper->on;
}

void
sac_scale_keeper_set_on (SacScaleKeeper *keeper, bool on)
{
  keeper->on = on;
  if (!on)
    g_hash_table_remove_all (keeper->ends);
}

void
sac_scale_keeper_remember (SacScaleKeeper *keeper,
                           const char *unit,
                           double high)
{
  const char *key = unit != NULL ? unit : "";

  if (keeper->on && high > 0 && !g_hash_table_contains (keeper->ends, key))
    g_hash_table_insert (keeper->ends, g_strdup (key),
                         g_memdup2 (&high, sizeof high));
}

double
sac_scale_keeper_find (SacScaleKeeper *keeper, const char *unit)
{
  const double *high =
    g_hash_table_lookup (keeper->ends, unit != NULL ? unit : "");

  return high != NULL ? *high : 0;
}
