/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "messages.h"

#include "base/error.h"

#include <glib/gi18n.h>

static const struct {
  SacErrorCode code;
  const char *sentence;
} sentences[] = {
  {SAC_ERROR_UNREADABLE, N_ ("It cannot be read.")},
  {SAC_ERROR_UNSUPPORTED, N_ ("Saccade cannot do anything with it.")},
  {SAC_ERROR_DAMAGED, N_ ("It is damaged.")},
  {SAC_ERROR_TOO_LARGE, N_ ("It is too large.")},
  {SAC_ERROR_MISMATCH, N_ ("The parts do not fit each other.")},
  {SAC_ERROR_UNWRITABLE, N_ ("It cannot be written.")},
  {SAC_ERROR_UNDEFINED, N_ ("This question has no answer here.")},
};

const char *
sac_message_for_error (const GError *error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (sentences); i++) {
    if (g_error_matches (error, SAC_ERROR, sentences[i].code))
      return _ (sentences[i].sentence);
  }
  return _ ("Something went wrong.");
}
