/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The methods that methods.c lists. */
#ifndef SAC_EXPLAIN_LIST_H
#define SAC_EXPLAIN_LIST_H

#include "explain/method.h"

/* Marks a text for translation; the engine itself speaks English. */
#define N_(text) text

extern const SacMethod sac_method_ablation_cam;
extern const SacMethod sac_method_attention;
extern const SacMethod sac_method_attention_grad_cam;
extern const SacMethod sac_method_cam_fusion;
extern const SacMethod sac_method_class_evidence;
extern const SacMethod sac_method_eigen_cam;
extern const SacMethod sac_method_eigen_grad_cam;
extern const SacMethod sac_method_finer_cam;
extern const SacMethod sac_method_fullgrad;
extern const SacMethod sac_method_grad_cam;
extern const SacMethod sac_method_grad_cam_pp;
extern const SacMethod sac_method_gradient;
extern const SacMethod sac_method_gradient_rollout;
extern const SacMethod sac_method_gradient_x_input;
extern const SacMethod sac_method_hires_cam;
extern const SacMethod sac_method_integrated_gradients;
extern const SacMethod sac_method_key_importance;
extern const SacMethod sac_method_layer_cam;
extern const SacMethod sac_method_legrad;
extern const SacMethod sac_method_mil_attention;
extern const SacMethod sac_method_modulator_norm;
extern const SacMethod sac_method_occlusion;
extern const SacMethod sac_method_relevance;
extern const SacMethod sac_method_rise;
extern const SacMethod sac_method_rollout;
extern const SacMethod sac_method_score_cam;
extern const SacMethod sac_method_smoothgrad;
extern const SacMethod sac_method_x_grad_cam;

#endif
