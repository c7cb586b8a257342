/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Where the files of a model lie. */
#ifndef SAC_NETWORK_MODEL_PLACE_H
#define SAC_NETWORK_MODEL_PLACE_H

#include <glib.h>
#include <stdbool.h>

typedef struct {
  char *network; /* the .onnx file */
  char *json;    /* its manifest, or NULL */
  char *folder;  /* where other files about it would be */
} SacModelPlace;

/* spec: as for sac_model_open.  A path that exists wins over an id.  The
 * network named need not be readable.  Errors: UNREADABLE, DAMAGED. */
bool sac_model_place_find (SacModelPlace *ret_place,
                           const char *spec,
                           GError **error);
void sac_model_place_clear (SacModelPlace *place);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SacModelPlace, sac_model_place_clear)

#endif
