/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The checks that say what a map is worth: faithfulness and sanity. */
#ifndef SAC_APP_WORK_CHECKS_H
#define SAC_APP_WORK_CHECKS_H

#include "explain/faithfulness.h"
#include "explain/sanity.h"
#include "work.h"

typedef struct {
  SacMapRequest *asked; /* what the map answers */
  SacMap *map;          /* of faithfulness alone */
  GHashTable *settings; /* char * -> char *; NULL: the defaults */
} SacCheckRequest;

/* Takes references and copies.  map: NULL for sanity.  What partials take is
 * the kind of report that the work results in. */
SacCheckRequest *sac_check_request_new (SacFindings *findings,
                                        const SacChoice *choice,
                                        SacMap *map,
                                        GHashTable *settings,
                                        SacPartials *partials);

/* Result: SacFaithfulnessReport. */
extern const SacWork sac_work_faithfulness;
/* Result: SacSanityReport. */
extern const SacWork sac_work_sanity;

typedef struct SacResultFile SacResultFile;

/* picture: taken, written as PNG; or NULL, and text is written. */
SacResultFile *sac_result_file_new (const char *path,
                                    cairo_surface_t *picture,
                                    const char *text);
/* Request: SacResultFile.  Result: the path, a char *. */
extern const SacWork sac_work_write_result;

#endif
