/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "page-actions.h"

#include "accessible.h"
#include "labels.h"

#include <glib/gi18n.h>

#define KEY "sac-page-button"

static SacSource *
get_source (SacWindow *window)
{
  return sac_document_get_source (sac_window_get_document (window));
}

bool
sac_page_actions_is_met (SacWindow *window)
{
  SacSource *source = get_source (window);

  return source != NULL && sac_source_get_page_number (source) > 0;
}

/* The first page is the file itself. */
static void
open_page (SacWindow *window, int number)
{
  SacSource *source = get_source (window);
  g_autofree char *file =
    sac_source_split_page (sac_source_get_path (source), NULL);
  g_autofree char *page =
    g_strdup_printf ("%s" SAC_SOURCE_PAGE "%d", file, number);

  if (number != sac_source_get_page_number (source))
    sac_document_open (sac_window_get_document (window),
                       number == 1 ? file : page);
}

static void
on_page (GSimpleAction *action, GVariant *state, gpointer window)
{
  int number = g_variant_get_int32 (state);

  if (sac_page_actions_is_met (window) && number >= 1 &&
      number <= (int)sac_source_get_pages (get_source (window))->len)
    open_page (window, number);
}

/* Pictures apart are chosen from the menu alone. */
static void
on_step (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  const GPtrArray *pages = sac_source_get_pages (get_source (window));
  int number = sac_source_get_page_number (get_source (window)) +
               g_variant_get_int32 (parameter);

  if (number < 1)
    sac_window_tell (window, _ ("This is the first page."));
  else if (number > (int)pages->len ||
           ((const SacSourcePage *)pages->pdata[number - 1])->apart)
    sac_window_tell (window, _ ("There is no further page."));
  else
    open_page (window, number);
}

static void
on_choose (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  GtkWidget *button = g_object_get_data (window, KEY);

  if (gtk_widget_get_mapped (button))
    gtk_menu_button_popup (GTK_MENU_BUTTON (button));
  else
    sac_window_tell (window, _ ("Presenting hides the list of pages."));
}

static const GActionEntry entries[] = {
  {"page", NULL, "i", "0", on_page},
  {"step-page", on_step, "i"},
  {"choose-page", on_choose},
};

/* Names are the file's: an underscore in them marks no key. */
static void
append_page (GMenu *menu, const SacSourcePage *page, int number)
{
  g_autofree char *size =
    g_strdup_printf ("%" G_GINT64_FORMAT " × %" G_GINT64_FORMAT, page->width,
                     page->height);
  g_autofree char *label =
    page->name != NULL
      ? g_strdup_printf ("%d   %s   %s", number, page->name, size)
      : g_strdup_printf ("%d   %s", number, size);
  g_autofree char *plain = sac_label_without_key (label);
  g_autoptr (GMenuItem) item = g_menu_item_new (plain, NULL);

  g_menu_item_set_action_and_target (item, "win.page", "i", number);
  g_menu_append_item (menu, item);
}

static void
fill_menu (GtkMenuButton *button, gpointer window)
{
  const GPtrArray *pages = sac_source_get_pages (get_source (window));
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) like = g_menu_new ();
  g_autoptr (GMenu) apart = g_menu_new ();

  for (guint i = 0; i < pages->len; i++) {
    const SacSourcePage *page = pages->pdata[i];

    append_page (page->apart ? apart : like, page, (int)i + 1);
  }
  g_menu_append_section (menu, NULL, G_MENU_MODEL (like));
  if (g_menu_model_get_n_items (G_MENU_MODEL (apart)) > 0)
    g_menu_append_section (menu, _ ("Other pictures, perhaps labels"),
                           G_MENU_MODEL (apart));
  gtk_menu_button_set_menu_model (button, G_MENU_MODEL (menu));
}

static void
on_source (SacWindow *window)
{
  GtkMenuButton *button = g_object_get_data (G_OBJECT (window), KEY);
  bool is_met = sac_page_actions_is_met (window);
  int number = is_met ? sac_source_get_page_number (get_source (window)) : 0;
  int count = is_met ? (int)sac_source_get_pages (get_source (window))->len : 0;
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (window), "page");
  g_autofree char *label = g_strdup_printf ("%d/%d", number, count);
  g_autofree char *name =
    g_strdup_printf (_ ("Page %d of %d of the file"), number, count);

  g_simple_action_set_state (G_SIMPLE_ACTION (action),
                             g_variant_new_int32 (number));
  gtk_widget_set_visible (GTK_WIDGET (button), is_met);
  gtk_menu_button_set_label (button, label);
  sac_accessible_set_name (GTK_WIDGET (button), name);
  /* Made when it is opened, of the file that is shown then. */
  gtk_menu_button_set_menu_model (button, NULL);
}

void
sac_page_actions_add (SacWindow *window, GtkMenuButton *button)
{
  g_object_set_data (G_OBJECT (window), KEY, button);
  g_action_map_add_action_entries (G_ACTION_MAP (window), entries,
                                   G_N_ELEMENTS (entries), window);
  gtk_menu_button_set_create_popup_func (button, fill_menu, window, NULL);
  g_signal_connect_object (sac_window_get_document (window), "source",
                           G_CALLBACK (on_source), window, G_CONNECT_SWAPPED);
  on_source (window);
}
