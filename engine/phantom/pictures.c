/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Dermoscopy phantoms in a folder that opens as a list of cases:
 *
 *   NAME.png                              the image
 *   masks/NAME_mask.png                   the mask that counts
 *   masks/structures/NAME_STRUCTURE.png   those of all that are there
 *   labels.csv                            a line an image, or a pair
 *
 * The lesion's is called "outline" among the structures. */
#include "phantom-files.h"

#include "base/output.h"
#include "image/decode.h"
#include "image/phantom-dermoscopy.h"

bool
sac_phantom_files_tell (const SacPhantomFiles *params,
                        JsonObject *object,
                        GError **error)
{
  if (params->tell != NULL)
    return params->tell (object, params->data, error);
  json_object_unref (object);
  return true;
}

void
sac_phantom_files_set_name (JsonObject *object,
                            const char *key,
                            const char *path)
{
  g_autofree char *shown = g_utf8_make_valid (path, -1);

  json_object_set_string_member (object, key, shown);
}

void
sac_phantom_files_progress (const SacPhantomFiles *params, int done, int count)
{
  if (params->progress != NULL)
    params->progress (done, count, params->data);
}

bool
sac_phantom_files_write_png (const SacImage *image,
                             const char *path,
                             GError **error)
{
  const char *text[] = {"Software", "Saccade " SAC_VERSION, "Comment",
                        "A phantom, drawn by the program; not a photograph.",
                        NULL};
  g_autoptr (GBytes) bytes = sac_encode_png (image, text, error);

  return bytes != NULL &&
         sac_output_write (path, g_bytes_get_data (bytes, NULL),
                           g_bytes_get_size (bytes), error);
}

static bool
write_mask (const SacPhantomDermoscopy *phantom,
            int structure,
            const char *path,
            GError **error)
{
  g_autoptr (SacImage) mask =
    sac_phantom_dermoscopy_get_mask (phantom, structure, error);

  return mask != NULL && sac_phantom_files_write_png (mask, path, error);
}

/* Those that are empty are left out: no mask says that nothing is there. */
static bool
write_masks (const SacPhantomFiles *params,
             const SacPhantomCase *one,
             const SacPhantomDermoscopy *phantom,
             GError **error)
{
  g_autofree char *masks =
    g_build_filename (params->out, "masks", "structures", NULL);

  if (!sac_output_make_folder (masks, error))
    return false;
  for (int i = 0; i < SAC_PHANTOM_STRUCTURE_COUNT; i++) {
    const char *name =
      i == SAC_PHANTOM_LESION ? "outline" : sac_phantom_structures[i].name;
    g_autofree char *path =
      g_strdup_printf ("%s/%s_%s.png", masks, one->name, name);
    g_autofree char *main_path =
      g_strdup_printf ("%s/masks/%s_mask.png", params->out, one->name);

    if (phantom->areas[i] == 0)
      continue;
    if (!write_mask (phantom, i, path, error) ||
        (i == one->evidence && !write_mask (phantom, i, main_path, error)))
      return false;
  }
  return true;
}

GString *
sac_phantom_files_begin_table (const SacPhantomFiles *params)
{
  GString *table = g_string_new ("image_id,label,split,seed,caption");

  if (params->pairs)
    g_string_append (table, ",dermoscopy,clinical");

  for (int i = 0; i < SAC_PHANTOM_STRUCTURE_COUNT; i++)
    g_string_append_printf (table, ",%s_pixels",
                            sac_phantom_structures[i].name);
  for (int i = 0; params->pairs && i < SAC_PHANTOM_CLINICAL_COUNT; i++)
    g_string_append_printf (table, ",clinical_%s_pixels",
                            sac_phantom_clinical_structures[i].name);
  g_string_append_c (table, '\n');
  return table;
}

bool
sac_phantom_files_write_table (const SacPhantomFiles *params,
                               const GString *table,
                               GError **error)
{
  g_autofree char *path = g_build_filename (params->out, "labels.csv", NULL);

  return sac_output_write (path, table->str, table->len, error);
}

/* clinical: NULL where there is none. */
static void
add_line (GString *table,
          const SacPhantomCase *one,
          const SacPhantomDermoscopy *phantom,
          const SacPhantomClinical *clinical)
{
  g_string_append_printf (table, "%s,%s,%s,%" G_GUINT64_FORMAT ",\"%s\"",
                          one->name, one->label != NULL ? one->label : "",
                          one->split != NULL ? one->split : "", one->seed,
                          one->caption != NULL ? one->caption : "");
  if (clinical != NULL)
    g_string_append_printf (table, ",%s.png,%s_clinical.png", one->name,
                            one->name);
  for (int i = 0; i < SAC_PHANTOM_STRUCTURE_COUNT; i++)
    g_string_append_printf (table, ",%" G_GINT64_FORMAT, phantom->areas[i]);
  for (int i = 0; clinical != NULL && i < SAC_PHANTOM_CLINICAL_COUNT; i++)
    g_string_append_printf (table, ",%" G_GINT64_FORMAT, clinical->areas[i]);
  g_string_append_c (table, '\n');
}

/* What is said of a pair: both, under the names of their roles. */
static JsonObject *
describe_pair (const SacPhantomFiles *params,
               const SacPhantomCase *one,
               JsonObject *dermoscopy,
               const SacPhantomClinical *clinical)
{
  JsonObject *pair = json_object_new ();
  JsonObject *other = sac_phantom_clinical_describe (clinical);
  g_autofree char *path =
    g_strdup_printf ("%s/%s_clinical.png", params->out, one->name);

  json_object_set_string_member (pair, "kind", "pair");
  json_object_set_object_member (pair, "dermoscopy", dermoscopy);
  sac_phantom_files_set_name (other, "image", path);
  json_object_set_object_member (pair, "clinical", other);
  return pair;
}

static bool
print_case (const SacPhantomFiles *params,
            const SacPhantomCase *one,
            const SacPhantomDermoscopy *phantom,
            const SacPhantomClinical *clinical,
            GError **error)
{
  JsonObject *object = sac_phantom_dermoscopy_describe (phantom);
  g_autofree char *path = g_strdup_printf ("%s/%s.png", params->out, one->name);

  sac_phantom_files_set_name (object, "image", path);
  if (clinical != NULL)
    object = describe_pair (params, one, object, clinical);
  if (one->label != NULL)
    json_object_set_string_member (object, "label", one->label);
  if (one->split != NULL)
    json_object_set_string_member (object, "split", one->split);
  return sac_phantom_files_tell (params, object, error);
}

bool
sac_phantom_files_write_case (const SacPhantomFiles *params,
                              const SacPhantomCase *one,
                              GString *table,
                              SacJob *job,
                              GError **error)
{
  SacPhantomDermoscopyParams drawing = {
    .width = (int)params->width,
    .height = (int)params->height,
    .seed = one->seed,
    .with = one->with,
    .without = one->without,
    .asymmetry = (float)params->asymmetry,
    .irregularity = (float)params->irregularity,
    .softness = (float)params->softness,
  };
  g_autoptr (SacPhantomDermoscopy) phantom =
    sac_phantom_dermoscopy_draw (&drawing, job, error);
  g_autoptr (SacPhantomClinical) clinical = NULL;
  g_autofree char *path = g_strdup_printf ("%s/%s.png", params->out, one->name);

  if (phantom == NULL || !write_masks (params, one, phantom, error) ||
      !sac_phantom_files_write_png (phantom->image, path, error))
    return false;
  if (params->pairs) {
    clinical =
      sac_phantom_files_write_clinical (params, one, &drawing, job, error);
    if (clinical == NULL)
      return false;
  }
  add_line (table, one, phantom, clinical);
  return print_case (params, one, phantom, clinical, error);
}

bool
sac_phantom_files_write_pictures (const SacPhantomFiles *params,
                                  SacJob *job,
                                  GError **error)
{
  g_autoptr (GString) table = sac_phantom_files_begin_table (params);

  for (int i = 0; i < params->count; i++) {
    g_autofree char *name = g_strdup_printf ("%s-%" G_GUINT64_FORMAT,
                                             params->pairs ? "pair" : "phantom",
                                             params->seed + (uint64_t)i);
    SacPhantomCase one = {
      .name = name,
      .evidence = SAC_PHANTOM_LESION,
      .with = params->with,
      .without = params->without,
      .clinical_evidence = SAC_PHANTOM_CLINICAL_LESION,
      .clinical_with = params->clinical_with,
      .clinical_without = params->clinical_without,
      .seed = params->seed + (uint64_t)i,
    };

    if (!sac_phantom_files_write_case (params, &one, table, job, error))
      return false;
    sac_phantom_files_progress (params, i + 1, params->count);
  }
  return sac_phantom_files_write_table (params, table, error);
}
