/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* What GLib's parser of XML hands over. */
#ifndef SAC_BASE_XML_H
#define SAC_BASE_XML_H

#include <glib.h>

/* names, values: of an element's attributes, NULL at the end.  Returns: the
 * value of the first that is called so, or NULL; the parser's. */
static inline const char *
sac_xml_attribute (const char **names, const char **values, const char *name)
{
  for (size_t i = 0; names[i] != NULL; i++) {
    if (g_str_equal (names[i], name))
      return values[i];
  }
  return NULL;
}

#endif
