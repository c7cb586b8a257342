/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "cases/case-list.h"

#include "base/error.h"
#include "cases/case-folder.h"

#include <string.h>

/* So many tables are read in search of the one that knows the images. */
#define TABLES_MAX 16

static void
case_free (SacCase *one)
{
  g_free (one->path);
  g_free (one->name);
  g_free (one->annotations);
  g_free (one->mask);
  g_free (one->clinical);
  g_free (one->clinical_mask);
  g_free (one);
}

SacCaseList *
sac_case_list_ref (SacCaseList *list)
{
  g_atomic_ref_count_inc (&list->ref_count);
  return list;
}

void
sac_case_list_unref (SacCaseList *list)
{
  if (list == NULL || !g_atomic_ref_count_dec (&list->ref_count))
    return;
  g_free (list->folder);
  g_ptr_array_unref (list->cases);
  g_ptr_array_unref (list->notes);
  sac_case_table_free (list->table);
  g_free (list);
}

const SacCase *
sac_case_list_get (const SacCaseList *list, guint index)
{
  g_assert (index < list->cases->len);
  return list->cases->pdata[index];
}

/* What the case's row says in the column of that name; NULL: nothing. */
static const char *
get_cell (const SacCaseList *list, const SacCase *one, const char *name)
{
  if (one->row < 0)
    return NULL;
  for (guint i = 0; i < sac_case_table_count_columns (list->table); i++) {
    const char *value = sac_case_table_get (list->table, (guint)one->row, i);

    if (g_ascii_strcasecmp (sac_case_table_get_column (list->table, i), name) ==
        0)
      return *value != '\0' ? value : NULL;
  }
  return NULL;
}

const char *
sac_case_list_get_caption (const SacCaseList *list, const SacCase *one)
{
  return get_cell (list, one, "caption");
}

int
sac_case_list_find (const SacCaseList *list, const char *path)
{
  for (guint i = 0; i < list->cases->len; i++) {
    const SacCase *one = sac_case_list_get (list, i);

    if (g_str_equal (one->path, path) || g_strcmp0 (one->clinical, path) == 0)
      return (int)i;
  }
  return -1;
}

/* What a byte counts in the order of names; a folder comes before what is
 * called the same and goes on. */
static int
get_rank (char byte)
{
  return byte == '\0'  ? 0
         : byte == '/' ? 1
                       : 2 + (guchar)g_ascii_tolower (byte);
}

int
sac_case_compare_names (const char *a, const char *b)
{
  const char *left = a, *right = b;

  while (*left != '\0' || *right != '\0') {
    if (g_ascii_isdigit (*left) && g_ascii_isdigit (*right)) {
      left += strspn (left, "0");
      right += strspn (right, "0");

      size_t left_digits = strspn (left, "0123456789");
      size_t right_digits = strspn (right, "0123456789");
      int order = left_digits != right_digits
                    ? (left_digits > right_digits) * 2 - 1
                    : strncmp (left, right, left_digits);

      if (order != 0)
        return order;
      left += left_digits;
      right += right_digits;
    } else if (get_rank (*left) != get_rank (*right)) {
      return get_rank (*left) - get_rank (*right);
    } else {
      left++;
      right++;
    }
  }
  return strcmp (a, b);
}

/* Stem -> the first file of that stem. */
static GHashTable *
index_files (const GPtrArray *files, bool trim)
{
  GHashTable *index =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < files->len; i++) {
    const SacCaseFile *file = files->pdata[i];
    size_t length =
      trim ? sac_case_folder_trim_mask (file->stem) : strlen (file->stem);
    g_autofree char *key = g_strndup (file->stem, length);

    if (!g_hash_table_contains (index, key))
      g_hash_table_insert (index, g_steal_pointer (&key), (gpointer)file);
  }
  return index;
}

/* A mask of nothing that is listed is an image, unless its folder says
 * otherwise; and so is everything in a folder of masks alone. */
static void
move_masks (SacCaseFolder *folder)
{
  g_autoptr (GHashTable) images = index_files (folder->images, false);
  bool alone = folder->images->len == 0;

  for (guint i = 0; i < folder->masks->len;) {
    SacCaseFile *file = folder->masks->pdata[i];
    g_autofree char *key =
      g_strndup (file->stem, sac_case_folder_trim_mask (file->stem));
    bool is_image = !file->is_beside && (alone || !file->is_in_masks) &&
                    !g_hash_table_contains (images, key);

    if (is_image)
      g_ptr_array_add (folder->images,
                       g_ptr_array_steal_index (folder->masks, i));
    else
      i++;
  }
}

static char *
dup_companion (GHashTable *index, const char *stem)
{
  const SacCaseFile *file = g_hash_table_lookup (index, stem);

  return file != NULL ? g_strdup (file->path) : NULL;
}

static int
compare_cases (gconstpointer a, gconstpointer b)
{
  return sac_case_compare_names ((*(SacCase *const *)a)->name,
                                 (*(SacCase *const *)b)->name);
}

static void
add_cases (SacCaseList *list, SacCaseFolder *folder)
{
  g_autoptr (GHashTable) annotations = index_files (folder->annotations, false);
  g_autoptr (GHashTable) masks = index_files (folder->masks, true);

  for (guint i = 0; i < folder->images->len; i++) {
    const SacCaseFile *file = folder->images->pdata[i];
    SacCase *one = g_new0 (SacCase, 1);

    one->path = g_strdup (file->path);
    one->name = g_filename_display_name (file->name);
    one->annotations = dup_companion (annotations, file->stem);
    one->mask = dup_companion (masks, file->stem);
    one->row = -1;
    g_ptr_array_add (list->cases, one);
  }
  g_ptr_array_sort (list->cases, compare_cases);
}

static char *
dup_stem (const SacCase *one)
{
  g_autofree char *base = g_path_get_basename (one->path);
  char *dot = strrchr (base, '.');

  if (dot != NULL)
    *dot = '\0';
  return g_ascii_strdown (base, -1);
}

static guint
count_known (const SacCaseList *list, const SacCaseTable *table)
{
  guint count = 0;

  for (guint i = 0; i < list->cases->len; i++) {
    g_autofree char *stem = dup_stem (sac_case_list_get (list, i));

    count += sac_case_table_find (table, stem) >= 0;
  }
  return count;
}

/* The table that knows most of the images, the nearest of equal ones. */
static void
choose_table (SacCaseList *list, const SacCaseFolder *folder)
{
  guint most = 0;

  for (guint i = 0; i < MIN (folder->tables->len, TABLES_MAX); i++) {
    const SacCaseFile *file = folder->tables->pdata[i];
    g_autoptr (GError) error = NULL;
    SacCaseTable *table = sac_case_table_read (file->path, &error);
    guint known = table != NULL ? count_known (list, table) : 0;

    if (known > most) {
      most = known;
      g_clear_pointer (&list->table, sac_case_table_free);
      list->table = g_steal_pointer (&table);
    }
    sac_case_table_free (table);
    /* Of tables about something else nothing need be said. */
    if (error != NULL &&
        !g_error_matches (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED))
      g_ptr_array_add (list->notes, g_strdup (error->message));
  }
  for (guint i = 0; list->table != NULL && i < list->cases->len; i++) {
    SacCase *one = list->cases->pdata[i];
    g_autofree char *stem = dup_stem (one);

    one->row = sac_case_table_find (list->table, stem);
    if (one->row >= 0)
      one->label = sac_case_table_get_label (list->table, (guint)one->row);
  }
}

/* A row may name its own image, one that is not there, and one that has a
 * clinical image itself. */
static void
join_pairs (SacCaseList *list)
{
  g_autoptr (GHashTable) cases =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) joined = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < list->cases->len; i++) {
    SacCase *one = list->cases->pdata[i];

    g_hash_table_insert (cases, g_path_get_basename (one->path), one);
  }
  for (guint i = 0; i < list->cases->len; i++) {
    SacCase *one = list->cases->pdata[i];
    const char *name = get_cell (list, one, "clinical");
    g_autofree char *base = g_path_get_basename (name != NULL ? name : "");
    const SacCase *other = g_hash_table_lookup (cases, base);

    if (other == NULL || other == one || other->clinical != NULL ||
        g_hash_table_contains (joined, one))
      continue;
    one->clinical = g_strdup (other->path);
    one->clinical_mask = g_strdup (other->mask);
    g_hash_table_add (joined, (gpointer)other);
  }
  for (guint i = list->cases->len; i-- > 0;)
    if (g_hash_table_contains (joined, list->cases->pdata[i]))
      g_ptr_array_remove_index (list->cases, i);
}

/* "tumor_001", "patient_004_node_4": what the slides of Camelyon16 and 17 are
 * called, with what the word says of them. */
static const struct {
  const char *start, *label;
} camelyon[] = {
  {"tumor_", "tumor"},
  {"normal_", "normal"},
  {"test_", NULL},
  {"patient_", NULL},
};

static int
find_camelyon (const char *stem)
{
  for (guint i = 0; i < G_N_ELEMENTS (camelyon); i++) {
    size_t length = strlen (camelyon[i].start);

    if (strncmp (stem, camelyon[i].start, length) == 0 &&
        strspn (stem + length, "0123456789") == 3)
      return (int)i;
  }
  return -1;
}

/* By the first case that tells. */
static void
recognise (SacCaseList *list)
{
  for (guint i = 0; i < list->cases->len; i++) {
    SacCase *one = list->cases->pdata[i];
    g_autofree char *stem = dup_stem (one);
    g_autofree char *path = g_ascii_strdown (one->path, -1);
    int kind = g_str_has_suffix (path, ".tif") ? find_camelyon (stem) : -1;
    bool is_isic = one->row >= 0 || (strncmp (stem, "isic_", 5) == 0 &&
                                     g_ascii_isdigit (stem[5]));

    if (kind >= 0 && one->label == NULL)
      one->label = camelyon[kind].label;
    if (list->layout == SAC_CASE_LAYOUT_PLAIN)
      list->layout = kind >= 0 ? SAC_CASE_LAYOUT_CAMELYON
                     : is_isic ? SAC_CASE_LAYOUT_ISIC
                               : SAC_CASE_LAYOUT_PLAIN;
  }
}

SacCaseList *
sac_case_list_read (const char *path, SacJob *job, GError **error)
{
  g_autoptr (SacCaseFolder) folder = sac_case_folder_read (path, job, error);

  if (folder == NULL)
    return NULL;

  g_autoptr (SacCaseList) list = g_new0 (SacCaseList, 1);

  g_atomic_ref_count_init (&list->ref_count);
  list->folder = g_canonicalize_filename (path, NULL);
  list->cases = g_ptr_array_new_with_free_func ((GDestroyNotify)case_free);
  list->notes = g_ptr_array_new_with_free_func (g_free);
  move_masks (folder);
  if (folder->images->len == 0) {
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
                 "%s: there is no image or slide in this folder", path);
    return NULL;
  }
  add_cases (list, folder);
  choose_table (list, folder);
  if (list->table != NULL)
    join_pairs (list);
  recognise (list);
  if (folder->is_cut)
    g_ptr_array_add (list->notes,
                     g_strdup_printf ("%s holds more files than are listed",
                                      path));
  return g_steal_pointer (&list);
}
