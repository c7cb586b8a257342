/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What classes are called for the reader.  Names come from models' files, which
 * have one language; those of the models that are installed with the program
 * are known and translated.  Figures and provenance keep what the file says. */
#ifndef SAC_APP_CLASS_NAMES_H
#define SAC_APP_CLASS_NAMES_H

#include "network/predict.h"

/* Whether they are translated from now on; they are to begin with. */
void sac_class_names_set_translated (bool translated);

/* Returns: a new string. */
char *sac_class_name_dup (const SacPrediction *head, gsize index);

#endif
