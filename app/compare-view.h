/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* How A and B are looked at: side by side, or as one picture in A's pane.
 *
 * Signals: "mode" another mode; "changed" that, or where the divider or the
 * lens is, whose turn it is, or how many cells are the top. */
#ifndef SAC_APP_COMPARE_VIEW_H
#define SAC_APP_COMPARE_VIEW_H

#include "scene/compare.h"

#include <glib-object.h>

#define SAC_TYPE_COMPARE_VIEW (sac_compare_view_get_type ())
G_DECLARE_FINAL_TYPE (
  SacCompareView, sac_compare_view, SAC, COMPARE_VIEW, GObject)

SacCompareView *sac_compare_view_new (void);

SacCompareMode sac_compare_view_get_mode (SacCompareView *view);
void sac_compare_view_set_mode (SacCompareView *view, SacCompareMode mode);

/* Flicker goes by itself only while animations are allowed: two and a half
 * changes a second, below what is known to harm. */
void sac_compare_view_set_animated (SacCompareView *view, bool animated);
bool sac_compare_view_get_animated (SacCompareView *view);

/* Divider, lens and turn. */
const SacSceneCompare *sac_compare_view_get (SacCompareView *view);
void sac_compare_view_set_divider (SacCompareView *view, double divider);
void sac_compare_view_set_lens (SacCompareView *view, double x, double y);
void sac_compare_view_set_square (SacCompareView *view, bool square);

/* The share of cells that count as the top. */
double sac_compare_view_get_share (SacCompareView *view);

/* One step of what the mode has: the divider, the lens's size, the turn, the
 * share.  step: 1 or -1. */
void sac_compare_view_adjust (SacCompareView *view, int step);

void sac_compare_view_shut_down (SacCompareView *view);

#endif
