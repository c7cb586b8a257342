/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The sources of a manifest, weakest first.  Each lays what it states over what
 * the ones before it left: the graph and plain defaults, ONNX metadata, Hugging
 * Face's files, model.json. */
#ifndef SAC_NETWORK_MANIFEST_PARTS_H
#define SAC_NETWORK_MANIFEST_PARTS_H

#include "network/manifest-fields.h"
#include "network/manifest.h"

/* Everything that the graph tells, and defaults for the rest. */
void sac_manifest_start (SacManifest *manifest, SacNetwork *network);

/* Size and channels of an image input as the graph has them in the input's
 * layout; a symbolic size gives 0. */
void sac_manifest_read_sides (const SacValue *value, SacManifestInput *input);

/* Classes of a head, a row of scores; -1: not known, or no head. */
int64_t sac_manifest_class_count (const SacValue *value);

/* Metadata is free text: what cannot be understood is left alone. */
void sac_manifest_add_metadata (SacManifest *manifest, SacNetwork *network);

/* Hugging Face's files in the network's folder, where they exist:
 * preprocessor_config.json and config.json. */
bool sac_manifest_add_preprocessor (SacManifest *manifest,
                                    const char *folder,
                                    GError **error);
bool sac_manifest_add_config (SacManifest *manifest,
                              SacNetwork *network,
                              const char *folder,
                              GError **error);

/* model.json: all of it, and its parts. */
bool sac_manifest_add_json (SacManifest *manifest,
                            SacNetwork *network,
                            const SacFields *root,
                            GError **error);
bool sac_manifest_add_inputs (SacManifest *manifest,
                              const SacFields *root,
                              const SacGraph *graph,
                              GError **error);
bool sac_manifest_add_outputs (SacManifest *manifest,
                               const SacFields *root,
                               const SacGraph *graph,
                               GError **error);
bool sac_manifest_add_explain (SacManifest *manifest,
                               const SacFields *root,
                               const SacGraph *graph,
                               GError **error);

/* Which of `values` (inputs or outputs of the graph) an entry of the manifest
 * is about: the one it names, else the one in its own place.  noun: "input" or
 * "output".  taken: of each of them, whether an entry was about it before; that
 * is noted, and refused.  Returns: -1 with MISMATCH. */
int sac_manifest_find_place (const SacFields *fields,
                             const char *noun,
                             const SacGraph *graph,
                             const int *values,
                             size_t value_count,
                             guint index,
                             bool *taken,
                             GError **error);

/* keys: of the scale, the means and the standard deviations. */
bool sac_manifest_read_values (const SacFields *fields,
                               const char *const *keys,
                               SacManifestInput *input,
                               GError **error);

/* What can be known of model.json without its network: file (always), id, name,
 * sha256 (each may be NULL), has_attention. */
typedef struct {
  char *file;
  char *id;
  char *name;
  char *sha256;
  bool has_attention;
} SacManifestHeader;

bool sac_manifest_read_header (const SacFields *root,
                               SacManifestHeader *ret_header,
                               GError **error);
void sac_manifest_header_clear (SacManifestHeader *header);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SacManifestHeader, sac_manifest_header_clear)

/* Labels from ["a", ...], [{"id", "name"}, ...] or {"0": "a", ...}.
 * Returns: a new array; NULL when it is none of these. */
SacLabel *sac_manifest_parse_labels (JsonNode *node, size_t *ret_count);

/* Gives labels (taken over) to an output that has none of its own. */
void sac_manifest_take_labels (SacManifestOutput *output,
                               SacLabel *labels,
                               size_t count);
void sac_manifest_free_labels (SacLabel *labels, size_t count);

/* The output that labels without an address belong to: of `count` classes, or
 * of a number not known.  Returns: NULL when there is none. */
SacManifestOutput *sac_manifest_find_head (SacManifest *manifest,
                                           SacNetwork *network,
                                           size_t count);

#endif
