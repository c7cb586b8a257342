/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The work behind runs over slides. */
#ifndef SAC_APP_RUN_WORK_H
#define SAC_APP_RUN_WORK_H

#include "annotation/annotation.h"
#include "image/source.h"
#include "run-link.h"
#include "run-order.h"
#include "run-result.h"
#include "worker.h"

/* order: copied.  tissue, area: what a reader has drawn, copied, to be written
 * to the order's mask and area; NULL: it is there, or not wanted.  source: the
 * order's slide where it is open; NULL: it is opened. */
typedef struct SacRunRequest SacRunRequest;
SacRunRequest *sac_run_request_new (const SacRunOrder *order,
                                    const SacAnnotations *tissue,
                                    const SacAnnotations *area,
                                    SacSource *source,
                                    SacRunLink *link);

/* Runs what is left, writes what is not written yet.  Result: SacRunResult. */
extern const SacWork sac_work_slide_run;

#endif
