/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Weights that rest in their file: that they are the right ones in every form,
 * and what happens when the file changes meanwhile. */
#include "base/error.h"
#include "base/hash.h"
#include "network/plan.h"
#include "onnx-writer.h"
#include "support.h"
#include "tensor/rest.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT 20000
#define LARGE_COUNT ((size_t)17 << 20) /* 68 MiB */

/* Field numbers of TensorProto. */
enum {
  DIMS = 1,
  TYPE = 2,
  FLOATS = 4,
  NAME = 8,
  RAW = 9,
};

typedef struct {
  char *folder;
  char *path;
  float *expected; /* COUNT of them: w[i] = i / 8, exact in float16 below 256 */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = test_folder_new ();
  fixture->path = g_build_filename (fixture->folder, "model.onnx", NULL);
  fixture->expected = g_new (float, COUNT);
  for (int i = 0; i < COUNT; i++)
    fixture->expected[i] = (float)(i % 2000) / 8.0f;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_free (fixture->expected);
  g_free (fixture->path);
  test_folder_remove (fixture->folder);
}

static GByteArray *
new_tensor (size_t count, SacType type, const char *name)
{
  GByteArray *tensor = g_byte_array_new ();

  onnx_put_int (tensor, DIMS, (gint64)count);
  onnx_put_int (tensor, TYPE, type);
  onnx_put_text (tensor, NAME, name);
  return tensor;
}

/* y = w, of that type, at three indices that are fed.  Takes tensor, which is
 * named w. */
static void
write_typed (const Fixture *fixture,
             const char *w,
             const char *type,
             GByteArray *tensor)
{
  g_autofree char *text = g_strdup_printf ("input i int64 3\n"
                                           "node g Gather %s,i -> y\n"
                                           "output y %s 3\n",
                                           w, type);
  g_autoptr (GBytes) rest = onnx_write (text);
  GByteArray *graph = g_byte_array_new ();
  g_autoptr (GByteArray) file = g_byte_array_new ();
  gsize size;
  const guint8 *data = g_bytes_get_data (rest, &size);
  /* The graph is the last field and shorter than 128 bytes. */
  gsize start = size - 1;

  while (data[start] != 0x3a || data[start + 1] != size - start - 2)
    start--;
  g_byte_array_append (graph, data + start + 2, size - start - 2);
  onnx_put_message (graph, 5, tensor);
  g_byte_array_append (file, data, start);
  onnx_put_message (file, 7, graph);
  g_assert_true (g_file_set_contents (fixture->path, (const char *)file->data,
                                      file->len, NULL));
}

static void
write_gather (const Fixture *fixture, const char *w, GByteArray *tensor)
{
  write_typed (fixture, w, "float", tensor);
}

static SacNetwork *
load (const Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  SacNetwork *network = sac_network_load (fixture->path, NULL, &error);

  g_assert_no_error (error);
  return network;
}

static const SacTensor *
get_weight (SacNetwork *network, const char *name)
{
  const SacGraph *graph = sac_network_get_graph (network);

  return graph->values[sac_graph_find_value (graph, name)].constant;
}

static SacPlan *
make_plan (SacNetwork *network, const char *const *captures)
{
  const SacShape shape = {1, {3}};
  const SacPlanRequest request = {.input_shapes = &shape, .captures = captures};
  g_autoptr (GError) error = NULL;
  SacPlan *plan = sac_plan_new (network, &request, NULL, &error);

  g_assert_no_error (error);
  return plan;
}

static SacResult *
run (SacPlan *plan, int64_t last, GError **error)
{
  const SacShape shape = {1, {3}};
  g_autoptr (SacTensor) indices = sac_tensor_new (SAC_TYPE_INT64, &shape, NULL);
  const SacTensor *const inputs[] = {indices};

  sac_tensor_i64 (indices)[0] = 1;
  sac_tensor_i64 (indices)[1] = 1234;
  sac_tensor_i64 (indices)[2] = last;
  return sac_plan_run (plan, &(SacRunParams){.inputs = inputs}, NULL, error);
}

static void
check_elements (const Fixture *fixture, SacNetwork *network)
{
  g_autoptr (SacPlan) plan = make_plan (network, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SacResult) result = run (plan, COUNT - 1, &error);

  g_assert_no_error (error);

  const float *y = sac_tensor_f32 (sac_result_get_value (result, "y"));

  g_assert_cmpfloat (y[0], ==, fixture->expected[1]);
  g_assert_cmpfloat (y[1], ==, fixture->expected[1234]);
  g_assert_cmpfloat (y[2], ==, fixture->expected[COUNT - 1]);
}

static void
write_floats (const Fixture *fixture, const char *name)
{
  GByteArray *tensor = new_tensor (COUNT, SAC_TYPE_FLOAT, name);

  onnx_put_bytes (tensor, RAW, fixture->expected, COUNT * sizeof (float));
  write_gather (fixture, name, tensor);
}

/* The name moves the raw data to every alignment. */
static void
test_alignment (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = {"w", "ww", "www", "wwww"};

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    write_floats (fixture, names[i]);

    g_autoptr (SacNetwork) network = load (fixture);
    const SacTensor *weight = get_weight (network, names[i]);
    float piece[3];

    g_assert_null (weight->data);
    g_assert_true (sac_tensor_read (weight, 100, 3, piece, NULL));
    g_assert_cmpmem (piece, sizeof piece, fixture->expected + 100,
                     sizeof piece);
    g_assert_null (weight->data);
    check_elements (fixture, network);
    g_assert_true (sac_tensor_hold (weight, NULL));
    g_assert_cmpmem (weight->data, COUNT * sizeof (float), fixture->expected,
                     COUNT * sizeof (float));
    g_assert_cmpuint ((uintptr_t)weight->data % 64, ==, 0);
    sac_tensor_drop (weight);
    g_assert_null (weight->data);
  }
}

/* Doubles become float32 when the network is read, large ones too. */
static void
test_double (Fixture *fixture, gconstpointer data)
{
  GByteArray *tensor = new_tensor (COUNT, SAC_TYPE_DOUBLE, "w");
  g_autofree double *numbers = g_new (double, COUNT);

  for (int i = 0; i < COUNT; i++)
    numbers[i] = (double)fixture->expected[i];
  onnx_put_bytes (tensor, RAW, numbers, COUNT * sizeof *numbers);
  write_typed (fixture, "w", "double", tensor);

  g_autoptr (SacNetwork) network = load (fixture);

  check_elements (fixture, network);
}

static void
test_list (Fixture *fixture, gconstpointer data)
{
  for (int parts = 1; parts <= 2; parts++) {
    GByteArray *tensor = new_tensor (COUNT, SAC_TYPE_FLOAT, "w");
    size_t first = parts == 1 ? COUNT : COUNT - 1000;

    onnx_put_bytes (tensor, FLOATS, fixture->expected, first * sizeof (float));
    if (first < COUNT)
      onnx_put_bytes (tensor, FLOATS, fixture->expected + first,
                      (COUNT - first) * sizeof (float));
    write_gather (fixture, "w", tensor);

    g_autoptr (SacNetwork) network = load (fixture);

    g_assert_true ((get_weight (network, "w")->data == NULL) == (parts == 1));
    check_elements (fixture, network);
  }
}

static void
test_half (Fixture *fixture, gconstpointer data)
{
  /* Twice as many, so that they are as long in the file. */
  g_autofree uint16_t *halves = g_new0 (uint16_t, 2 * COUNT);
  GByteArray *tensor = new_tensor (2 * COUNT, SAC_TYPE_FLOAT16, "w");

  for (int i = 0; i < COUNT; i++)
    halves[i] = sac_float_to_half (fixture->expected[i]);
  onnx_put_bytes (tensor, RAW, halves, 2 * COUNT * sizeof *halves);
  write_gather (fixture, "w", tensor);

  g_autoptr (SacNetwork) network = load (fixture);

  g_assert_null (get_weight (network, "w")->data);
  check_elements (fixture, network);
}

/* A tensor that was captured stays when the plan and the network are gone. */
static void
test_capture (Fixture *fixture, gconstpointer data)
{
  const char *const captures[] = {"w", NULL};
  SacTensor *kept;

  write_floats (fixture, "w");
  {
    g_autoptr (SacNetwork) network = load (fixture);
    g_autoptr (SacPlan) plan = make_plan (network, captures);
    g_autoptr (SacResult) result = run (plan, 0, NULL);

    g_assert_nonnull (result);
    kept = sac_tensor_ref ((SacTensor *)sac_result_get_value (result, "w"));
  }
  g_assert_cmpmem (kept->data, COUNT * sizeof (float), fixture->expected,
                   COUNT * sizeof (float));
  sac_tensor_unref (kept);
}

static void
write_large (const Fixture *fixture)
{
  GByteArray *tensor = new_tensor (LARGE_COUNT, SAC_TYPE_FLOAT, "w");
  g_autofree float *zeros = g_new0 (float, LARGE_COUNT);

  onnx_put_bytes (tensor, RAW, zeros, LARGE_COUNT * sizeof (float));
  write_gather (fixture, "w", tensor);
}

/* A file of more than 64 MiB, cut short once it is open: the run says so.  What
 * was brought before stays good. */
static void
test_truncated (Fixture *fixture, gconstpointer data)
{
  write_large (fixture);
  for (int runs = 0; runs <= 1; runs++) {
    if (runs == 1)
      write_large (fixture);

    g_autoptr (SacNetwork) network = load (fixture);
    g_autoptr (SacPlan) plan = make_plan (network, NULL);
    g_autoptr (GError) error = NULL;

    if (runs == 1)
      sac_result_free (run (plan, 0, NULL));
    g_assert_cmpint (truncate (fixture->path, 1 << 20), ==, 0);

    g_autoptr (SacResult) result = run (plan, LARGE_COUNT - 1, &error);

    g_assert_true ((result != NULL) == (runs == 1));
    if (runs == 0)
      test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNREADABLE,
                         "has changed since it was opened");
    g_assert_null (sac_network_get_sha256 (network));
  }
}

/* Written over with as many bytes: noticed by the time of change. */
static void
test_overwritten (Fixture *fixture, gconstpointer data)
{
  write_floats (fixture, "w");

  g_autoptr (SacNetwork) network = load (fixture);
  g_autoptr (SacPlan) plan = make_plan (network, NULL);
  g_autoptr (GError) error = NULL;
  const struct timespec times[] = {{.tv_sec = 1000}, {.tv_sec = 1000}};

  g_assert_cmpint (utimensat (AT_FDCWD, fixture->path, times, 0), ==, 0);

  g_autoptr (SacResult) result = run (plan, 0, &error);

  g_assert_null (result);
  test_assert_error (&error, SAC_ERROR, SAC_ERROR_UNREADABLE,
                     "tensor \"w\": the file has changed");
}

/* Replaced as careful programs do, by a new file of the same name: the network
 * stays the one that was opened. */
static void
test_replaced (Fixture *fixture, gconstpointer data)
{
  write_floats (fixture, "w");

  g_autoptr (SacNetwork) network = load (fixture);

  g_assert_true (g_file_set_contents (fixture->path, "other", -1, NULL));
  check_elements (fixture, network);
}

/* Begun beforehand or not, the hash is that of the file. */
static void
test_hash (Fixture *fixture, gconstpointer data)
{
  write_floats (fixture, "w");

  g_autofree char *expected = sac_hash_file (fixture->path, NULL, NULL);

  for (int begins = 0; begins <= 2; begins++) {
    g_autoptr (SacNetwork) network = load (fixture);

    for (int i = 0; i < begins; i++)
      sac_network_begin_sha256 (network);
    g_assert_cmpstr (sac_network_get_sha256 (network), ==, expected);
  }
}

typedef struct {
  const char *path;
  off_t size;
  int stop;
} Cutter;

static gpointer
cut (gpointer data)
{
  Cutter *cutter = data;

  while (!g_atomic_int_get (&cutter->stop)) {
    g_assert_cmpint (truncate (cutter->path, 100), ==, 0);
    g_assert_cmpint (truncate (cutter->path, cutter->size), ==, 0);
  }
  return NULL;
}

/* Cut and made longer again all the time while it is opened: an error or a
 * network, never the end of the program. */
static void
test_cut_while_opened (Fixture *fixture, gconstpointer data)
{
  struct stat info;

  write_large (fixture);
  g_assert_cmpint (stat (fixture->path, &info), ==, 0);

  Cutter cutter = {.path = fixture->path, .size = info.st_size};
  GThread *thread = g_thread_new ("cut", cut, &cutter);

  for (int i = 0; i < 300; i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SacNetwork) network =
      sac_network_load (fixture->path, NULL, &error);

    g_assert_true ((network == NULL) == (error != NULL));
  }
  g_atomic_int_set (&cutter.stop, 1);
  g_thread_join (thread);
}

#define ADD(name, function)                                                    \
  g_test_add (name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/weights/alignment", test_alignment);
  ADD ("/weights/double", test_double);
  ADD ("/weights/list", test_list);
  ADD ("/weights/half", test_half);
  ADD ("/weights/capture", test_capture);
  ADD ("/weights/hash", test_hash);
  ADD ("/weights/truncated", test_truncated);
  ADD ("/weights/overwritten", test_overwritten);
  ADD ("/weights/replaced", test_replaced);
  ADD ("/weights/cut-while-opened", test_cut_while_opened);
  return g_test_run ();
}
