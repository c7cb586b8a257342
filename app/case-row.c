/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "case-row.h"

#include "tooltip.h"

#include <glib/gi18n.h>

#define PICTURE_SIDE 48

struct _SacCaseRow {
  GtkWidget parent_instance;
  SacThumbnails *thumbnails;
  char *path; /* NULL: shows no case */
  GtkWidget *box;
  GtkImage *picture;
  GtkLabel *name, *detail;
};

G_DEFINE_FINAL_TYPE (SacCaseRow, sac_case_row, GTK_TYPE_WIDGET)

static void
show_picture (SacCaseRow *row)
{
  GdkTexture *texture = sac_thumbnails_get (row->thumbnails, row->path);

  if (texture != NULL)
    gtk_image_set_from_paintable (row->picture, GDK_PAINTABLE (texture));
  else
    gtk_image_set_from_icon_name (row->picture, "image-x-generic-symbolic");
}

static void
on_ready (SacCaseRow *row, const char *path)
{
  if (g_strcmp0 (path, row->path) == 0)
    show_picture (row);
}

GtkWidget *
sac_case_row_new (SacThumbnails *thumbnails)
{
  SacCaseRow *row = g_object_new (SAC_TYPE_CASE_ROW, NULL);

  row->thumbnails = g_object_ref (thumbnails);
  g_signal_connect_object (thumbnails, "ready", G_CALLBACK (on_ready), row,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (row);
}

static const char *
describe (const SacCase *one)
{
  if (one->clinical != NULL)
    return one->mask != NULL ? _ ("Two images, mask") : _ ("Two images");
  if (one->annotations != NULL && one->mask != NULL)
    return _ ("Annotations, mask");
  return one->annotations != NULL ? _ ("Annotations")
         : one->mask != NULL      ? _ ("Mask")
                                  : "";
}

void
sac_case_row_set_case (SacCaseRow *row, const SacCase *one)
{
  if (row->path != NULL)
    sac_thumbnails_unwant (row->thumbnails, row->path);
  g_clear_pointer (&row->path, g_free);
  if (one == NULL)
    return;

  const char *detail = describe (one);
  GtkWidget *item = gtk_widget_get_parent (GTK_WIDGET (row));

  /* That of the list has the focus, and would be spoken without a name. */
  if (item != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (item),
                                    GTK_ACCESSIBLE_PROPERTY_LABEL, one->name,
                                    GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, detail,
                                    -1);
  row->path = g_strdup (one->path);
  gtk_label_set_label (row->name, one->name);
  gtk_label_set_label (row->detail, detail);
  gtk_widget_set_visible (GTK_WIDGET (row->detail), *detail != '\0');
  sac_tooltip_set (GTK_WIDGET (row), one->name);
  sac_thumbnails_want (row->thumbnails, row->path);
  show_picture (row);
}

static void
sac_case_row_dispose (GObject *object)
{
  SacCaseRow *row = SAC_CASE_ROW (object);

  if (row->path != NULL)
    sac_thumbnails_unwant (row->thumbnails, row->path);
  g_clear_pointer (&row->path, g_free);
  g_clear_pointer (&row->box, gtk_widget_unparent);
  g_clear_object (&row->thumbnails);
  G_OBJECT_CLASS (sac_case_row_parent_class)->dispose (object);
}

static void
sac_case_row_class_init (SacCaseRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sac_case_row_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "caserow");
}

static GtkLabel *
append_label (GtkWidget *box, PangoEllipsizeMode mode)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), mode);
  gtk_box_append (GTK_BOX (box), label);
  return GTK_LABEL (label);
}

static void
sac_case_row_init (SacCaseRow *row)
{
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *picture = gtk_image_new ();

  row->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  row->picture = GTK_IMAGE (picture);
  gtk_image_set_pixel_size (row->picture, PICTURE_SIDE);
  gtk_accessible_update_state (GTK_ACCESSIBLE (picture),
                               GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
  gtk_widget_set_valign (texts, GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand (texts, TRUE);
  row->name = append_label (texts, PANGO_ELLIPSIZE_MIDDLE);
  row->detail = append_label (texts, PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (GTK_WIDGET (row->detail), "note");
  gtk_box_append (GTK_BOX (row->box), picture);
  gtk_box_append (GTK_BOX (row->box), texts);
  gtk_widget_set_parent (row->box, GTK_WIDGET (row));
}
