/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Sentences come in the language of the program that asks for one. */
#include "base/error.h"
#include "base/json.h"
#include "image/decode.h"
#include "network/op.h"
#include "support.h"

#include <inttypes.h>
#include <libintl.h>
#include <locale.h>

static void
check (GError **error, const char *message)
{
  g_assert_error (*error, SAC_ERROR, SAC_ERROR_TOO_LARGE);
  g_assert_cmpstr ((*error)->message, ==, message);
  g_clear_error (error);
}

static void
make (GError **error)
{
  g_set_error (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
               "has %" PRId64 " bytes; the limit is %" PRIu64, (int64_t)12,
               (uint64_t)7);
}

static void
make_prefixed (GError **error)
{
  g_set_error_literal (error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
                       "the file is empty");
  g_prefix_error (error, "encoder of %s: ", "it");
}

/* What is said of one node of a network, with names as the file has them. */
static void
make_of_node (GError **error)
{
  const SacNode node = {.name = "stem", .op_type = "Conv"};
  const SacInfer infer = {.node = &node, .opset = 17};

  sac_infer_fail (&infer, SAC_ERROR_TOO_LARGE, error,
                  "kernel_shape says %" PRId64
                  " where the weights have %" PRId64,
                  (int64_t)3, (int64_t)5);
}

/* As in the command line, which asks for none. */
static void
test_english (void)
{
  GError *error = NULL;

  make (&error);
  check (&error, "has 12 bytes; the limit is 7");
  make_prefixed (&error);
  check (&error, "encoder of it: the file is empty");
  make_of_node (&error);
  check (&error, "node stem (Conv, opset 17): kernel_shape says 3 where the "
                 "weights have 5");
  g_assert_cmpstr (sac_sentence (""), ==, "");
}

/* Another locale than "C" lets LANGUAGE choose; numbers keep their widths and
 * may change places. */
static void
test_japanese (void)
{
  GError *error = NULL;

  if (setlocale (LC_MESSAGES, "C.UTF-8") == NULL) {
    g_test_skip ("this system has no locale with UTF-8");
    return;
  }
  g_assert_true (g_setenv ("LANGUAGE", "ja", TRUE));
  bindtextdomain (GETTEXT_PACKAGE, g_getenv ("SACCADE_LOCALE_DIR"));
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  make (&error);
  check (&error, "12 バイトあります。上限は 7 です");
  make_prefixed (&error);
  check (&error, "it のエンコーダー：ファイルが空です");
  make_of_node (&error);
  check (&error, "ノード stem（Conv、opset 17）：重みが 5 のところで "
                 "kernel_shape は 3 です");
  g_set_error (&error, SAC_ERROR, SAC_ERROR_TOO_LARGE,
               "the network has no further %s than %s", "a", "b");
  check (&error, "ネットワークには b のほかに a はありません");
  /* A part that is passed on within a sentence. */
  g_assert_null (sac_json_parse ("]", 1, "F", &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, "F："));
  g_clear_error (&error);
  g_assert_null (sac_decode_file ("/", NULL, &error));
  g_assert_nonnull (strstr (error->message, "フォルダー"));
  g_clear_error (&error);
  g_assert_cmpstr (sac_sentence (""), ==, "");
  g_unsetenv ("LANGUAGE");
  setlocale (LC_MESSAGES, "C");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/error/english", test_english);
  g_test_add_func ("/error/japanese", test_japanese);
  return g_test_run ();
}
