/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Run without GSK_RENDERER, on a screen whose GL is done by the processor. */
#include "renderer.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/shm.h>

static GtkWidget *
open_window (void)
{
  GtkWidget *window = gtk_window_new ();

  gtk_window_set_default_size (GTK_WINDOW (window), 800, 600);
  gtk_window_present (GTK_WINDOW (window));
  gtk_test_widget_wait_for_draw (window);
  return window;
}

static void
draw_again (GtkWidget *window)
{
  gtk_widget_queue_draw (window);
  gtk_test_widget_wait_for_draw (window);
}

static void
test_choice_stays (void)
{
  g_setenv ("GSK_RENDERER", "gl", TRUE);
  sac_renderer_choose (gdk_display_get_default ());
  g_assert_cmpstr (g_getenv ("GSK_RENDERER"), ==, "gl");
  g_unsetenv ("GSK_RENDERER");
}

/* main chose cairo before GTK began. */
static void
test_no_gl_for_cairo (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkGLContext) context =
    gdk_display_create_gl_context (gdk_display_get_default (), &error);

  g_assert_null (context);
  g_assert_error (error, GDK_GL_ERROR, GDK_GL_ERROR_NOT_AVAILABLE);
}

/* What else the variable asks for stays, and who wants GL has it. */
static void
test_settled (void)
{
  bool is_old = gtk_get_major_version () == 4 && gtk_get_minor_version () < 16;
  const char *name = is_old ? "GDK_DEBUG" : "GDK_DISABLE";

  g_setenv (name, "dnd", TRUE);
  g_setenv ("GSK_RENDERER", "gl", TRUE);
  sac_renderer_settle ();
  g_assert_cmpstr (g_getenv (name), ==, "dnd");
  g_setenv ("GSK_RENDERER", "cairo", TRUE);
  sac_renderer_settle ();
  g_assert_cmpstr (g_getenv (name), ==, is_old ? "dnd,gl-disable" : "dnd,gl");
  g_unsetenv (name);
  g_unsetenv ("GSK_RENDERER");
}

static void
test_cairo_for_software (void)
{
  sac_renderer_choose (gdk_display_get_default ());

  GtkWidget *window = open_window ();

  g_assert_true (
    GSK_IS_CAIRO_RENDERER (gtk_native_get_renderer (GTK_NATIVE (window))));
  gtk_window_destroy (GTK_WINDOW (window));
}

/* Of the largest shared segment that is mapped; 0: none. */
static guint64
find_segment (void)
{
  g_autofree char *maps = NULL;
  guint64 largest = 0, segment = 0;

  g_assert_true (g_file_get_contents ("/proc/self/maps", &maps, NULL, NULL));

  g_auto (GStrv) lines = g_strsplit (maps, "\n", -1);

  for (int i = 0; lines[i] != NULL; i++) {
    unsigned long from, to, inode;

    if (strstr (lines[i], "SYSV") == NULL ||
        sscanf (lines[i], "%lx-%lx %*s %*s %*s %lu", &from, &to, &inode) != 3 ||
        to - from < largest)
      continue;
    largest = to - from;
    segment = inode;
  }
  return segment;
}

static bool
has_shared_memory (void)
{
  int segment = shmget (IPC_PRIVATE, 4096, IPC_CREAT | 0600);

  return segment != -1 && shmctl (segment, IPC_RMID, NULL) == 0;
}

/* Without, each frame gives the segment back and asks for another. */
static void
test_memory_is_kept (void)
{
  if (!has_shared_memory ()) {
    g_test_skip ("the system gives no shared memory");
    return;
  }

  GtkWidget *window = open_window ();
  guint64 segment;

  sac_renderer_keep_memory (window);
  draw_again (window);
  segment = find_segment ();
  g_assert_cmpuint (segment, !=, 0);
  for (int i = 0; i < 4; i++) {
    sac_renderer_keep_memory (window);
    draw_again (window);
    g_assert_cmpuint (find_segment (), ==, segment);
  }
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  g_setenv ("GSK_RENDERER", "cairo", TRUE);
  sac_renderer_settle ();
  g_unsetenv ("GSK_RENDERER");
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/renderer/no-gl-for-cairo", test_no_gl_for_cairo);
  g_test_add_func ("/renderer/settled", test_settled);
  g_test_add_func ("/renderer/choice-stays", test_choice_stays);
  g_test_add_func ("/renderer/cairo-for-software", test_cairo_for_software);
  g_test_add_func ("/renderer/memory-is-kept", test_memory_is_kept);
  return g_test_run ();
}
