/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Made by opset-values.py, which says how. */
#include "value-run.h"

#include <stddef.h>

/* clang-format off */
static const float reduce_mean_axes[] = {
  0.011090654f, 0.039148938f, 0.056981331f,
};
static const float reduce_mean_axes_slopes[] = {
  0.02310824f, -0.023209445f,
};
static const float reduce_mean_all[] = {
  0.18381825f,
};
static const float reduce_mean_all_slopes[] = {
  -0.037422703f, 0.043665967f,
};
static const float reduce_mean_noop[] = {
  0.0f, 0.99166483f, -0.25554112f, -0.92581469f, 0.49411336f, 0.79848713f,
};
static const float reduce_mean_noop_slopes[] = {
  -1.592372f, -3.0893631f,
};
static const float reduce_l2_axes[] = {
  1.0240607f, 1.3186594f,
};
static const float reduce_l2_axes_slopes[] = {
  -0.34266638f, -0.89023976f,
};
static const float reduce_max_axes[] = {
  0.0f, 0.99166483f, 0.79848713f,
};
static const float reduce_max_axes_slopes[] = {
  -0.63984883f, -1.2528788f,
};
static const float reduce_log_sum_exp_axes[] = {
  1.4974367f, 1.4486655f,
};
static const float reduce_log_sum_exp_axes_slopes[] = {
  0.060909834f, -0.1945562f,
};
static const float reduce_sum_square_empty[] = {
  2.7875629f,
};
static const float reduce_sum_square_empty_slopes[] = {
  0.24241073f, 2.0634654f,
};
static const float split_uneven[] = {
  0.49411336f, 0.39674059f, 0.0f, 0.99166483f, 0.79848713f, -0.6998747f,
  -0.25554112f, -0.92581469f, -0.61813712f, 0.85916179f,
};
static const float split_uneven_slopes[] = {
  -1.2371858f, -0.81186538f,
};
static const float pad_axes[] = {
  0.5f, 0.0f, 0.99166483f, -0.25554112f, 0.5f, 0.49411336f, 0.79848713f,
  -0.6998747f, 0.5f, 0.85916179f, 0.39674059f, -0.96139747f, 0.5f, 0.99979287f,
  -0.1086366f, -0.97179842f, 0.5f, 0.87927306f, -0.58563733f, -0.72836077f,
  0.5f, 0.52908272f, -0.90966666f, -0.2946716f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f,
  0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f,
  0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f,
};
static const float pad_axes_slopes[] = {
  8.5660893f, 2.3722279f,
};
static const float pad_wrap[] = {
  0.49411336f, 0.79848713f, -0.92581469f, 0.49411336f, 0.79848713f,
  -0.92581469f, 0.99166483f, -0.25554112f, 0.0f, 0.99166483f, -0.25554112f,
  0.0f, 0.49411336f, 0.79848713f, -0.92581469f, 0.49411336f, 0.79848713f,
  -0.92581469f, 0.99166483f, -0.25554112f, 0.0f, 0.99166483f, -0.25554112f,
  0.0f,
};
static const float pad_wrap_slopes[] = {
  1.7202543f, 0.14871815f,
};
static const float resize_antialias[] = {
  0.19256919f, -0.11689809f, 0.11361178f, 0.060364094f, 0.0024099952f,
  -0.066676389f,
};
static const float resize_antialias_slopes[] = {
  -0.1089269f, 0.19191553f,
};
static const float resize_antialias_cubic[] = {
  0.17031667f, -0.15072141f, 0.12061964f, 0.018068752f, 0.055424282f,
  -0.1250538f,
};
static const float resize_antialias_cubic_slopes[] = {
  -0.088406643f, 0.22972012f,
};
static const float resize_antialias_exclude[] = {
  0.16153816f, -0.11540725f, 0.11994424f, 0.0089534962f, 0.044442567f,
  -0.11735051f,
};
static const float resize_antialias_exclude_slopes[] = {
  -0.070915339f, 0.19458804f,
};
static const float resize_axes[] = {
  0.74374862f, -0.57083268f, 0.20923219f, 0.086361907f, -0.32975331f,
  0.56555923f, -0.34762957f, -0.14642979f, 0.19856037f, -0.33868283f,
  0.74921938f, -0.35293861f,
};
static const float resize_axes_slopes[] = {
  0.23134658f, 0.67117472f,
};
static const float resize_not_larger[] = {
  0.0f, 0.74374862f, 0.26412803f, -0.53482177f, -0.57083268f, 0.49411336f,
  0.59886535f, -0.058026027f, -0.42311383f, -0.13565237f, 0.4149592f,
  0.42108378f, -0.22811222f, -0.34092597f, 0.032244572f, 0.31272094f,
  0.12056609f, -0.40157383f, -0.41120754f, 0.10678387f, 0.31430142f,
  0.04500864f, -0.33630687f, -0.24466246f, 0.35905835f, 0.74921938f,
  0.024741997f, -0.64510543f, -0.35293861f, 0.77332789f,
};
static const float resize_not_larger_slopes[] = {
  1.1972472f, 1.2585251f,
};
static const float resize_not_smaller[] = {
  0.0f, 0.35416601f, 0.92083162f, 0.36806186f, -0.3034178f, -0.68643127f,
  -0.62154439f, 0.18984306f, 0.49411336f, 0.28517397f, 0.32173454f,
  0.38023145f, 0.0012519392f, -0.37813136f, -0.32286473f, -0.12811013f,
  0.29912441f, 0.45933737f, 0.74145233f, 0.2698442f, -0.48472882f,
  -0.58564393f, -0.49767306f, 0.25884173f, 0.66138468f, 0.47397457f,
  0.40369578f, -0.081455171f, -0.20394863f, -0.39993817f, -0.11680449f,
  0.20400179f, 0.30939306f, 0.23323585f, -0.14550216f, -0.28752892f,
  -0.8670792f, -0.58439056f, -0.13208874f, 0.40549842f, 0.8123014f, 0.2183297f,
  -0.30166916f, -0.69837998f, -0.84714654f, -0.11253301f, 0.11052629f,
  0.46742117f, 0.24631039f, -0.054242147f, -0.33288126f, -0.36622374f,
  0.0092615201f, 0.15006849f, 0.35905835f, 0.54484932f, 0.84211486f,
  0.14681786f, -0.59583186f, -0.67738811f, -0.40657035f, 0.45153746f,
  0.77332789f,
};
static const float resize_not_smaller_slopes[] = {
  0.12603887f, 0.017473654f,
};
static const float resize_symmetric[] = {
  0.56666562f, -0.25554112f, -0.3172741f, -0.057719631f, -0.61813712f,
  0.66098128f, -0.49716978f, 0.99979287f, -0.47856309f, 0.6563239f,
  -0.58563733f, -0.084779918f,
};
static const float resize_symmetric_slopes[] = {
  -0.42103531f, -0.31291873f,
};
static const float resize_exclude_outside[] = {
  -0.11008044f, 0.47737668f, 0.97239666f, 0.23327642f, -0.66116427f,
  -0.95443853f, -0.10781671f, 0.65173345f, 0.96481382f, 0.20907033f,
  -0.76160189f, -0.88113572f, -0.15389683f, 0.80504138f, 0.68487089f,
  0.3454092f, -1.0515783f, -0.7291023f, -0.055409855f, 0.82763193f,
  0.84645966f, -0.014850496f, -0.71678413f, -1.0676143f, 0.30131156f,
  0.66878621f, 0.82831666f, -0.11535285f, -0.86526079f, -0.78716106f,
  0.17815428f, 0.94002388f,
};
static const float resize_exclude_outside_slopes[] = {
  0.10704761f, -0.65270739f,
};
static const float resize_crop[] = {
  0.59886535f, -0.27698982f, -0.52748812f, 0.41291767f, 0.42108378f,
  -0.13611258f, 0.49367103f, 0.0088989958f, -0.49596421f, 0.11890552f, 9.0f,
  9.0f, 9.0f, 9.0f, 9.0f,
};
static const float resize_crop_slopes[] = {
  0.3589542f, 1.4370986f,
};
static const float average_pool_dilations[] = {
  0.54593919f, -0.24545565f, -0.48268797f, 0.42353382f, -0.19042188f,
  -0.3744642f, 0.54593919f, -0.24545565f, -0.48268797f,
};
static const float average_pool_dilations_slopes[] = {
  0.66793863f, 1.697658f,
};
static const float average_pool_dilations_padding[] = {
  0.36395946f, -0.1636371f, -0.32179198f, 0.42353382f, -0.19042188f,
  -0.3744642f, 0.36395946f, -0.1636371f, -0.32179198f,
};
static const float average_pool_dilations_padding_slopes[] = {
  0.558057f, 1.4183787f,
};
static const float average_pool_ceil[] = {
  0.12114192f, -0.072060111f, 0.091577894f, 0.025171927f, -0.016824202f,
  0.02449272f, 0.095305274f, -0.072607001f, 0.11902896f,
};
static const float average_pool_ceil_slopes[] = {
  0.10578634f, 0.062425442f,
};
static const float lp_pool_dilations[] = {
  1.3144373f, 1.4213148f, 1.6364445f, 1.0772186f, 1.7222295f, 1.0585891f,
};
static const float lp_pool_dilations_slopes[] = {
  -0.0042859004f, -1.0150828f,
};
static const float group_norm_18[] = {
  0.94277608f, 2.1775231f, 0.62459535f, -0.20997928f, 1.5580092f, 1.9369927f,
  0.071344332f, 0.17311786f, -0.036649586f, -0.31954213f, -1.1504018f,
  -0.65340584f, 0.049383413f, -0.62871357f, -1.1567647f, -0.34259475f,
  1.8192958f, 0.14911048f, -0.013612505f, 1.6985048f, 1.420034f, -0.22032442f,
  0.48084866f, 1.9405225f, -0.52311058f, -1.1768461f, -0.41257994f,
  0.04421262f, -0.83776396f, -1.0672809f, -0.1261603f, -0.13915982f,
};
static const float group_norm_18_slopes[] = {
  -5.9908231f, -3.2147703f,
};
static const float group_norm_21[] = {
  0.94277608f, 2.1775231f, 0.62459535f, -0.20997928f, -0.20035791f,
  -0.0078736377f, -0.95542928f, -0.90373889f, -1.8708914f, -1.2410042f,
  0.60898419f, -0.49762471f, 0.48208778f, 0.77111366f, 0.99618537f,
  0.64916098f, 1.8192958f, 0.14911048f, -0.013612505f, 1.6985048f,
  -0.27043496f, -1.1035667f, -0.7474436f, -0.0060808603f, -0.78773957f,
  0.66786498f, -1.0338466f, -2.0509388f, 0.8602174f, 0.9580446f, 0.55690993f,
  0.56245073f,
};
static const float group_norm_21_slopes[] = {
  0.018721033f, 0.010032363f,
};
static const float rms_norm[] = {
  0.0f, 0.62592625f, 0.35913718f, 0.24907334f, 0.72868141f, -0.088623231f,
  1.012106f, -0.29895542f, 1.135379f, -0.32698338f, 1.0663008f, -0.16538611f,
  1.1435263f, -0.063108404f, 1.2569806f, -0.08890394f, 1.1934045f,
  0.059822038f, 0.96940453f, 0.34422156f, 0.64349066f, 0.69000798f,
  0.30079306f, 1.0068603f,
};
static const float rms_norm_slopes[] = {
  -0.46374943f, -0.24885181f,
};
static const float gelu[] = {
  0.0f, 0.8323236f, -0.1019999f, -0.16412023f, 0.34063529f, 0.62897316f,
  -0.16937162f, -0.16581063f, 0.69151731f, 0.25955587f,
};
static const float gelu_slopes[] = {
  -1.1825073f, -2.8018625f,
};
static const float gelu_tanh[] = {
  0.0f, 0.83217378f, -0.10200124f, -0.16424671f, 0.3406188f, 0.62888964f,
  -0.1694269f, -0.16584712f, 0.69141397f, 0.25954857f,
};
static const float gelu_tanh_slopes[] = {
  -1.1825551f, -2.8016592f,
};
static const float mish[] = {
  0.0f, 0.85636096f, -0.13235436f, -0.29801564f, 0.37003527f, 0.65818532f,
  -0.26784712f, -0.25111149f, 0.7194327f, 0.28630511f,
};
static const float mish_slopes[] = {
  -1.3898118f, -3.0919401f,
};
static const float swish[] = {
  0.0f, 0.66133423f, -0.11637321f, -0.31794747f, 0.28936166f, 0.50800347f,
  -0.26589236f, -0.24322629f, 0.55500097f, 0.22574015f,
};
static const float swish_slopes[] = {
  -1.195061f, -2.6318331f,
};
static const float grid_sample_linear[] = {
  -0.55771478f, 0.30510618f, -0.13145871f, -0.91294474f, 0.3933546f,
  0.18030879f,
};
static const float grid_sample_linear_slopes[] = {
  -0.072498044f, -1.4057407f, 5.9446631f, 3.4351043f,
};
static const float grid_sample_cubic[] = {
  -0.44577917f, 0.56363862f, -0.17666064f, -0.61750502f, 0.56993677f,
  0.45436158f,
};
static const float grid_sample_cubic_slopes[] = {
  0.24044723f, -1.3910303f, -4.3840824f, 1.3493729f,
};
static const float scatter_elements_max[] = {
  0.84147096f, 0.49411336f, 0.79848713f, -0.18216251f, 0.99854332f,
  -0.075151123f, 0.0f, 0.99166483f, 0.89479119f, -0.55805224f, -0.75098723f,
  0.75157344f,
};
static const float scatter_elements_max_slopes[] = {
  0.50420226f, 0.50181938f, -2.0258621f, -3.9047759f,
};
static const float scatter_nd_min[] = {
  0.0f, 0.42737988f, -0.9516021f, -0.18216251f, -0.25554112f, -0.92581469f,
  -0.97917771f, 0.32747445f,
};
static const float scatter_nd_min_slopes[] = {
  -0.12810624f, 0.71108911f, -1.124815f, -2.8083784f,
};
static const float scatter_nd_add[] = {
  1.3355843f, 2.2175318f, -0.9516021f, -0.18216251f, 0.74300221f, -1.0009658f,
  -0.97917771f, 0.32747445f,
};
static const float scatter_nd_add_slopes[] = {
  -1.1922313f, -1.1295957f, -2.0480081f, -3.9974904f,
};
static const float attention_24[] = {
  0.90929741f, -0.52983612f, 0.63101405f, -0.32157713f, 0.078897947f,
  0.042375863f, -0.35822928f, 0.97200751f, -0.28364746f, 0.6564185f,
  -0.10570533f, 0.057524189f,
};
static const float attention_24_slopes[] = {
  -0.05250836f, -0.10748763f, 0.10579622f, 0.048680406f, -0.59185842f,
  -0.79857719f, 0.38267944f, 0.77553515f,
};
static const float shape_ends[] = {
  0.0f, 3.9666593f, -1.0221645f, -3.7032588f, 1.9764534f, 3.1939485f,
  -2.7994988f, -2.4725485f, 3.4366472f, 1.5869623f, -3.8455899f, -0.59599608f,
  3.9991715f, -0.43454638f, -3.8871937f, 1.4362334f, 3.5170922f, -2.3425493f,
  -2.9134431f, 3.0933115f, 2.1163309f, -3.6386666f, -1.1786864f, 3.9424012f,
};
static const float shape_ends_slopes[] = {
  -19.906864f, -47.444362f,
};
static const float conv_22[] = {
  1.1535298f, -3.7542436f, 0.50458773f, -0.94082354f, 2.5394868f, -5.024854f,
  0.96232278f, -2.5904223f, 2.3265517f, -3.1317544f, 0.81416749f, -2.6090593f,
};
static const float conv_22_slopes[] = {
  -4.1752775f, 2.7529307f,
};
static const float softmax_25[] = {
  0.29295087f, 0.50727626f, 0.22688966f, 0.074557917f, 0.48015947f,
  0.41816582f, 0.15327746f, 0.18664929f, 0.72871755f, 0.51497023f, 0.11800499f,
  0.29838049f,
};
static const float softmax_25_slopes[] = {
  -0.62950765f, -1.105214f,
};

const Values opset_values[] = {
  {"reduce_mean_axes",
   G_N_ELEMENTS (reduce_mean_axes), reduce_mean_axes,
   G_N_ELEMENTS (reduce_mean_axes_slopes), reduce_mean_axes_slopes},
  {"reduce_mean_all",
   G_N_ELEMENTS (reduce_mean_all), reduce_mean_all,
   G_N_ELEMENTS (reduce_mean_all_slopes), reduce_mean_all_slopes},
  {"reduce_mean_noop",
   G_N_ELEMENTS (reduce_mean_noop), reduce_mean_noop,
   G_N_ELEMENTS (reduce_mean_noop_slopes), reduce_mean_noop_slopes},
  {"reduce_l2_axes",
   G_N_ELEMENTS (reduce_l2_axes), reduce_l2_axes,
   G_N_ELEMENTS (reduce_l2_axes_slopes), reduce_l2_axes_slopes},
  {"reduce_max_axes",
   G_N_ELEMENTS (reduce_max_axes), reduce_max_axes,
   G_N_ELEMENTS (reduce_max_axes_slopes), reduce_max_axes_slopes},
  {"reduce_log_sum_exp_axes",
   G_N_ELEMENTS (reduce_log_sum_exp_axes), reduce_log_sum_exp_axes,
   G_N_ELEMENTS (reduce_log_sum_exp_axes_slopes), reduce_log_sum_exp_axes_slopes},
  {"reduce_sum_square_empty",
   G_N_ELEMENTS (reduce_sum_square_empty), reduce_sum_square_empty,
   G_N_ELEMENTS (reduce_sum_square_empty_slopes), reduce_sum_square_empty_slopes},
  {"split_uneven",
   G_N_ELEMENTS (split_uneven), split_uneven,
   G_N_ELEMENTS (split_uneven_slopes), split_uneven_slopes},
  {"pad_axes",
   G_N_ELEMENTS (pad_axes), pad_axes,
   G_N_ELEMENTS (pad_axes_slopes), pad_axes_slopes},
  {"pad_wrap",
   G_N_ELEMENTS (pad_wrap), pad_wrap,
   G_N_ELEMENTS (pad_wrap_slopes), pad_wrap_slopes},
  {"resize_antialias",
   G_N_ELEMENTS (resize_antialias), resize_antialias,
   G_N_ELEMENTS (resize_antialias_slopes), resize_antialias_slopes},
  {"resize_antialias_cubic",
   G_N_ELEMENTS (resize_antialias_cubic), resize_antialias_cubic,
   G_N_ELEMENTS (resize_antialias_cubic_slopes), resize_antialias_cubic_slopes},
  {"resize_antialias_exclude",
   G_N_ELEMENTS (resize_antialias_exclude), resize_antialias_exclude,
   G_N_ELEMENTS (resize_antialias_exclude_slopes), resize_antialias_exclude_slopes},
  {"resize_axes",
   G_N_ELEMENTS (resize_axes), resize_axes,
   G_N_ELEMENTS (resize_axes_slopes), resize_axes_slopes},
  {"resize_not_larger",
   G_N_ELEMENTS (resize_not_larger), resize_not_larger,
   G_N_ELEMENTS (resize_not_larger_slopes), resize_not_larger_slopes},
  {"resize_not_smaller",
   G_N_ELEMENTS (resize_not_smaller), resize_not_smaller,
   G_N_ELEMENTS (resize_not_smaller_slopes), resize_not_smaller_slopes},
  {"resize_symmetric",
   G_N_ELEMENTS (resize_symmetric), resize_symmetric,
   G_N_ELEMENTS (resize_symmetric_slopes), resize_symmetric_slopes},
  {"resize_exclude_outside",
   G_N_ELEMENTS (resize_exclude_outside), resize_exclude_outside,
   G_N_ELEMENTS (resize_exclude_outside_slopes), resize_exclude_outside_slopes},
  {"resize_crop",
   G_N_ELEMENTS (resize_crop), resize_crop,
   G_N_ELEMENTS (resize_crop_slopes), resize_crop_slopes},
  {"average_pool_dilations",
   G_N_ELEMENTS (average_pool_dilations), average_pool_dilations,
   G_N_ELEMENTS (average_pool_dilations_slopes), average_pool_dilations_slopes},
  {"average_pool_dilations_padding",
   G_N_ELEMENTS (average_pool_dilations_padding), average_pool_dilations_padding,
   G_N_ELEMENTS (average_pool_dilations_padding_slopes), average_pool_dilations_padding_slopes},
  {"average_pool_ceil",
   G_N_ELEMENTS (average_pool_ceil), average_pool_ceil,
   G_N_ELEMENTS (average_pool_ceil_slopes), average_pool_ceil_slopes},
  {"lp_pool_dilations",
   G_N_ELEMENTS (lp_pool_dilations), lp_pool_dilations,
   G_N_ELEMENTS (lp_pool_dilations_slopes), lp_pool_dilations_slopes},
  {"group_norm_18",
   G_N_ELEMENTS (group_norm_18), group_norm_18,
   G_N_ELEMENTS (group_norm_18_slopes), group_norm_18_slopes},
  {"group_norm_21",
   G_N_ELEMENTS (group_norm_21), group_norm_21,
   G_N_ELEMENTS (group_norm_21_slopes), group_norm_21_slopes},
  {"rms_norm",
   G_N_ELEMENTS (rms_norm), rms_norm,
   G_N_ELEMENTS (rms_norm_slopes), rms_norm_slopes},
  {"gelu",
   G_N_ELEMENTS (gelu), gelu,
   G_N_ELEMENTS (gelu_slopes), gelu_slopes},
  {"gelu_tanh",
   G_N_ELEMENTS (gelu_tanh), gelu_tanh,
   G_N_ELEMENTS (gelu_tanh_slopes), gelu_tanh_slopes},
  {"mish",
   G_N_ELEMENTS (mish), mish,
   G_N_ELEMENTS (mish_slopes), mish_slopes},
  {"swish",
   G_N_ELEMENTS (swish), swish,
   G_N_ELEMENTS (swish_slopes), swish_slopes},
  {"grid_sample_linear",
   G_N_ELEMENTS (grid_sample_linear), grid_sample_linear,
   G_N_ELEMENTS (grid_sample_linear_slopes), grid_sample_linear_slopes},
  {"grid_sample_cubic",
   G_N_ELEMENTS (grid_sample_cubic), grid_sample_cubic,
   G_N_ELEMENTS (grid_sample_cubic_slopes), grid_sample_cubic_slopes},
  {"scatter_elements_max",
   G_N_ELEMENTS (scatter_elements_max), scatter_elements_max,
   G_N_ELEMENTS (scatter_elements_max_slopes), scatter_elements_max_slopes},
  {"scatter_nd_min",
   G_N_ELEMENTS (scatter_nd_min), scatter_nd_min,
   G_N_ELEMENTS (scatter_nd_min_slopes), scatter_nd_min_slopes},
  {"scatter_nd_add",
   G_N_ELEMENTS (scatter_nd_add), scatter_nd_add,
   G_N_ELEMENTS (scatter_nd_add_slopes), scatter_nd_add_slopes},
  {"attention_24",
   G_N_ELEMENTS (attention_24), attention_24,
   G_N_ELEMENTS (attention_24_slopes), attention_24_slopes},
  {"shape_ends",
   G_N_ELEMENTS (shape_ends), shape_ends,
   G_N_ELEMENTS (shape_ends_slopes), shape_ends_slopes},
  {"conv_22",
   G_N_ELEMENTS (conv_22), conv_22,
   G_N_ELEMENTS (conv_22_slopes), conv_22_slopes},
  {"softmax_25",
   G_N_ELEMENTS (softmax_25), softmax_25,
   G_N_ELEMENTS (softmax_25_slopes), softmax_25_slopes},
  {NULL, 0, NULL, 0, NULL},
};
/* clang-format on */
