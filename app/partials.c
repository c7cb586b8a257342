/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "partials.h"

struct SacPartials {
  gatomicrefcount ref_count;
  gpointer owner; /* borrowed: whoever is open is there */
  SacPartialTake take;
  GDestroyNotify free_result;
  bool is_closed;  /* main thread only */
  GMutex mutex;    /* of what follows */
  gpointer result; /* the latest; NULL: handed over */
  double share;
};

SacPartials *
sac_partials_new (gpointer owner,
                  SacPartialTake take,
                  GDestroyNotify free_result)
{
  SacPartials *partials = g_new0 (SacPartials, 1);

  g_atomic_ref_count_init (&partials->ref_count);
  g_mutex_init (&partials->mutex);
  partials->owner = owner;
  partials->take = take;
  partials->free_result = free_result;
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
  g_clear_pointer (&partials->result, partials->free_result);
  g_mutex_clear (&partials->mutex);
  g_free (partials);
}

static gboolean
deliver (gpointer data)
{
  SacPartials *partials = data;

  g_mutex_lock (&partials->mutex);

  gpointer result = g_steal_pointer (&partials->result);
  double share = partials->share;

  g_mutex_unlock (&partials->mutex);
  if (result != NULL && partials->is_closed)
    partials->free_result (result);
  else if (result != NULL)
    partials->take (partials->owner, result, share);
  return G_SOURCE_REMOVE;
}

void
sac_partials_put (SacPartials *partials, gpointer result, double share)
{
  g_mutex_lock (&partials->mutex);

  bool is_waiting = partials->result != NULL;

  g_clear_pointer (&partials->result, partials->free_result);
  partials->result = result;
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
