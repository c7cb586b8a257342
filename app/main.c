/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "application.h"
#include "renderer.h"

#include "tensor/gemm-environment.h"

#include <glib/gi18n.h>
#include <locale.h>

static void
set_up_translations (void)
{
  const char *folder = g_getenv ("SACCADE_LOCALE_DIR");

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, folder != NULL ? folder : SAC_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

int
main (int argc, char **argv)
{
  sac_gemm_clear_environment ();
  sac_renderer_settle ();
  set_up_translations ();
  g_set_application_name ("Saccade");

  g_autoptr (SacApplication) application = sac_application_new ();

  return g_application_run (G_APPLICATION (application), argc, argv);
}
