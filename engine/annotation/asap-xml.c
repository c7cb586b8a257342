/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* ASAP's XML, which Camelyon's slides come with:
 *
 *   ASAP_Annotations
 *     Annotations
 *       Annotation Name Type PartOfGroup Color
 *         Coordinates
 *           Coordinate Order X Y
 *     AnnotationGroups
 *       Group Name PartOfGroup Color
 *
 * GLib's parser knows no document types and expands nothing. */
#include "annotation/annotation-file.h"
#include "annotation/annotation-parsers.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/xml.h"

#include <string.h>

#define DEPTH_MAX 32
#define NO_GROUP "None"
#define EXCLUDE "Exclude"

typedef struct {
  const char *type;
  SacAnnotationKind kind;
  bool is_spline;
} Type;

static const Type types[] = {
  {"Polygon", SAC_ANNOTATION_POLYGON, false},
  {"Rectangle", SAC_ANNOTATION_POLYGON, false},
  {"Spline", SAC_ANNOTATION_POLYGON, true},
  {"Dot", SAC_ANNOTATION_POINT, false},
  {"PointSet", SAC_ANNOTATION_POINT, false},
  {"Measurement", SAC_ANNOTATION_RULER, false},
};

/* Camelyon16's "_2" is what was cut out of the tumours. */
static const char *const excluding[] = {"_2", "exclude", "exclusion"};

typedef struct {
  SacAnnotations *set;
  SacAnnotation *annotation; /* the one that is open, of the set; or NULL */
  bool is_asap;
  int depth;
} Parsing;

/* "#F4FA58". */
static uint32_t
parse_color (const char *text)
{
  guint64 rgb;

  if (text == NULL || text[0] != '#' || strlen (text) != 7 ||
      !g_ascii_string_to_unsigned (text + 1, 16, 0, 0xffffff, &rgb, NULL))
    return SAC_ANNOTATION_RGB;
  return (uint32_t)rgb;
}

static bool
is_excluding (const char *group)
{
  for (size_t i = 0; i < G_N_ELEMENTS (excluding); i++)
    if (g_ascii_strcasecmp (group, excluding[i]) == 0)
      return true;
  return false;
}

static const Type *
find_type (const char *name)
{
  for (size_t i = 0; name != NULL && i < G_N_ELEMENTS (types); i++)
    if (strcmp (types[i].type, name) == 0)
      return &types[i];
  return NULL;
}

static void
start_annotation (Parsing *parsing, const char **names, const char **values)
{
  const Type *type = find_type (sac_xml_attribute (names, values, "Type"));
  const char *group = sac_xml_attribute (names, values, "PartOfGroup");
  int class_index = -1;

  if (type == NULL) {
    parsing->set->left_out_count++;
    return;
  }
  if (group != NULL && group[0] != '\0' && strcmp (group, NO_GROUP) != 0)
    class_index =
      sac_annotations_add_class (parsing->set, group,
                                 parse_color (
                                   sac_xml_attribute (names, values, "Color")));
  parsing->annotation =
    sac_annotations_add (parsing->set, type->kind,
                         sac_xml_attribute (names, values, "Name"),
                         class_index);
  parsing->annotation->excludes = group != NULL && is_excluding (group);
  parsing->set->spline_count += type->is_spline;
  sac_annotation_add_ring (parsing->annotation);
}

static bool
parse_number (const char *text, double *ret_value)
{
  char *end = NULL;

  *ret_value = text != NULL ? g_ascii_strtod (text, &end) : 0;
  return end != NULL && end != text && *end == '\0';
}

static void
add_coordinate (Parsing *parsing,
                const char **names,
                const char **values,
                GError **error)
{
  SacAnnotation *annotation = parsing->annotation;
  GArray *ring = g_ptr_array_index (annotation->rings, 0);
  double x, y;

  if (!parse_number (sac_xml_attribute (names, values, "X"), &x) ||
      !parse_number (sac_xml_attribute (names, values, "Y"), &y))
    g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
                 "a coordinate of \"%s\" is no pair of numbers",
                 annotation->name);
  else
    sac_annotations_add_point (parsing->set, ring, x, y, error);
}

/* What other programs' files of annotations begin with. */
static void
refuse_root (const char *element, GError **error)
{
  static const struct {
    const char *root, *program;
  } known[] = {
    {"Annotations", "ImageScope or HALO"},
    {"annotations", "NDP.view"},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (known); i++) {
    if (strcmp (element, known[i].root) != 0)
      continue;
    g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
                 "is the XML of %s, which is not read; give GeoJSON, as QuPath "
                 "exports it, or ASAP's XML",
                 known[i].program);
    return;
  }
  g_set_error (error, SAC_ERROR, SAC_ERROR_UNSUPPORTED,
               "is XML, but does not begin as ASAP's annotations do");
}

static void
on_start (GMarkupParseContext *context,
          const char *element,
          const char **names,
          const char **values,
          void *data,
          GError **error)
{
  Parsing *parsing = data;

  if (parsing->depth == 0)
    parsing->is_asap = strcmp (element, "ASAP_Annotations") == 0;
  if (++parsing->depth > DEPTH_MAX)
    g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED,
                 "elements lie more than %d deep", DEPTH_MAX);
  else if (!parsing->is_asap)
    refuse_root (element, error);
  else if (strcmp (element, "Annotation") == 0 && parsing->annotation == NULL)
    start_annotation (parsing, names, values);
  else if (strcmp (element, "Coordinate") == 0 && parsing->annotation != NULL)
    add_coordinate (parsing, names, values, error);
  else if (strcmp (element, "Group") == 0)
    sac_annotations_add_class (parsing->set,
                               sac_xml_attribute (names, values, "Name") != NULL
                                 ? sac_xml_attribute (names, values, "Name")
                                 : "group",
                               parse_color (
                                 sac_xml_attribute (names, values, "Color")));
}

/* A set of points is as many points of one name.  Returns: whether there are
 * any. */
static bool
split_points (SacAnnotations *set, SacAnnotation *annotation)
{
  GArray *all = g_ptr_array_index (annotation->rings, 0);

  for (guint i = 1; i < all->len; i++) {
    SacPoint point = g_array_index (all, SacPoint, i);
    SacAnnotation *one =
      sac_annotations_add (set, SAC_ANNOTATION_POINT, annotation->name,
                           annotation->class_index);

    one->excludes = annotation->excludes;
    g_array_append_val (sac_annotation_add_ring (one), point);
  }
  g_array_set_size (all, MIN (all->len, 1));
  return all->len > 0;
}

static void
on_end (GMarkupParseContext *context,
        const char *element,
        void *data,
        GError **error)
{
  Parsing *parsing = data;
  SacAnnotation *annotation = parsing->annotation;

  parsing->depth--;
  if (strcmp (element, "Annotation") != 0 || annotation == NULL)
    return;
  parsing->annotation = NULL;
  if (annotation->kind != SAC_ANNOTATION_POINT ||
      !split_points (parsing->set, annotation))
    sac_annotations_finish_last (parsing->set);
}

bool
sac_annotation_parse_xml (const char *text,
                          gsize size,
                          SacAnnotations *set,
                          GError **error)
{
  static const GMarkupParser parser = {.start_element = on_start,
                                       .end_element = on_end};
  Parsing parsing = {.set = set};
  g_autoptr (GError) reason = NULL;
  g_autoptr (GMarkupParseContext) context =
    g_markup_parse_context_new (&parser, G_MARKUP_TREAT_CDATA_AS_TEXT, &parsing,
                                NULL);

  if (g_markup_parse_context_parse (context, text, (gssize)size, &reason) &&
      g_markup_parse_context_end_parse (context, &reason))
    return true;
  if (reason->domain == SAC_ERROR) {
    g_propagate_error (error, g_steal_pointer (&reason));
    return false;
  }

  g_autofree char *what = g_utf8_make_valid (reason->message, -1);

  g_set_error (error, SAC_ERROR, SAC_ERROR_DAMAGED, "the XML is damaged (%s)",
               g_strdelimit (what, "\n\r\t", ' '));
  return false;
}

/* Writing */

static const char *const type_names[] = {
  [SAC_ANNOTATION_RECTANGLE] = "Rectangle",
  [SAC_ANNOTATION_POLYGON] = "Polygon",
  [SAC_ANNOTATION_POINT] = "Dot",
  [SAC_ANNOTATION_RULER] = "Measurement",
};

typedef struct {
  const char *name, *type, *group;
  uint32_t rgb;
} Head;

static void
append_points (GString *text, const Head *head, const GArray *ring)
{
  g_autofree char *start =
    g_markup_printf_escaped ("  <Annotation Name=\"%s\" Type=\"%s\" "
                             "PartOfGroup=\"%s\" "
                             "Color=\"#%06X\">\n   <Coordinates>\n",
                             head->name, head->type, head->group, head->rgb);

  g_string_append (text, start);
  for (guint i = 0; i < ring->len; i++) {
    const SacPoint *point = &g_array_index (ring, SacPoint, i);
    char x[G_ASCII_DTOSTR_BUF_SIZE], y[G_ASCII_DTOSTR_BUF_SIZE];

    g_string_append_printf (text,
                            "    <Coordinate Order=\"%u\" X=\"%s\" "
                            "Y=\"%s\"/>\n",
                            i, g_ascii_dtostr (x, sizeof x, point->x),
                            g_ascii_dtostr (y, sizeof y, point->y));
  }
  g_string_append (text, "   </Coordinates>\n  </Annotation>\n");
}

static void
append_annotation (GString *text,
                   const SacAnnotations *set,
                   const SacAnnotation *annotation,
                   bool *has_holes)
{
  const SacAnnotationClass *class =
    annotation->class_index >= 0
      ? g_ptr_array_index (set->classes, annotation->class_index)
      : NULL;
  uint32_t rgb = class != NULL ? class->rgb : SAC_ANNOTATION_RGB;
  Head head = {annotation->name, type_names[annotation->kind],
               class != NULL ? class->name : NO_GROUP, rgb};

  if (annotation->excludes && !is_excluding (head.group)) {
    head.group = EXCLUDE;
    *has_holes = true;
  }
  append_points (text, &head, g_ptr_array_index (annotation->rings, 0));
  head.type = type_names[SAC_ANNOTATION_POLYGON];
  head.group = EXCLUDE;
  for (guint i = 1; i < annotation->rings->len; i++) {
    append_points (text, &head, g_ptr_array_index (annotation->rings, i));
    *has_holes = true;
  }
}

static void
append_group (GString *text, const char *name, uint32_t rgb)
{
  g_autofree char *group =
    g_markup_printf_escaped ("  <Group Name=\"%s\" PartOfGroup=\"" NO_GROUP
                             "\" Color=\"#%06X\">\n"
                             "   <Attributes/>\n  </Group>\n",
                             name, rgb);

  g_string_append (text, group);
}

char *
sac_annotations_to_xml (const SacAnnotations *set)
{
  GString *text = g_string_new ("<?xml version=\"1.0\"?>\n<ASAP_Annotations>\n"
                                " <Annotations>\n");
  bool has_holes = false;

  for (guint i = 0; i < set->items->len; i++)
    append_annotation (text, set, g_ptr_array_index (set->items, i),
                       &has_holes);
  g_string_append (text, " </Annotations>\n <AnnotationGroups>\n");
  for (guint i = 0; i < set->classes->len; i++) {
    const SacAnnotationClass *class = g_ptr_array_index (set->classes, i);

    append_group (text, class->name, class->rgb);
    has_holes = has_holes && g_ascii_strcasecmp (class->name, EXCLUDE) != 0;
  }
  if (has_holes)
    append_group (text, EXCLUDE, SAC_ANNOTATION_RGB);
  g_string_append (text, " </AnnotationGroups>\n</ASAP_Annotations>\n");
  return g_string_free (text, FALSE);
}
