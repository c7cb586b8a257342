/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* How large a TIFF's pixels are, in each of the ways that files say it. */
#include "image/source.h"
#include "support.h"

#include <string.h>
#include <tiffio.h>

typedef struct {
  const char *description;
  int unit; /* RESUNIT_; 0: not stated */
  float x, y;
  double mpp;
  const char *note; /* a part of it; NULL: there is none */
} Case;

#define OME(attributes)                                                        \
  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<OME "                          \
  "xmlns=\"http://x\"><Image "                                                 \
  "ID=\"Image:0\"><Pixels ID=\"Pixels:0\" " attributes                         \
  "><Channel/></Pixels></Image><Image><Pixels PhysicalSizeX=\"9\" "            \
  "PhysicalSizeY=\"9\"/></Image></OME>"

static const Case cases[] = {
  {NULL, RESUNIT_CENTIMETER, 40000, 40000, 0.25, NULL},
  {NULL, RESUNIT_INCH, 50800, 50800, 0.5, NULL},
  {NULL, RESUNIT_NONE, 40000, 40000, 0, NULL},
  {NULL, RESUNIT_INCH, 72, 72, 0, NULL},
  {NULL, RESUNIT_CENTIMETER, 40000, 0, 0.25, NULL},
  {NULL, RESUNIT_CENTIMETER, 40000, 39800, (0.25 + 10000 / 39800.0) / 2, NULL},
  {NULL, RESUNIT_CENTIMETER, 40000, 20000, 0.375, "0.25 by 0.5"},
  {OME ("PhysicalSizeX='0.25' PhysicalSizeY='0.25'"), 0, 0, 0, 0.25, NULL},
  {OME ("PhysicalSizeX='0.25' PhysicalSizeXUnit='\xc2\xb5m' "
        "PhysicalSizeY='0.25' PhysicalSizeYUnit='\xce\xbcm'"),
   RESUNIT_INCH, 72, 72, 0.25, NULL},
  {OME ("PhysicalSizeX='500' PhysicalSizeXUnit='nm' PhysicalSizeY='0.0005' "
        "PhysicalSizeYUnit='mm'"),
   0, 0, 0, 0.5, NULL},
  {OME ("PhysicalSizeX='0.5' PhysicalSizeY='1'"), 0, 0, 0, 0.75, "0.5 by 1"},
  {OME ("SizeX='4'"), RESUNIT_CENTIMETER, 40000, 40000, 0.25, NULL},
  {OME ("PhysicalSizeX='1' PhysicalSizeXUnit='pixel'"), 0, 0, 0, 0, NULL},
  {OME ("PhysicalSizeX='1e400' PhysicalSizeY='nan'"), 0, 0, 0, 0, NULL},
  {OME ("PhysicalSizeX='-1' PhysicalSizeY='1,5'"), 0, 0, 0, 0, NULL},
  {"<ome:OME xmlns:ome='x'><ome:Image><ome:Pixels PhysicalSizeX='2' "
   "PhysicalSizeY='2'/></ome:Image></ome:OME>",
   0, 0, 0, 2, NULL},
  {"<OME><Image><Pixels PhysicalSizeX='2", 0, 0, 0, 0, NULL},
  {"ImageJ=1.53t\nunit=micron\nloop=false\n", RESUNIT_NONE, 4, 4, 0.25, NULL},
  {"ImageJ=1.53t\nunit=\\u00B5m\n", 0, 2, 2, 0.5, NULL},
  {"ImageJ=1.53t\nunit=pixel\n", RESUNIT_NONE, 4, 4, 0, NULL},
  {"unit=um\n", RESUNIT_NONE, 4, 4, 0, NULL},
};

static void
write_file (const Case *own, const char *path)
{
  static const uint8_t rows[4][4] = {{1, 2, 3, 4}};
  TIFF *tiff = TIFFOpen (path, "w");

  g_assert_nonnull (tiff);
  TIFFSetField (tiff, TIFFTAG_IMAGEWIDTH, 4);
  TIFFSetField (tiff, TIFFTAG_IMAGELENGTH, 4);
  TIFFSetField (tiff, TIFFTAG_BITSPERSAMPLE, 8);
  TIFFSetField (tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
  TIFFSetField (tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
  TIFFSetField (tiff, TIFFTAG_ROWSPERSTRIP, 4);
  if (own->description != NULL)
    TIFFSetField (tiff, TIFFTAG_IMAGEDESCRIPTION, own->description);
  if (own->unit != 0)
    TIFFSetField (tiff, TIFFTAG_RESOLUTIONUNIT, own->unit);
  if (own->x > 0)
    TIFFSetField (tiff, TIFFTAG_XRESOLUTION, own->x);
  if (own->y > 0)
    TIFFSetField (tiff, TIFFTAG_YRESOLUTION, own->y);
  for (uint32_t row = 0; row < 4; row++)
    g_assert_cmpint (TIFFWriteScanline (tiff, (void *)rows[row], row, 0), ==,
                     1);
  TIFFClose (tiff);
}

static void
check (const Case *own, const char *path)
{
  g_autoptr (GError) error = NULL;

  write_file (own, path);

  g_autoptr (SacSource) source = sac_source_open (path, NULL, &error);

  g_assert_no_error (error);

  const char *const *notes = sac_source_get_notes (source);

  g_assert_cmpfloat_with_epsilon (sac_source_get_mpp (source), own->mpp,
                                  1e-6 * own->mpp + 1e-12);
  if (own->note == NULL) {
    g_assert_cmpstr (notes[0], ==, NULL);
    return;
  }
  g_assert_nonnull (notes[0]);
  g_assert_nonnull (strstr (notes[0], own->note));
}

static void
test_scale (void)
{
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "scale.tif", NULL);

  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("case %zu", i);
    check (&cases[i], path);
  }
  test_folder_remove (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tiff-scale/stated", test_scale);
  return g_test_run ();
}
