/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Whether AMX can be used. */
#ifndef SAC_COMPUTE_AMX_H
#define SAC_COMPUTE_AMX_H

#include <stdbool.h>

/* Whether the processor has AMX for bfloat16 and AVX-512's conversions to it,
 * and the system lets this process use its tiles, which it is asked for the
 * first time. */
bool sac_amx_can (void);

#endif
