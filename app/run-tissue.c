/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "run-tissue.h"

#include "accessible.h"
#include "tooltip.h"

#include <glib/gi18n.h>

/* Passes over the values on a scale's way. */
#define SETTLE_MS 120
#define BLANK_THRESHOLD 255

struct _SacRunTissueView {
  GtkWidget parent_instance;
  SacDocument *document;
  SacWorker *worker; /* its own: models keep the other one busy for seconds */
  SacJob *job;       /* NULL: nothing is looked for */
  guint timer;
  bool is_open, is_setting;
  double mpp;
  int threshold; /* a reader's; 0: found */
  bool is_blank;
  SacRunTissueLook *look; /* NULL: none yet */

  GtkWidget *box;
  GtkWidget *kind;
  GtkWidget *found; /* what is there for tissue that is found */
  GtkWidget *scale;
  GtkWidget *automatic;
  GtkWidget *words;
  GtkWidget *edit;
};

G_DEFINE_FINAL_TYPE (SacRunTissueView, sac_run_tissue, GTK_TYPE_WIDGET)

enum { CHANGED, SIGNAL_COUNT };
static guint signals[SIGNAL_COUNT];

static SacRunTissue
get_kind (SacRunTissueView *view)
{
  return (SacRunTissue)gtk_drop_down_get_selected (GTK_DROP_DOWN (view->kind));
}

static int
find_class (const SacAnnotations *set)
{
  for (guint i = 0; i < set->classes->len; i++)
    if (g_ascii_strcasecmp (((SacAnnotationClass *)set->classes->pdata[i])
                              ->name,
                            SAC_RUN_TISSUE_CLASS) == 0)
      return (int)i;
  return -1;
}

static bool
has_area (const SacAnnotation *item)
{
  return item->kind == SAC_ANNOTATION_RECTANGLE ||
         item->kind == SAC_ANNOTATION_POLYGON;
}

/* Areas of the class of tissue, and holes in whatever there is. */
static bool
is_tissue (const SacAnnotation *item, int class_index)
{
  return has_area (item) &&
         (item->class_index == class_index || item->excludes);
}

static guint
count_drawn (SacRunTissueView *view)
{
  const SacAnnotations *set =
    sac_markup_get_set (sac_document_get_markup (view->document));
  int class_index = find_class (set);
  guint count = 0;

  for (guint i = 0; class_index >= 0 && i < set->items->len; i++)
    count += is_tissue (set->items->pdata[i], class_index);
  return count;
}

SacAnnotations *
sac_run_tissue_dup_drawn (SacRunTissueView *view)
{
  const SacAnnotations *set =
    sac_markup_get_set (sac_document_get_markup (view->document));
  int class_index = find_class (set);

  if (get_kind (view) != SAC_RUN_TISSUE_DRAWN || class_index < 0)
    return NULL;

  SacAnnotations *drawn = sac_annotations_copy (set);

  for (guint i = drawn->items->len; i-- > 0;)
    if (!is_tissue (drawn->items->pdata[i], class_index))
      g_ptr_array_remove_index (drawn->items, i);
  return drawn;
}

const char *
sac_run_tissue_get_trouble (SacRunTissueView *view)
{
  switch (get_kind (view)) {
  case SAC_RUN_TISSUE_FOUND:
    if (view->is_blank)
      return _ ("No tissue was found: lower the threshold, draw the tissue, or "
                "take the whole slide.");
    return NULL;
  case SAC_RUN_TISSUE_DRAWN:
    return count_drawn (view) == 0
             ? _ ("No annotation has the class “tissue”: draw it, or begin "
                  "with the tissue that was found.")
             : NULL;
  case SAC_RUN_TISSUE_ALL:
  default:
    return NULL;
  }
}

static void
refresh_words (SacRunTissueView *view)
{
  const SacRunTissueLook *look = view->look;
  const char *trouble = sac_run_tissue_get_trouble (view);
  guint drawn = count_drawn (view);
  g_autofree char *text = NULL;

  if (trouble != NULL)
    text = g_strdup (trouble);
  else if (get_kind (view) == SAC_RUN_TISSUE_DRAWN)
    text = g_strdup_printf (ngettext ("%u drawn area of tissue.",
                                      "%u drawn areas of tissue.", drawn),
                            drawn);
  else if (get_kind (view) == SAC_RUN_TISSUE_ALL)
    text = g_strdup (_ ("Every tile is looked at, also those of glass."));
  else if (view->mpp <= 0)
    text = g_strdup (_ ("Tissue is looked for once the size of a pixel is "
                        "known."));
  else if (look == NULL)
    text = g_strdup (_ ("Looking for tissue…"));
  else
    text = g_strdup_printf (_ ("%.2f mm² of tissue, at a saturation above %d."),
                            look->area, look->threshold);
  gtk_label_set_label (GTK_LABEL (view->words), text);
  gtk_widget_set_visible (view->found, get_kind (view) == SAC_RUN_TISSUE_FOUND);
  gtk_widget_set_sensitive (view->automatic, view->threshold > 0);
  gtk_widget_set_sensitive (view->edit, look != NULL && look->area > 0);
}

static void
show_sketch (SacRunTissueView *view)
{
  bool shown = view->is_open && get_kind (view) == SAC_RUN_TISSUE_FOUND &&
               view->look != NULL && view->look->area > 0;

  sac_document_set_sketch (view->document, shown ? view->look->map : NULL);
}

static void
refresh (SacRunTissueView *view)
{
  refresh_words (view);
  show_sketch (view);
  g_signal_emit (view, signals[CHANGED], 0);
}

static void
show_threshold (SacRunTissueView *view, int threshold)
{
  view->is_setting = true;
  gtk_range_set_value (GTK_RANGE (view->scale), threshold);
  view->is_setting = false;
}

static void
on_looked (gpointer owner, gpointer result, const GError *error)
{
  SacRunTissueView *view = owner;
  SacRunTissueLook *look = result;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_pointer (&view->job, sac_job_unref);
  if (!view->is_open) {
    sac_run_tissue_look_free (look);
    return;
  }
  sac_run_tissue_look_free (view->look);
  view->look = look;
  view->is_blank = look != NULL && look->area <= 0;
  if (look != NULL && view->threshold == 0 && look->threshold < BLANK_THRESHOLD)
    show_threshold (view, look->threshold);
  refresh (view);
}

static void
cancel (SacRunTissueView *view)
{
  if (view->job != NULL)
    sac_job_cancel (view->job);
  g_clear_pointer (&view->job, sac_job_unref);
}

static void
look (SacRunTissueView *view, bool wants_outlines, SacWorkDone done)
{
  SacSource *source = sac_document_get_source (view->document);

  if (source == NULL || view->mpp <= 0)
    return;
  cancel (view);
  if (view->worker == NULL)
    view->worker = sac_worker_new ();
  view->job = sac_worker_push (view->worker, &sac_work_run_tissue,
                               sac_run_tissue_request_new (source, view->mpp,
                                                           view->threshold,
                                                           wants_outlines),
                               view, done);
}

static gboolean
on_settled (gpointer data)
{
  SacRunTissueView *view = data;

  view->timer = 0;
  look (view, false, on_looked);
  return G_SOURCE_REMOVE;
}

static void
look_soon (SacRunTissueView *view)
{
  g_clear_handle_id (&view->timer, g_source_remove);
  view->timer = g_timeout_add (SETTLE_MS, on_settled, view);
}

void
sac_run_tissue_set_threshold (SacRunTissueView *view, int threshold)
{
  view->threshold = threshold;
  if (threshold > 0)
    show_threshold (view, threshold);
  look_soon (view);
  refresh_words (view);
}

static void
on_scale (SacRunTissueView *view)
{
  if (!view->is_setting)
    sac_run_tissue_set_threshold (view, (int)gtk_range_get_value (
                                          GTK_RANGE (view->scale)));
}

static void
on_automatic (SacRunTissueView *view)
{
  sac_run_tissue_set_threshold (view, 0);
}

void
sac_run_tissue_set_kind (SacRunTissueView *view, SacRunTissue kind)
{
  gtk_drop_down_set_selected (GTK_DROP_DOWN (view->kind), kind);
}

static void
on_outlined (gpointer owner, gpointer result, const GError *error)
{
  SacRunTissueView *view = owner;
  SacRunTissueLook *outlined = result;
  SacMarkup *markup = sac_document_get_markup (view->document);

  if (outlined != NULL && outlined->outlines != NULL && view->is_open) {
    sac_markup_add_set (markup, outlined->outlines,
                        N_ ("Tissue as annotations"));
    sac_markup_set_shown (markup, true);
    sac_run_tissue_set_kind (view, SAC_RUN_TISSUE_DRAWN);
  }
  on_looked (owner, result, error);
}

void
sac_run_tissue_edit (SacRunTissueView *view)
{
  look (view, true, on_outlined);
}

void
sac_run_tissue_fill_order (SacRunTissueView *view, SacRunOrder *order)
{
  order->tissue = get_kind (view);
  order->threshold =
    order->tissue == SAC_RUN_TISSUE_FOUND ? view->threshold : 0;
  if (order->tissue != SAC_RUN_TISSUE_DRAWN)
    return;

  g_autoptr (SacAnnotations) drawn = sac_run_tissue_dup_drawn (view);

  if (drawn == NULL)
    drawn = sac_annotations_new ();
  order->mask = sac_run_order_dup_drawn_path ("tissue", drawn);
}

void
sac_run_tissue_open (SacRunTissueView *view, double mpp)
{
  bool same = view->is_open && view->mpp == mpp;

  view->is_open = true;
  view->mpp = mpp;
  if (!same) {
    g_clear_pointer (&view->look, sac_run_tissue_look_free);
    view->is_blank = false;
    look (view, false, on_looked);
  }
  refresh (view);
}

void
sac_run_tissue_close (SacRunTissueView *view)
{
  view->is_open = false;
  view->threshold = 0;
  cancel (view);
  g_clear_handle_id (&view->timer, g_source_remove);
  show_sketch (view);
}

GtkWidget *
sac_run_tissue_new (SacDocument *document)
{
  SacRunTissueView *view = g_object_new (SAC_TYPE_RUN_TISSUE, NULL);

  view->document = g_object_ref (document);
  g_signal_connect_object (sac_document_get_markup (document), "changed",
                           G_CALLBACK (refresh_words), view, G_CONNECT_SWAPPED);
  return GTK_WIDGET (view);
}

static GtkWidget *
new_button (SacRunTissueView *view, const char *title, GCallback handler)
{
  GtkWidget *button = sac_accessible_button_new (title);

  g_signal_connect_object (button, "clicked", handler, view, G_CONNECT_SWAPPED);
  return button;
}

static void
add_children (SacRunTissueView *view)
{
  const char *const kinds[] = {_ ("Tissue, found by its colour"),
                               _ ("Tissue as drawn in annotations"),
                               _ ("The whole slide, also glass"), NULL};
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  view->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  view->kind = gtk_drop_down_new_from_strings (kinds);
  sac_accessible_set_name (view->kind, _ ("Tiles to look at"));
  view->found = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  view->scale =
    gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 1, 254, 1);
  gtk_scale_set_draw_value (GTK_SCALE (view->scale), TRUE);
  gtk_scale_set_value_pos (GTK_SCALE (view->scale), GTK_POS_RIGHT);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view->scale),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Saturation above which tissue is"), -1);
  sac_tooltip_set (view->scale, _ ("Saturation above which tissue is"));
  view->automatic =
    new_button (view, _ ("_Automatic"), G_CALLBACK (on_automatic));
  view->edit = new_button (view, _ ("_Edit as Annotations"),
                           G_CALLBACK (sac_run_tissue_edit));
  gtk_box_append (GTK_BOX (row), view->automatic);
  gtk_box_append (GTK_BOX (row), view->edit);
  gtk_box_append (GTK_BOX (view->found), view->scale);
  gtk_box_append (GTK_BOX (view->found), row);
  view->words = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (view->words), TRUE);
  gtk_label_set_xalign (GTK_LABEL (view->words), 0);
  gtk_widget_add_css_class (view->words, "note");
  gtk_box_append (GTK_BOX (view->box), view->kind);
  gtk_box_append (GTK_BOX (view->box), view->found);
  gtk_box_append (GTK_BOX (view->box), view->words);
  gtk_widget_set_parent (view->box, GTK_WIDGET (view));
}

static void
sac_run_tissue_dispose (GObject *object)
{
  SacRunTissueView *view = SAC_RUN_TISSUE (object);

  view->is_open = false;
  cancel (view);
  g_clear_handle_id (&view->timer, g_source_remove);
  g_clear_pointer (&view->worker, sac_worker_free);
  g_clear_pointer (&view->look, sac_run_tissue_look_free);
  g_clear_pointer (&view->box, gtk_widget_unparent);
  g_clear_object (&view->document);
  G_OBJECT_CLASS (sac_run_tissue_parent_class)->dispose (object);
}

static void
sac_run_tissue_class_init (SacRunTissueViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sac_run_tissue_dispose;
  signals[CHANGED] =
    g_signal_new ("changed", SAC_TYPE_RUN_TISSUE, G_SIGNAL_RUN_LAST, 0, NULL,
                  NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass),
                                            GTK_TYPE_BIN_LAYOUT);
}

static void
sac_run_tissue_init (SacRunTissueView *view)
{
  add_children (view);
  g_signal_connect_object (view->kind, "notify::selected", G_CALLBACK (refresh),
                           view, G_CONNECT_SWAPPED);
  g_signal_connect_object (view->scale, "value-changed", G_CALLBACK (on_scale),
                           view, G_CONNECT_SWAPPED);
}
