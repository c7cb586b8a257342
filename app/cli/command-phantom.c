/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "cli.h"

#include "base/output.h"
#include "image/phantom-dermoscopy.h"
#include "image/phantom.h"
#include "image/pyramid-file.h"
#include "phantom/phantom-files.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PICTURE_COUNT_MAX 100000
#define SLIDE_COUNT_MAX 1000
#define PICTURE_SIDE_MIN 16
#define PICTURE_SIDE_MAX 8192
#define PAIR_SIDE_MAX 4096
#define STORY_SIDE_MIN 60
#define STORY_SIDE_MAX 2048
#define SLIDE_SIDE_MIN 256
#define SLIDE_SIDE_MAX 100000

typedef struct {
  const char *name;
  const char *size; /* when none is given */
  int side_min, side_max;
  int count_max;
  bool is_set, is_slide, is_story, is_pair;
  bool (*write) (const SacPhantomFiles *params, SacJob *job, GError **error);
} Kind;

/* As they were given. */
typedef struct {
  char *out, *size, *with, *without, *evidence, *leak, *tumor, *organ;
  int count;
  gint64 seed;
  double asymmetry, irregularity, softness;
  gboolean pairs;
} Words;

static const Kind kinds[] = {
  {"dermoscopy", "600x450", PICTURE_SIDE_MIN, PICTURE_SIDE_MAX,
   PICTURE_COUNT_MAX, false, false, false, false,
   sac_phantom_files_write_pictures},
  {"pair", "600x450", PICTURE_SIDE_MIN, PAIR_SIDE_MAX, PICTURE_COUNT_MAX, false,
   false, false, true, sac_phantom_files_write_pictures},
  {"set", "128x128", PICTURE_SIDE_MIN, PICTURE_SIDE_MAX, PICTURE_COUNT_MAX,
   true, false, false, false, sac_phantom_files_write_set},
  {"slide", "8192x6144", SLIDE_SIDE_MIN, SLIDE_SIDE_MAX, SLIDE_COUNT_MAX, false,
   true, false, false, sac_phantom_files_write_slides},
  {"story", "480x360", STORY_SIDE_MIN, STORY_SIDE_MAX, 1, false, false, true,
   false, sac_phantom_files_write_story},
};

/* A story is as it is, smaller or larger. */
static bool
parse_story (const Words *words, GError **error)
{
  if (words->with == NULL && words->without == NULL &&
      words->evidence == NULL && words->leak == NULL && words->tumor == NULL &&
      words->organ == NULL && words->seed == 1 && words->count == 1 &&
      words->asymmetry < 0 && words->irregularity < 0 && words->softness == 0 &&
      !words->pairs)
    return true;
  return cli_usage_error (error, "a story takes --out and --size alone");
}

/* In the order of SacPhantomOrgan and SacPhantomTumor. */
static const char *const organs[] = {"gut", "node", NULL};
static const char *const tumors[] = {"large", "small", "none", NULL};

static const struct {
  const char *name;
  unsigned bit;
} slide_artefacts[] = {{"folds", SAC_PHANTOM_FOLDS}, {"pen", SAC_PHANTOM_PEN}};

static void
words_clear (Words *words)
{
  g_free (words->out);
  g_free (words->size);
  g_free (words->with);
  g_free (words->without);
  g_free (words->evidence);
  g_free (words->leak);
  g_free (words->tumor);
  g_free (words->organ);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Words, words_clear)

static void
params_clear (SacPhantomFiles *params)
{
  g_strfreev (params->evidence);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SacPhantomFiles, params_clear)

static const Kind *
find_kind (const char *name)
{
  for (size_t i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (kinds[i].name, name) == 0)
      return &kinds[i];
  return NULL;
}

static bool
unknown_structure (const char *name, bool pairs, GError **error)
{
  g_autoptr (GString) all = g_string_new (NULL);

  for (int i = 0; i < SAC_PHANTOM_STRUCTURE_COUNT; i++)
    g_string_append_printf (all, "%s%s", i > 0 ? ", " : "",
                            sac_phantom_structures[i].name);
  for (int i = SAC_PHANTOM_CLINICAL_RAISED;
       pairs && i < SAC_PHANTOM_CLINICAL_COUNT; i++)
    g_string_append_printf (all, ", %s",
                            sac_phantom_clinical_structures[i].name);
  return cli_usage_error (error, "there is no structure \"%s\"; there are %s",
                          name, all->str);
}

/* "network,veil" as bits; clinical: NULL where no clinical image is drawn. */
static bool
parse_structures (const char *text,
                  unsigned *ret_bits,
                  unsigned *ret_clinical,
                  GError **error)
{
  g_auto (GStrv) names = g_strsplit (text != NULL ? text : "", ",", -1);

  for (int i = 0; names[i] != NULL; i++) {
    int which = sac_phantom_structure_find (names[i]);
    int clinical =
      ret_clinical != NULL ? sac_phantom_clinical_find (names[i]) : -1;

    if (which < 0 && clinical < 0)
      return unknown_structure (names[i], ret_clinical != NULL, error);
    if (which >= 0)
      *ret_bits |= 1u << which;
    else
      *ret_clinical |= 1u << clinical;
  }
  return true;
}

static bool
parse_size (const Kind *kind,
            const char *text,
            SacPhantomFiles *params,
            GError **error)
{
  int width, height;
  char rest;

  if (sscanf (text, "%6dx%6d%c", &width, &height, &rest) == 2 &&
      width >= kind->side_min && width <= kind->side_max &&
      height >= kind->side_min && height <= kind->side_max) {
    params->width = width;
    params->height = height;
    return true;
  }
  return cli_usage_error (error,
                          "--size takes WIDTHxHEIGHT, for %s each from %d to "
                          "%d",
                          kind->name, kind->side_min, kind->side_max);
}

/* Checks that classes can be told apart by the evidence and nothing else. */
static bool
parse_set (const Words *words, SacPhantomFiles *params, GError **error)
{
  unsigned planted = 0, leak = 0;

  if (words->evidence == NULL)
    return cli_usage_error (error, "a set needs --evidence STRUCTURE,...");
  if (!parse_structures (words->evidence, &planted, NULL, error) ||
      !parse_structures (words->leak, &leak, NULL, error))
    return false;
  params->evidence = g_strsplit (words->evidence, ",", -1);
  params->leak = words->leak;

  guint given = g_strv_length (params->evidence), different = 0;

  for (int i = 0; i < SAC_PHANTOM_STRUCTURE_COUNT; i++)
    different += planted >> i & 1;
  if (given != different || (planted & 1u << SAC_PHANTOM_LESION) != 0)
    return cli_usage_error (error, "--evidence takes different structures, "
                                   "other than the lesion itself");
  if ((leak & (leak - 1)) != 0 || (leak & 1u << SAC_PHANTOM_LESION) != 0)
    return cli_usage_error (error, "--leak takes one structure, other than the "
                                   "lesion itself");
  if (((planted | leak) & (params->with | params->without)) != 0 ||
      (planted & leak) != 0 ||
      (params->without & 1u << SAC_PHANTOM_LESION) != 0)
    return cli_usage_error (error, "a structure stands in two of --evidence, "
                                   "--leak, --with and "
                                   "--without, or the lesion in --without");
  return true;
}

/* Classes that take both images to tell. */
static bool
parse_pair_set (const Words *words, SacPhantomFiles *params, GError **error)
{
  unsigned planted = 0, clinical = 0;

  if (words->leak != NULL)
    return cli_usage_error (error, "a set of pairs takes no --leak");
  if (!parse_structures (words->evidence, &planted, &clinical, error))
    return false;
  params->evidence =
    g_strsplit (words->evidence != NULL ? words->evidence : "", ",", -1);
  if (g_strv_length (params->evidence) != 2 || clinical == 0 || planted == 0 ||
      planted == 1u << SAC_PHANTOM_LESION ||
      sac_phantom_structure_find (params->evidence[0]) < 0)
    return cli_usage_error (error, "a set of pairs needs --evidence "
                                   "STRUCTURE,CLINICAL: one that the "
                                   "dermoscopy image shows, other than the "
                                   "lesion itself, and one that the clinical "
                                   "image alone shows, such as "
                                   "network,raised");
  if ((planted & (params->with | params->without)) != 0 ||
      (clinical & (params->clinical_with | params->clinical_without)) != 0 ||
      (params->without & 1u << SAC_PHANTOM_LESION) != 0)
    return cli_usage_error (error, "a structure stands in two of --evidence, "
                                   "--with and --without, or the lesion in "
                                   "--without");
  return true;
}

/* A slide has its own structures, which are not there unless asked for. */
static bool
parse_slide (const Words *words, SacPhantomFiles *params, GError **error)
{
  g_auto (GStrv) names =
    g_strsplit (words->with != NULL ? words->with : "", ",", -1);
  const char *tumor = words->tumor != NULL ? words->tumor : tumors[0];
  const char *organ = words->organ != NULL ? words->organ : organs[0];

  if (words->without != NULL || words->asymmetry >= 0 ||
      words->irregularity >= 0 || words->softness != 0)
    return cli_usage_error (error, "a slide takes no --without, --asymmetry, "
                                   "--irregularity and --softness");
  for (int i = 0; names[i] != NULL; i++) {
    size_t k = 0;

    while (k < G_N_ELEMENTS (slide_artefacts) &&
           !g_str_equal (names[i], slide_artefacts[k].name))
      k++;
    if (k == G_N_ELEMENTS (slide_artefacts))
      return cli_usage_error (error,
                              "--with takes for a slide folds and pen, "
                              "not \"%s\"",
                              names[i]);
    params->artefacts |= slide_artefacts[k].bit;
  }
  if (!g_strv_contains (organs, organ))
    return cli_usage_error (error, "--organ takes gut or node");
  while (!g_str_equal (organs[params->organ], organ))
    params->organ++;
  if (!g_strv_contains (tumors, tumor))
    return cli_usage_error (error, "--tumor takes large, small or none");
  while (!g_str_equal (tumors[params->tumor], tumor))
    params->tumor++;
  return true;
}

static bool
parse_numbers (const Kind *kind,
               const Words *words,
               SacPhantomFiles *params,
               GError **error)
{
  if (words->count < 1 || words->count > kind->count_max)
    return cli_usage_error (error, "--count takes for %s a number from 1 to %d",
                            kind->name, kind->count_max);
  if (words->seed < 0)
    return cli_usage_error (error, "--seed takes a number from 0 on");
  if (!(words->asymmetry <= 1) || !(words->irregularity <= 1))
    return cli_usage_error (error, "--asymmetry and --irregularity take "
                                   "numbers from 0 to 1");
  if (!(words->softness >= 0 && words->softness <= 1))
    return cli_usage_error (error, "--softness takes a number from 0 to 1");
  params->count = words->count;
  params->seed = (uint64_t)words->seed;
  params->asymmetry = words->asymmetry;
  params->irregularity = words->irregularity;
  params->softness = words->softness;
  return true;
}

static bool
parse_picture (const Words *words, SacPhantomFiles *params, GError **error)
{
  bool pairs = params->pairs;

  if (pairs &&
      (params->width > PAIR_SIDE_MAX || params->height > PAIR_SIDE_MAX))
    return cli_usage_error (error, "--size takes for pairs each up to %d",
                            PAIR_SIDE_MAX);
  if (!parse_structures (words->with, &params->with,
                         pairs ? &params->clinical_with : NULL, error) ||
      !parse_structures (words->without, &params->without,
                         pairs ? &params->clinical_without : NULL, error))
    return false;
  if ((params->with & params->without) != 0 ||
      (params->clinical_with & params->clinical_without) != 0)
    return cli_usage_error (error,
                            "a structure stands in both --with and --without");
  return true;
}

static bool
parse (const Kind *kind,
       const Words *words,
       SacPhantomFiles *params,
       GError **error)
{
  if (words->out == NULL)
    return cli_usage_error (error, "needs --out DIR");
  params->out = words->out;
  if (!parse_numbers (kind, words, params, error) ||
      !parse_size (kind, words->size != NULL ? words->size : kind->size, params,
                   error))
    return false;
  if (kind->is_story)
    return parse_story (words, error);
  params->pairs = kind->is_pair || words->pairs;
  if (!kind->is_set && words->pairs)
    return cli_usage_error (error, "--pairs is for a set");
  if (!kind->is_set && (words->evidence != NULL || words->leak != NULL))
    return cli_usage_error (error, "--evidence and --leak are for a set");
  if (kind->is_slide)
    return parse_slide (words, params, error);
  if (words->tumor != NULL || words->organ != NULL)
    return cli_usage_error (error, "--tumor and --organ are for a slide");
  return parse_picture (words, params, error) &&
         (!kind->is_set ||
          (params->pairs ? parse_pair_set : parse_set) (words, params, error));
}

static bool
print_object (JsonObject *object, gpointer data, GError **error)
{
  return cli_print (object, error);
}

/* Tells how far it is where somebody looks. */
static void
print_progress (int done, int count, gpointer data)
{
  if (isatty (STDERR_FILENO))
    fprintf (stderr, "\r%d of %d%s", done, count, done == count ? "\n" : "");
}

static bool
run_phantom (int argc, char **argv, SacJob *job, GError **error)
{
  g_auto (Words)
    words = {.count = 1, .seed = 1, .asymmetry = -1, .irregularity = -1};
  g_auto (SacPhantomFiles) params = {
    .asymmetry = -1,
    .irregularity = -1,
    .tell = print_object,
    .progress = print_progress,
  };
  g_auto (GStrv) rest = NULL;
  GOptionEntry entries[] = {
    {"out", 0, 0, G_OPTION_ARG_FILENAME, &words.out, "The folder", "DIR"},
    {"count", 0, 0, G_OPTION_ARG_INT, &words.count, "How many (1)", "N"},
    {"seed", 0, 0, G_OPTION_ARG_INT64, &words.seed,
     "Seed of the first; others follow (1)", "N"},
    {"size", 0, 0, G_OPTION_ARG_STRING, &words.size, "Pixels of each", "WxH"},
    {"with", 0, 0, G_OPTION_ARG_STRING, &words.with,
     "Structures that are there; an unknown name lists all", "NAME,..."},
    {"without", 0, 0, G_OPTION_ARG_STRING, &words.without,
     "Structures that are not", "NAME,..."},
    {"asymmetry", 0, 0, G_OPTION_ARG_DOUBLE, &words.asymmetry,
     "Of the lesion, from 0 (mirror images) to 1", "X"},
    {"irregularity", 0, 0, G_OPTION_ARG_DOUBLE, &words.irregularity,
     "Of the border, 0 to 1", "X"},
    {"softness", 0, 0, G_OPTION_ARG_DOUBLE, &words.softness,
     "Less contrast and a softer border of the lesion, 0 (the default) to 1",
     "X"},
    {"evidence", 0, 0, G_OPTION_ARG_STRING, &words.evidence,
     "Structures that make the classes of a set", "NAME,..."},
    {"leak", 0, 0, G_OPTION_ARG_STRING, &words.leak,
     "A structure that tells the last class but in the test", "NAME"},
    {"pairs", 0, 0, G_OPTION_ARG_NONE, &words.pairs,
     "A set of pairs: --evidence network,raised", NULL},
    {"tumor", 0, 0, G_OPTION_ARG_STRING, &words.tumor,
     "Tumour of a slide (large)", "large|small|none"},
    {"organ", 0, 0, G_OPTION_ARG_STRING, &words.organ,
     "What a slide is a section of (gut)", "gut|node"},
    G_OPTION_ENTRY_NULL,
  };

  if (!cli_parse (&cli_phantom, entries, argc, argv, &rest, error))
    return false;

  const Kind *kind = g_strv_length (rest) == 1 ? find_kind (rest[0]) : NULL;

  if (kind == NULL)
    return cli_usage_error (error, "needs one kind: dermoscopy, pair, set, "
                                   "slide or story");
  return parse (kind, &words, &params, error) &&
         sac_output_make_folder (params.out, error) &&
         kind->write (&params, job, error);
}

const CliCommand cli_phantom = {
  .name = "phantom",
  .usage =
    "dermoscopy|pair|set|slide|story --out DIR [--count N] [--seed N] "
    "[--size WxH] [--with NAME,...] [--without NAME,...] [--asymmetry X] "
    "[--irregularity X] [--softness X] [--evidence NAME,... [--leak NAME | "
    "--pairs]] "
    "[--organ gut|node] [--tumor large|small|none]",
  .summary = "Draws images and slides whose truth is known, with masks.",
  .run = run_phantom,
};
