/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* The other image of a pair, for models that look at two together: a clinical
 * and a dermoscopic picture of one lesion.  Maps lie on the image that is
 * shown; showing the other one exchanges the two.  It goes when another image
 * is opened.
 *
 * Signals: "changed" there is another one, or none, or the roles; "failed"
 * (path, error) it could not be opened: nothing has changed. */
#ifndef SAC_APP_COMPANION_H
#define SAC_APP_COMPANION_H

#include "document.h"

#define SAC_TYPE_COMPANION (sac_companion_get_type ())
G_DECLARE_FINAL_TYPE (SacCompanion, sac_companion, SAC, COMPANION, GObject)

/* The document's; borrowed. */
SacCompanion *sac_companion_of (SacDocument *document);

/* path as for sac_source_open, beside the image that is shown. */
void sac_companion_open (SacCompanion *companion, const char *path);

/* The same with the roles that were kept: whether the shown image is the
 * model's second one. */
void sac_companion_restore (SacCompanion *companion,
                            const char *path,
                            bool is_second);

SacSource *sac_companion_get_source (SacCompanion *companion); /* NULL: none */
bool sac_companion_is_second (SacCompanion *companion);

/* Shows the other image; what was shown is the other one then, and each keeps
 * its role.  Returns: false when there is none. */
bool sac_companion_show (SacCompanion *companion);
/* The shown image takes the other's place among the model's inputs. */
void sac_companion_exchange_roles (SacCompanion *companion);

/* Before the document goes. */
void sac_companion_shut_down (SacCompanion *companion);

#endif
