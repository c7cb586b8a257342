/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* A network: an ONNX file, read and checked.  Its large weights stay in the
 * file until a run needs them (tensor/rest.h).
 *
 * Immutable; share it between threads, each run brings its own state.  Nothing
 * in the file is executed or fetched; external data is read only from below the
 * file's own folder. */
#ifndef SAC_NETWORK_NETWORK_H
#define SAC_NETWORK_NETWORK_H

#include "base/job.h"
#include "network/graph.h"
#include "network/packs.h"

typedef struct SacNetwork SacNetwork;

/* path: an .onnx file.  Errors name the file, and the node, op, opset or byte
 * offset: UNREADABLE, DAMAGED, UNSUPPORTED (names op and version), TOO_LARGE.
 * Returns: a new network. */
SacNetwork *sac_network_load (const char *path, SacJob *job, GError **error);

/* From memory, without external data; `name` stands in messages. */
SacNetwork *sac_network_parse (GBytes *bytes, const char *name, GError **error);

SacNetwork *sac_network_ref (SacNetwork *network);
void sac_network_unref (SacNetwork *network);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SacNetwork, sac_network_unref)

/* What follows some values: a network whose inputs they are, of any shapes,
 * with the same names, outputs and weights.  known: values that count as
 * constants besides, with their tensors, which must live as long as the tail.
 * What cannot be computed from these is not there.  A tail holds a reference to
 * the whole network, which answers for path, hash and metadata.  Returns: a new
 * network. */
typedef struct {
  const int *inputs;
  size_t input_count;
  const int *known;
  SacTensor *const *tensors; /* one for each of `known` */
  size_t known_count;
} SacNetworkCut;
SacNetwork *sac_network_new_tail (SacNetwork *network,
                                  const SacNetworkCut *cut);

/* The same network with other elements in some of its constants: of their types
 * and shapes.  Tensors are referenced.  It has packs and plans of its own, and
 * holds a reference to the first one, which answers for path, hash and
 * metadata. Returns: a new network. */
SacNetwork *sac_network_new_altered (SacNetwork *network,
                                     const int *constants,
                                     SacTensor *const *tensors,
                                     size_t count);

const SacGraph *sac_network_get_graph (const SacNetwork *network);

/* Packed weights, which all plans share. */
SacPacks *sac_network_get_packs (SacNetwork *network);
const char *sac_network_get_path (const SacNetwork *network);

/* SHA-256 of the .onnx file, computed at the first call (any thread).  Returns:
 * NULL when the file has changed since it was opened. */
const char *sac_network_get_sha256 (SacNetwork *network);

/* Has it computed by a thread of its own, for who will ask after a run. */
void sac_network_begin_sha256 (SacNetwork *network);

/* ONNX metadata_props: NULL when the key is absent. */
const char *sac_network_get_metadata (const SacNetwork *network,
                                      const char *key);

/* A name made safe to show: invalid UTF-8 and control characters as \xNN.
 * Returns: a new string. */
char *sac_network_escape (const char *name);

#endif
