/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Attention found in a graph, with where its queries and keys come from. */
#ifndef SAC_EXPLAIN_ATTENTION_FIND_H
#define SAC_EXPLAIN_ATTENTION_FIND_H

#include "explain/attention.h"
#include "explain/axis.h"

typedef struct {
  SacAttention attention;
  /* The projections' outputs and inputs; -1 when there is no projection. */
  int query_tokens, key_tokens;
  int query_source, key_source;
  int64_t groups; /* batch times windows */
  /* Of the queries' tokens, as prefix_tokens, rows and columns of the keys'; 0
     rows when not known.  Global and cross attention only. */
  int query_rows, query_columns, query_prefix;
  bool of_class;   /* class attention: the queries are some of the keys' prefix
                      tokens, of query_source selected from key_source */
  bool has_suffix; /* other tokens stand behind those of the grid, which is
                      therefore not given */
} SacFoundAttention;

/* flow: of all inputs.  Returns: array of SacFoundAttention in graph order. */
GArray *sac_attention_find_all (const SacFlow *flow);

/* The same with what the manifest (NULL: none) states.  Errors: MISMATCH. */
GArray *sac_attention_list (const SacFlow *flow,
                            const SacManifest *manifest,
                            GError **error);

#endif
