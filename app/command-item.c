/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "command-item.h"

#include "command-search.h"

#include <glib/gi18n.h>
#include <string.h>

/* The title counts for more than the group it stands in. */
#define TITLE_WEIGHT 2

struct _SacCommandItem {
  GObject parent_instance;
  const SacCommand *command;
  bool is_enabled, is_on;
  char *title;   /* folded, as are these */
  char *english; /* what the manual and other languages' readers call it */
  char *group;   /* and title, for a search that names both */
};

G_DEFINE_FINAL_TYPE (SacCommandItem, sac_command_item, G_TYPE_OBJECT)

static GActionGroup *
find_actions (GtkWindow *window, const char **name)
{
  if (g_str_has_prefix (*name, "win.")) {
    *name += strlen ("win.");
    return G_ACTION_GROUP (window);
  }
  if (g_str_has_prefix (*name, "app.")) {
    *name += strlen ("app.");
    return G_ACTION_GROUP (gtk_window_get_application (window));
  }
  return NULL;
}

static bool
is_state_on (GVariant *state, GVariant *target)
{
  if (target != NULL)
    return g_variant_equal (state, target);
  return g_variant_is_of_type (state, G_VARIANT_TYPE_BOOLEAN) &&
         g_variant_get_boolean (state);
}

/* Actions that belong to no group are GTK's own, which always can. */
static void
look_at_action (SacCommandItem *item, GtkWindow *window)
{
  g_autofree char *full_name = NULL;
  g_autoptr (GVariant) target = NULL;
  g_autoptr (GVariant) state = NULL;
  gboolean enabled = TRUE;

  if (!g_action_parse_detailed_name (item->command->action, &full_name, &target,
                                     NULL))
    return;

  const char *name = full_name;
  GActionGroup *actions = find_actions (window, &name);

  if (actions != NULL &&
      !g_action_group_query_action (actions, name, &enabled, NULL, NULL, NULL,
                                    &state))
    enabled = FALSE;
  item->is_enabled = enabled;
  item->is_on = state != NULL && is_state_on (state, target);
}

SacCommandItem *
sac_command_item_new (const SacCommand *command, GtkWindow *window)
{
  SacCommandItem *item = g_object_new (SAC_TYPE_COMMAND_ITEM, NULL);
  g_autofree char *both =
    g_strdup_printf ("%s %s", sac_command_get_group_title (command),
                     _ (command->title));

  item->command = command;
  item->title = sac_command_search_fold (_ (command->title));
  item->english = sac_command_search_fold (command->title);
  item->group = sac_command_search_fold (both);
  look_at_action (item, window);
  return item;
}

const SacCommand *
sac_command_item_get (SacCommandItem *item)
{
  return item->command;
}

bool
sac_command_item_is_enabled (SacCommandItem *item)
{
  return item->is_enabled;
}

bool
sac_command_item_is_on (SacCommandItem *item)
{
  return item->is_on;
}

int
sac_command_item_score (SacCommandItem *item, const char *query)
{
  int title = TITLE_WEIGHT * sac_command_search_score (item->title, query);
  int english = TITLE_WEIGHT * sac_command_search_score (item->english, query);
  int group = sac_command_search_score (item->group, query);

  return MAX (MAX (title, english), group);
}

char *
sac_command_item_dup_spoken (SacCommandItem *item)
{
  const char *need = sac_command_get_need (item->command);
  g_autofree char *key = sac_command_dup_key (item->command);
  g_autoptr (GString) text = g_string_new (_ (item->command->title));

  g_string_append_printf (text, ", %s",
                          sac_command_get_group_title (item->command));
  if (key != NULL)
    g_string_append_printf (text, ", %s", key);
  if (!item->is_enabled)
    g_string_append_printf (text, ". %s",
                            need != NULL ? need : _ ("Not possible now."));
  return g_strdup (text->str);
}

static void
sac_command_item_finalize (GObject *object)
{
  SacCommandItem *item = SAC_COMMAND_ITEM (object);

  g_free (item->title);
  g_free (item->english);
  g_free (item->group);
  G_OBJECT_CLASS (sac_command_item_parent_class)->finalize (object);
}

static void
sac_command_item_class_init (SacCommandItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sac_command_item_finalize;
}

static void
sac_command_item_init (SacCommandItem *item)
{
}
