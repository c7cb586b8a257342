/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "image/phantom-light.h"

SacPhantomColor
sac_phantom_light_name (const SacPhantomMatter *matter)
{
  if (matter->veil > 0.35f)
    return SAC_PHANTOM_BLUE_GREY;
  if (matter->scar > 0.25f)
    return SAC_PHANTOM_WHITE;
  if (matter->melanin > 1.25f)
    return SAC_PHANTOM_BLACK;
  if (matter->melanin > 0.62f)
    return SAC_PHANTOM_DARK_BROWN;
  if (matter->blood > 0.62f && matter->blood > 1.6f * matter->melanin)
    return SAC_PHANTOM_RED;
  return matter->melanin > 0.2f ? SAC_PHANTOM_LIGHT_BROWN
                                : SAC_PHANTOM_COLOR_COUNT;
}

void
sac_phantom_light_add (const SacNoiseFade *fade,
                       const SacPhantomMatter *matter,
                       float light,
                       const float *white,
                       float *sum)
{
  static const float base[3] = {0.965f, 0.925f, 0.905f};
  static const float melanin[3] = {0.82f, 1.25f, 1.88f};
  static const float blood[3] = {0.12f, 1.05f, 0.90f};
  static const float blue[3] = {0.47f, 0.49f, 0.56f};
  static const float scar[3] = {0.90f, 0.84f, 0.84f};

  for (int i = 0; i < 3; i++) {
    float color =
      base[i] * sac_noise_fade_get (fade, melanin[i] * matter->melanin +
                                            blood[i] * matter->blood);

    color += matter->scar * (scar[i] - color);
    color += matter->veil * (blue[i] - color);
    color = color * light + matter->shine;
    color *= (1 - matter->ink) * (1 - matter->dimming);
    sum[i] += sac_noise_clamp (color * white[i], 0, 1);
  }
}
