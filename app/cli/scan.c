/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "scan.h"

#include "base/error.h"
#include "base/output.h"
#include "explain/cam-stages.h"
#include "image/decode.h"

#include <string.h>

bool
cli_scan_is_asked (const CliMapCase *owner, const SacMethod *method)
{
  const char *layer = owner->explanation->request.layer;
  const SacGraph *graph =
    sac_network_get_graph (sac_model_get_network (owner->model));

  return method->has_layer && g_strcmp0 (layer, CLI_SCAN) == 0 &&
         sac_graph_find_value (graph, CLI_SCAN) < 0;
}

bool
cli_scan_each (CliMapCase *owner,
               const char *command,
               const SacMethod *method,
               bool (*one) (CliMapCase *owner,
                            const SacMethod *method,
                            const char *name,
                            void *data,
                            SacJob *job,
                            GError **error),
               void *data,
               GPtrArray *ret_names,
               SacJob *job,
               GError **error)
{
  SacExplainRequest *request = &owner->explanation->request;
  const char *asked = request->layer;
  g_autoptr (GError) last = NULL;
  g_auto (GStrv) layers = NULL;

  if (method->needs_attention) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "%s has no stages to scan: name a block of attention with "
                 "--layer ('saccade-cli info MODEL' lists them)",
                 method->name);
    return false;
  }
  request->layer = NULL;
  layers = sac_cam_stages_names (request, job, error);
  for (guint i = 0; layers != NULL && layers[i] != NULL; i++) {
    char *name = g_strdup_printf ("%s-%u", method->name, i + 1);
    g_autoptr (GError) own = NULL;

    request->layer = layers[i];
    if (one (owner, method, name, data, job, &own)) {
      g_ptr_array_add (ret_names, name);
      continue;
    }
    g_free (name);
    if (g_error_matches (own, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
      g_propagate_error (error, g_steal_pointer (&own));
      break;
    }
    if (last != NULL)
      cli_report (command, last);
    g_clear_error (&last);
    last = g_steal_pointer (&own);
  }
  request->layer = asked;
  if (layers == NULL || (error != NULL && *error != NULL))
    return false;
  if (ret_names->len > 0) {
    if (last != NULL)
      cli_report (command, last);
    return true;
  }
  g_propagate_error (error, g_steal_pointer (&last));
  return false;
}

/* Left edges together, white beside narrower ones. */
static SacImage *
stack (const GPtrArray *images, GError **error)
{
  int64_t width = 0, height = 0, row = 0;
  SacImage *whole;

  for (guint i = 0; i < images->len; i++) {
    const SacImage *own = images->pdata[i];

    width = MAX (width, own->width);
    height += own->height;
  }
  whole = sac_image_new (width, height, error);
  for (guint i = 0; whole != NULL && i < images->len; i++) {
    const SacImage *own = images->pdata[i];

    for (int y = 0; y < own->height; y++, row++)
      memcpy (whole->pixels + row * width, own->pixels + (size_t)y * own->width,
              own->width * sizeof *own->pixels);
  }
  return whole;
}

bool
cli_scan_write_figure (const char *folder,
                       const SacMethod *method,
                       const GPtrArray *names,
                       SacJob *job,
                       GError **error)
{
  g_autoptr (GPtrArray) images =
    g_ptr_array_new_with_free_func ((GDestroyNotify)sac_image_unref);
  g_autofree char *name = g_strconcat (method->name, "-scan.png", NULL);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  const char *text[] = {"Software", "Saccade " SAC_VERSION, "Disclaimer",
                        "For research and audit. Not for diagnosis.", NULL};

  for (guint i = 0; i < names->len; i++) {
    g_autofree char *file =
      g_strconcat (folder, "/", (const char *)names->pdata[i], ".png", NULL);
    SacImage *image = sac_decode_file (file, job, error);

    if (image == NULL)
      return false;
    g_ptr_array_add (images, image);
  }

  g_autoptr (SacImage) whole = stack (images, error);
  g_autoptr (GBytes) bytes =
    whole != NULL ? sac_encode_png (whole, text, error) : NULL;

  return bytes != NULL &&
         sac_output_write (path, g_bytes_get_data (bytes, NULL),
                           g_bytes_get_size (bytes), error);
}
