/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "mask.h"

#include "annotation/mask.h"
#include "base/error.h"
#include "scene/annotated.h"

#include <string.h>

void
cli_mask_clear (CliMask *mask)
{
  g_clear_pointer (&mask->set, sac_annotations_free);
}

static bool
find_class (CliMask *mask, const char *path, const char *name, GError **error)
{
  g_autoptr (GString) known = g_string_new (NULL);

  mask->class_index = -1;
  if (name == NULL)
    return true;
  for (guint i = 0; i < mask->set->classes->len; i++) {
    const SacAnnotationClass *class = mask->set->classes->pdata[i];

    if (strcmp (class->name, name) == 0) {
      mask->class_index = (int)i;
      return true;
    }
    g_string_append_printf (known, "%s%s", i > 0 ? ", " : "", class->name);
  }
  return cli_usage_error (error, "%s has no class \"%s\"; its classes are: %s",
                          path, name, known->len > 0 ? known->str : "none");
}

bool
cli_mask_open (CliMask *mask,
               const char *path,
               const char *class_name,
               SacSource *source,
               SacJob *job,
               GError **error)
{
  *mask = (CliMask){.class_index = -1};
  if (path == NULL)
    return true;

  const SacMaskImage image = {sac_source_get_width (source),
                              sac_source_get_height (source),
                              sac_source_get_mpp (source)};

  mask->set = sac_annotations_open (path, &image, job, error);
  return mask->set != NULL && find_class (mask, path, class_name, error);
}

bool
cli_mask_measure (const CliMask *mask,
                  SacMap *map,
                  SacMaskScores *ret_scores,
                  SacJob *job,
                  GError **error)
{
  if (!map->has_geometry) {
    g_set_error_literal (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                         "the map lies on no image, so no mask lies on it: "
                         "explain an image");
    return false;
  }
  return sac_annotated_measure (mask->set, mask->class_index, map, ret_scores,
                                job, error);
}
