/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The clinical image of a pair, beside the files that pictures.c names:
 *
 *   NAME_clinical.png                              the image
 *   masks/NAME_clinical_mask.png                   the mask that counts
 *   masks/structures/NAME_clinical_STRUCTURE.png   all that are there
 *
 * In labels.csv the columns "dermoscopy" and "clinical" name the two. */
#include "phantom-files.h"

static bool
write_mask (const SacPhantomClinical *phantom,
            int structure,
            const char *path,
            GError **error)
{
  g_autoptr (SacImage) mask =
    sac_phantom_clinical_get_mask (phantom, structure, error);

  return mask != NULL && sac_phantom_files_write_png (mask, path, error);
}

static bool
write_masks (const SacPhantomFiles *params,
             const SacPhantomCase *one,
             const SacPhantomClinical *phantom,
             GError **error)
{
  for (int i = 0; i < SAC_PHANTOM_CLINICAL_COUNT; i++) {
    const char *name = i == SAC_PHANTOM_CLINICAL_LESION
                         ? "outline"
                         : sac_phantom_clinical_structures[i].name;
    g_autofree char *path =
      g_strdup_printf ("%s/masks/structures/%s_clinical_%s.png", params->out,
                       one->name, name);
    g_autofree char *main_path =
      g_strdup_printf ("%s/masks/%s_clinical_mask.png", params->out, one->name);

    if (phantom->areas[i] == 0)
      continue;
    if (!write_mask (phantom, i, path, error) ||
        (i == one->clinical_evidence &&
         !write_mask (phantom, i, main_path, error)))
      return false;
  }
  return true;
}

SacPhantomClinical *
sac_phantom_files_write_clinical (const SacPhantomFiles *params,
                                  const SacPhantomCase *one,
                                  const SacPhantomDermoscopyParams *dermoscopy,
                                  SacJob *job,
                                  GError **error)
{
  SacPhantomClinicalParams drawing = {
    .dermoscopy = *dermoscopy,
    .width = dermoscopy->width,
    .height = dermoscopy->height,
    .with = one->clinical_with,
    .without = one->clinical_without,
  };
  g_autoptr (SacPhantomClinical) phantom =
    sac_phantom_clinical_draw (&drawing, job, error);
  g_autofree char *path =
    g_strdup_printf ("%s/%s_clinical.png", params->out, one->name);

  if (phantom == NULL || !write_masks (params, one, phantom, error) ||
      !sac_phantom_files_write_png (phantom->image, path, error))
    return NULL;
  return g_steal_pointer (&phantom);
}
