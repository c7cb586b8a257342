/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "explain/cam-layout.h"

#include "base/error.h"
#include "network/escape.h"

#include <string.h>

/* Class, distillation and register tokens, and room for learned prompts. */
#define PREFIX_MAX 256

/* Dominators looked at for the grid that tokens came from. */
#define CLIMB_MAX 4096

static const char *const layout_names[] = {
  [SAC_LAYOUT_NCHW] = "NCHW",
  [SAC_LAYOUT_NHWC] = "NHWC",
  [SAC_LAYOUT_NLC] = "NLC",
  [SAC_LAYOUT_LNC] = "LNC",
};

const char *
sac_layout_get_name (SacLayout layout)
{
  return layout_names[layout];
}

static bool
is_channel (const SacFlow *flow, int value, int axis)
{
  return sac_axis_role (flow, (SacAxis){value, axis}) == SAC_AXIS_CHANNEL;
}

static void
set_planes (SacCamTarget *target, const SacShape *shape, SacLayout layout)
{
  bool first = layout == SAC_LAYOUT_NCHW;

  target->layout = layout;
  target->prefix_tokens = 0;
  target->rows = shape->dims[first ? 2 : 1];
  target->columns = shape->dims[first ? 3 : 2];
  target->channels = shape->dims[first ? 1 : 3];
}

static bool
infer_planes (const SacFlow *flow, const SacShape *shape, SacCamTarget *ret)
{
  bool roles[4] = {false};

  for (int i = 1; i < 4; i++) {
    roles[i] = is_channel (flow, ret->value, i);
    if (shape->dims[i] > G_MAXINT)
      return false;
  }
  if (roles[1] + roles[2] + roles[3] != 1 || roles[2])
    return false;
  set_planes (ret, shape, roles[1] ? SAC_LAYOUT_NCHW : SAC_LAYOUT_NHWC);
  return (int64_t)ret->rows * ret->columns > 1;
}

static bool
fits (int64_t tokens, int64_t rows, int64_t columns)
{
  return rows <= G_MAXINT && columns <= G_MAXINT && rows * columns > 1 &&
         tokens >= rows * columns && tokens - rows * columns <= PREFIX_MAX;
}

/* Rows and columns of the tokens along an axis: where they were merged, else
 * the nearest map that all of them came from. */
static bool
find_grid (const SacFlow *flow,
           SacAxis axis,
           int64_t tokens,
           int64_t *ret_rows,
           int64_t *ret_columns)
{
  if (sac_axis_grid (flow, axis, ret_rows, ret_columns) &&
      fits (tokens, *ret_rows, *ret_columns))
    return true;

  int value = sac_flow_dominator (flow, axis.value);

  for (int i = 0; i < CLIMB_MAX && value >= 0; i++) {
    const SacShape *shape = sac_flow_shape (flow, value);
    SacCamTarget map = {.value = value};

    if (shape->rank == 4 && sac_flow_producer (flow, value) != NULL &&
        infer_planes (flow, shape, &map) &&
        fits (tokens, map.rows, map.columns)) {
      *ret_rows = map.rows;
      *ret_columns = map.columns;
      return true;
    }
    value = sac_flow_dominator (flow, value);
  }
  return false;
}

/* Which of the first two axes counts samples; -1: neither. */
static int
batch_axis (const SacFlow *flow, int value, const SacShape *shape)
{
  int64_t batch = sac_flow_batch (flow);

  if (shape->dims[0] != batch && shape->dims[1] != batch)
    return -1;
  if (shape->dims[0] == shape->dims[1])
    return sac_axis_role (flow, (SacAxis){value, 0}) == SAC_AXIS_SPACE ? 1 : 0;
  return shape->dims[0] == batch ? 0 : 1;
}

static bool
infer_tokens (const SacFlow *flow, const SacShape *shape, SacCamTarget *ret)
{
  int batch = batch_axis (flow, ret->value, shape);
  int64_t rows, columns;

  if (batch < 0 || !is_channel (flow, ret->value, 2))
    return false;

  int64_t tokens = shape->dims[1 - batch];

  if (!find_grid (flow, (SacAxis){ret->value, 1 - batch}, tokens, &rows,
                  &columns) ||
      (tokens > rows * columns &&
       sac_axis_has_suffix (flow, (SacAxis){ret->value, 1 - batch})))
    return false;
  ret->layout = batch == 0 ? SAC_LAYOUT_NLC : SAC_LAYOUT_LNC;
  ret->rows = rows;
  ret->columns = columns;
  ret->prefix_tokens = tokens - rows * columns;
  ret->channels = shape->dims[2];
  return true;
}

bool
sac_cam_layout_infer (const SacFlow *flow, int value, SacCamTarget *ret)
{
  const SacShape *shape = sac_flow_shape (flow, value);

  *ret = (SacCamTarget){.value = value};
  if (shape == NULL || !sac_flow_depends (flow, value) ||
      sac_shape_size (shape) == 0)
    return false;
  if (shape->rank == 4)
    return shape->dims[0] == sac_flow_batch (flow) &&
           infer_planes (flow, shape, ret);
  return shape->rank == 3 && infer_tokens (flow, shape, ret);
}

static bool
set_tokens (const SacManifestCam *stated,
            const SacShape *shape,
            SacLayout layout,
            SacCamTarget *ret)
{
  int64_t tokens = shape->dims[layout == SAC_LAYOUT_NLC ? 1 : 0];

  ret->layout = layout;
  ret->prefix_tokens = stated->prefix_tokens;
  ret->rows = stated->grid_rows;
  ret->columns = stated->grid_columns;
  ret->channels = shape->dims[2];
  return ret->prefix_tokens + (int64_t)ret->rows * ret->columns == tokens;
}

bool
sac_cam_layout_stated (const SacFlow *flow,
                       int value,
                       const SacManifestCam *stated,
                       SacCamTarget *ret,
                       GError **error)
{
  const SacShape *shape = sac_flow_shape (flow, value);
  g_autofree char *name = sac_escape_short (stated->tensor);
  SacLayout layout = SAC_LAYOUT_NCHW;

  *ret = (SacCamTarget){.value = value};
  if (stated->layout == NULL || shape == NULL) {
    if (sac_cam_layout_infer (flow, value, ret))
      return true;
    g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
                 "model.json: explain.cam: %s is no spatial map", name);
    return false;
  }
  while (layout < SAC_LAYOUT_LNC &&
         strcmp (layout_names[layout], stated->layout) != 0)
    layout++;

  bool planes = layout <= SAC_LAYOUT_NHWC;
  bool good = strcmp (layout_names[layout], stated->layout) == 0 &&
              shape->rank == (planes ? 4 : 3) && sac_shape_size (shape) > 0;

  if (good && planes)
    set_planes (ret, shape, layout);
  else if (good && stated->grid_rows > 0)
    good = set_tokens (stated, shape, layout, ret);
  else if (good)
    good = sac_cam_layout_infer (flow, value, ret);
  if (good)
    return true;

  g_autofree char *size = sac_shape_to_string (shape);

  g_set_error (error, SAC_ERROR, SAC_ERROR_MISMATCH,
               "model.json: explain.cam: %s is %s, which is not %s with that "
               "prefix and grid",
               name, size, stated->layout);
  return false;
}

void
sac_cam_layout_strides (const SacCamTarget *target,
                        const SacShape *shape,
                        int64_t batch,
                        SacCamStrides *ret)
{
  int64_t cells = (int64_t)target->rows * target->columns;
  bool tokens_first = target->layout == SAC_LAYOUT_LNC;
  int64_t sample = sac_shape_size (shape) / shape->dims[tokens_first ? 1 : 0];

  ret->samples = shape->dims[tokens_first ? 1 : 0];
  if (target->layout == SAC_LAYOUT_NCHW) {
    ret->channel = cells;
    ret->cell = 1;
  } else {
    ret->channel = 1;
    ret->cell = target->channels * (tokens_first ? ret->samples : 1);
  }
  ret->token = ret->cell;
  ret->start = batch * (tokens_first ? target->channels : sample) +
               target->prefix_tokens * ret->token;
}

float *
sac_cam_layout_gather (const SacCamTarget *target,
                       const SacCamStrides *strides,
                       const SacTensor *tensor)
{
  int64_t cells = (int64_t)target->rows * target->columns;
  float *planes = g_new (float, target->channels *cells);
  const float *from = sac_tensor_f32 (tensor) + strides->start;

  for (int64_t k = 0; k < target->channels; k++) {
    for (int64_t i = 0; i < cells; i++)
      planes[k * cells + i] = from[k * strides->channel + i * strides->cell];
  }
  return planes;
}
