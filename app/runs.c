/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "runs.h"

#include "base/json.h"
#include "base/output.h"

/* The list is written anew so often while a run works. */
#define KEEP_SECONDS 5

/* Runs in the list; the oldest that are done go first. */
#define RUNS_MOST 200

struct _SacRuns {
  GObject parent_instance;
  SacWorker *worker; /* NULL until there is something to run */
  GPtrArray *items;  /* of SacRun, the latest first */
  SacRun *working;   /* borrowed */
  guint keep_timer;
  bool is_shut_down;
};

static void sac_runs_list_init (GListModelInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SacRuns,
                               sac_runs,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      sac_runs_list_init))

enum { ADDED, REMOVED, ENDED, SIGNAL_COUNT };
static guint signals[SIGNAL_COUNT];

static SacRuns *the_runs; /* a weak pointer */

static char *
dup_path (void)
{
  return g_build_filename (g_get_user_data_dir (), "saccade", "runs.json",
                           NULL);
}

/* A list that cannot be written is made anew from nothing: the runs' folders
 * are what counts, so a failure is no more than told to who looks. */
static void
keep (SacRuns *runs)
{
  g_autofree char *path = dup_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (GError) error = NULL;
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < runs->items->len; i++)
    json_array_add_object_element (array,
                                   sac_run_to_json (runs->items->pdata[i]));
  json_object_set_array_member (object, "runs", array);

  g_autofree char *text = sac_json_to_text (object, true);

  if (!sac_output_make_folder (folder, &error) ||
      !g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT,
                                 0600, &error))
    g_info ("The list of runs was not written: %s", error->message);
}

static gboolean
on_keep (gpointer runs)
{
  keep (runs);
  return G_SOURCE_CONTINUE;
}

static void
read_list (SacRuns *runs)
{
  g_autofree char *path = dup_path ();
  g_autoptr (JsonObject) object = sac_json_read (path, NULL, NULL);
  JsonNode *node =
    object != NULL ? json_object_get_member (object, "runs") : NULL;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return;

  JsonArray *array = json_node_get_array (node);

  for (guint i = 0; i < json_array_get_length (array) && i < RUNS_MOST; i++) {
    JsonNode *item = json_array_get_element (array, i);
    SacRun *run = JSON_NODE_HOLDS_OBJECT (item)
                    ? sac_run_new_from_json (json_node_get_object (item), NULL)
                    : NULL;

    if (run != NULL)
      g_ptr_array_add (runs->items, run);
  }
}

SacRuns *
sac_runs_dup (void)
{
  if (the_runs != NULL)
    return g_object_ref (the_runs);
  the_runs = g_object_new (SAC_TYPE_RUNS, NULL);
  g_object_add_weak_pointer (G_OBJECT (the_runs), (gpointer *)&the_runs);
  read_list (the_runs);
  return the_runs;
}

SacRun *
sac_runs_get (SacRuns *runs, guint index)
{
  return index < runs->items->len ? runs->items->pdata[index] : NULL;
}

SacRun *
sac_runs_get_working (SacRuns *runs)
{
  return runs->working;
}

static void start_next (SacRuns *runs);

static void
on_run_done (gpointer owner, SacRun *run)
{
  SacRuns *runs = owner;

  runs->working = NULL;
  if (runs->is_shut_down)
    return;
  keep (runs);
  if (sac_run_get_state (run) != SAC_RUN_PAUSED &&
      sac_run_get_state (run) != SAC_RUN_WAITING &&
      g_ptr_array_find (runs->items, run, NULL))
    g_signal_emit (runs, signals[ENDED], 0, run);
  start_next (runs);
}

/* The one that came first stands last. */
static SacRun *
find_waiting (SacRuns *runs)
{
  for (guint i = runs->items->len; i-- > 0;)
    if (sac_run_get_state (runs->items->pdata[i]) == SAC_RUN_WAITING)
      return runs->items->pdata[i];
  return NULL;
}

static void
start_next (SacRuns *runs)
{
  SacRun *next = runs->working == NULL ? find_waiting (runs) : NULL;

  if (next == NULL) {
    if (runs->working == NULL)
      g_clear_handle_id (&runs->keep_timer, g_source_remove);
    return;
  }
  if (runs->worker == NULL)
    runs->worker = sac_worker_new ();
  if (runs->keep_timer == 0)
    runs->keep_timer = g_timeout_add_seconds (KEEP_SECONDS, on_keep, runs);
  runs->working = next;
  sac_run_start (next, runs->worker, on_run_done, runs);
  keep (runs);
}

static void
insert (SacRuns *runs, guint index, SacRun *run)
{
  g_ptr_array_insert (runs->items, (int)index, run);
  g_list_model_items_changed (G_LIST_MODEL (runs), index, 0, 1);
  g_signal_emit (runs, signals[ADDED], 0, run);
}

static void
take_off (SacRuns *runs, guint index)
{
  g_autoptr (SacRun) run = g_ptr_array_steal_index (runs->items, index);

  g_list_model_items_changed (G_LIST_MODEL (runs), index, 1, 0);
  g_signal_emit (runs, signals[REMOVED], 0, run);
}

static void
make_room (SacRuns *runs)
{
  for (guint i = runs->items->len; i-- > 0 && runs->items->len > RUNS_MOST;)
    if (sac_run_get_state (runs->items->pdata[i]) == SAC_RUN_DONE)
      take_off (runs, i);
}

void
sac_runs_take (SacRuns *runs, SacRun *run)
{
  sac_run_set_waiting (run);
  insert (runs, 0, run);
  make_room (runs);
  keep (runs);
  start_next (runs);
}

void
sac_runs_resume (SacRuns *runs, SacRun *run)
{
  SacRunState state = sac_run_get_state (run);

  sac_run_go_on (run);
  if (state == SAC_RUN_WORKING || state == SAC_RUN_WAITING)
    return;
  sac_run_set_waiting (run);
  keep (runs);
  start_next (runs);
}

void
sac_runs_remove (SacRuns *runs, SacRun *run)
{
  guint index;

  if (!g_ptr_array_find (runs->items, run, &index))
    return;
  sac_run_pause (run);
  take_off (runs, index);
  keep (runs);
}

void
sac_runs_restore (SacRuns *runs, SacRun *run)
{
  if (g_ptr_array_find (runs->items, run, NULL))
    return;
  insert (runs, 0, g_object_ref (run));
  keep (runs);
}

bool
sac_runs_has_folder (SacRuns *runs, const char *folder)
{
  for (guint i = 0; i < runs->items->len; i++)
    if (g_str_equal (sac_run_get_order (runs->items->pdata[i])->folder, folder))
      return true;
  return false;
}

static GType
get_item_type (GListModel *model)
{
  return SAC_TYPE_RUN;
}

static guint
get_n_items (GListModel *model)
{
  return SAC_RUNS (model)->items->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  SacRun *run = sac_runs_get (SAC_RUNS (model), position);

  return run != NULL ? g_object_ref (run) : NULL;
}

static void
sac_runs_list_init (GListModelInterface *interface)
{
  interface->get_item_type = get_item_type;
  interface->get_n_items = get_n_items;
  interface->get_item = get_item;
}

/* What is wanted still is kept as such, before it stops. */
static void
sac_runs_dispose (GObject *object)
{
  SacRuns *runs = SAC_RUNS (object);

  if (!runs->is_shut_down && runs->items->len > 0)
    keep (runs);
  runs->is_shut_down = true;
  g_clear_handle_id (&runs->keep_timer, g_source_remove);
  g_clear_pointer (&runs->worker, sac_worker_free);
  G_OBJECT_CLASS (sac_runs_parent_class)->dispose (object);
}

static void
sac_runs_finalize (GObject *object)
{
  g_ptr_array_unref (SAC_RUNS (object)->items);
  G_OBJECT_CLASS (sac_runs_parent_class)->finalize (object);
}

static guint
new_signal (const char *name)
{
  return g_signal_new (name, SAC_TYPE_RUNS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                       NULL, G_TYPE_NONE, 1, SAC_TYPE_RUN);
}

static void
sac_runs_class_init (SacRunsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_runs_dispose;
  G_OBJECT_CLASS (klass)->finalize = sac_runs_finalize;
  signals[ADDED] = new_signal ("added");
  signals[REMOVED] = new_signal ("removed");
  signals[ENDED] = new_signal ("ended");
}

static void
sac_runs_init (SacRuns *runs)
{
  runs->items = g_ptr_array_new_with_free_func (g_object_unref);
}
