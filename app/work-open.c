/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "work.h"

#include "work-views.h"

static gpointer
run_list (gpointer request, SacJob *job, GError **error)
{
  return sac_model_list ();
}

const SacWork sac_work_list = {
  .run = run_list,
  .free_request = g_free,
  .free_result = (GDestroyNotify)g_ptr_array_unref,
};

static gpointer
run_open (gpointer request, SacJob *job, GError **error)
{
  return sac_source_open (request, job, error);
}

const SacWork sac_work_open = {
  .run = run_open,
  .free_request = g_free,
  .free_result = (GDestroyNotify)sac_source_unref,
};

/* A page that has gone is no reason to show nothing. */
static gpointer
run_open_again (gpointer request, SacJob *job, GError **error)
{
  g_autofree char *page = sac_view_page_recall (request);
  SacSource *source = page != NULL ? sac_source_open (page, job, NULL) : NULL;

  return source != NULL ? source : sac_source_open (request, job, error);
}

const SacWork sac_work_open_again = {
  .run = run_open_again,
  .free_request = g_free,
  .free_result = (GDestroyNotify)sac_source_unref,
};

SacLoaded *
sac_loaded_ref (SacLoaded *loaded)
{
  g_atomic_ref_count_inc (&loaded->ref_count);
  return loaded;
}

static size_t
count_methods (void)
{
  const SacMethod *const *methods = sac_methods_get_all ();
  size_t count = 0;

  while (methods[count] != NULL)
    count++;
  return count;
}

void
sac_loaded_unref (SacLoaded *loaded)
{
  if (loaded == NULL || !g_atomic_ref_count_dec (&loaded->ref_count))
    return;
  for (size_t i = 0; i < count_methods (); i++)
    g_free (loaded->reasons[i]);
  g_free (loaded->reasons);
  sac_model_unref (loaded->model);
  g_free (loaded);
}

static gpointer
run_load (gpointer request, SacJob *job, GError **error)
{
  SacModel *model = sac_model_open (request, job, error);

  if (model == NULL)
    return NULL;

  const SacMethod *const *methods = sac_methods_get_all ();
  SacLoaded *loaded = g_new0 (SacLoaded, 1);

  g_atomic_ref_count_init (&loaded->ref_count);
  loaded->model = model;
  loaded->reasons = g_new0 (char *, count_methods () + 1);
  for (size_t i = 0; methods[i] != NULL; i++)
    sac_method_applies (methods[i], model, &loaded->reasons[i]);
  return loaded;
}

const SacWork sac_work_load = {
  .run = run_load,
  .free_request = g_free,
  .free_result = (GDestroyNotify)sac_loaded_unref,
};
