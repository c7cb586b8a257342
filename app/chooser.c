/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "chooser.h"

#include "accessible.h"
#include "chooser-item.h"
#include "chooser-search.h"
#include "texture.h"
#include "tooltip.h"

#define SWATCH_WIDTH 44
#define SWATCH_HEIGHT 12

/* A longer list is searched, not read. */
#define SEARCH_FROM 15

struct _SacChooser {
  GtkWidget parent_instance;
  GtkDropDown *drop_down;
  GListStore *items;
  GtkSelectionModel *rows; /* of the list, until it is first wanted */
  bool is_setting;       /* the program changes the selection, not the reader */
  bool middle;           /* long titles lose their middle, not their end */
  char *label;           /* what is chosen here */
  GtkWidget *chosen_box; /* in the row of what is chosen; NULL: not made yet */
};

G_DEFINE_FINAL_TYPE (SacChooser, sac_chooser, GTK_TYPE_WIDGET)

enum { PROP_MIDDLE = 1, PROP_LABEL, PROPERTY_COUNT };
static GParamSpec *properties[PROPERTY_COUNT];

enum { CHOSEN, SIGNAL_COUNT };
static guint signals[SIGNAL_COUNT];

static GtkWidget *
new_label (SacChooser *chooser, const char *css_class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

static GtkWidget *
new_swatch (void)
{
  GtkWidget *swatch = gtk_picture_new ();

  gtk_picture_set_content_fit (GTK_PICTURE (swatch), GTK_CONTENT_FIT_FILL);
  gtk_widget_set_size_request (swatch, SWATCH_WIDTH, SWATCH_HEIGHT);
  gtk_widget_set_valign (swatch, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (swatch, "swatch");
  return swatch;
}

static void
show_text (GtkWidget *label, const char *text)
{
  gtk_label_set_label (GTK_LABEL (label), text != NULL ? text : "");
  gtk_widget_set_visible (label, text != NULL);
}

static void
show_swatch (GtkWidget *swatch, const SacColorMap *colors)
{
  gtk_widget_set_visible (swatch, colors != NULL);
  if (colors == NULL)
    return;

  g_autoptr (GdkTexture) texture =
    sac_texture_new_for_colors (colors, SWATCH_WIDTH);

  gtk_picture_set_paintable (GTK_PICTURE (swatch), GDK_PAINTABLE (texture));
}

/* What does not fit is told by a tooltip; what does needs none. */
static gboolean
on_query_tooltip (
  GtkLabel *label, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  gtk_tooltip_set_text (tooltip, gtk_label_get_label (label));
  return pango_layout_is_ellipsized (gtk_label_get_layout (label));
}

/* The button: one line, as narrow as need be. */
static void
on_button_setup (SacChooser *chooser, GtkListItem *list_item)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *swatch = new_swatch ();
  GtkWidget *title = new_label (chooser, "title");
  GtkWidget *value = new_label (chooser, "numeric");

  gtk_label_set_ellipsize (GTK_LABEL (title), chooser->middle
                                                ? PANGO_ELLIPSIZE_MIDDLE
                                                : PANGO_ELLIPSIZE_END);
  gtk_widget_set_has_tooltip (title, TRUE);
  g_signal_connect (title, "query-tooltip", G_CALLBACK (on_query_tooltip),
                    NULL);
  gtk_box_append (GTK_BOX (box), swatch);
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), value);
  gtk_list_item_set_child (list_item, box);
}

static void
on_button_bind (SacChooser *chooser, GtkListItem *list_item)
{
  const SacOption *option =
    sac_chooser_item_get (gtk_list_item_get_item (list_item));
  GtkWidget *swatch =
    gtk_widget_get_first_child (gtk_list_item_get_child (list_item));
  GtkWidget *title = gtk_widget_get_next_sibling (swatch);

  show_swatch (swatch, option->colors);
  show_text (title, option->colors == NULL ? option->title : NULL);
  show_text (gtk_widget_get_next_sibling (title), option->value);
}

/* What is chosen, not what the pointer is over. */
static void
update_check (GtkListItem *list_item)
{
  GtkWidget *box = gtk_list_item_get_child (list_item);
  gpointer item = gtk_list_item_get_item (list_item);
  GtkWidget *drop_down = gtk_widget_get_ancestor (box, GTK_TYPE_DROP_DOWN);
  bool is_chosen =
    item != NULL && drop_down != NULL &&
    gtk_drop_down_get_selected_item (GTK_DROP_DOWN (drop_down)) == item;

  gtk_widget_set_opacity (gtk_widget_get_last_child (box), is_chosen);
  if (drop_down == NULL)
    return;

  SacChooser *chooser = SAC_CHOOSER (gtk_widget_get_parent (drop_down));

  if (is_chosen)
    g_set_weak_pointer (&chooser->chosen_box, box);
  else if (chooser->chosen_box == box) /* the row is another one's now */
    g_clear_weak_pointer (&chooser->chosen_box);
}

/* A row of the list: swatch, title over detail, value, check mark. */
static void
on_row_setup (SacChooser *chooser, GtkListItem *list_item)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *check = gtk_image_new_from_icon_name ("object-select-symbolic");

  gtk_box_append (GTK_BOX (texts), new_label (chooser, NULL));
  gtk_box_append (GTK_BOX (texts), new_label (chooser, "option-detail"));
  gtk_widget_set_hexpand (texts, TRUE);
  gtk_box_append (GTK_BOX (box), new_swatch ());
  gtk_box_append (GTK_BOX (box), texts);
  gtk_box_append (GTK_BOX (box), new_label (chooser, "numeric"));
  gtk_box_append (GTK_BOX (box), check);
  gtk_list_item_set_child (list_item, box);
  g_signal_connect_object (chooser->drop_down, "notify::selected-item",
                           G_CALLBACK (update_check), list_item,
                           G_CONNECT_SWAPPED);
}

/* For screen readers the row speaks, not what is in it. */
static void
describe_row (GtkWidget *box, const SacOption *option)
{
  GtkAccessible *row = GTK_ACCESSIBLE (gtk_widget_get_parent (box));
  const char *detail = option->reason != NULL ? option->reason : option->detail;

  sac_tooltip_set (box, option->reason);
  gtk_accessible_update_state (row, GTK_ACCESSIBLE_STATE_DISABLED,
                               option->reason != NULL, -1);
  gtk_accessible_update_property (row, GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  option->title,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  detail != NULL ? detail : "", -1);
}

static void
on_row_bind (SacChooser *chooser, GtkListItem *list_item)
{
  const SacOption *option =
    sac_chooser_item_get (gtk_list_item_get_item (list_item));
  GtkWidget *box = gtk_list_item_get_child (list_item);
  GtkWidget *swatch = gtk_widget_get_first_child (box);
  GtkWidget *texts = gtk_widget_get_next_sibling (swatch);

  show_swatch (swatch, option->colors);
  show_text (gtk_widget_get_first_child (texts), option->title);
  show_text (gtk_widget_get_last_child (texts),
             option->reason != NULL ? option->reason : option->detail);
  show_text (gtk_widget_get_next_sibling (texts), option->value);
  describe_row (box, option);
  gtk_widget_set_sensitive (gtk_widget_get_first_child (texts),
                            option->reason == NULL);
  gtk_list_item_set_activatable (list_item, option->reason == NULL);
  gtk_list_item_set_selectable (list_item, option->reason == NULL);
  update_check (list_item);
}

static GtkListItemFactory *
new_factory (SacChooser *chooser, GCallback on_setup, GCallback on_bind)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect_object (factory, "setup", on_setup, chooser,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", on_bind, chooser,
                           G_CONNECT_SWAPPED);
  return factory;
}

/* "Model: derm-vit". */
static void
refresh_name (SacChooser *chooser)
{
  SacChooserItem *item = gtk_drop_down_get_selected_item (chooser->drop_down);
  const char *title = item != NULL ? sac_chooser_item_get (item)->title : NULL;
  g_autofree char *name = title != NULL
                            ? g_strdup_printf ("%s: %s", chooser->label, title)
                            : g_strdup (chooser->label);

  if (name != NULL)
    sac_accessible_set_name (GTK_WIDGET (chooser->drop_down), name);
}

static void
on_selected (SacChooser *chooser)
{
  const char *id = sac_chooser_get_selected (chooser);

  refresh_name (chooser);

  if (!chooser->is_setting && id != NULL)
    g_signal_emit (chooser, signals[CHOSEN], 0, id);
}

static guint
find_item (SacChooser *chooser, const char *id)
{
  guint count = g_list_model_get_n_items (G_LIST_MODEL (chooser->items));

  for (guint i = 0; i < count; i++) {
    g_autoptr (SacChooserItem) item =
      g_list_model_get_item (G_LIST_MODEL (chooser->items), i);

    if (g_strcmp0 (sac_chooser_item_get (item)->id, id) == 0)
      return i;
  }
  return GTK_INVALID_LIST_POSITION;
}

static bool
has_options (SacChooser *chooser, const SacOption *options, gsize count)
{
  if (g_list_model_get_n_items (G_LIST_MODEL (chooser->items)) != count)
    return false;
  for (gsize i = 0; i < count; i++) {
    g_autoptr (SacChooserItem) item =
      g_list_model_get_item (G_LIST_MODEL (chooser->items), i);

    if (!sac_chooser_item_equals (item, &options[i]))
      return false;
  }
  return true;
}

void
sac_chooser_set_options (SacChooser *chooser,
                         const SacOption *options,
                         gsize count)
{
  g_autofree char *selected = g_strdup (sac_chooser_get_selected (chooser));
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  /* Setting the same again would close an open list. */
  if (has_options (chooser, options, count))
    return;
  for (gsize i = 0; i < count; i++)
    g_ptr_array_add (items, sac_chooser_item_new (&options[i]));
  chooser->is_setting = true;
  g_list_store_splice (chooser->items, 0,
                       g_list_model_get_n_items (G_LIST_MODEL (chooser->items)),
                       items->pdata, items->len);
  gtk_drop_down_set_enable_search (chooser->drop_down, count >= SEARCH_FROM);
  chooser->is_setting = false;
  sac_chooser_select (chooser, selected);
}

void
sac_chooser_select (SacChooser *chooser, const char *id)
{
  chooser->is_setting = true;
  gtk_drop_down_set_selected (chooser->drop_down, find_item (chooser, id));
  chooser->is_setting = false;
}

const char *
sac_chooser_get_selected (SacChooser *chooser)
{
  SacChooserItem *item = gtk_drop_down_get_selected_item (chooser->drop_down);

  return item != NULL ? sac_chooser_item_get (item)->id : NULL;
}

void
sac_chooser_open (SacChooser *chooser)
{
  gtk_widget_grab_focus (GTK_WIDGET (chooser->drop_down));
  g_signal_emit_by_name (chooser->drop_down, "activate");
}

/* A window has a dozen lists, and the rows of each would be made before its
 * first frame.  The button is pressed in before it opens the list. */
static void
on_button_state (SacChooser *chooser, GtkStateFlags before, GtkWidget *button)
{
  GtkWidget *view =
    sac_chooser_find_part (GTK_WIDGET (chooser->drop_down), GTK_TYPE_LIST_VIEW);

  if (chooser->rows == NULL || view == NULL ||
      !(gtk_widget_get_state_flags (button) & GTK_STATE_FLAG_CHECKED))
    return;
  gtk_list_view_set_model (GTK_LIST_VIEW (view), chooser->rows);
  g_clear_object (&chooser->rows);
}

static void
hold_rows_back (SacChooser *chooser)
{
  GtkWidget *drop_down = GTK_WIDGET (chooser->drop_down);
  GtkWidget *button = sac_chooser_find_part (drop_down, GTK_TYPE_TOGGLE_BUTTON);
  GtkWidget *view = sac_chooser_find_part (drop_down, GTK_TYPE_LIST_VIEW);

  if (button == NULL || view == NULL)
    return;
  g_set_object (&chooser->rows, gtk_list_view_get_model (GTK_LIST_VIEW (view)));
  gtk_list_view_set_model (GTK_LIST_VIEW (view), NULL);
  g_signal_connect_object (button, "state-flags-changed",
                           G_CALLBACK (on_button_state), chooser,
                           G_CONNECT_SWAPPED);
}

/* Keys start at what is chosen: what has the focus by now keeps it.  Letters go
 * to the search whatever has it. */
static void
on_list_mapped (SacChooser *chooser)
{
  GtkWidget *view =
    sac_chooser_find_part (GTK_WIDGET (chooser->drop_down), GTK_TYPE_LIST_VIEW);
  guint position = gtk_drop_down_get_selected (chooser->drop_down);

  if (view == NULL || position == GTK_INVALID_LIST_POSITION)
    return;
  gtk_widget_activate_action (view, "list.scroll-to-item", "u", position);
  if (chooser->chosen_box != NULL)
    gtk_widget_grab_focus (gtk_widget_get_parent (chooser->chosen_box));
}

static void
sac_chooser_set_property (GObject *object,
                          guint id,
                          const GValue *value,
                          GParamSpec *spec)
{
  SacChooser *chooser = SAC_CHOOSER (object);

  switch (id) {
  case PROP_MIDDLE:
    chooser->middle = g_value_get_boolean (value);
    break;
  case PROP_LABEL:
    g_free (chooser->label);
    chooser->label = g_value_dup_string (value);
    refresh_name (chooser);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void
sac_chooser_dispose (GObject *object)
{
  SacChooser *chooser = SAC_CHOOSER (object);
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (chooser));

  if (child != NULL)
    gtk_widget_unparent (child);
  g_clear_weak_pointer (&chooser->chosen_box);
  g_clear_object (&chooser->rows);
  g_clear_object (&chooser->items);
  g_clear_pointer (&chooser->label, g_free);
  G_OBJECT_CLASS (sac_chooser_parent_class)->dispose (object);
}

static void
sac_chooser_class_init (SacChooserClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = sac_chooser_set_property;
  object_class->dispose = sac_chooser_dispose;
  properties[PROP_MIDDLE] =
    g_param_spec_boolean ("middle", NULL, NULL, FALSE,
                          G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_LABEL] =
    g_param_spec_string ("label", NULL, NULL, NULL,
                         G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, PROPERTY_COUNT, properties);
  signals[CHOSEN] =
    g_signal_new ("chosen", SAC_TYPE_CHOOSER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                  NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "chooser");
}

static void
sac_chooser_init (SacChooser *chooser)
{
  g_autoptr (GtkListItemFactory) button =
    new_factory (chooser, G_CALLBACK (on_button_setup),
                 G_CALLBACK (on_button_bind));
  g_autoptr (GtkListItemFactory) row =
    new_factory (chooser, G_CALLBACK (on_row_setup), G_CALLBACK (on_row_bind));
  g_autoptr (GtkExpression) words =
    gtk_property_expression_new (SAC_TYPE_CHOOSER_ITEM, NULL, "words");

  chooser->items = g_list_store_new (SAC_TYPE_CHOOSER_ITEM);
  chooser->drop_down = GTK_DROP_DOWN (gtk_drop_down_new (NULL, NULL));
  gtk_drop_down_set_expression (chooser->drop_down, words);
  gtk_drop_down_set_factory (chooser->drop_down, button);
  gtk_drop_down_set_list_factory (chooser->drop_down, row);
  gtk_drop_down_set_model (chooser->drop_down, G_LIST_MODEL (chooser->items));
  gtk_widget_set_parent (GTK_WIDGET (chooser->drop_down), GTK_WIDGET (chooser));
  g_signal_connect_object (chooser->drop_down, "notify::selected-item",
                           G_CALLBACK (on_selected), chooser,
                           G_CONNECT_SWAPPED);

  sac_chooser_search_attach (chooser->drop_down);
  g_signal_connect_object (sac_chooser_find_part (GTK_WIDGET (
                                                    chooser->drop_down),
                                                  GTK_TYPE_POPOVER),
                           "map", G_CALLBACK (on_list_mapped), chooser,
                           G_CONNECT_SWAPPED);
  hold_rows_back (chooser);
}
