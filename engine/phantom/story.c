/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A folder of cases that shows in five minutes what maps can and cannot say:
 * each with a caption in the table, which the list of cases shows. */
#include "phantom-files.h"

#include "base/output.h"
#include "image/phantom-dermoscopy.h"
#include "image/phantom.h"

/* Found by the translators; the window translates what the table says. */
#define N_(text) text

#define BIT(name) (1u << SAC_PHANTOM_##name)
#define ARTEFACTS (BIT (HAIR) | BIT (RULER) | BIT (BUBBLES) | BIT (CORNERS))

#define PICTURE_WIDTH 480
#define PICTURE_HEIGHT 360
/* So many times as wide and high as a picture. */
#define SLIDE_TIMES 6.4
#define SLIDE_SEED 5

typedef struct {
  const char *name, *caption;
  uint64_t seed;
  unsigned with, without;
  int evidence;
} Scene;

static const Scene scenes[] = {
  {"1-agreement",
   N_ ("A dark lesion on clean skin. Do both maps lie on it, and on the same "
       "part?"),
   305, BIT (LESION), ARTEFACTS, SAC_PHANTOM_LESION},
  {"2-disagreement",
   N_ ("A lesion on which two models may differ. Look where each map is high "
       "before you look at the answers."),
   301, BIT (LESION), ARTEFACTS, SAC_PHANTOM_LESION},
  {"3-healthy-skin",
   N_ ("No lesion at all. Whatever is high here is high on background."), 305,
   0, BIT (LESION) | ARTEFACTS, SAC_PHANTOM_LESION},
  {"4-clean",
   N_ ("Remember this answer: the next image differs in one thing alone."), 314,
   BIT (LESION), ARTEFACTS, SAC_PHANTOM_LESION},
  {"5-ruler",
   N_ ("The lesion of case 4, pixel for pixel, with a ruler beside it. Does "
       "the answer stay? The mask is the ruler's."),
   314, BIT (LESION) | BIT (RULER), ARTEFACTS & ~BIT (RULER),
   SAC_PHANTOM_RULER},
  {"6-hair",
   N_ ("A lesion under hair. Do the maps follow the hairs? The mask is the "
       "hair's."),
   307, BIT (LESION) | BIT (HAIR), ARTEFACTS & ~BIT (HAIR), SAC_PHANTOM_HAIR},
  {"7-veil",
   N_ ("A blue-white veil and streaks, with known outlines: the mask is the "
       "veil's."),
   313, BIT (LESION) | BIT (VEIL) | BIT (STREAKS), ARTEFACTS, SAC_PHANTOM_VEIL},
};

static const char slide_name[] = "8-metastasis";
static const char *const slide_caption =
  N_ ("A slide with one small tumour, outlined in its annotations. Find it on "
      "the map first.");

static bool
write_scene (const SacPhantomFiles *params,
             const Scene *scene,
             GString *table,
             SacJob *job,
             GError **error)
{
  SacPhantomCase one = {
    .name = scene->name,
    .label = "phantom",
    .caption = scene->caption,
    .evidence = scene->evidence,
    .with = scene->with,
    .without = scene->without,
    .seed = scene->seed,
  };

  return sac_phantom_files_write_case (params, &one, table, job, error);
}

static bool
write_slide (const SacPhantomFiles *params,
             GString *table,
             SacJob *job,
             GError **error)
{
  SacPhantomFiles slide = *params;

  slide.width = (int64_t)(SLIDE_TIMES * (double)params->width + 0.5);
  slide.height = (int64_t)(SLIDE_TIMES * (double)params->height + 0.5);
  slide.organ = SAC_PHANTOM_NODE;
  slide.tumor = SAC_PHANTOM_TUMOR_SMALL;
  g_string_append_printf (table, "%s,tumor,,%d,\"%s\"", slide_name, SLIDE_SEED,
                          slide_caption);
  for (int i = 0; i < SAC_PHANTOM_STRUCTURE_COUNT; i++)
    g_string_append_c (table, ',');
  g_string_append_c (table, '\n');
  return sac_phantom_files_write_slide (&slide, SLIDE_SEED, slide_name, job,
                                        error);
}

/* The size of the pictures, where none is asked for. */
static SacPhantomFiles
choose_size (const SacPhantomFiles *params)
{
  SacPhantomFiles sized = *params;

  if (sized.width <= 0) {
    sized.width = PICTURE_WIDTH;
    sized.height = PICTURE_HEIGHT;
  }
  return sized;
}

char *
sac_phantom_files_write_first (const SacPhantomFiles *params,
                               SacJob *job,
                               GError **error)
{
  SacPhantomFiles sized = choose_size (params);
  g_autoptr (GString) table = sac_phantom_files_begin_table (params);

  return write_scene (&sized, &scenes[0], table, job, error)
           ? g_strdup_printf ("%s/%s.png", params->out, scenes[0].name)
           : NULL;
}

bool
sac_phantom_files_write_story (const SacPhantomFiles *params,
                               SacJob *job,
                               GError **error)
{
  SacPhantomFiles sized = choose_size (params);
  g_autoptr (GString) table = sac_phantom_files_begin_table (params);

  for (size_t i = 0; i < G_N_ELEMENTS (scenes); i++)
    if (!write_scene (&sized, &scenes[i], table, job, error))
      return false;
  return write_slide (&sized, table, job, error) &&
         sac_phantom_files_write_table (params, table, error);
}
