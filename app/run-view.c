/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "run-view.h"

#include "pane-run.h"

#include <glib/gi18n.h>

/* What is said of a map that is not known to be whole. */
#define ALMOST 0.999

/* Which map of which run a pane shows. */
typedef struct {
  SacRun *run; /* NULL: none */
  size_t model;
  char *key; /* of the item; NULL: the one that the model begins with */
} Place;

struct _SacRunView {
  GObject parent_instance;
  SacDocument *document;
  SacRuns *runs;
  Place places[SAC_PANES_MOST];
  bool is_showing; /* changes in panes are this one's own */
};

G_DEFINE_FINAL_TYPE (SacRunView, sac_run_view, G_TYPE_OBJECT)

static void on_maps (SacRunView *view, SacRun *run);

static bool
is_placed (SacRunView *view, SacRun *run)
{
  for (guint i = 0; i < SAC_PANES_MOST; i++)
    if (view->places[i].run == run)
      return true;
  return false;
}

/* The run makes what is looked at. */
static void
ask (SacRunView *view, SacRun *run)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < SAC_PANES_MOST; i++)
    if (view->places[i].run == run)
      g_strv_builder_add (builder, view->places[i].key != NULL
                                     ? view->places[i].key
                                     : SAC_RUN_FIRST);

  g_auto (GStrv) keys = g_strv_builder_end (builder);

  sac_run_set_wanted (run, view, keys[0] != NULL ? keys : NULL);
}

static void
leave (SacRunView *view, guint pane)
{
  SacRun *run = view->places[pane].run;

  view->places[pane].run = NULL;
  g_clear_pointer (&view->places[pane].key, g_free);
  if (run == NULL)
    return;
  ask (view, run);
  if (!is_placed (view, run))
    g_signal_handlers_disconnect_by_func (run, on_maps, view);
  g_object_unref (run);
}

/* It leaves first: the run that the pane shows may be this one. */
static void
place (SacRunView *view, guint pane, SacRun *run, size_t model, const char *key)
{
  g_object_ref (run);
  leave (view, pane);
  if (!is_placed (view, run))
    g_signal_connect_object (run, "maps", G_CALLBACK (on_maps), view,
                             G_CONNECT_SWAPPED);
  view->places[pane] = (Place){run, model, g_strdup (key)};
  ask (view, run);
}

/* What there is of it to be shown, in the end or so far. */
static SacRunResult *
get_result (SacRun *run)
{
  SacRunResult *result = sac_run_get_result (run);

  return result != NULL ? result : sac_run_get_growing (run);
}

/* NULL: nothing can be shown there yet. */
static const SacRunItem *
find_item (const Place *place)
{
  const SacRunResult *result = get_result (place->run);
  int index = result != NULL && place->key != NULL
                ? sac_run_result_find_item (result, place->key)
                : -1;

  if (result == NULL)
    return NULL;
  if (index < 0)
    index = (int)result->models[place->model].shown;

  const SacRunItem *item =
    (guint)index < result->items->len ? result->items->pdata[index] : NULL;

  return item != NULL && item->model == place->model && item->map != NULL
           ? item
           : NULL;
}

const char *
sac_run_view_get_method_label (const SacRunItem *item)
{
  return _ (item->label);
}

static void
show_map (SacRunView *view, guint pane, const SacRunMap *run_map)
{
  view->is_showing = true;
  sac_pane_state_show_run (sac_document_get_pane (view->document, pane),
                           run_map);
  view->is_showing = false;
}

static void
refresh_pane (SacRunView *view, guint pane)
{
  const Place *own = &view->places[pane];
  const SacRunItem *item = find_item (own);
  SacRunMap run_map = {
    .model = sac_run_get_order (own->run)->models[own->model],
    .share =
      sac_run_get_result (own->run) != NULL || sac_run_is_whole (own->run)
        ? 1
        : MIN (sac_run_get_share (own->run), ALMOST),
  };

  if (item == NULL)
    return;
  run_map.map = item->map;
  run_map.method_label = sac_run_view_get_method_label (item);
  run_map.class_name = item->class_name;
  show_map (view, pane, &run_map);
}

static void
on_maps (SacRunView *view, SacRun *run)
{
  for (guint i = 0; i < SAC_PANES_MOST; i++)
    if (view->places[i].run == run)
      refresh_pane (view, i);
}

bool
sac_run_view_has_slide (SacRunView *view, SacRun *run)
{
  SacSource *source = sac_document_get_source (view->document);

  return source != NULL && g_str_equal (sac_source_get_path (source),
                                        sac_run_get_order (run)->slide);
}

static SacRect
get_view (SacRunView *view)
{
  SacViewport *viewport = sac_document_get_viewport (view->document);

  return sac_camera_visible (sac_viewport_get_camera (viewport), 2, 2);
}

static void
tell_view (SacRunView *view, SacRun *run)
{
  SacRect seen = get_view (view);

  if (sac_run_view_has_slide (view, run))
    sac_run_set_view (run, &seen);
}

static void
on_viewport_changed (SacRunView *view)
{
  SacRun *working = sac_runs_get_working (view->runs);

  if (working == NULL)
    return;
  sac_run_give_way (working);
  tell_view (view, working);
}

/* As many panes as there can be that are enough. */
static void
make_panes (SacRunView *view, guint wanted)
{
  SacPaneSet *set = sac_document_get_panes (view->document);
  const SacPaneLayout *layout = sac_pane_layouts_get_all ();

  if (sac_pane_set_get_count (set) >= wanted)
    return;
  while (layout->count < wanted)
    layout++;
  sac_pane_set_set_count (set, layout->count);
}

void
sac_run_view_show (SacRunView *view, SacRun *run)
{
  SacPaneSet *set = sac_document_get_panes (view->document);
  guint count = g_strv_length (sac_run_get_order (run)->models);

  if (!sac_run_view_has_slide (view, run))
    return;
  make_panes (view, count);
  for (guint i = 0; i < count; i++)
    place (view, count == 1 ? sac_pane_set_get_active (set) : i, run, i, NULL);
  on_maps (view, run);
  tell_view (view, run);
}

void
sac_run_view_show_item (SacRunView *view, SacRun *run, guint index)
{
  SacRunResult *result = get_result (run);
  guint pane =
    sac_pane_set_get_active (sac_document_get_panes (view->document));

  if (result == NULL || index >= result->items->len ||
      !sac_run_view_has_slide (view, run))
    return;

  const SacRunItem *item = result->items->pdata[index];
  g_autofree char *key = sac_run_item_dup_key (item);

  place (view, pane, run, item->model, key);
  refresh_pane (view, pane);
}

/* Something else was asked of panes, or they show another image. */
static void
on_pane_maps (SacRunView *view)
{
  for (guint i = 0; i < SAC_PANES_MOST && !view->is_showing; i++) {
    SacPaneState *pane =
      sac_pane_set_get (sac_document_get_panes (view->document), i);
    SacRun *run = view->places[i].run;

    /* One that waits for its first map is not given up for that. */
    if (run != NULL && sac_pane_state_get_run (pane) == NULL &&
        (!sac_run_view_has_slide (view, run) ||
         find_item (&view->places[i]) != NULL))
      leave (view, i);
  }
}

/* The one that begins now begins where the reader looks. */
static void
on_run_added (SacRunView *view, SacRun *run)
{
  g_signal_connect_object (run, "changed", G_CALLBACK (tell_view), view,
                           G_CONNECT_SWAPPED);
}

SacRunView *
sac_run_view_new (SacDocument *document, SacRuns *runs)
{
  SacRunView *view = g_object_new (SAC_TYPE_RUN_VIEW, NULL);

  view->document = g_object_ref (document);
  view->runs = g_object_ref (runs);
  for (guint i = 0; sac_runs_get (runs, i) != NULL; i++)
    on_run_added (view, sac_runs_get (runs, i));
  g_signal_connect_object (runs, "added", G_CALLBACK (on_run_added), view,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (sac_document_get_viewport (document), "changed",
                           G_CALLBACK (on_viewport_changed), view,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "maps", G_CALLBACK (on_pane_maps), view,
                           G_CONNECT_SWAPPED);
  return view;
}

static void
sac_run_view_dispose (GObject *object)
{
  SacRunView *view = SAC_RUN_VIEW (object);

  for (guint i = 0; i < SAC_PANES_MOST; i++)
    leave (view, i);
  g_clear_object (&view->runs);
  g_clear_object (&view->document);
  G_OBJECT_CLASS (sac_run_view_parent_class)->dispose (object);
}

static void
sac_run_view_class_init (SacRunViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_run_view_dispose;
}

static void
sac_run_view_init (SacRunView *view)
{
}
