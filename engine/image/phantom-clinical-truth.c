/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What is known of a clinical phantom: masks, and JSON. */
#include "image/phantom-clinical.h"

#include "base/json.h"
#include "image/phantom-matter.h"

#include <string.h>

const SacPhantomStructureInfo
  sac_phantom_clinical_structures[SAC_PHANTOM_CLINICAL_COUNT] = {
    {"lesion", false, 1},   {"raised", false, 0.4f},
    {"moles", false, 0.5f}, {"body-hair", true, 0.5f},
    {"scale", true, 0.25f}, {"background", true, 0.4f},
};

int
sac_phantom_clinical_find (const char *name)
{
  for (int i = 0; i < SAC_PHANTOM_CLINICAL_COUNT; i++)
    if (strcmp (sac_phantom_clinical_structures[i].name, name) == 0)
      return i;
  return -1;
}

SacImage *
sac_phantom_clinical_get_mask (const SacPhantomClinical *phantom,
                               SacPhantomClinicalStructure structure,
                               GError **error)
{
  return sac_phantom_mask_new (phantom->image, phantom->structures, structure,
                               error);
}

static JsonObject *
describe_structures (const SacPhantomClinical *phantom)
{
  JsonObject *object = json_object_new ();

  for (int i = 0; i < SAC_PHANTOM_CLINICAL_COUNT; i++) {
    JsonObject *one = json_object_new ();

    json_object_set_boolean_member (one, "present",
                                    (phantom->shown >> i & 1) != 0 &&
                                      phantom->areas[i] > 0);
    json_object_set_int_member (one, "pixels", phantom->areas[i]);
    json_object_set_boolean_member (one, "artefact",
                                    sac_phantom_clinical_structures[i]
                                      .is_artefact);
    json_object_set_object_member (object,
                                   sac_phantom_clinical_structures[i].name,
                                   one);
  }
  return object;
}

JsonObject *
sac_phantom_clinical_describe (const SacPhantomClinical *phantom)
{
  const double place[] = {phantom->a, -phantom->b, phantom->c,
                          phantom->b, phantom->a,  phantom->d};
  JsonObject *object = json_object_new ();
  JsonArray *array = json_array_new ();

  json_object_set_int_member (object, "width", phantom->image->width);
  json_object_set_int_member (object, "height", phantom->image->height);
  sac_json_set_number (object, "mpp", phantom->mpp);
  sac_json_set_number (object, "defocus_px", phantom->defocus_px);
  for (size_t i = 0; i < G_N_ELEMENTS (place); i++)
    sac_json_add_number (array, place[i]);
  json_object_set_array_member (object, "from_dermoscopy", array);
  json_object_set_object_member (object, "structures",
                                 describe_structures (phantom));
  return object;
}
