/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* NumPy's .npy files, format versions 1.0 to 3.0.
 *
 * Reading takes f2 f4 f8 i1 i2 i4 i8 u1 u2 u4 u8 b1 of either byte order, in C
 * or Fortran order.  Writing uses version 1.0, C order, and the tensor's own
 * type (bfloat16, which NumPy lacks, as f4). */
#ifndef SAC_TENSOR_NPY_H
#define SAC_TENSOR_NPY_H

#include "tensor/tensor.h"

/* Errors name the file.  Returns: a new tensor. */
SacTensor *sac_npy_read (const char *path, GError **error);

/* The same from memory; `name` stands in messages. */
SacTensor *sac_npy_parse (GBytes *bytes, const char *name, GError **error);

bool sac_npy_write (const char *path, const SacTensor *tensor, GError **error);

#endif
