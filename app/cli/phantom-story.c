/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A folder of cases that shows in five minutes what maps can and cannot say:
 * each with a caption in the table, which the list of cases shows. */
#include "phantom.h"

#include "base/output.h"
#include "image/phantom-dermoscopy.h"
#include "image/phantom.h"

#define BIT(name) (1u << SAC_PHANTOM_##name)
#define ARTEFACTS (BIT (HAIR) | BIT (RULER) | BIT (BUBBLES) | BIT (CORNERS))

#define PICTURE_WIDTH 480
#define PICTURE_HEIGHT 360
#define SLIDE_WIDTH 4096
#define SLIDE_HEIGHT 3072
#define SLIDE_SEED 5

typedef struct {
  const char *name, *caption;
  uint64_t seed;
  unsigned with, without;
  int evidence;
} Scene;

static const Scene scenes[] = {
  {"1-agreement",
   "A dark lesion on clean skin. Do both maps lie on it, and on the same part?",
   305, BIT (LESION), ARTEFACTS, SAC_PHANTOM_LESION},
  {"2-disagreement",
   "A lesion on which two models may differ. Look where each map is high "
   "before "
   "you look at the answers.",
   301, BIT (LESION), ARTEFACTS, SAC_PHANTOM_LESION},
  {"3-healthy-skin",
   "No lesion at all. Whatever is high here is high on background.", 305, 0,
   BIT (LESION) | ARTEFACTS, SAC_PHANTOM_LESION},
  {"4-clean",
   "Remember this answer: the next image differs in one thing alone.", 314,
   BIT (LESION), ARTEFACTS, SAC_PHANTOM_LESION},
  {"5-ruler",
   "The lesion of case 4, pixel for pixel, with a ruler beside it. Does the "
   "answer stay? The mask is the ruler's.",
   314, BIT (LESION) | BIT (RULER), ARTEFACTS & ~BIT (RULER),
   SAC_PHANTOM_RULER},
  {"6-hair",
   "A lesion under hair. Do the maps follow the hairs? The mask is the hair's.",
   307, BIT (LESION) | BIT (HAIR), ARTEFACTS & ~BIT (HAIR), SAC_PHANTOM_HAIR},
  {"7-veil",
   "A blue-white veil and streaks, with known outlines: the mask is the "
   "veil's.",
   313, BIT (LESION) | BIT (VEIL) | BIT (STREAKS), ARTEFACTS, SAC_PHANTOM_VEIL},
};

static const char slide_name[] = "8-metastasis";
static const char slide_caption[] =
  "A slide with one small tumour, outlined in its annotations. Find it on the "
  "map first.";

static bool
write_scene (const CliPhantom *params,
             const Scene *scene,
             GString *table,
             SacJob *job,
             GError **error)
{
  CliPhantom picture = *params;
  CliPhantomCase one = {
    .name = scene->name,
    .label = "phantom",
    .caption = scene->caption,
    .evidence = scene->evidence,
    .with = scene->with,
    .without = scene->without,
    .seed = scene->seed,
  };

  picture.width = PICTURE_WIDTH;
  picture.height = PICTURE_HEIGHT;
  return cli_phantom_write_case (&picture, &one, table, job, error);
}

static bool
write_slide (const CliPhantom *params,
             GString *table,
             SacJob *job,
             GError **error)
{
  CliPhantom slide = *params;

  slide.width = SLIDE_WIDTH;
  slide.height = SLIDE_HEIGHT;
  slide.tumor = SAC_PHANTOM_TUMOR_SMALL;
  g_string_append_printf (table, "%s,tumor,,%d,\"%s\"", slide_name, SLIDE_SEED,
                          slide_caption);
  for (int i = 0; i < SAC_PHANTOM_STRUCTURE_COUNT; i++)
    g_string_append_c (table, ',');
  g_string_append_c (table, '\n');
  return cli_phantom_write_slide (&slide, SLIDE_SEED, slide_name, job, error);
}

bool
cli_phantom_write_story (const CliPhantom *params, SacJob *job, GError **error)
{
  g_autoptr (GString) table = cli_phantom_begin_table ();

  for (size_t i = 0; i < G_N_ELEMENTS (scenes); i++)
    if (!write_scene (params, &scenes[i], table, job, error))
      return false;
  return write_slide (params, table, job, error) &&
         cli_phantom_write_table (params, table, error);
}
