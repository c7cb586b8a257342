/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "scene/view-state.h"

#include "base/error.h"
#include "support.h"

#include <string.h>

static void
fill (SacViewState *state)
{
  *state = (SacViewState){
    .file = {1234567890123, 1700000000123456},
    .camera = {100.25, -3.5, 1.0 / 3, -1.25, true},
    .pane_count = 3,
    .active = 2,
    .mode = g_strdup ("swipe"),
  };
  for (guint i = 0; i < state->pane_count; i++)
    state->panes[i] = (SacViewPane){
      .model = g_strdup ("/a \"b\"/\343\203\242.onnx"),
      .method = i > 0 ? g_strdup ("grad-cam") : NULL,
      .head_mode = g_strdup ("one"),
      .output = 1,
      .head = (int)i,
      .opacity = 0.1 * i,
      .smooth = i == 1,
      .is_hidden = i == 2,
      .has_contour = i == 1,
      .contour = 0.25 * i,
      .is_clipped = i == 2,
      .clip_low = -0.125,
      .clip_high = 3,
    };
  for (guint i = 0; i < 2; i++)
    state->panes[1].layers[state->panes[1].layer_count++] = (SacViewLayer){
      .path = g_strdup ("/maps/\303\251.tif"),
      .index = (int)i + 3,
      .colors = i > 0 ? g_strdup ("cividis") : NULL,
      .scale = g_strdup ("own"),
      .opacity = 0.5,
      .is_hidden = i == 1,
    };
  state->other = g_strdup ("/else/clinical.png");
  state->is_second = true;
  state->panes[1].score = g_strdup ("probability");
  state->panes[2].against = g_strdup ("nv");
  state->panes[2].params =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_insert (state->panes[2].params, g_strdup ("steps"),
                       g_strdup ("7"));
  g_hash_table_insert (state->panes[2].params, g_strdup ("baseline"),
                       g_strdup ("0.5"));
}

static void
test_round_trip (void)
{
  g_auto (SacViewState) state = {0};
  g_auto (SacViewState) back = {0};
  g_autoptr (GError) error = NULL;

  fill (&state);

  g_autofree char *text = sac_view_state_to_text (&state);

  g_assert_true (
    sac_view_state_parse (text, strlen (text), "view", &back, &error));
  g_assert_no_error (error);
  g_assert_cmpint (back.file.size, ==, state.file.size);
  g_assert_cmpint (back.file.modified_us, ==, state.file.modified_us);
  g_assert_cmpfloat (back.camera.scale, ==, state.camera.scale);
  g_assert_cmpfloat (back.camera.rotation, ==, -1.25);
  g_assert_true (back.camera.mirror);
  g_assert_cmpuint (back.active, ==, 2);
  g_assert_cmpstr (back.mode, ==, "swipe");
  g_assert_cmpstr (back.other, ==, "/else/clinical.png");
  g_assert_true (back.is_second);
  g_assert_cmpstr (back.panes[1].model, ==, state.panes[1].model);
  g_assert_null (back.panes[0].method);
  g_assert_cmpint (back.panes[2].head, ==, 2);
  g_assert_true (back.panes[2].is_hidden);
  g_assert_cmpstr (back.panes[1].score, ==, "probability");
  g_assert_null (back.panes[1].params);
  g_assert_cmpstr (back.panes[2].against, ==, "nv");
  g_assert_cmpuint (g_hash_table_size (back.panes[2].params), ==, 2);
  g_assert_cmpstr (g_hash_table_lookup (back.panes[2].params, "steps"), ==,
                   "7");
  g_assert_true (back.panes[1].has_contour);
  g_assert_false (back.panes[1].is_clipped);
  g_assert_true (back.panes[2].is_clipped);
  g_assert_cmpfloat (back.panes[2].clip_low, ==, -0.125);
  g_assert_cmpfloat (back.panes[2].clip_high, ==, 3);
  g_assert_cmpuint (back.panes[1].layer_count, ==, 2);
  g_assert_cmpint (back.panes[1].layers[1].index, ==, 4);
  g_assert_cmpstr (back.panes[1].layers[1].colors, ==, "cividis");

  g_autofree char *again = sac_view_state_to_text (&back);

  g_assert_cmpstr (again, ==, text);
}

/* One member is another: each is refused by name, and nothing leaks. */
static void
test_hostile (void)
{
  static const struct {
    const char *from, *to, *part;
  } changes[] = {
    {"\"schema\" : 1", "\"schema\" : 2", "schema"},
    {"\"x\" : 100.25", "\"x\" : \"far\"", "\"x\""},
    {"\"x\" : 100.25", "\"x\" : 1e300", "\"x\""},
    {"\"mirror\" : true", "\"mirror\" : {}", "mirror"},
    {"\"active\" : 2", "\"active\" : 3", "active"},
    {"\"active\" : 2", "\"active\" : -1", "active"},
    {"\"head\" : 2", "\"head\" : 1e9", "head"},
    {"\"method\" : \"grad-cam\"", "\"method\" : []", "method"},
    {"\"steps\" : \"7\"", "\"steps\" : 7", "steps"},
    {"\"score\" : \"probability\"", "\"score\" : 1", "score"},
    {"\"mode\" : \"swipe\"", "\"mode\" : null", "mode"},
    {"\"index\" : 4", "\"index\" : -4", "index"},
    {"\"path\" :", "\"where\" :", "path"},
    {"\"layers\" : [", "\"layers\" : 7, \"other\" : [", "layers"},
    {"\"clip\" : [", "\"clip\" : [ 4,", "clip"},
    {"\"clip\" : [", "\"clip\" : 7, \"other\" : [", "clip"},
    {"-0.125", "3.5", "clip"},
    {"-0.125", "\"low\"", "clip"},
    {"\"line\" : 0.25", "\"line\" : 2", "line"},
    {"\"panes\" : [", "\"panes\" : 7, \"other\" : [", "panes"},
    {"\"companion\" : \"/else/clinical.png\"", "\"companion\" : 3",
     "companion"},
    {"\"second\" : true", "\"second\" : 1", "second"},
    {"\"camera\" : {", "\"camera\" : 7, \"other\" : {", "camera"},
  };
  g_auto (SacViewState) state = {0};

  fill (&state);

  g_autofree char *text = sac_view_state_to_text (&state);

  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++) {
    g_auto (GStrv) parts = g_strsplit (text, changes[i].from, 2);
    g_autoptr (GError) error = NULL;
    g_auto (SacViewState) back = {0};

    g_assert_nonnull (parts[1]);

    g_autofree char *changed = g_strjoinv (changes[i].to, parts);

    g_assert_false (
      sac_view_state_parse (changed, strlen (changed), "view", &back, &error));
    test_assert_error (&error, SAC_ERROR, SAC_ERROR_DAMAGED, changes[i].part);
  }
}

/* Every beginning of a good one. */
static void
test_cut_off (void)
{
  g_auto (SacViewState) state = {0};

  fill (&state);

  g_autofree char *text = sac_view_state_to_text (&state);

  for (gsize size = 0; size + 2 < strlen (text); size++) {
    g_auto (SacViewState) back = {0};
    g_autoptr (GError) error = NULL;

    g_assert_false (sac_view_state_parse (text, size, "view", &back, &error));
    g_assert_error (error, SAC_ERROR, SAC_ERROR_DAMAGED);
  }

  g_autofree char *large = g_strnfill (1 << 21, ' ');
  g_auto (SacViewState) back = {0};
  g_autoptr (GError) error = NULL;

  g_assert_false (sac_view_state_parse (large, 1 << 21, "view", &back, &error));
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_TOO_LARGE, "at most");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/view-state/round-trip", test_round_trip);
  g_test_add_func ("/view-state/hostile", test_hostile);
  g_test_add_func ("/view-state/cut-off", test_cut_off);
  return g_test_run ();
}
