/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A model: a network and its manifest, found by path or id.
 *
 * Immutable; share it between threads. */
#ifndef SAC_NETWORK_MODEL_H
#define SAC_NETWORK_MODEL_H

#include "network/manifest.h"

typedef struct SacModel SacModel;

/* spec: a folder with model.onnx and model.json, an .onnx file (with model.json
 * or NAME.json beside it when there is one), a model.json, or the id of a
 * shipped model or of one in the user's model folder.  Errors: UNREADABLE lists
 * the ids there are when nothing is found; MISMATCH when the file's hash is not
 * the manifest's; and those of sac_network_load. */
SacModel *sac_model_open (const char *spec, SacJob *job, GError **error);
SacModel *sac_model_ref (SacModel *model);
void sac_model_unref (SacModel *model);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacModel, sac_model_unref)

/* The same model with another network, of the same inputs and outputs. */
SacModel *sac_model_new_altered (SacModel *model, SacNetwork *network);

SacNetwork *sac_model_get_network (const SacModel *model);
const SacManifest *sac_model_get_manifest (const SacModel *model);
const char *sac_model_get_id (const SacModel *model);
const char *sac_model_get_name (const SacModel *model);

/* One model that can be opened by its id, without opening it. */
typedef struct {
  char *id;
  char *name;
  char *folder;
  char *sha256;       /* as the manifest states, or NULL */
  bool shipped;       /* false: from the user's model folder */
  bool has_attention; /* the manifest names attention */
} SacModelEntry;

/* Models in $SACCADE_MODELS (folders separated by ':'), beside the program, the
 * shipped folder and the user's (XDG data folder/saccade/models), in that
 * order, sorted by id; of two with one id the first wins.  Returns: array of
 * SacModelEntry; free with g_ptr_array_unref. */
GPtrArray *sac_model_list (void);

/* Probabilities of one row of logits: activation (logits / temperature). */
void sac_model_probabilities (const SacManifestOutput *output,
                              const float *logits,
                              size_t count,
                              double *ret_probabilities);

/* `text` as a class of output `output`: a label's id, or a number.
 * Returns: the class, or -1 with MISMATCH that lists what there is. */
int64_t sac_model_find_class (const SacModel *model,
                              size_t output,
                              size_t class_count,
                              const char *text,
                              GError **error);

#endif
