/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "map-stack.h"

#define DEFAULT_OPACITY 0.6

struct _SacMapStack {
  GObject parent_instance;
  GPtrArray *items;       /* of SacStackedMap, from bottom to top */
  SacStackedMap *removed; /* last; NULL: nothing that can be put back */
  guint removed_from;
};

G_DEFINE_FINAL_TYPE (SacMapStack, sac_map_stack, G_TYPE_OBJECT)

enum { CHANGED, REMOVED, SIGNAL_COUNT };
static guint signals[SIGNAL_COUNT];

static void
item_free (gpointer data)
{
  SacStackedMap *item = data;

  sac_map_unref (item->map);
  g_free (item->name);
  g_free (item->path);
  g_free (item);
}

SacMapStack *
sac_map_stack_new (void)
{
  return g_object_new (SAC_TYPE_MAP_STACK, NULL);
}

bool
sac_map_stack_add (SacMapStack *stack, SacMap *map, const char *name)
{
  g_return_val_if_fail (map->has_geometry, false);
  if (stack->items->len >= SAC_MAP_STACK_MOST)
    return false;

  SacStackedMap *item = g_new0 (SacStackedMap, 1);

  item->map = sac_map_ref (map);
  item->name = g_strdup (name);
  item->opacity = DEFAULT_OPACITY;
  item->is_visible = true;
  g_ptr_array_add (stack->items, item);
  g_signal_emit (stack, signals[CHANGED], 0);
  return true;
}

void
sac_map_stack_remove (SacMapStack *stack, guint index)
{
  g_return_if_fail (index < stack->items->len);
  g_clear_pointer (&stack->removed, item_free);
  stack->removed = g_ptr_array_steal_index (stack->items, index);
  stack->removed_from = index;
  g_signal_emit (stack, signals[CHANGED], 0);
  g_signal_emit (stack, signals[REMOVED], 0, stack->removed->name);
}

bool
sac_map_stack_restore (SacMapStack *stack)
{
  if (stack->removed == NULL || stack->items->len >= SAC_MAP_STACK_MOST)
    return false;
  g_ptr_array_insert (stack->items,
                      (int)MIN (stack->removed_from, stack->items->len),
                      g_steal_pointer (&stack->removed));
  g_signal_emit (stack, signals[CHANGED], 0);
  return true;
}

void
sac_map_stack_clear (SacMapStack *stack)
{
  g_clear_pointer (&stack->removed, item_free);
  if (stack->items->len == 0)
    return;
  g_ptr_array_set_size (stack->items, 0);
  g_signal_emit (stack, signals[CHANGED], 0);
}

guint
sac_map_stack_get_count (SacMapStack *stack)
{
  return stack->items->len;
}

const SacStackedMap *
sac_map_stack_get (SacMapStack *stack, guint index)
{
  g_return_val_if_fail (index < stack->items->len, NULL);
  return g_ptr_array_index (stack->items, index);
}

void
sac_map_stack_move (SacMapStack *stack, guint index, guint to)
{
  g_return_if_fail (index < stack->items->len);

  gpointer item = g_ptr_array_steal_index (stack->items, index);

  g_ptr_array_insert (stack->items, MIN (to, stack->items->len), item);
  g_signal_emit (stack, signals[CHANGED], 0);
}

void
sac_map_stack_set_origin (SacMapStack *stack, const char *path, guint index)
{
  g_return_if_fail (stack->items->len > 0);

  SacStackedMap *item = stack->items->pdata[stack->items->len - 1];

  g_free (item->path);
  item->path = g_strdup (path);
  item->index = index;
}

void
sac_map_stack_set_looks (SacMapStack *stack,
                         guint index,
                         const SacStackedMap *looks)
{
  g_return_if_fail (index < stack->items->len);

  SacStackedMap *item = g_ptr_array_index (stack->items, index);
  SacStackedMap old = *item;

  *item = *looks;
  item->map = old.map;
  item->name = old.name;
  item->path = old.path;
  item->index = old.index;
  g_signal_emit (stack, signals[CHANGED], 0);
}

static void
sac_map_stack_finalize (GObject *object)
{
  SacMapStack *stack = SAC_MAP_STACK (object);

  g_clear_pointer (&stack->removed, item_free);
  g_ptr_array_unref (stack->items);
  G_OBJECT_CLASS (sac_map_stack_parent_class)->finalize (object);
}

static void
sac_map_stack_class_init (SacMapStackClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sac_map_stack_finalize;
  signals[CHANGED] =
    g_signal_new ("changed", SAC_TYPE_MAP_STACK, G_SIGNAL_RUN_LAST, 0, NULL,
                  NULL, NULL, G_TYPE_NONE, 0);
  signals[REMOVED] =
    g_signal_new ("removed", SAC_TYPE_MAP_STACK, G_SIGNAL_RUN_LAST, 0, NULL,
                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
sac_map_stack_init (SacMapStack *stack)
{
  stack->items = g_ptr_array_new_with_free_func (item_free);
}
