/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

#include "pane-options.h"

#include "class-names.h"
#include "map-notes.h"
#include "pane-run.h"

#include <glib/gi18n.h>
#include <string.h>

/* A chooser's list of more classes than this is of no help. */
#define CLASS_COUNT 1000

/* Options with their texts, which live as long as this. */
/* No method is called like that. */
#define RUN_METHOD ""

typedef struct {
  GArray *options; /* of SacOption */
  GPtrArray *texts;
} Options;

static Options *
options_new (void)
{
  Options *self = g_new (Options, 1);

  self->options = g_array_new (FALSE, TRUE, sizeof (SacOption));
  self->texts = g_ptr_array_new_with_free_func (g_free);
  return self;
}

static void
options_free (Options *self)
{
  g_array_unref (self->options);
  g_ptr_array_unref (self->texts);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Options, options_free)

static const char *
keep (Options *self, char *text)
{
  g_ptr_array_add (self->texts, text);
  return text;
}

static void
add (Options *self, const SacOption *option)
{
  g_array_append_vals (self->options, option, 1);
}

static void
show (Options *self, SacChooser *chooser, const char *selected)
{
  sac_chooser_set_options (chooser, (const SacOption *)self->options->data,
                           self->options->len);
  sac_chooser_select (chooser, selected);
}

static void
add_model_file (Options *options, const char *path)
{
  add (options,
       &(SacOption){.id = path,
                    .title = keep (options, sac_choice_dup_model_name (path)),
                    .detail = keep (options, g_filename_display_name (path))});
}

static bool
has_option (const Options *options, const char *id)
{
  for (guint i = 0; i < options->options->len; i++)
    if (g_str_equal (g_array_index (options->options, SacOption, i).id, id))
      return true;
  return false;
}

void
sac_pane_options_fill_model (SacChooser *chooser,
                             SacPaneState *pane,
                             SacLibrary *library)
{
  const char *chosen = sac_pane_state_get_choice (pane)->model;
  GPtrArray *entries = sac_library_get_entries (library);
  GPtrArray *files = sac_library_get_files (library);
  g_autoptr (Options) options = options_new ();

  for (guint i = 0; i < entries->len; i++) {
    const SacModelEntry *entry = g_ptr_array_index (entries, i);

    add (options, &(SacOption){.id = entry->id,
                               .title = entry->id,
                               .detail = entry->name});
  }
  for (guint i = 0; i < files->len; i++)
    add_model_file (options, g_ptr_array_index (files, i));
  /* A view that was kept brings its models along. */
  if (chosen != NULL && g_path_is_absolute (chosen) &&
      !has_option (options, chosen))
    add_model_file (options, chosen);
  show (options, chooser, chosen);
}

/* In the reader's language, as a sentence begins.  Returns: a new string. */
static char *
dup_reason (const char *reason)
{
  const char *text = sac_map_note_translate (reason);
  char first[8] = {0};

  g_unichar_to_utf8 (g_unichar_toupper (g_utf8_get_char (text)), first);
  return g_strconcat (first, g_utf8_next_char (text), NULL);
}

/* Why the model cannot give it; NULL where it can. */
static const char *
get_reason (Options *options, const SacLoaded *loaded, gsize method)
{
  if (loaded == NULL || loaded->reasons[method] == NULL)
    return NULL;
  return keep (options, dup_reason (loaded->reasons[method]));
}

void
sac_pane_options_fill_method (SacChooser *chooser, SacPaneState *pane)
{
  const SacMethod *const *methods = sac_methods_get_all ();
  const SacLoaded *loaded = sac_pane_state_get_loaded (pane);
  const SacRunMap *run = sac_pane_state_get_run (pane);
  g_autoptr (Options) options = options_new ();

  if (run != NULL)
    add (options, &(SacOption){.id = RUN_METHOD,
                               .title = run->method_label,
                               .detail = _ ("Of the run over the slide")});
  for (gsize i = 0; methods[i] != NULL; i++)
    add (options, &(SacOption){.id = methods[i]->name,
                               .title = _ (methods[i]->label),
                               .detail = _ (methods[i]->summary),
                               .reason = get_reason (options, loaded, i)});
  show (options, chooser,
        run != NULL ? RUN_METHOD : sac_pane_state_get_choice (pane)->method);
}

void
sac_pane_options_choose_method (SacPaneState *pane, const char *id)
{
  if (!g_str_equal (id, RUN_METHOD))
    sac_pane_state_set_method (pane, id);
}

static const char *
class_option_id (Options *options, gsize output, const char *class_id)
{
  return keep (options, g_strdup_printf ("%zu:%s", output, class_id));
}

static void
add_head (Options *options, gsize output, const SacPrediction *head)
{
  for (gsize i = 0; i < MIN (head->class_count, CLASS_COUNT); i++) {
    g_autofree char *id = sac_prediction_class_id (head, i);
    char *name = sac_class_name_dup (head, i);
    char *value = g_strdup_printf ("%.2f", head->probabilities[i]);

    add (options, &(SacOption){.id = class_option_id (options, output, id),
                               .title = keep (options, name),
                               .value = keep (options, value)});
  }
}

static void
add_predicted (Options *options, const SacPredictions *predictions)
{
  SacOption option = {.id = "", .title = _ ("Predicted class")};

  if (predictions != NULL && predictions->head_count > 0 &&
      sac_prediction_has_top (&predictions->heads[0])) {
    const SacPrediction *head = &predictions->heads[0];

    option.title = keep (options, sac_class_name_dup (head, head->top));
    option.detail = _ ("the predicted class");
    option.value =
      keep (options, g_strdup_printf ("%.2f", head->probabilities[head->top]));
  }
  add (options, &option);
}

void
sac_pane_options_fill_class (SacChooser *chooser, SacPaneState *pane)
{
  const SacChoice *choice = sac_pane_state_get_choice (pane);
  SacFindings *findings = sac_pane_state_get_findings (pane);
  SacPredictions *predictions = findings != NULL ? findings->predictions : NULL;
  g_autoptr (Options) options = options_new ();

  /* A run's map is of the class that it names. */
  gtk_widget_set_visible (GTK_WIDGET (chooser),
                          sac_pane_state_get_run (pane) == NULL);
  add_predicted (options, predictions);
  for (gsize i = 0; predictions != NULL && i < predictions->head_count; i++)
    add_head (options, i, &predictions->heads[i]);
  show (options, chooser,
        choice->class_id == NULL
          ? ""
          : class_option_id (options, choice->output, choice->class_id));
}

void
sac_pane_options_choose_class (SacPaneState *pane, const char *id)
{
  const char *colon = strchr (id, ':');

  if (colon == NULL)
    sac_pane_state_set_class (pane, 0, NULL);
  else
    sac_pane_state_set_class (pane, g_ascii_strtoull (id, NULL, 10), colon + 1);
}

char *
sac_pane_options_shorten (const char *value)
{
  g_autofree char *text = g_strdup (value);
  char *end = g_strrstr (text, "_output_0");

  if (end != NULL)
    *end = '\0';

  char *last = strrchr (text, '/');

  if (last == NULL || last == text)
    return g_strdup (text);

  char *before = g_strrstr_len (text, last - text, "/");

  return g_strdup (before != NULL ? before + 1 : text);
}

/* The layer that the shown map was taken from, when the program chose it. */
static const char *
get_used_layer (SacPaneState *pane)
{
  const SacMap *map = sac_pane_state_get_map (pane);

  if (map == NULL || sac_pane_state_is_stale (pane))
    return NULL;

  JsonObject *provenance = map->provenance;
  JsonArray *attention =
    json_object_has_member (provenance, "attention")
      ? json_object_get_array_member (provenance, "attention")
      : NULL;

  if (attention != NULL && json_array_get_length (attention) == 1)
    return json_array_get_string_element (attention, 0);
  return json_object_get_string_member_with_default (provenance, "layer", NULL);
}

/* The name and the grid, and when a map from there would be empty. */
static const char *
describe_layer (Options *options,
                const SacLayer *layer,
                const SacMethod *method)
{
  if (!layer->unread || !method->needs_gradient)
    return layer->label;
  /* Translators: %s is the name of a layer of a network, with its size. */
  return keep (options, g_strdup_printf (_ ("%s · does not reach the score: "
                                            "the map is 0 everywhere"),
                                         layer->label));
}

static void
add_layers (Options *options, const GPtrArray *layers, const SacMethod *method)
{
  for (guint i = 0; i < layers->len; i++) {
    const SacLayer *layer = g_ptr_array_index (layers, i);

    add (options,
         &(SacOption){.id = layer->value,
                      .title =
                        keep (options, sac_pane_options_shorten (layer->value)),
                      .detail = describe_layer (options, layer, method)});
  }
}

static const GPtrArray *
get_layers (SacPaneState *pane, const SacMethod *method)
{
  SacFindings *findings = sac_pane_state_get_findings (pane);

  if (findings == NULL)
    return NULL;
  return method->needs_attention ? findings->attentions : findings->layers;
}

/* NULL: none, or a run's. */
static const SacMethod *
get_method (SacPaneState *pane)
{
  const char *name = sac_pane_state_get_choice (pane)->method;

  return name != NULL && sac_pane_state_get_run (pane) == NULL
           ? sac_method_find (name)
           : NULL;
}

void
sac_pane_options_fill_layer (SacChooser *chooser, SacPaneState *pane)
{
  const SacMethod *method = get_method (pane);
  const SacChoice *choice = sac_pane_state_get_choice (pane);
  g_autoptr (Options) options = options_new ();
  const char *used = get_used_layer (pane);
  g_autofree char *short_name =
    used != NULL ? sac_pane_options_shorten (used) : NULL;
  SacOption automatic = {.id = "", .title = _ ("Chosen layer")};

  gtk_widget_set_visible (GTK_WIDGET (chooser),
                          method != NULL && method->has_layer);
  if (method == NULL || !method->has_layer)
    return;
  if (choice->layer == NULL && short_name != NULL) {
    automatic.title = short_name;
    automatic.detail = _ ("chosen by Saccade");
  }
  add (options, &automatic);
  if (get_layers (pane, method) != NULL)
    add_layers (options, get_layers (pane, method), method);
  show (options, chooser, choice->layer != NULL ? choice->layer : "");
}

static int
count_heads (SacPaneState *pane)
{
  SacFindings *findings = sac_pane_state_get_findings (pane);
  int count = 0;

  for (guint i = 0; findings != NULL && i < findings->attentions->len; i++) {
    const SacLayer *layer = g_ptr_array_index (findings->attentions, i);

    count = MAX (count, layer->heads);
  }
  return count;
}

void
sac_pane_options_fill_head (SacChooser *chooser, SacPaneState *pane)
{
  const SacMethod *method = get_method (pane);
  const SacChoice *choice = sac_pane_state_get_choice (pane);
  int count = count_heads (pane);
  g_autoptr (Options) options = options_new ();
  bool means_something = method != NULL && method->has_head && count > 1;
  g_autofree char *one = g_strdup_printf ("%d", choice->head);

  gtk_widget_set_visible (GTK_WIDGET (chooser), means_something);
  if (!means_something)
    return;
  add (options, &(SacOption){.id = "mean", .title = _ ("Mean of heads")});
  add (options, &(SacOption){.id = "max", .title = _ ("Largest of heads")});
  add (options, &(SacOption){.id = "min", .title = _ ("Smallest of heads")});
  for (int i = 0; i < count; i++)
    add (options,
         &(SacOption){.id = keep (options, g_strdup_printf ("%d", i)),
                      .title = keep (options,
                                     g_strdup_printf (_ ("Head %d"), i + 1))});
  show (options, chooser,
        choice->head_mode == SAC_HEAD_ONE
          ? one
          : sac_head_mode_get_name (choice->head_mode));
}

void
sac_pane_options_choose_head (SacPaneState *pane, const char *id)
{
  for (SacHeadMode mode = SAC_HEAD_MEAN; mode < SAC_HEAD_ONE; mode++) {
    if (!g_str_equal (id, sac_head_mode_get_name (mode)))
      continue;
    sac_pane_state_set_head (pane, mode, 0);
    return;
  }
  sac_pane_state_set_head (pane, SAC_HEAD_ONE, atoi (id));
}

static void
fill_scale (SacChooser *chooser, SacScaleMode chosen, bool has_shared)
{
  static const struct {
    SacScaleMode mode;
    const char *title, *detail;
  } modes[] = {
    {SAC_SCALE_OWN, N_ ("Own"), N_ ("zero to this map's largest value")},
    {SAC_SCALE_SHARED, N_ ("Shared"),
     N_ ("zero to the largest value of all maps")},
    {SAC_SCALE_PERCENTILE, N_ ("Ranks"),
     N_ ("place of each cell among all cells")},
    {SAC_SCALE_STRETCHED, N_ ("Stretched"),
     N_ ("smallest to largest value: zero is lost")},
  };
  SacOption options[G_N_ELEMENTS (modes)] = {0};
  gsize count = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (modes); i++)
    if (has_shared || modes[i].mode != SAC_SCALE_SHARED)
      options[count++] =
        (SacOption){.id = sac_scale_mode_get_name (modes[i].mode),
                    .title = _ (modes[i].title),
                    .detail = _ (modes[i].detail)};
  sac_chooser_set_options (chooser, options, count);
  sac_chooser_select (chooser, sac_scale_mode_get_name (chosen));
}

void
sac_pane_options_fill_scale (SacChooser *chooser, SacPaneState *pane)
{
  fill_scale (chooser, sac_pane_state_get_display (pane)->scale_mode, true);
}

/* Those that fit the scale's sign. */
static void
fill_colors (SacChooser *chooser, bool is_signed, const SacColorMap *chosen)
{
  const SacColorMap *const *all = sac_color_maps_get_all ();
  g_autoptr (Options) options = options_new ();

  for (gsize i = 0; all[i] != NULL; i++) {
    if (all[i]->diverging != is_signed)
      continue;
    add (options,
         &(SacOption){.id = all[i]->name,
                      .title = _ (all[i]->label),
                      .detail =
                        all[i]->legacy
                          ? _ ("misleading: its lightness goes up and down")
                          : NULL,
                      .colors = all[i]});
  }
  show (options, chooser, chosen != NULL ? chosen->name : all[0]->name);
}

void
sac_pane_options_fill_colors (SacChooser *chooser,
                              SacPaneState *pane,
                              SacDocument *document)
{
  SacMapLayer layer;
  bool known = sac_document_get_layer (document, pane, &layer);

  fill_colors (chooser, known && layer.scale.is_signed,
               known ? layer.colors
                     : sac_pane_state_get_display (pane)->colors);
}

void
sac_pane_options_fill_stacked (SacChooser *scale,
                               SacChooser *colors,
                               const SacStackedMap *item)
{
  SacMapLayer layer = sac_document_layer_of_stacked (item);

  fill_scale (scale, item->scale_mode, false);
  fill_colors (colors, layer.scale.is_signed, layer.colors);
}
