/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The ops' way to the vector functions. */
#ifndef SAC_NETWORK_OPS_VECTOR_MATH_H
#define SAC_NETWORK_OPS_VECTOR_MATH_H

#include "compute/vector-math.h"

#endif
