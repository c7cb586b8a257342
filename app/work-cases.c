/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "work-cases.h"

#include "base/pool.h"
#include "cases/thumbnail.h"
#include "document.h"
#include "phantom/phantom-files.h"

static char *
find_cache (void)
{
  return g_build_filename (g_get_user_cache_dir (), "saccade", NULL);
}

static gpointer
run_first (gpointer request, SacJob *job, GError **error)
{
  g_autofree char *cache = find_cache ();

  return sac_phantom_files_demo_first (cache, job, error);
}

const SacWork sac_work_first_case = {
  .run = run_first,
  .free_request = g_free,
  .free_result = g_free,
};

/* Meanwhile the first case is looked at: its maps are to have the pool. */
static gpointer
run_list (gpointer request, SacJob *job, GError **error)
{
  g_autofree char *cache = find_cache ();

  sac_pool_stay_out ();

  g_autofree char *folder = g_str_equal (request, SAC_DEMO_STORY)
                              ? sac_phantom_files_demo (cache, job, error)
                              : g_strdup (request);

  return folder != NULL ? sac_case_list_read (folder, job, error) : NULL;
}

const SacWork sac_work_list_cases = {
  .run = run_list,
  .free_request = g_free,
  .free_result = (GDestroyNotify)sac_case_list_unref,
};

void
sac_thumbnail_free (SacThumbnail *thumbnail)
{
  g_free (thumbnail->path);
  sac_image_unref (thumbnail->image);
  g_free (thumbnail);
}

static gpointer
run_thumbnail (gpointer request, SacJob *job, GError **error)
{
  g_autoptr (SacThumbnail) thumbnail = g_new0 (SacThumbnail, 1);

  thumbnail->path = g_strdup (request);
  /* Why a file cannot be opened is said when it is opened. */
  thumbnail->image = sac_thumbnail_new (request, SAC_THUMBNAIL_SIDE, job, NULL);
  return sac_job_check (job, error) ? g_steal_pointer (&thumbnail) : NULL;
}

const SacWork sac_work_thumbnail = {
  .run = run_thumbnail,
  .free_request = g_free,
  .free_result = (GDestroyNotify)sac_thumbnail_free,
};
