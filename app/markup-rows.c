/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "markup-rows.h"

struct _SacMarkupItem {
  GObject parent_instance;
  guint index;
};

G_DEFINE_FINAL_TYPE (SacMarkupItem, sac_markup_item, G_TYPE_OBJECT)

guint
sac_markup_item_get_index (SacMarkupItem *item)
{
  return item->index;
}

static void
sac_markup_item_class_init (SacMarkupItemClass *klass)
{
}

static void
sac_markup_item_init (SacMarkupItem *item)
{
}

struct _SacMarkupRows {
  GObject parent_instance;
  SacMarkup *markup;
  guint count; /* as the list knows it */
};

static void sac_markup_rows_list_model_init (GListModelInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (
  SacMarkupRows,
  sac_markup_rows,
  G_TYPE_OBJECT,
  G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, sac_markup_rows_list_model_init))

static GType
get_item_type (GListModel *model)
{
  return SAC_TYPE_MARKUP_ITEM;
}

static guint
get_item_count (GListModel *model)
{
  return SAC_MARKUP_ROWS (model)->count;
}

static gpointer
get_item (GListModel *model, guint position)
{
  if (position >= SAC_MARKUP_ROWS (model)->count)
    return NULL;

  SacMarkupItem *item = g_object_new (SAC_TYPE_MARKUP_ITEM, NULL);

  item->index = position;
  return item;
}

static void
sac_markup_rows_list_model_init (GListModelInterface *interface)
{
  interface->get_item_type = get_item_type;
  interface->get_n_items = get_item_count;
  interface->get_item = get_item;
}

/* Rows are numbers, so only how many there are matters; what they show, they
 * look up when told of a change. */
static void
on_changed (SacMarkupRows *rows)
{
  guint before = rows->count;
  guint now = sac_markup_get_set (rows->markup)->items->len;

  rows->count = now;
  if (now > before)
    g_list_model_items_changed (G_LIST_MODEL (rows), before, 0, now - before);
  else if (now < before)
    g_list_model_items_changed (G_LIST_MODEL (rows), now, before - now, 0);
}

SacMarkupRows *
sac_markup_rows_new (SacMarkup *markup)
{
  SacMarkupRows *rows = g_object_new (SAC_TYPE_MARKUP_ROWS, NULL);

  rows->markup = g_object_ref (markup);
  g_signal_connect_object (markup, "changed", G_CALLBACK (on_changed), rows,
                           G_CONNECT_SWAPPED);
  on_changed (rows);
  return rows;
}

static void
sac_markup_rows_finalize (GObject *object)
{
  g_object_unref (SAC_MARKUP_ROWS (object)->markup);
  G_OBJECT_CLASS (sac_markup_rows_parent_class)->finalize (object);
}

static void
sac_markup_rows_class_init (SacMarkupRowsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sac_markup_rows_finalize;
}

static void
sac_markup_rows_init (SacMarkupRows *rows)
{
}
