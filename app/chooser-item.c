/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "chooser-item.h"

struct _SacChooserItem {
  GObject parent_instance;
  SacOption option; /* its texts are owned */
};

G_DEFINE_FINAL_TYPE (SacChooserItem, sac_chooser_item, G_TYPE_OBJECT)

enum { PROP_WORDS = 1, PROPERTY_COUNT };
static GParamSpec *properties[PROPERTY_COUNT];

SacChooserItem *
sac_chooser_item_new (const SacOption *option)
{
  SacChooserItem *item = g_object_new (SAC_TYPE_CHOOSER_ITEM, NULL);

  item->option = (SacOption){
    .id = g_strdup (option->id),
    .title = g_strdup (option->title),
    .detail = g_strdup (option->detail),
    .value = g_strdup (option->value),
    .reason = g_strdup (option->reason),
    .colors = option->colors,
  };
  return item;
}

const SacOption *
sac_chooser_item_get (SacChooserItem *item)
{
  return &item->option;
}

bool
sac_chooser_item_equals (SacChooserItem *item, const SacOption *option)
{
  return g_strcmp0 (item->option.id, option->id) == 0 &&
         g_strcmp0 (item->option.title, option->title) == 0 &&
         g_strcmp0 (item->option.detail, option->detail) == 0 &&
         g_strcmp0 (item->option.value, option->value) == 0 &&
         g_strcmp0 (item->option.reason, option->reason) == 0 &&
         item->option.colors == option->colors;
}

/* Searching a list reads as a property what an option is called: its title in
 * the reader's language and its id, which is English. */
static void
sac_chooser_item_get_property (GObject *object,
                               guint id,
                               GValue *value,
                               GParamSpec *spec)
{
  const SacOption *option = &SAC_CHOOSER_ITEM (object)->option;

  if (id == PROP_WORDS)
    g_value_take_string (value,
                         g_strconcat (option->title, "\n", option->id, NULL));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
sac_chooser_item_finalize (GObject *object)
{
  SacOption *option = &SAC_CHOOSER_ITEM (object)->option;

  g_free ((char *)option->id);
  g_free ((char *)option->title);
  g_free ((char *)option->detail);
  g_free ((char *)option->value);
  g_free ((char *)option->reason);
  G_OBJECT_CLASS (sac_chooser_item_parent_class)->finalize (object);
}

static void
sac_chooser_item_class_init (SacChooserItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = sac_chooser_item_get_property;
  object_class->finalize = sac_chooser_item_finalize;
  properties[PROP_WORDS] =
    g_param_spec_string ("words", NULL, NULL, NULL,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, PROPERTY_COUNT, properties);
}

static void
sac_chooser_item_init (SacChooserItem *item)
{
}
