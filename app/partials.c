/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "partials.h"

struct SacPartials {
  gatomicrefcount ref_count;
  gpointer owner; /* borrowed: whoever is open is there */
  SacPartialTake take;
  bool is_closed; /* main thread only */
  GMutex mutex;   /* of what follows */
  SacMap *map;    /* the latest; NULL: handed over */
  double share;
};

SacPartials *
sac_partials_new (gpointer owner, SacPartialTake take)
{
  SacPartials *partials = g_new0 (SacPartials, 1);

  g_atomic_ref_count_init (&partials->ref_count);
  g_mutex_init (&partials->mutex);
  partials->owner = owner;
  partials->take = take;
  return partials;
}

SacPartials *
sac_partials_ref (SacPartials *partials)
{
  g_atomic_ref_count_inc (&partials->ref_count);
  return partials;
}

void
sac_partials_unref (SacPartials *partials)
{
  if (partials == NULL || !g_atomic_ref_count_dec (&partials->ref_count))
    return;
  g_clear_pointer (&partials->map, sac_map_unref);
  g_mutex_clear (&partials->mutex);
  g_free (partials);
}

static gboolean
deliver (gpointer data)
{
  SacPartials *partials = data;

  g_mutex_lock (&partials->mutex);

  g_autoptr (SacMap) map = g_steal_pointer (&partials->map);
  double share = partials->share;

  g_mutex_unlock (&partials->mutex);
  if (map != NULL && !partials->is_closed)
    partials->take (partials->owner, map, share);
  return G_SOURCE_REMOVE;
}

void
sac_partials_put (SacPartials *partials, SacMap *map, double share)
{
  g_mutex_lock (&partials->mutex);

  bool is_waiting = partials->map != NULL;

  g_clear_pointer (&partials->map, sac_map_unref);
  partials->map = sac_map_ref (map);
  partials->share = share;
  g_mutex_unlock (&partials->mutex);
  if (!is_waiting)
    g_idle_add_full (G_PRIORITY_DEFAULT, deliver, sac_partials_ref (partials),
                     (GDestroyNotify)sac_partials_unref);
}

void
sac_partials_close (SacPartials *partials)
{
  partials->is_closed = true;
}
