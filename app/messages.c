/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "messages.h"

#include "base/error.h"

#include <glib/gi18n.h>

static const struct {
  SacTried tried;
  SacErrorCode code;
  const char *sentence;
} sentences[] = {
  {SAC_TRIED_IMAGE, SAC_ERROR_UNREADABLE,
   N_ ("The file is missing or may not be read.")},
  {SAC_TRIED_IMAGE, SAC_ERROR_UNSUPPORTED,
   N_ ("This is no image that Saccade can open.")},
  {SAC_TRIED_IMAGE, SAC_ERROR_DAMAGED,
   N_ ("The file is damaged or not complete.")},
  {SAC_TRIED_IMAGE, SAC_ERROR_TOO_LARGE, N_ ("The image is too large.")},

  {SAC_TRIED_MODEL, SAC_ERROR_UNREADABLE,
   N_ ("The model is missing or may not be read.")},
  {SAC_TRIED_MODEL, SAC_ERROR_UNSUPPORTED,
   N_ ("The network has parts that Saccade does not know.")},
  {SAC_TRIED_MODEL, SAC_ERROR_DAMAGED,
   N_ ("The model is damaged or not complete.")},
  {SAC_TRIED_MODEL, SAC_ERROR_TOO_LARGE, N_ ("The model is too large.")},
  {SAC_TRIED_MODEL, SAC_ERROR_MISMATCH,
   N_ ("The network and its description do not fit each other.")},

  {SAC_TRIED_MAP, SAC_ERROR_UNSUPPORTED,
   N_ ("The network has parts that Saccade does not know.")},
  {SAC_TRIED_MAP, SAC_ERROR_DAMAGED, N_ ("Image or model is damaged.")},
  {SAC_TRIED_MAP, SAC_ERROR_TOO_LARGE,
   N_ ("This needs more memory than it may take.")},
  {SAC_TRIED_MAP, SAC_ERROR_MISMATCH,
   N_ ("Image, model and question do not fit each other.")},
  {SAC_TRIED_MAP, SAC_ERROR_UNDEFINED,
   N_ ("This method does not work with this model.")},

  {SAC_TRIED_FIGURE, SAC_ERROR_UNWRITABLE,
   N_ ("The folder may not be written to, or the disk is full.")},
  {SAC_TRIED_FIGURE, SAC_ERROR_MISMATCH,
   N_ ("Its name has to end in .png, .pdf or .svg.")},

  {SAC_TRIED_SCENE, SAC_ERROR_UNWRITABLE,
   N_ ("The folder may not be written to, or the disk is full.")},
  {SAC_TRIED_SCENE, SAC_ERROR_MISMATCH,
   N_ ("Its maps or annotations would replace a file that is there: choose "
       "another name.")},
};

const char *
sac_message_for_error (const GError *error, SacTried tried)
{
  for (gsize i = 0; i < G_N_ELEMENTS (sentences); i++) {
    if (sentences[i].tried == tried &&
        g_error_matches (error, SAC_ERROR, sentences[i].code))
      return _ (sentences[i].sentence);
  }
  return _ ("Something went wrong.");
}
