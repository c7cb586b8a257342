/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "run-link.h"

struct SacRunLink {
  gatomicrefcount ref_count;
  GMutex mutex; /* guards what follows */
  SacSlideRun *run;
  SacRunPhase phase;
  SacSlideProgress progress;
  SacRunResult *growing;
  char **wanted;
  bool is_asked; /* wanted is new */
  bool has_view;
  SacRect view;
};

SacRunLink *
sac_run_link_new (void)
{
  SacRunLink *link = g_new0 (SacRunLink, 1);

  g_atomic_ref_count_init (&link->ref_count);
  g_mutex_init (&link->mutex);
  return link;
}

SacRunLink *
sac_run_link_ref (SacRunLink *link)
{
  g_atomic_ref_count_inc (&link->ref_count);
  return link;
}

void
sac_run_link_unref (SacRunLink *link)
{
  if (link == NULL || !g_atomic_ref_count_dec (&link->ref_count))
    return;
  sac_run_result_unref (link->growing);
  g_strfreev (link->wanted);
  g_mutex_clear (&link->mutex);
  g_free (link);
}

void
sac_run_link_set_view (SacRunLink *link, const SacRect *view)
{
  g_mutex_lock (&link->mutex);
  link->has_view = true;
  link->view = *view;
  if (link->run != NULL)
    sac_slide_run_set_view (link->run, view);
  g_mutex_unlock (&link->mutex);
}

void
sac_run_link_set_run (SacRunLink *link, SacSlideRun *run)
{
  g_mutex_lock (&link->mutex);
  if (link->run != NULL)
    sac_slide_run_get_progress (link->run, &link->progress);
  link->run = run;
  if (run != NULL && link->has_view)
    sac_slide_run_set_view (run, &link->view);
  g_mutex_unlock (&link->mutex);
}

void
sac_run_link_set_phase (SacRunLink *link, SacRunPhase phase)
{
  g_mutex_lock (&link->mutex);
  link->phase = phase;
  g_mutex_unlock (&link->mutex);
}

void
sac_run_link_take_growing (SacRunLink *link, SacRunResult *growing)
{
  g_mutex_lock (&link->mutex);
  sac_run_result_unref (link->growing);
  link->growing = growing;
  g_mutex_unlock (&link->mutex);
}

void
sac_run_link_set_wanted (SacRunLink *link, char *const *keys)
{
  g_mutex_lock (&link->mutex);
  g_strfreev (link->wanted);
  link->wanted = g_strdupv ((char **)keys);
  link->is_asked = true;
  g_mutex_unlock (&link->mutex);
}

bool
sac_run_link_get_wanted (SacRunLink *link, char ***ret_keys)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&link->mutex);
  bool is_asked = link->is_asked;

  *ret_keys = g_strdupv (link->wanted);
  link->is_asked = false;
  return is_asked;
}

SacRunPhase
sac_run_link_get_phase (SacRunLink *link)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&link->mutex);

  return link->phase;
}

SacSlideProgress
sac_run_link_get_progress (SacRunLink *link)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&link->mutex);

  if (link->run != NULL)
    sac_slide_run_get_progress (link->run, &link->progress);
  return link->progress;
}

SacRunResult *
sac_run_link_steal_growing (SacRunLink *link)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&link->mutex);

  return g_steal_pointer (&link->growing);
}
