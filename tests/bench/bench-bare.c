/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What GTK itself takes on this machine, beside bench-viewer's figures:
 *
 *   bench-bare start   process start to an empty window that answers
 *   bench-bare pan     frames in which two pictures of 1400 x 900 move by a
 *                      pixel, without anything being painted or uploaded */
#include "frames.h"

#include <adwaita.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define WIDTH 1400
#define HEIGHT 900

/* The program's own first window is as large. */
#define WINDOW_WIDTH 1280
#define WINDOW_HEIGHT 800

#define BARE_TYPE_PICTURES (bare_pictures_get_type ())
G_DECLARE_FINAL_TYPE (BarePictures, bare_pictures, BARE, PICTURES, GtkWidget)

struct _BarePictures {
  GtkWidget parent_instance;
  GdkTexture *texture;
  int shift;
};

G_DEFINE_FINAL_TYPE (BarePictures, bare_pictures, GTK_TYPE_WIDGET)

static void
bare_pictures_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  BarePictures *pictures = BARE_PICTURES (widget);

  for (int i = 0; i < 2; i++)
    gtk_snapshot_append_texture (snapshot, pictures->texture,
                                 &GRAPHENE_RECT_INIT (i * WIDTH +
                                                        pictures->shift,
                                                      0, WIDTH, HEIGHT));
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
  gsize size = (gsize)WIDTH * HEIGHT * 4;
  guchar *pixels = g_malloc (size);

  memset (pixels, 0xff, size);

  g_autoptr (GBytes) bytes = g_bytes_new_take (pixels, size);

  pictures->texture = gdk_memory_texture_new (WIDTH, HEIGHT, GDK_MEMORY_DEFAULT,
                                              bytes, (gsize)WIDTH * 4);
}

static void
step (gpointer data)
{
  BarePictures *pictures = data;

  pictures->shift = 1 - pictures->shift;
  gtk_widget_queue_draw (GTK_WIDGET (pictures));
}

static void
bench_pan (void)
{
  GtkWidget *window = gtk_window_new ();
  GtkWidget *pictures = g_object_new (BARE_TYPE_PICTURES, NULL);
  Recorder *recorder = recorder_new (step, pictures);

  gtk_window_set_default_size (GTK_WINDOW (window), 2 * WIDTH, HEIGHT);
  gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
  gtk_window_set_child (GTK_WINDOW (window), pictures);
  gtk_window_present (GTK_WINDOW (window));
  wait_until_idle (window);
  recorder_run (recorder, pictures, 120);
  recorder_print (recorder, "gtk pan");
  recorder_free (recorder);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
on_activate (GApplication *application, gpointer data)
{
  GtkWidget *window =
    adw_application_window_new (GTK_APPLICATION (application));

  gtk_window_set_default_size (GTK_WINDOW (window), WINDOW_WIDTH,
                               WINDOW_HEIGHT);
  gtk_window_present (GTK_WINDOW (window));
  wait_until_idle (window);
  printf ("{\"measure\": \"gtk start\", \"ms\": %.0f}\n", get_age_ms ());
  fflush (stdout);
  _exit (0);
}

int
main (int argc, char **argv)
{
  const char *measure = argc > 1 ? argv[1] : "";

  if (g_str_equal (measure, "start")) {
    g_autoptr (AdwApplication) application =
      adw_application_new ("org.saccade.Bare", G_APPLICATION_NON_UNIQUE);

    g_signal_connect (application, "activate", G_CALLBACK (on_activate), NULL);
    return g_application_run (G_APPLICATION (application), 0, NULL);
  }
  gtk_init ();
  if (g_str_equal (measure, "pan"))
    bench_pan ();
  else
    g_printerr ("usage: bench-bare start|pan\n");
  return 0;
}
