/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Maps that lie over a pane's own explanation: read from files, or put aside.
 * Each has its place in the order, and looks of its own.
 *
 * Signals: "changed"; "removed" (name) one of them was taken off. */
#ifndef SAC_APP_MAP_STACK_H
#define SAC_APP_MAP_STACK_H

#include "map/color-map.h"
#include "map/scale.h"

#include <glib-object.h>

#define SAC_MAP_STACK_MOST 16

#define SAC_TYPE_MAP_STACK (sac_map_stack_get_type ())
G_DECLARE_FINAL_TYPE (SacMapStack, sac_map_stack, SAC, MAP_STACK, GObject)

typedef struct {
  SacMap *map;
  char *name;                /* for people */
  char *path;                /* of the file it came from; NULL: of none */
  guint index;               /* of the file's maps */
  const SacColorMap *colors; /* NULL: the one that fits the scale */
  SacScaleMode scale_mode;
  double opacity; /* [0, 1] */
  bool is_visible;
  bool smooth;
} SacStackedMap;

SacMapStack *sac_map_stack_new (void);

/* On top, visible, on its own scale.  Refs the map, which must have a geometry.
 * Returns: false when there are SAC_MAP_STACK_MOST already. */
bool sac_map_stack_add (SacMapStack *stack, SacMap *map, const char *name);
void sac_map_stack_remove (SacMapStack *stack, guint index);
void sac_map_stack_clear (SacMapStack *stack);
/* Puts back what was removed last, where it was.  Returns: false when the stack
 * was cleared since, or is full. */
bool sac_map_stack_restore (SacMapStack *stack);

/* From bottom to top. */
guint sac_map_stack_get_count (SacMapStack *stack);
const SacStackedMap *sac_map_stack_get (SacMapStack *stack, guint index);

/* Places `to` past the end mean the top. */
void sac_map_stack_move (SacMapStack *stack, guint index, guint to);
/* Of the topmost map. */
void
sac_map_stack_set_origin (SacMapStack *stack, const char *path, guint index);
/* Takes over the looks: all but map, name and origin. */
void sac_map_stack_set_looks (SacMapStack *stack,
                              guint index,
                              const SacStackedMap *looks);

#endif
