/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The members of the CAM family: for each a rule and a descriptor. */
#include "base/error.h"
#include "explain/cam.h"
#include "explain/list.h"
#include "explain/params.h"

#include <math.h>

#define EPS_PARAM(text)                                                        \
  {                                                                            \
    .name = "eps", .label = N_ ("Added to denominators"), .fallback = text,    \
    .kind = SAC_PARAM_NUMBER, .min = 0, .max = INFINITY                        \
  }

#define CENTRED_PARAM                                                          \
  {                                                                            \
    .name = "centred", .label = N_ ("Take the mean from each channel first"),  \
    .fallback = "1", .kind = SAC_PARAM_WHOLE, .min = 0, .max = 1               \
  }

static const SacMethodParam relu_params[] = {SAC_PARAM_RELU, {NULL}};

/* The denominator can be 0 only where the gradient is, and then nothing is
 * added. */
static const SacMethodParam grad_cam_pp_params[] = {SAC_PARAM_RELU,
                                                    EPS_PARAM ("0"),
                                                    {NULL}};
static const SacMethodParam x_grad_cam_params[] = {SAC_PARAM_RELU,
                                                   EPS_PARAM ("1e-7"),
                                                   {NULL}};
static const SacMethodParam eigen_cam_params[] = {CENTRED_PARAM, {NULL}};
static const SacMethodParam eigen_grad_cam_params[] = {SAC_PARAM_RELU,
                                                       CENTRED_PARAM,
                                                       {NULL}};

static void
compute_grad_cam (const SacCamPlanes *planes, double number, float *ret_map)
{
  sac_cam_grad_cam (planes, ret_map);
}

static void
compute_hires_cam (const SacCamPlanes *planes, double number, float *ret_map)
{
  sac_cam_hires_cam (planes, ret_map);
}

static void
compute_layer_cam (const SacCamPlanes *planes, double number, float *ret_map)
{
  sac_cam_layer_cam (planes, ret_map);
}

static void
compute_eigen_cam (const SacCamPlanes *planes, double number, float *ret_map)
{
  sac_cam_eigen_cam (planes, number != 0, ret_map);
}

static void
compute_eigen_grad_cam (const SacCamPlanes *planes,
                        double number,
                        float *ret_map)
{
  sac_cam_eigen_grad_cam (planes, number != 0, ret_map);
}

static SacMap *
make_grad_cam (const SacExplainRequest *request, SacJob *job, GError **error)
{
  static const SacCamRule rule = {.compute = compute_grad_cam,
                                  .relu = relu_params,
                                  .sums = true,
                                  .unit = N_ ("logit")};

  return sac_cam_make (&rule, request, job, error);
}

const SacMethod sac_method_grad_cam = {
  .name = "grad-cam",
  .label = N_ ("Grad-CAM"),
  .summary = N_ ("Where the features of a layer raise the class score, each "
                 "feature weighted by its mean gradient."),
  .source = "Selvaraju et al., ICCV 2017",
  .family = SAC_METHOD_CAM,
  .class_specific = true,
  .needs_gradient = true,
  .has_layer = true,
  .params = relu_params,
  .make = make_grad_cam,
};

static SacMap *
make_hires_cam (const SacExplainRequest *request, SacJob *job, GError **error)
{
  static const SacCamRule rule = {.compute = compute_hires_cam,
                                  .relu = relu_params,
                                  .unit = N_ ("logit")};

  return sac_cam_make (&rule, request, job, error);
}

const SacMethod sac_method_hires_cam = {
  .name = "hirescam",
  .label = N_ ("HiResCAM"),
  .summary = N_ ("Gradient times value at each place of a layer: shows only "
                 "places that the score was computed from."),
  .source = "Draelos and Carin, arXiv 2011.08891",
  .family = SAC_METHOD_CAM,
  .class_specific = true,
  .needs_gradient = true,
  .has_layer = true,
  .params = relu_params,
  .make = make_hires_cam,
};

static SacMap *
make_grad_cam_pp (const SacExplainRequest *request, SacJob *job, GError **error)
{
  static const SacCamRule rule = {
    .compute = sac_cam_grad_cam_pp,
    .relu = &grad_cam_pp_params[0],
    .number = &grad_cam_pp_params[1],
    .unit = N_ ("relevance"),
  };

  return sac_cam_make (&rule, request, job, error);
}

const SacMethod sac_method_grad_cam_pp = {
  .name = "grad-cam++",
  .label = N_ ("Grad-CAM++"),
  .summary = N_ ("Grad-CAM with weights from positive gradients only, made for "
                 "several objects in one image."),
  .source = "Chattopadhay et al., WACV 2018",
  .family = SAC_METHOD_CAM,
  .class_specific = true,
  .needs_gradient = true,
  .has_layer = true,
  .params = grad_cam_pp_params,
  .make = make_grad_cam_pp,
};

static SacMap *
make_layer_cam (const SacExplainRequest *request, SacJob *job, GError **error)
{
  static const SacCamRule rule = {.compute = compute_layer_cam,
                                  .relu = relu_params,
                                  .unit = N_ ("logit")};

  return sac_cam_make (&rule, request, job, error);
}

const SacMethod sac_method_layer_cam = {
  .name = "layercam",
  .label = N_ ("LayerCAM"),
  .summary = N_ ("Positive gradient times value at each place: also for early, "
                 "fine layers."),
  .source = "Jiang et al., IEEE TIP 2021",
  .family = SAC_METHOD_CAM,
  .class_specific = true,
  .needs_gradient = true,
  .has_layer = true,
  .params = relu_params,
  .make = make_layer_cam,
};

static SacMap *
make_x_grad_cam (const SacExplainRequest *request, SacJob *job, GError **error)
{
  static const SacCamRule rule = {
    .compute = sac_cam_x_grad_cam,
    .relu = &x_grad_cam_params[0],
    .number = &x_grad_cam_params[1],
    .unit = N_ ("logit"),
  };

  return sac_cam_make (&rule, request, job, error);
}

const SacMethod sac_method_x_grad_cam = {
  .name = "xgrad-cam",
  .label = N_ ("XGrad-CAM"),
  .summary = N_ ("Grad-CAM with each gradient weighted by how strong the "
                 "feature is there."),
  .source = "Fu et al., BMVC 2020",
  .family = SAC_METHOD_CAM,
  .class_specific = true,
  .needs_gradient = true,
  .has_layer = true,
  .params = x_grad_cam_params,
  .make = make_x_grad_cam,
};

static SacMap *
make_eigen_cam (const SacExplainRequest *request, SacJob *job, GError **error)
{
  static const SacCamRule rule = {
    .compute = compute_eigen_cam,
    .number = eigen_cam_params,
    .class_free = true,
    .unit = N_ ("activation"),
  };

  return sac_cam_make (&rule, request, job, error);
}

const SacMethod sac_method_eigen_cam = {
  .name = "eigen-cam",
  .label = N_ ("Eigen-CAM"),
  .summary = N_ ("The strongest common pattern of a layer's features, whatever "
                 "the class."),
  .source = "Muhammad and Yeasin, IJCNN 2020",
  .family = SAC_METHOD_CAM,
  .has_layer = true,
  .params = eigen_cam_params,
  .make = make_eigen_cam,
};

static SacMap *
make_eigen_grad_cam (const SacExplainRequest *request,
                     SacJob *job,
                     GError **error)
{
  static const SacCamRule rule = {
    .compute = compute_eigen_grad_cam,
    .relu = &eigen_grad_cam_params[0],
    .number = &eigen_grad_cam_params[1],
    .unit = N_ ("logit"),
  };

  return sac_cam_make (&rule, request, job, error);
}

const SacMethod sac_method_eigen_grad_cam = {
  .name = "eigengrad-cam",
  .label = N_ ("EigenGrad-CAM"),
  .summary = N_ ("The strongest common pattern of a layer's features times "
                 "their gradients."),
  .source = "Muhammad and Yeasin, IJCNN 2020, with the gradients of the class",
  .family = SAC_METHOD_CAM,
  .class_specific = true,
  .needs_gradient = true,
  .has_layer = true,
  .params = eigen_grad_cam_params,
  .make = make_eigen_grad_cam,
};

static const SacMethodParam finer_cam_params[] = {
  SAC_PARAM_RELU,
  {.name = "classes",
   .label = N_ ("Nearest classes that the class is compared with"),
   .fallback = "3",
   .kind = SAC_PARAM_WHOLE,
   .min = 1,
   .max = 1000},
  {.name = "alpha",
   .label = N_ ("Weight of those classes"),
   .fallback = "1",
   .kind = SAC_PARAM_NUMBER,
   .min = 0,
   .max = 10},
  {NULL},
};

static SacMap *
make_finer_cam (const SacExplainRequest *request, SacJob *job, GError **error)
{
  static const SacCamRule rule = {.compute = compute_grad_cam,
                                  .relu = finer_cam_params,
                                  .unit = N_ ("logit")};
  SacExplainRequest own = *request;

  if (request->score != SAC_SCORE_LOGIT || request->has_against ||
      request->cotangent != NULL) {
    g_set_error_literal (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                         "Finer-CAM compares logits by itself: ask for the "
                         "score logit, without another class");
    return NULL;
  }
  own.nearest_count = (int)sac_param_get_whole (request, &finer_cam_params[1]);
  own.nearest_weight = sac_param_get_number (request, &finer_cam_params[2]);
  return sac_cam_make (&rule, &own, job, error);
}

const SacMethod sac_method_finer_cam = {
  .name = "finer-cam",
  .label = N_ ("Finer-CAM"),
  .summary = N_ ("Grad-CAM of what sets the class apart from the classes "
                 "nearest to it."),
  .source = "Zhang et al., CVPR 2025",
  .family = SAC_METHOD_CAM,
  .class_specific = true,
  .needs_gradient = true,
  .has_layer = true,
  .params = finer_cam_params,
  .make = make_finer_cam,
};
