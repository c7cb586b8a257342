/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "bare-pictures.h"

#include <string.h>

#define BARE_TYPE_PICTURES (bare_pictures_get_type ())
G_DECLARE_FINAL_TYPE (BarePictures, bare_pictures, BARE, PICTURES, GtkWidget)

struct _BarePictures {
  GtkWidget parent_instance;
  GdkTexture *texture;
  int width, height;
  int shift;
};

G_DEFINE_FINAL_TYPE (BarePictures, bare_pictures, GTK_TYPE_WIDGET)

static void
bare_pictures_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  BarePictures *pictures = BARE_PICTURES (widget);

  for (int i = 0; i < 2; i++)
    gtk_snapshot_append_texture (snapshot, pictures->texture,
                                 &GRAPHENE_RECT_INIT (i * pictures->width +
                                                        pictures->shift,
                                                      0, pictures->width,
                                                      pictures->height));
}

static void
bare_pictures_dispose (GObject *object)
{
  g_clear_object (&BARE_PICTURES (object)->texture);
  G_OBJECT_CLASS (bare_pictures_parent_class)->dispose (object);
}

static void
bare_pictures_class_init (BarePicturesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bare_pictures_dispose;
  GTK_WIDGET_CLASS (klass)->snapshot = bare_pictures_snapshot;
}

static void
bare_pictures_init (BarePictures *pictures)
{
}

GtkWidget *
bare_pictures_new (int width, int height)
{
  BarePictures *pictures = g_object_new (BARE_TYPE_PICTURES, NULL);
  gsize stride = (gsize)width * 4, size = stride * (gsize)height;
  guchar *pixels = g_malloc (size);

  memset (pixels, 0xff, size);

  g_autoptr (GBytes) bytes = g_bytes_new_take (pixels, size);

  pictures->width = width;
  pictures->height = height;
  pictures->texture =
    gdk_memory_texture_new (width, height, GDK_MEMORY_DEFAULT, bytes, stride);
  return GTK_WIDGET (pictures);
}

void
bare_pictures_step (gpointer data)
{
  BarePictures *pictures = data;

  pictures->shift = 1 - pictures->shift;
  gtk_widget_queue_draw (GTK_WIDGET (pictures));
}
