/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "work.h"

SacCompareRequest *
sac_compare_request_new (SacMap *left, SacMap *right, double share)
{
  SacCompareRequest *request = g_new0 (SacCompareRequest, 1);

  request->left = sac_map_ref (left);
  request->right = sac_map_ref (right);
  request->share = share;
  return request;
}

void
sac_compared_free (SacCompared *compared)
{
  if (compared == NULL)
    return;
  sac_map_unref (compared->difference);
  sac_disagreement_free (compared->disagreement);
  g_free (compared);
}

static void
compare_request_free (SacCompareRequest *request)
{
  sac_map_unref (request->left);
  sac_map_unref (request->right);
  g_free (request);
}

static gpointer
run_compare (gpointer data, SacJob *job, GError **error)
{
  const SacCompareRequest *request = data;
  SacCompared *compared = g_new0 (SacCompared, 1);

  if (sac_agreement_new (request->left, request->right,
                         &(SacAgreementParams){.moved = true, .seed = 1},
                         &compared->agreement, job, error))
    compared->difference =
      sac_map_difference (request->left, request->right, error);
  if (compared->difference != NULL)
    compared->disagreement =
      sac_disagreement_new (request->left, request->right, request->share,
                            SAC_DISAGREEMENT_LEAST, error);
  if (compared->disagreement != NULL)
    return compared;
  sac_compared_free (compared);
  return NULL;
}

const SacWork sac_work_compare = {
  .run = run_compare,
  .free_request = (GDestroyNotify)compare_request_free,
  .free_result = (GDestroyNotify)sac_compared_free,
};

static SacFigureLayer *
copy_over (const SacFigureSide *side)
{
  SacFigureLayer *over = g_new (SacFigureLayer, side->over_count);

  for (size_t i = 0; i < side->over_count; i++) {
    over[i] = side->over[i];
    over[i].name = g_strdup (over[i].name);
    sac_map_ref ((SacMap *)over[i].layer.map);
  }
  return over;
}

static void
copy_side (const SacFigureSide *side, SacFigureSide *ret_copy)
{
  *ret_copy = *side;
  if (side->map == NULL)
    return;
  ret_copy->map = sac_map_ref ((SacMap *)side->map);
  ret_copy->model_name = g_strdup (side->model_name);
  ret_copy->method_label = g_strdup (side->method_label);
  ret_copy->class_name = g_strdup (side->class_name);
  ret_copy->layer = g_strdup (side->layer);
  ret_copy->settings = g_strdup (side->settings);
  ret_copy->notes = g_strdupv ((char **)side->notes);
  ret_copy->over = copy_over (side);
}

static void
clear_side (SacFigureSide *side)
{
  g_clear_pointer ((SacMap **)&side->map, sac_map_unref);
  g_free ((char *)side->model_name);
  g_free ((char *)side->method_label);
  g_free ((char *)side->class_name);
  g_free ((char *)side->layer);
  g_free ((char *)side->settings);
  g_strfreev ((char **)side->notes);
  for (size_t i = 0; i < side->over_count; i++) {
    sac_map_unref ((SacMap *)side->over[i].layer.map);
    g_free ((char *)side->over[i].name);
  }
  g_free ((SacFigureLayer *)side->over);
}

SacFigureRequest *
sac_figure_request_new (const char *path, const SacFigure *figure)
{
  SacFigureRequest *request = g_new0 (SacFigureRequest, 1);

  request->path = g_strdup (path);
  request->figure = *figure;
  request->figure.source = sac_source_ref (figure->source);
  request->figure.region =
    figure->region ? g_memdup2 (figure->region, sizeof (SacRect)) : NULL;
  request->figure.title = g_strdup (figure->title);
  request->figure.tone =
    figure->tone ? g_memdup2 (figure->tone, sizeof (SacTone)) : NULL;
  copy_side (&figure->left, &request->figure.left);
  copy_side (&figure->right, &request->figure.right);
  request->figure.mask.set =
    figure->mask.set != NULL ? sac_annotations_copy (figure->mask.set) : NULL;
  request->figure.mask.file = g_strdup (figure->mask.file);
  request->figure.agreement =
    figure->agreement ? g_memdup2 (figure->agreement, sizeof (SacAgreement))
                      : NULL;
  return request;
}

static void
figure_request_free (SacFigureRequest *request)
{
  g_free (request->path);
  sac_source_unref (request->figure.source);
  g_free ((SacRect *)request->figure.region);
  g_free ((char *)request->figure.title);
  g_free ((SacTone *)request->figure.tone);
  clear_side (&request->figure.left);
  clear_side (&request->figure.right);
  sac_annotations_free ((SacAnnotations *)request->figure.mask.set);
  g_free ((char *)request->figure.mask.file);
  g_free ((SacAgreement *)request->figure.agreement);
  g_free (request);
}

static gpointer
run_figure (gpointer data, SacJob *job, GError **error)
{
  const SacFigureRequest *request = data;

  if (!sac_figure_write (&request->figure, request->path, job, error))
    return NULL;
  return g_strdup (request->path);
}

const SacWork sac_work_figure = {
  .run = run_figure,
  .free_request = (GDestroyNotify)figure_request_free,
  .free_result = g_free,
};
