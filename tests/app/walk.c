/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "walk.h"

#include "app-support.h"
#include "canvas.h"

#include <string.h>

static void
collect (GtkWidget *below, GPtrArray *found)
{
  for (GtkWidget *child = gtk_widget_get_first_child (below); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    if (!gtk_widget_get_mapped (child) || GTK_IS_NATIVE (child))
      continue;
    if (gtk_widget_get_focusable (child) && gtk_widget_get_can_focus (child) &&
        gtk_widget_is_sensitive (child))
      g_ptr_array_add (found, child);
    /* What a button is made of is the button. */
    if (!GTK_IS_BUTTON (child))
      collect (child, found);
  }
}

/* The part of an entry that has the focus is nothing to a screen reader; the
 * entry is. */
static GtkWidget *
get_spoken (GtkWidget *widget)
{
  while (gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (widget)) ==
         GTK_ACCESSIBLE_ROLE_NONE)
    widget = gtk_widget_get_parent (widget);
  return widget;
}

/* Returns: a new string, NULL where none was given. */
static char *
dup_name (GtkWidget *widget)
{
  GtkAccessible *accessible = GTK_ACCESSIBLE (widget);

  if (!gtk_test_accessible_has_property (accessible,
                                         GTK_ACCESSIBLE_PROPERTY_LABEL))
    return NULL;
  /* What is there, because it is not this. */
  return gtk_test_accessible_check_property (accessible,
                                             GTK_ACCESSIBLE_PROPERTY_LABEL,
                                             "\x01");
}

static bool
is_labelled_by (GtkWidget *widget)
{
  return gtk_test_accessible_has_relation (GTK_ACCESSIBLE (widget),
                                           GTK_ACCESSIBLE_RELATION_LABELLED_BY);
}

/* Of rows and items, what is in them speaks. */
static bool
speaks_by_content (GtkWidget *widget)
{
  GtkAccessibleRole role =
    gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (widget));

  return role == GTK_ACCESSIBLE_ROLE_LIST_ITEM ||
         role == GTK_ACCESSIBLE_ROLE_ROW || role == GTK_ACCESSIBLE_ROLE_LIST ||
         role == GTK_ACCESSIBLE_ROLE_GROUP;
}

static char *
describe (GtkWidget *widget)
{
  GString *text = g_string_new (NULL);

  for (int i = 0; widget != NULL && i < 5;
       i++, widget = gtk_widget_get_parent (widget)) {
    g_autofree char *name = dup_name (widget);

    g_string_append_printf (text, "%s%s %s", i > 0 ? " in " : "",
                            G_OBJECT_TYPE_NAME (widget),
                            name != NULL ? name : "");
  }
  return g_string_free (text, FALSE);
}

/* Neither empty, nor with the sign for a key in it. */
static bool
is_good (GtkWidget *widget, const char *name)
{
  if (GTK_IS_BUTTON (widget) &&
      gtk_button_get_use_underline (GTK_BUTTON (widget)) &&
      strchr (name, '_') != NULL)
    return false;
  return *name != '\0' && *name != '_' && strstr (name, " _") == NULL;
}

/* Returns: how many there are. */
static guint
check_names (GtkWidget *top)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  guint bad = 0;

  collect (top, all);
  for (guint i = 0; i < all->len; i++) {
    GtkWidget *widget = get_spoken (all->pdata[i]);
    g_autofree char *name = dup_name (widget);
    bool is_named =
      name != NULL ? is_good (widget, name) : is_labelled_by (widget);

    if (is_named || speaks_by_content (widget))
      continue;

    g_autofree char *text = describe (widget);

    g_test_message ("no name: %s", text);
    bad++;
  }
  g_assert_cmpuint (bad, ==, 0);
  return all->len;
}

/* Tab goes on and on, then back: a long list is left where it was entered.
 * Returns: whom it meets. */
static GHashTable *
press_tab (GtkWidget *top, guint most)
{
  GHashTable *met = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < 2 * most; i++) {
    GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (top));

    if (focus != NULL)
      g_hash_table_add (met, focus);
    gtk_widget_child_focus (top, i < most ? GTK_DIR_TAB_FORWARD
                                          : GTK_DIR_TAB_BACKWARD);
  }
  return met;
}

/* Within a list, a group of buttons or of tabs, arrows go on. */
static bool
is_met (GHashTable *met, GtkWidget *widget)
{
  if (g_hash_table_contains (met, widget))
    return true;
  for (GtkWidget *up = widget; up != NULL; up = gtk_widget_get_parent (up)) {
    if (GTK_IS_LIST_VIEW (up) || GTK_IS_LIST_BOX (up) ||
        GTK_IS_COLUMN_VIEW (up) || GTK_IS_SCROLLED_WINDOW (up))
      return true;
  }
  return false;
}

static void
check_tab (GtkWidget *top)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new ();
  guint bad = 0;

  collect (top, all);

  g_autoptr (GHashTable) met = press_tab (top, 3 * all->len + 10);

  for (guint i = 0; i < all->len; i++) {
    g_autofree char *text = describe (all->pdata[i]);

    if (is_met (met, all->pdata[i]))
      continue;
    g_test_message ("not reached: %s", text);
    bad++;
  }
  g_assert_cmpuint (bad, ==, 0);
}

/* A role by which it is operated: a press, a value, a choice, a text. */
static void
check_roles (GtkWidget *top)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new ();

  collect (top, all);
  for (guint i = 0; i < all->len; i++) {
    GtkWidget *widget = get_spoken (all->pdata[i]);

    if (gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (widget)) ==
        GTK_ACCESSIBLE_ROLE_WIDGET) {
      g_autofree char *text = describe (widget);

      g_test_message ("no role: %s", text);
      g_test_fail ();
    }
  }
}

/* A picture says what it shows a moment after it does. */
static bool
pictures_speak (gpointer window)
{
  GtkWidget *canvas;

  for (int i = 0; (canvas = app_find (window, SAC_TYPE_CANVAS, i)) != NULL; i++)
    if (!gtk_test_accessible_has_property (GTK_ACCESSIBLE (canvas),
                                           GTK_ACCESSIBLE_PROPERTY_DESCRIPTION))
      return false;
  return true;
}

guint
walk_check (GtkWidget *top)
{
  guint count = check_names (top);

  check_roles (top);
  check_tab (top);
  return count;
}

void
walk_window (GtkWindow *window, guint least)
{
  app_wait_until (pictures_speak, window);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
  g_assert_cmpuint (walk_check (GTK_WIDGET (window)), >=, least);
}
