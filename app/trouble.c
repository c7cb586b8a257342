/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "trouble.h"

#include "messages.h"

#include <glib/gi18n.h>

static char *
dup_name (SacDocument *document)
{
  return g_filename_display_basename (sac_document_get_error_path (document));
}

char *
sac_trouble_describe (SacDocument *document)
{
  const GError *error = sac_document_get_error (document);
  const char *problem = sac_document_get_problem (document);

  if (error != NULL) {
    g_autofree char *name = dup_name (document);

    return g_strdup_printf (_ ("“%s” cannot be opened. %s\n%s"), name,
                            sac_message_for_error (error, SAC_TRIED_IMAGE),
                            error->message);
  }
  if (problem != NULL)
    return g_strdup_printf (_ ("Parts of the image cannot be read.\n%s"),
                            problem);
  return NULL;
}

void
sac_trouble_describe_empty (SacDocument *document,
                            char **ret_title,
                            char **ret_text)
{
  const GError *error = sac_document_get_error (document);

  if (error == NULL) {
    *ret_title = g_strdup (_ ("No Image"));
    *ret_text = g_strdup (_ ("Open a dermoscopy image or a slide, "
                             "or drop one here."));
    return;
  }

  g_autofree char *name = dup_name (document);
  g_autofree char *title = g_strdup_printf (_ ("“%s” cannot be opened"), name);
  g_autofree char *text =
    g_strdup_printf ("%s\n%s", sac_message_for_error (error, SAC_TRIED_IMAGE),
                     error->message);

  *ret_title = g_markup_escape_text (title, -1);
  *ret_text = g_markup_escape_text (text, -1);
}
