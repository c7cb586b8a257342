/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "slide-images.h"

#include "accessible.h"
#include "image/slide-extras.h"
#include "texture.h"

#include <glib/gi18n.h>

#define WORKER_KEY "sac-slide-images-worker"

/* Beyond that an image is scaled down. */
#define WIDTH_MOST 520
#define HEIGHT_MOST 360

typedef struct {
  char *name;
  SacImage *image; /* NULL: see problem */
  char *problem;
} Extra;

static void
extra_free (Extra *extra)
{
  g_free (extra->name);
  g_free (extra->problem);
  g_clear_pointer (&extra->image, sac_image_unref);
  g_free (extra);
}

/* One that cannot be read leaves the others. */
static gpointer
run_read (gpointer path, SacJob *job, GError **error)
{
  g_autoptr (GPtrArray) listed = sac_slide_extras_list (path);
  g_autoptr (GPtrArray) extras =
    g_ptr_array_new_with_free_func ((GDestroyNotify)extra_free);

  for (guint i = 0; i < listed->len; i++) {
    const SacSlideExtra *entry = listed->pdata[i];
    Extra *extra = g_new0 (Extra, 1);
    g_autoptr (GError) reason = NULL;

    extra->name = g_strdup (entry->name);
    extra->image = sac_slide_extra_read (path, entry->name, job, &reason);
    extra->problem = g_strdup (reason != NULL ? reason->message : NULL);
    g_ptr_array_add (extras, extra);
    if (!sac_job_check (job, error))
      return NULL;
  }
  return g_steal_pointer (&extras);
}

static const SacWork work_read = {
  .run = run_read,
  .free_request = g_free,
  .free_result = (GDestroyNotify)g_ptr_array_unref,
};

static const char *
translate_name (const char *name)
{
  static const struct {
    const char *name, *title;
  } known[] = {
    {"label", N_ ("Label")},
    {"macro", N_ ("Macro image")},
    {"thumbnail", N_ ("Thumbnail")},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_str_equal (name, known[i].name))
      return _ (known[i].title);
  return name;
}

static GtkWidget *
new_text (const char *text, const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, style);
  return label;
}

/* Of the picture as it fits the window. */
static int
choose_height (const SacImage *image)
{
  double scale = MIN (1.0, (double)WIDTH_MOST / image->width);

  return MAX ((int)MIN (image->height * scale, HEIGHT_MOST), 1);
}

static GtkWidget *
new_picture (const Extra *extra, const char *title)
{
  g_autoptr (GdkTexture) texture = sac_texture_new_for_image (extra->image);
  GtkWidget *picture = gtk_picture_new_for_paintable (GDK_PAINTABLE (texture));

  gtk_picture_set_alternative_text (GTK_PICTURE (picture), title);
  gtk_widget_set_size_request (picture, -1, choose_height (extra->image));
  gtk_widget_set_halign (picture, GTK_ALIGN_START);
  return picture;
}

static void
append_extra (GtkBox *box, const Extra *extra)
{
  const char *title = translate_name (extra->name);

  gtk_box_append (box, new_text (title, "heading"));
  gtk_box_append (box, extra->image != NULL
                         ? new_picture (extra, title)
                         : new_text (extra->problem, "error"));
}

/* owner: the box that awaits them. */
static void
on_read (gpointer owner, gpointer result, const GError *error)
{
  GtkBox *box = owner;
  g_autoptr (GPtrArray) extras = result;
  GtkWidget *spinner = gtk_widget_get_first_child (owner);

  if (extras == NULL || gtk_widget_get_root (owner) == NULL)
    return;
  if (spinner != NULL)
    gtk_box_remove (box, spinner);
  if (extras->len == 0)
    gtk_box_append (box, new_text (_ ("This slide has no label and no other "
                                      "image beside it."),
                                   "dim-label"));
  for (guint i = 0; i < extras->len; i++)
    append_extra (box, extras->pdata[i]);
}

static GtkWidget *
new_content (GtkWidget *box)
{
  GtkWidget *all = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkWidget *spinner = gtk_spinner_new ();

  gtk_spinner_start (GTK_SPINNER (spinner));
  sac_accessible_set_name (spinner, _ ("Reading"));
  gtk_widget_set_margin_start (box, 18);
  gtk_widget_set_margin_end (box, 18);
  gtk_widget_set_margin_top (box, 12);
  gtk_widget_set_margin_bottom (box, 18);
  gtk_box_append (GTK_BOX (box), spinner);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), box);
  gtk_widget_set_vexpand (scrolled, TRUE);
  gtk_box_append (GTK_BOX (all), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (all), scrolled);
  return all;
}

static void
close_on_escape (GtkWidget *window)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();

  gtk_shortcut_controller_add_shortcut (
    GTK_SHORTCUT_CONTROLLER (controller),
    gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                      gtk_named_action_new ("window.close")));
  gtk_widget_add_controller (window, controller);
}

static void
on_show (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  SacDocument *document = sac_window_get_document (window);
  SacSource *source = sac_document_get_source (document);
  SacWorker *worker = g_object_get_data (window, WORKER_KEY);
  GtkWidget *images, *box;

  if (source == NULL || !sac_source_is_slide (source))
    return;
  images = g_object_new (ADW_TYPE_WINDOW, "transient-for", window,
                         "destroy-with-parent", TRUE, "title",
                         _ ("Label and Macro Images"), "default-width", 560,
                         "default-height", 620, NULL);
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9);
  adw_window_set_content (ADW_WINDOW (images), new_content (box));
  close_on_escape (images);
  /* It belongs to this slide alone. */
  g_signal_connect_object (document, "source", G_CALLBACK (gtk_window_close),
                           images, G_CONNECT_SWAPPED);
  sac_job_unref (sac_worker_push (worker, &work_read,
                                  g_strdup (sac_source_get_path (source)), box,
                                  on_read));
  gtk_window_present (GTK_WINDOW (images));
}

static const GActionEntry entries[] = {
  {"slide-images", on_show},
};

void
sac_slide_images_add (SacWindow *window, SacWorker *worker)
{
  g_object_set_data (G_OBJECT (window), WORKER_KEY, worker);
  g_action_map_add_action_entries (G_ACTION_MAP (window), entries,
                                   G_N_ELEMENTS (entries), window);
}
