/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Small ONNX files from text, for tests.
 *
 *   opset 13                             default: 17, domain ""
 *   opset my.domain 1
 *   input x float 1,3,?                  ? is a symbol, - a scalar, * no shape
 *   output y float 1,3,?
 *   value t float 2,2                    value_info
 *   init w float 2,2 1 2 3 4             float float16 int64 int32 bool double
 *   node relu1 Relu x -> y               _ is an input or output left out,
 *   node _ my.domain:Op a,_,c -> d,e       or a node without a name
 *   ... alpha=f:0.5 axis=i:1 pads=is:0,1 scales=fs:1,2 mode=s:text
 *   ... value=t:float:2:1,2              a tensor: type, sizes, elements
 *   ... then_branch=g:yes                the graph of that name
 *   ... axis=ri:outer alpha=rf:outer     a function's own attribute
 *   graph yes                            lines of a sub-graph up to
 *   end
 *   function my.domain:Twice a,b -> c    lines of a function up to
 *   attribute axis                       (its attributes)
 *   end
 *   meta key value
 *
 * A sub-graph or function stands before what uses it. */
#ifndef SAC_TESTS_ONNX_WRITER_H
#define SAC_TESTS_ONNX_WRITER_H

#include <glib.h>

/* Returns: new bytes; aborts on a line that it does not understand. */
GBytes *onnx_write (const char *text);

/* The wire format itself, for files that are wrong on purpose. */
void onnx_put_varint (GByteArray *bytes, guint64 value);
void onnx_put_int (GByteArray *bytes, guint number, gint64 value);
void
onnx_put_bytes (GByteArray *bytes, guint number, const void *data, gsize size);
void onnx_put_text (GByteArray *bytes, guint number, const char *text);
/* Takes inner. */
void onnx_put_message (GByteArray *bytes, guint number, GByteArray *inner);

#endif
