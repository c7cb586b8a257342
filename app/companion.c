/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "companion.h"

#define KEY "sac-companion"

struct _SacCompanion {
  GObject parent_instance;
  SacDocument *document; /* borrowed: it owns this */
  char *shown;           /* path of the image whose companion it is */
  SacPair pair;          /* owns its source */
  SacSource *coming;     /* the one that was shown, while the other is opened;
                            NULL: no exchange is under way */
  SacWorker *worker;
  SacJob *job; /* NULL: nothing is being opened */
  char *path;  /* that */
};

G_DEFINE_FINAL_TYPE (SacCompanion, sac_companion, G_TYPE_OBJECT)

enum { CHANGED, FAILED, SIGNAL_COUNT };
static guint signals[SIGNAL_COUNT];

static void
changed (SacCompanion *companion)
{
  sac_pane_set_set_pair (sac_document_get_panes (companion->document),
                         &companion->pair);
  g_signal_emit (companion, signals[CHANGED], 0);
}

/* Returns: a new string. */
static char *
dup_shown (SacCompanion *companion)
{
  SacSource *shown = sac_document_get_source (companion->document);

  return g_strdup (shown != NULL ? sac_source_get_path (shown) : NULL);
}

/* source: taken over; NULL: none from now on. */
static void
take (SacCompanion *companion, SacSource *source, bool is_second)
{
  g_clear_pointer (&companion->pair.other, sac_source_unref);
  companion->pair = (SacPair){source, is_second};
  g_free (companion->shown);
  companion->shown = dup_shown (companion);
  changed (companion);
}

static void
cancel (SacCompanion *companion)
{
  if (companion->job != NULL)
    sac_job_cancel (companion->job);
  g_clear_pointer (&companion->job, sac_job_unref);
  g_clear_pointer (&companion->path, g_free);
}

/* Another image has another companion, or it is the other one of this pair. */
static void
on_source (SacCompanion *companion)
{
  g_autofree char *shown = dup_shown (companion);
  g_autoptr (SacSource) coming = NULL;

  if (sac_document_is_opening (companion->document))
    return;
  coming = g_steal_pointer (&companion->coming);
  if (g_strcmp0 (shown, companion->shown) == 0)
    return;
  cancel (companion);
  if (coming != NULL)
    take (companion, g_steal_pointer (&coming), !companion->pair.is_second);
  else if (companion->pair.other != NULL || companion->pair.is_second)
    take (companion, NULL, false);
}

SacCompanion *
sac_companion_of (SacDocument *document)
{
  SacCompanion *companion = g_object_get_data (G_OBJECT (document), KEY);

  if (companion != NULL)
    return companion;
  companion = g_object_new (SAC_TYPE_COMPANION, NULL);
  companion->document = document;
  g_signal_connect_object (document, "source", G_CALLBACK (on_source),
                           companion, G_CONNECT_SWAPPED);
  g_object_set_data_full (G_OBJECT (document), KEY, companion, g_object_unref);
  return companion;
}

static void
on_opened (gpointer owner, gpointer result, const GError *error)
{
  SacCompanion *companion = owner;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_autofree char *path = g_steal_pointer (&companion->path);

  g_clear_pointer (&companion->job, sac_job_unref);
  if (error == NULL)
    take (companion, result, companion->pair.is_second);
  else
    g_signal_emit (companion, signals[FAILED], 0, path, error);
}

void
sac_companion_open (SacCompanion *companion, const char *path)
{
  cancel (companion);
  if (companion->worker == NULL)
    companion->worker = sac_worker_new ();
  companion->path = g_strdup (path);
  companion->job = sac_worker_push (companion->worker, &sac_work_open,
                                    g_strdup (path), companion, on_opened);
}

void
sac_companion_restore (SacCompanion *companion,
                       const char *path,
                       bool is_second)
{
  companion->pair.is_second = is_second;
  sac_companion_open (companion, path);
}

bool
sac_companion_is_second (SacCompanion *companion)
{
  return companion->pair.is_second;
}

SacSource *
sac_companion_get_source (SacCompanion *companion)
{
  return companion->pair.other;
}

bool
sac_companion_show (SacCompanion *companion)
{
  SacSource *shown = sac_document_get_source (companion->document);

  if (companion->pair.other == NULL || shown == NULL)
    return false;
  g_clear_pointer (&companion->coming, sac_source_unref);
  companion->coming = sac_source_ref (shown);
  sac_document_open (companion->document,
                     sac_source_get_path (companion->pair.other));
  return true;
}

void
sac_companion_exchange_roles (SacCompanion *companion)
{
  companion->pair.is_second = !companion->pair.is_second;
  changed (companion);
}

void
sac_companion_shut_down (SacCompanion *companion)
{
  cancel (companion);
  g_clear_pointer (&companion->worker, sac_worker_free);
}

static void
sac_companion_finalize (GObject *object)
{
  SacCompanion *companion = SAC_COMPANION (object);

  sac_companion_shut_down (companion);
  g_clear_pointer (&companion->pair.other, sac_source_unref);
  g_clear_pointer (&companion->coming, sac_source_unref);
  g_free (companion->shown);
  G_OBJECT_CLASS (sac_companion_parent_class)->finalize (object);
}

static void
sac_companion_class_init (SacCompanionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sac_companion_finalize;
  signals[CHANGED] =
    g_signal_new ("changed", SAC_TYPE_COMPANION, G_SIGNAL_RUN_LAST, 0, NULL,
                  NULL, NULL, G_TYPE_NONE, 0);
  signals[FAILED] =
    g_signal_new ("failed", SAC_TYPE_COMPANION, G_SIGNAL_RUN_LAST, 0, NULL,
                  NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_POINTER);
}

static void
sac_companion_init (SacCompanion *companion)
{
}
