/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image-look.h"

struct _SacImageLook {
  GObject parent_instance;
  SacTone tone;
  bool has_overview;
};

G_DEFINE_FINAL_TYPE (SacImageLook, sac_image_look, G_TYPE_OBJECT)

enum { TONE, OVERVIEW, SIGNAL_COUNT };
static guint signals[SIGNAL_COUNT];

SacImageLook *
sac_image_look_new (void)
{
  return g_object_new (SAC_TYPE_IMAGE_LOOK, NULL);
}

const SacTone *
sac_image_look_get_tone (SacImageLook *look)
{
  return &look->tone;
}

void
sac_image_look_set_tone (SacImageLook *look, const SacTone *tone)
{
  if (sac_tone_equal (&look->tone, tone))
    return;
  look->tone = *tone;
  g_signal_emit (look, signals[TONE], 0);
}

bool
sac_image_look_has_overview (SacImageLook *look)
{
  return look->has_overview;
}

void
sac_image_look_set_overview (SacImageLook *look, bool shown)
{
  if (look->has_overview == shown)
    return;
  look->has_overview = shown;
  g_signal_emit (look, signals[OVERVIEW], 0);
}

static guint
new_signal (const char *name)
{
  return g_signal_new (name, SAC_TYPE_IMAGE_LOOK, G_SIGNAL_RUN_LAST, 0, NULL,
                       NULL, NULL, G_TYPE_NONE, 0);
}

static void
sac_image_look_class_init (SacImageLookClass *klass)
{
  signals[TONE] = new_signal ("tone");
  signals[OVERVIEW] = new_signal ("overview");
}

static void
sac_image_look_init (SacImageLook *look)
{
  look->tone = sac_tone_plain;
  look->has_overview = true;
}
