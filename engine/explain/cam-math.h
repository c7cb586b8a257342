/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Arithmetic of class activation maps on arrays.  Sums are in double, in order
 * of the index.  Maps are signed: the ReLU that ends most methods is left to
 * who shows them. */
#ifndef SAC_EXPLAIN_CAM_MATH_H
#define SAC_EXPLAIN_CAM_MATH_H

#include <stdbool.h>
#include <stdint.h>

/* Channel by channel: values[k * cells + i]. */
typedef struct {
  int64_t channels, cells;
  const float *values;    /* A */
  const float *gradients; /* G = d score / d A; NULL for methods without */
} SacCamPlanes;

/* sum_k w_k A_k, w_k the mean of G_k (Selvaraju et al., 2017). */
void sac_cam_grad_cam (const SacCamPlanes *planes, float *ret_map);

/* sum_k G_k A_k (Draelos and Carin, 2020). */
void sac_cam_hires_cam (const SacCamPlanes *planes, float *ret_map);

/* sum_k max (0, G_k) A_k (Jiang et al., 2021). */
void sac_cam_layer_cam (const SacCamPlanes *planes, float *ret_map);

/* sum_k w_k A_k, w_k = sum (G_k A_k) / (sum A_k + eps) (Fu et al., 2020). */
void
sac_cam_x_grad_cam (const SacCamPlanes *planes, double eps, float *ret_map);

/* sum_k w_k A_k, w_k = sum of alpha max (0, G_k),
 * alpha = G^2 / (2 G^2 + (sum A_k) G^3 + eps), 0 where that is 0 / 0
 * (Chattopadhay et al., 2018, for the score exp (logit)). */
void
sac_cam_grad_cam_pp (const SacCamPlanes *planes, double eps, float *ret_map);

/* M v: M has a row for each cell and a column for each channel, v is its first
 * right singular vector (Muhammad and Yeasin, 2020).  centred: of M with the
 * mean of each column taken away.  The sign, which a singular vector does not
 * have, is that which makes the element of largest magnitude positive. */
void
sac_cam_eigen_cam (const SacCamPlanes *planes, bool centred, float *ret_map);

/* The same of M with elements G_k A_k. */
void sac_cam_eigen_grad_cam (const SacCamPlanes *planes,
                             bool centred,
                             float *ret_map);

#endif
