/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "pane-set.h"

static const SacPaneLayout layouts[] = {
  {1, 1, 1}, {2, 1, 2}, {3, 1, 3}, {4, 2, 2}, {6, 2, 3}, {9, 3, 3}, {0},
};

/* What is asked of panes before a reader asks: a convolutional network and a
 * transformer by turns, quick methods first. */
enum { CONVOLUTIONAL, TRANSFORMER };
static const char *const default_models[2][2] = {
  {"derm-resnet18", "derm-vit"},
  {"pcam-resnet18", "pcam-vit"},
};
static const struct {
  int model;
  const char *method;
} defaults[SAC_PANES_MOST] = {
  {CONVOLUTIONAL, "grad-cam"},   {TRANSFORMER, "relevance"},
  {CONVOLUTIONAL, "layercam"},   {TRANSFORMER, "rollout"},
  {CONVOLUTIONAL, "hirescam"},   {TRANSFORMER, "legrad"},
  {CONVOLUTIONAL, "grad-cam++"}, {TRANSFORMER, "attention-grad-cam"},
  {CONVOLUTIONAL, "eigen-cam"},
};

struct _SacPaneSet {
  GObject parent_instance;
  SacPaneState *panes[SAC_PANES_MOST];
  SacSource *source;
  guint count;
  guint active;
  guint compared[2]; /* the same twice with one pane */
  bool paused;
};

G_DEFINE_FINAL_TYPE (SacPaneSet, sac_pane_set, G_TYPE_OBJECT)

enum { CHANGED, MAPS, SIGNAL_COUNT };
static guint signals[SIGNAL_COUNT];

const SacPaneLayout *
sac_pane_layouts_get_all (void)
{
  return layouts;
}

const SacPaneLayout *
sac_pane_layout_find (guint count)
{
  for (const SacPaneLayout *layout = layouts; layout->count > 0; layout++) {
    if (layout->count == count)
      return layout;
  }
  return NULL;
}

static void
on_pane_changed (SacPaneSet *set)
{
  g_signal_emit (set, signals[MAPS], 0);
}

SacPaneSet *
sac_pane_set_new (SacWorker *worker, SacLibrary *library)
{
  SacPaneSet *set = g_object_new (SAC_TYPE_PANE_SET, NULL);

  for (guint i = 0; i < SAC_PANES_MOST; i++) {
    set->panes[i] = sac_pane_state_new (worker, library);
    g_signal_connect_object (set->panes[i], "result",
                             G_CALLBACK (on_pane_changed), set,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (set->panes[i], "display",
                             G_CALLBACK (on_pane_changed), set,
                             G_CONNECT_SWAPPED);
  }
  for (guint i = 0; i < SAC_PANES_MOST; i++)
    sac_pane_state_set_peers (set->panes[i], set->panes, SAC_PANES_MOST);
  return set;
}

guint
sac_pane_set_get_count (SacPaneSet *set)
{
  return set->count;
}

/* Roles of panes that went go to the first that are left. */
static void
settle_roles (SacPaneSet *set)
{
  if (set->active >= set->count)
    set->active = 0;
  if (set->compared[0] >= set->count)
    set->compared[0] = 0;
  if (set->compared[1] >= set->count || set->compared[1] == set->compared[0])
    set->compared[1] = set->compared[0] == 0 && set->count > 1 ? 1 : 0;
}

void
sac_pane_set_set_count (SacPaneSet *set, guint count)
{
  g_return_if_fail (sac_pane_layout_find (count) != NULL);
  if (set->count == count)
    return;
  set->count = count;
  settle_roles (set);
  for (guint i = 0; i < SAC_PANES_MOST; i++) {
    sac_pane_state_set_paused (set->panes[i], set->paused);
    sac_pane_state_set_source (set->panes[i], i < count ? set->source : NULL);
  }
  g_signal_emit (set, signals[CHANGED], 0);
  g_signal_emit (set, signals[MAPS], 0);
}

SacPaneState *
sac_pane_set_get (SacPaneSet *set, guint index)
{
  g_return_val_if_fail (index < SAC_PANES_MOST, NULL);
  return set->panes[index];
}

guint
sac_pane_set_get_active (SacPaneSet *set)
{
  return set->active;
}

void
sac_pane_set_set_active (SacPaneSet *set, guint index)
{
  g_return_if_fail (index < set->count);
  if (set->active == index)
    return;
  set->active = index;
  if (index != set->compared[0])
    set->compared[1] = index;
  g_signal_emit (set, signals[CHANGED], 0);
}

SacPaneState *
sac_pane_set_get_compared (SacPaneSet *set, guint which)
{
  if (which == 1 && set->compared[1] == set->compared[0])
    return NULL;
  return set->panes[set->compared[which]];
}

int
sac_pane_set_get_role (SacPaneSet *set, SacPaneState *pane)
{
  for (int which = 0; which < 2; which++) {
    if (sac_pane_set_get_compared (set, which) == pane)
      return which;
  }
  return -1;
}

void
sac_pane_set_make_reference (SacPaneSet *set)
{
  guint old = set->compared[0];

  if (set->active == old)
    return;
  set->compared[0] = set->active;
  if (set->compared[1] == set->active)
    set->compared[1] = old;
  g_signal_emit (set, signals[CHANGED], 0);
}

void
sac_pane_set_swap (SacPaneSet *set)
{
  SacPaneState *a = sac_pane_set_get_compared (set, 0);
  SacPaneState *b = sac_pane_set_get_compared (set, 1);
  SacChoice of_a, of_b;

  if (b == NULL)
    return;
  sac_choice_copy (sac_pane_state_get_choice (a), &of_a);
  sac_choice_copy (sac_pane_state_get_choice (b), &of_b);
  sac_pane_state_set_choice (a, &of_b);
  sac_pane_state_set_choice (b, &of_a);
  sac_choice_clear (&of_a);
  sac_choice_clear (&of_b);
}

/* Models suit what they were trained on: a change between photograph and slide
 * changes those that the reader has left at their default. */
void
sac_pane_set_use_defaults (SacPaneSet *set, bool is_slide)
{
  for (guint i = 0; i < SAC_PANES_MOST; i++) {
    SacPaneState *pane = set->panes[i];
    const SacChoice *choice = sac_pane_state_get_choice (pane);
    int model = defaults[i].model;
    bool is_default = choice->model == NULL ||
                      g_str_equal (choice->model, default_models[0][model]) ||
                      g_str_equal (choice->model, default_models[1][model]);

    if (choice->method == NULL)
      sac_pane_state_set_method (pane, defaults[i].method);
    if (is_default)
      sac_pane_state_set_model (pane, default_models[is_slide][model]);
  }
}

void
sac_pane_set_set_source (SacPaneSet *set, SacSource *source)
{
  g_clear_pointer (&set->source, sac_source_unref);
  set->source = source != NULL ? sac_source_ref (source) : NULL;
  for (guint i = 0; i < set->count; i++)
    sac_pane_state_set_source (set->panes[i], source);
}

void
sac_pane_set_set_pair (SacPaneSet *set, const SacPair *pair)
{
  for (guint i = 0; i < SAC_PANES_MOST; i++)
    sac_pane_state_set_pair (set->panes[i], pair);
}

void
sac_pane_set_set_paused (SacPaneSet *set, bool paused)
{
  set->paused = paused;
  for (guint i = 0; i < set->count; i++)
    sac_pane_state_set_paused (set->panes[i], paused);
}

void
sac_pane_set_stop (SacPaneSet *set)
{
  for (guint i = 0; i < set->count; i++)
    sac_pane_state_stop (set->panes[i]);
}

bool
sac_pane_set_is_busy (SacPaneSet *set)
{
  for (guint i = 0; i < set->count; i++) {
    if (sac_pane_state_is_busy (set->panes[i]))
      return true;
  }
  return false;
}

bool
sac_pane_set_match_classes (SacPaneSet *set)
{
  SacPaneState *reference = sac_pane_set_get_compared (set, 0);
  bool all = true;

  for (guint i = 0; i < set->count; i++) {
    if (set->panes[i] != reference)
      all &= sac_pane_state_take_class (set->panes[i], reference);
  }
  return all;
}

void
sac_pane_set_shut_down (SacPaneSet *set)
{
  for (guint i = 0; i < SAC_PANES_MOST; i++) {
    sac_pane_state_set_peers (set->panes[i], NULL, 0);
    sac_pane_state_shut_down (set->panes[i]);
  }
  g_clear_pointer (&set->source, sac_source_unref);
}

static void
sac_pane_set_finalize (GObject *object)
{
  SacPaneSet *set = SAC_PANE_SET (object);

  sac_pane_set_shut_down (set);
  for (guint i = 0; i < SAC_PANES_MOST; i++)
    g_object_unref (set->panes[i]);
  G_OBJECT_CLASS (sac_pane_set_parent_class)->finalize (object);
}

static guint
new_signal (const char *name)
{
  return g_signal_new (name, SAC_TYPE_PANE_SET, G_SIGNAL_RUN_LAST, 0, NULL,
                       NULL, NULL, G_TYPE_NONE, 0);
}

static void
sac_pane_set_class_init (SacPaneSetClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sac_pane_set_finalize;
  signals[CHANGED] = new_signal ("changed");
  signals[MAPS] = new_signal ("maps");
}

static void
sac_pane_set_init (SacPaneSet *set)
{
  set->count = 2;
  set->compared[1] = 1;
}
