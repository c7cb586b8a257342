/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "compare-view.h"

#define TURN_MS 400

#define DIVIDER_STEP 0.02
#define LENS_FACTOR 1.15
#define LENS_SMALLEST 30.0
#define LENS_LARGEST 600.0

static const double shares[] = {0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5};

struct _SacCompareView {
  GObject parent_instance;
  SacSceneCompare compare;
  gsize share; /* index */
  bool animated;
  guint timer;
};

G_DEFINE_FINAL_TYPE (SacCompareView, sac_compare_view, G_TYPE_OBJECT)

enum { CHANGED, MODE, SIGNAL_COUNT };
static guint signals[SIGNAL_COUNT];

SacCompareView *
sac_compare_view_new (void)
{
  return g_object_new (SAC_TYPE_COMPARE_VIEW, NULL);
}

static void
changed (SacCompareView *view)
{
  g_signal_emit (view, signals[CHANGED], 0);
}

static gboolean
on_turn (gpointer data)
{
  SacCompareView *view = data;

  view->compare.shows_other = !view->compare.shows_other;
  changed (view);
  return G_SOURCE_CONTINUE;
}

static void
refresh_timer (SacCompareView *view)
{
  bool wanted = view->animated && view->compare.mode == SAC_COMPARE_FLICKER;

  if (wanted && view->timer == 0)
    view->timer = g_timeout_add (TURN_MS, on_turn, view);
  if (!wanted)
    g_clear_handle_id (&view->timer, g_source_remove);
}

SacCompareMode
sac_compare_view_get_mode (SacCompareView *view)
{
  return view->compare.mode;
}

void
sac_compare_view_set_mode (SacCompareView *view, SacCompareMode mode)
{
  if (view->compare.mode == mode)
    return;
  view->compare.mode = mode;
  view->compare.shows_other = false;
  refresh_timer (view);
  g_signal_emit (view, signals[MODE], 0);
  changed (view);
}

void
sac_compare_view_set_animated (SacCompareView *view, bool animated)
{
  view->animated = animated;
  refresh_timer (view);
  changed (view);
}

bool
sac_compare_view_get_animated (SacCompareView *view)
{
  return view->animated;
}

const SacSceneCompare *
sac_compare_view_get (SacCompareView *view)
{
  return &view->compare;
}

void
sac_compare_view_set_divider (SacCompareView *view, double divider)
{
  view->compare.divider = CLAMP (divider, 0, 1);
  changed (view);
}

void
sac_compare_view_set_lens (SacCompareView *view, double x, double y)
{
  view->compare.lens_x = x;
  view->compare.lens_y = y;
  changed (view);
}

void
sac_compare_view_set_square (SacCompareView *view, bool square)
{
  view->compare.lens_is_square = square;
  changed (view);
}

double
sac_compare_view_get_share (SacCompareView *view)
{
  return shares[view->share];
}

void
sac_compare_view_adjust (SacCompareView *view, int step)
{
  SacSceneCompare *compare = &view->compare;
  double factor = step > 0 ? LENS_FACTOR : 1 / LENS_FACTOR;

  switch (compare->mode) {
  case SAC_COMPARE_SWIPE:
    sac_compare_view_set_divider (view, compare->divider + step * DIVIDER_STEP);
    break;
  case SAC_COMPARE_LENS:
    compare->lens_radius =
      CLAMP (compare->lens_radius * factor, LENS_SMALLEST, LENS_LARGEST);
    changed (view);
    break;
  case SAC_COMPARE_FLICKER:
    compare->shows_other = !compare->shows_other;
    changed (view);
    break;
  case SAC_COMPARE_AGREEMENT:
    if (step < 0 && view->share > 0)
      view->share--;
    else if (step > 0 && view->share + 1 < G_N_ELEMENTS (shares))
      view->share++;
    changed (view);
    break;
  default:
    break;
  }
}

void
sac_compare_view_shut_down (SacCompareView *view)
{
  g_clear_handle_id (&view->timer, g_source_remove);
}

static void
sac_compare_view_finalize (GObject *object)
{
  sac_compare_view_shut_down (SAC_COMPARE_VIEW (object));
  G_OBJECT_CLASS (sac_compare_view_parent_class)->finalize (object);
}

static guint
new_signal (const char *name)
{
  return g_signal_new (name, SAC_TYPE_COMPARE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL,
                       NULL, NULL, G_TYPE_NONE, 0);
}

static void
sac_compare_view_class_init (SacCompareViewClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sac_compare_view_finalize;
  signals[CHANGED] = new_signal ("changed");
  signals[MODE] = new_signal ("mode");
}

static void
sac_compare_view_init (SacCompareView *view)
{
  view->compare.divider = 0.5;
  view->compare.lens_radius = 110;
  view->share = 3;
}
