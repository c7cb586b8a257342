/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What pointer and keys do with the tool in hand.
 *
 * Drawn is by dragging, or by one press after the other: a rectangle and a
 * ruler take two, a polygon any number, ended by a double press, by a press on
 * its first vertex or by sac_markup_tools_end.  So whoever has only keys
 * presses at the cursor. */
#ifndef SAC_APP_MARKUP_TOOLS_H
#define SAC_APP_MARKUP_TOOLS_H

#include "markup.h"

/* For the markup itself, which outlives them. */
SacMarkupTools *sac_markup_tools_new (SacMarkup *markup);
void sac_markup_tools_free (SacMarkupTools *tools);

typedef struct {
  double x, y;  /* level 0 */
  double reach; /* what counts as the same place, level 0 */
  bool again;   /* the second of a double press */
} SacTouch;

/* Returns: false where the press means nothing to the tool. */
bool sac_markup_tools_press (SacMarkupTools *tools, const SacTouch *touch);
void sac_markup_tools_drag (SacMarkupTools *tools, const SacTouch *touch);
void sac_markup_tools_release (SacMarkupTools *tools, const SacTouch *touch);
void sac_markup_tools_cancel (SacMarkupTools *tools);
/* The pointer or the cursor is there, with nothing pressed. */
void sac_markup_tools_hover (SacMarkupTools *tools, const SacTouch *touch);

/* Ends what is half drawn, if it is something.  Returns: false when nothing was
 * half drawn. */
bool sac_markup_tools_end (SacMarkupTools *tools);
/* Takes back its last vertex, or all of it.  Returns: as above. */
bool sac_markup_tools_back (SacMarkupTools *tools);
bool sac_markup_tools_drop (SacMarkupTools *tools);

/* Moves the chosen vertex, or the selected item.  Returns: false when nothing
 * is selected. */
bool sac_markup_tools_nudge (SacMarkupTools *tools, double dx, double dy);

/* Selects the next item (1) or the one before (-1), or vertex of the selected
 * one. */
void sac_markup_tools_step (SacMarkupTools *tools, int by);
void sac_markup_tools_step_vertex (SacMarkupTools *tools, int by);

#endif
