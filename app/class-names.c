/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "class-names.h"

#include <glib/gi18n.h>

static const char *const known[] = {
  N_ ("Actinic keratosis / Bowen's disease"),
  N_ ("Basal cell carcinoma"),
  N_ ("Benign keratosis-like lesion"),
  N_ ("Dermatofibroma"),
  N_ ("Melanocytic naevus"),
  N_ ("Melanoma"),
  N_ ("Metastatic tumour in the central 32x32 px"),
  N_ ("Normal tissue"),
  N_ ("Vascular lesion"),
  NULL,
};

static bool is_translated = true;

void
sac_class_names_set_translated (bool translated)
{
  is_translated = translated;
}

/* A name that is not known may be a word of ours with another meaning. */
char *
sac_class_name_dup (const SacPrediction *head, gsize index)
{
  char *name = sac_prediction_class_name (head, index);

  if (!is_translated || !g_strv_contains (known, name))
    return name;

  char *translated = g_strdup (_ (name));

  g_free (name);
  return translated;
}
