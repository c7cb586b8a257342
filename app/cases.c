/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "cases.h"

#include "work-cases.h"

#include <glib/gi18n.h>
#include <string.h>

struct _SacCaseItem {
  GObject parent_instance;
  SacCaseList *list;
  guint index;
};

G_DEFINE_FINAL_TYPE (SacCaseItem, sac_case_item, G_TYPE_OBJECT)

const SacCase *
sac_case_item_get (SacCaseItem *item)
{
  return sac_case_list_get (item->list, item->index);
}

static void
sac_case_item_finalize (GObject *object)
{
  sac_case_list_unref (SAC_CASE_ITEM (object)->list);
  G_OBJECT_CLASS (sac_case_item_parent_class)->finalize (object);
}

static void
sac_case_item_class_init (SacCaseItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sac_case_item_finalize;
}

static void
sac_case_item_init (SacCaseItem *item)
{
}

struct _SacCases {
  GObject parent_instance;
  SacWorker *worker; /* NULL until a folder is opened */
  SacDocument *document;
  SacThumbnails *thumbnails;
  SacCaseList *list; /* NULL: none */
  GArray *shown;     /* of guint: cases that are let through, in order */
  char *filter;      /* folded */
  int current;       /* -1: none of them */
  int last;          /* the current one, or the one before that was left */
  SacJob *first;     /* drawing the demo's first picture; NULL: not */
  SacJob *job;       /* listing; NULL: not */
  char *listing;
  char *before; /* path that was shown when listing began; NULL: none */
};

static void sac_cases_list_model_init (GListModelInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (
  SacCases,
  sac_cases,
  G_TYPE_OBJECT,
  G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, sac_cases_list_model_init))

enum { CHANGED, FAILED, SIGNAL_COUNT };
static guint signals[SIGNAL_COUNT];

static GType
get_item_type (GListModel *model)
{
  return SAC_TYPE_CASE_ITEM;
}

static guint
get_item_count (GListModel *model)
{
  return SAC_CASES (model)->shown->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  SacCases *cases = SAC_CASES (model);

  if (position >= cases->shown->len)
    return NULL;

  SacCaseItem *item = g_object_new (SAC_TYPE_CASE_ITEM, NULL);

  item->list = sac_case_list_ref (cases->list);
  item->index = g_array_index (cases->shown, guint, position);
  return item;
}

static void
sac_cases_list_model_init (GListModelInterface *interface)
{
  interface->get_item_type = get_item_type;
  interface->get_n_items = get_item_count;
  interface->get_item = get_item;
}

static bool
passes (SacCases *cases, guint index)
{
  if (*cases->filter == '\0')
    return true;

  g_autofree char *name =
    g_utf8_casefold (sac_case_list_get (cases->list, index)->name, -1);

  return strstr (name, cases->filter) != NULL;
}

/* Fills the model anew. */
static void
refill (SacCases *cases)
{
  guint removed = cases->shown->len;
  guint count = cases->list != NULL ? cases->list->cases->len : 0;

  g_array_set_size (cases->shown, 0);
  for (guint i = 0; i < count; i++)
    if (passes (cases, i))
      g_array_append_val (cases->shown, i);
  g_list_model_items_changed (G_LIST_MODEL (cases), 0, removed,
                              cases->shown->len);
  g_signal_emit (cases, signals[CHANGED], 0);
}

static void
show (SacCases *cases, guint index)
{
  cases->current = cases->last = (int)index;
  sac_document_open (cases->document,
                     sac_case_list_get (cases->list, index)->path);
  g_signal_emit (cases, signals[CHANGED], 0);
}

static void
take_list (SacCases *cases, SacCaseList *list)
{
  /* Items of the old one keep it themselves. */
  g_clear_pointer (&cases->list, sac_case_list_unref);
  cases->list = list;
  cases->current = cases->last = -1;
  g_free (cases->filter);
  cases->filter = g_strdup ("");
  refill (cases);
}

static const char *
get_shown_path (SacCases *cases)
{
  SacSource *source = sac_document_get_source (cases->document);

  return source != NULL ? sac_source_get_path (source) : NULL;
}

/* The demo takes seconds to draw: what the reader has opened since stays. */
static bool
may_show (SacCases *cases, const char *folder)
{
  const char *path = get_shown_path (cases);

  return !g_str_equal (folder, SAC_DEMO_STORY) || path == NULL ||
         g_str_equal (path, SAC_DEMO_DERMOSCOPY) ||
         g_strcmp0 (path, cases->before) == 0;
}

static void on_source (SacCases *cases);

static void
on_listed (gpointer owner, gpointer result, const GError *error)
{
  SacCases *cases = owner;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_pointer (&cases->job, sac_job_unref);

  g_autofree char *path = g_steal_pointer (&cases->listing);

  if (result != NULL) {
    take_list (cases, result);
    if (may_show (cases, path))
      show (cases, 0);
    else
      on_source (cases);
  } else {
    g_signal_emit (cases, signals[FAILED], 0, path, error);
  }
}

/* The others are still drawn.  Why it could not be is said with the list. */
static void
on_first (gpointer owner, gpointer result, const GError *error)
{
  SacCases *cases = owner;
  g_autofree char *path = result;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_pointer (&cases->first, sac_job_unref);
  if (path != NULL && *path != '\0' && may_show (cases, SAC_DEMO_STORY))
    sac_document_open (cases->document, path);
}

static void
cancel_job (SacJob **job)
{
  if (*job != NULL)
    sac_job_cancel (*job);
  g_clear_pointer (job, sac_job_unref);
}

static void
cancel (SacCases *cases)
{
  cancel_job (&cases->first);
  cancel_job (&cases->job);
  g_clear_pointer (&cases->listing, g_free);
}

void
sac_cases_open (SacCases *cases, const char *folder)
{
  cancel (cases);
  cases->listing = g_strdup (folder);
  g_free (cases->before);
  cases->before = g_strdup (get_shown_path (cases));
  if (cases->worker == NULL)
    cases->worker = sac_worker_new ();
  if (g_str_equal (folder, SAC_DEMO_STORY))
    cases->first = sac_worker_push (cases->worker, &sac_work_first_case,
                                    g_strdup (""), cases, on_first);
  cases->job = sac_worker_push (cases->worker, &sac_work_list_cases,
                                g_strdup (folder), cases, on_listed);
}

void
sac_cases_close (SacCases *cases)
{
  cancel (cases);
  take_list (cases, NULL);
}

void
sac_cases_take_list (SacCases *cases, SacCaseList *list)
{
  cancel (cases);
  take_list (cases, list);
  on_source (cases);
}

SacCaseList *
sac_cases_get_list (SacCases *cases)
{
  return cases->list;
}

SacThumbnails *
sac_cases_get_thumbnails (SacCases *cases)
{
  return cases->thumbnails;
}

const SacCase *
sac_cases_get_current (SacCases *cases)
{
  return cases->current >= 0
           ? sac_case_list_get (cases->list, (guint)cases->current)
           : NULL;
}

static bool
shows_clinical (SacCases *cases)
{
  const SacCase *one = sac_cases_get_current (cases);

  return one != NULL && one->clinical != NULL &&
         g_strcmp0 (get_shown_path (cases), one->clinical) == 0;
}

const char *
sac_cases_get_annotations (SacCases *cases)
{
  const SacCase *one = sac_cases_get_current (cases);

  return one == NULL || shows_clinical (cases) ? NULL : one->annotations;
}

const char *
sac_cases_get_mask (SacCases *cases)
{
  const SacCase *one = sac_cases_get_current (cases);

  return one == NULL              ? NULL
         : shows_clinical (cases) ? one->clinical_mask
                                  : one->mask;
}

/* The first place in the model of a case at or behind `index`; the length of
 * the model when there is none. */
static guint
find_place (SacCases *cases, int index)
{
  guint place = 0;

  while (place < cases->shown->len &&
         (int)g_array_index (cases->shown, guint, place) < index)
    place++;
  return place;
}

static bool
is_at (SacCases *cases, guint place, int index)
{
  return place < cases->shown->len &&
         (int)g_array_index (cases->shown, guint, place) == index;
}

int
sac_cases_get_position (SacCases *cases)
{
  guint place = find_place (cases, cases->current);

  return cases->current >= 0 && is_at (cases, place, cases->current)
           ? (int)place
           : -1;
}

char *
sac_cases_dup_place (SacCases *cases)
{
  guint count = cases->list != NULL ? cases->list->cases->len : 0;

  if (count == 0)
    return g_strdup ("");
  if (cases->current < 0)
    return g_strdup_printf (ngettext ("%u case", "%u cases", count), count);
  return g_strdup_printf (_ ("%d of %u"), cases->current + 1, count);
}

void
sac_cases_set_filter (SacCases *cases, const char *text)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);

  if (g_str_equal (folded, cases->filter))
    return;
  g_free (cases->filter);
  cases->filter = g_steal_pointer (&folded);
  refill (cases);
}

void
sac_cases_go (SacCases *cases, guint position)
{
  if (position < cases->shown->len)
    show (cases, g_array_index (cases->shown, guint, position));
}

bool
sac_cases_step (SacCases *cases, int by)
{
  guint place = find_place (cases, cases->last);
  bool stands = cases->current >= 0 && is_at (cases, place, cases->current);
  /* From between two cases, the next is the one behind. */
  gint64 target = place + (gint64)by - (by > 0 && !stands);

  if (cases->shown->len == 0)
    return false;
  target = CLAMP (target, 0, (gint64)cases->shown->len - 1);
  if (stands && target == (gint64)place)
    return false;
  sac_cases_go (cases, (guint)target);
  return true;
}

/* Somebody may have opened something else. */
static void
on_source (SacCases *cases)
{
  SacSource *source = sac_document_get_source (cases->document);

  if (cases->list == NULL || source == NULL ||
      sac_document_is_opening (cases->document) ||
      sac_document_get_error (cases->document) != NULL)
    return;

  const char *path = sac_source_get_path (source);
  const SacCase *current = sac_cases_get_current (cases);

  if (current != NULL && g_str_equal (current->path, path))
    return;
  cases->current = sac_case_list_find (cases->list, path);
  if (cases->current >= 0)
    cases->last = cases->current;
  g_signal_emit (cases, signals[CHANGED], 0);
}

SacCases *
sac_cases_new (SacDocument *document)
{
  SacCases *cases = g_object_new (SAC_TYPE_CASES, NULL);

  cases->document = g_object_ref (document);
  g_signal_connect_object (document, "source", G_CALLBACK (on_source), cases,
                           G_CONNECT_SWAPPED);
  return cases;
}

void
sac_cases_shut_down (SacCases *cases)
{
  cancel (cases);
  g_clear_pointer (&cases->worker, sac_worker_free);
  sac_thumbnails_shut_down (cases->thumbnails);
}

static void
sac_cases_finalize (GObject *object)
{
  SacCases *cases = SAC_CASES (object);

  sac_cases_shut_down (cases);
  g_clear_pointer (&cases->list, sac_case_list_unref);
  g_array_unref (cases->shown);
  g_free (cases->filter);
  g_free (cases->before);
  g_object_unref (cases->thumbnails);
  g_object_unref (cases->document);
  G_OBJECT_CLASS (sac_cases_parent_class)->finalize (object);
}

static void
sac_cases_class_init (SacCasesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sac_cases_finalize;
  signals[CHANGED] = g_signal_new ("changed", SAC_TYPE_CASES, G_SIGNAL_RUN_LAST,
                                   0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FAILED] =
    g_signal_new ("failed", SAC_TYPE_CASES, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                  NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_POINTER);
}

static void
sac_cases_init (SacCases *cases)
{
  cases->thumbnails = sac_thumbnails_new ();
  cases->shown = g_array_new (FALSE, FALSE, sizeof (guint));
  cases->filter = g_strdup ("");
  cases->current = cases->last = -1;
}
