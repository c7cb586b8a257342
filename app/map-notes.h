/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Sentences that a map's provenance holds, in the reader's language.  The files
 * have them in English; those with numbers or names in them are known by what
 * stands around these. */
#ifndef SAC_APP_MAP_NOTES_H
#define SAC_APP_MAP_NOTES_H

/* Returns: a string that stays; the sentence itself where it is not known. */
const char *sac_map_note_translate (const char *sentence);

/* The same with another way to translate: for tests. */
const char *
sac_map_note_translate_with (const char *sentence,
                             const char *(*translate) (const char *text));

#endif
