/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright (c) The Saccade authors */

/* Made by decompose-values.py, which says how. */
#include "value-run.h"

#include <stddef.h>

/* clang-format off */
static const float attention[] = {
  0.16312838f, 0.0020399516f, -0.16365406f, 0.0340598f, 0.14734116f,
  -0.072028006f, 0.15017168f, 0.0064485888f, -0.15183342f, 0.029907523f,
  0.14017309f, -0.066028598f, 0.10803281f, 0.021965603f, -0.11369311f,
  0.0078843972f, 0.11163487f, -0.036651485f, 0.093660166f, -0.013068067f,
  -0.090292661f, 0.033475373f, 0.081397131f, -0.054450498f, 0.1307807f,
  -0.0949555f, -0.10631171f, 0.11517845f, 0.075298688f, -0.13458207f,
  0.14724704f, -0.13024132f, -0.11368527f, 0.14983482f, 0.072903877f,
  -0.16862133f,
};
static const float attention_slopes[] = {
  -0.38670041f, -0.021535612f, 0.076812643f, 0.48301333f, 0.10839893f,
  -0.32528595f,
};
static const float attention_float_mask[] = {
  -0.33233486f, 0.073844463f, 0.31330594f, 0.11131633f, 0.43590871f,
  -0.22364521f, 0.26413928f, -0.37725969f, -0.16692363f, -0.39680929f,
  0.24705859f, 0.33314499f, 0.19382942f, 0.36375179f, -0.28756425f, 0.1363221f,
  -0.38165565f, -0.037973651f, -0.37789977f, 0.45886921f, 0.25965425f,
  0.22332608f, 0.32212381f, -0.30633381f, 0.028600068f, -0.23000788f,
  0.030670443f, -0.21725879f, 0.61125443f, 0.059745255f, 0.33004562f,
  0.26511306f, -0.39836232f, 0.030979799f, -0.079253076f, -0.010557151f,
};
static const float attention_float_mask_slopes[] = {
  0.22548758f, 0.33583827f, -0.19253562f, 0.041010786f, -0.027256452f,
  0.42791659f, -0.21906509f, 0.013751794f,
};
static const float attention_bool_mask[] = {
  -0.10422672f, 0.11126919f, 0.075553858f, 0.050529091f, 0.16927087f,
  -0.094148333f, 0.051591234f, 0.011778855f, -0.054626527f, -0.19671196f,
  0.20094645f, 0.14493026f, -0.0029302027f, 0.12313285f, -0.028799779f,
  0.044958863f, 0.020457891f, -0.050230644f, -0.26477704f, 0.37515322f,
  0.16810422f, -0.11480382f, 0.16205482f, 0.073044089f, 0.028999211f,
  0.11385431f, -0.058338195f, -0.19808185f, 0.58970993f, 0.046120092f,
  -0.047931015f, 0.27153453f, -0.022040418f, 0.11624991f, 0.16087382f,
  -0.15770532f,
};
static const float attention_bool_mask_slopes[] = {
  0.072298035f, 0.2716201f, -0.048631226f, 0.33857797f, -0.051683625f,
  0.27439136f,
};
static const float attention_causal[] = {
  0.90929741f, -0.52983612f, -0.7727645f, 0.78788679f, 0.22069963f,
  -0.84475867f, 0.41416405f, 0.21383137f, -0.46926605f, 0.69924003f,
  -0.79902148f, -0.493341f, 0.83140379f, -0.18529152f, -0.78365621f,
  0.51907601f, 0.022926054f, -0.5249838f, 0.39592516f, -0.96164149f,
  -0.14812073f, 0.64518995f, -0.60991248f, -0.48802222f, 0.61870982f,
  -0.17921719f, -0.57252751f, 0.039805818f, -0.99600762f, 0.21685438f,
  0.24295873f, -0.87486039f, -0.017516846f, 0.68762996f, -0.38672204f,
  -0.58797595f,
};
static const float attention_causal_slopes[] = {
  0.36765108f, 0.35893595f, -0.25071044f, -0.16368324f, -1.9277934f,
  -3.6045824f,
};
static const float attention_causal_mask[] = {
  0.90929741f, -0.52983612f, -0.7727645f, 0.79427867f, 0.1811863f,
  -0.84096841f, 0.39406885f, 0.27122488f, -0.46396054f, 0.69924003f,
  -0.79902148f, -0.493341f, 0.82984789f, -0.19251667f, -0.78023847f,
  0.51434541f, 0.065656833f, -0.53126446f, 0.39592516f, -0.96164149f,
  -0.14812073f, 0.65053557f, -0.60236946f, -0.49531158f, 0.61483069f,
  -0.1648826f, -0.57234224f, 0.039805818f, -0.99600762f, 0.21685438f,
  0.33318739f, -0.82105386f, -0.12161085f, 0.6425171f, -0.32963745f,
  -0.55757315f,
};
static const float attention_causal_mask_slopes[] = {
  0.18455046f, -0.016479252f, 0.10714716f, -0.015362906f, -1.7220713f,
  -3.4957434f,
};
static const float attention_grouped[] = {
  -0.01317979f, 0.068017075f, -0.0043474727f, -0.034983368f, 0.070496144f,
  0.016817278f, 0.0013182216f, 0.040837645f, -0.011841644f, -0.0386685f,
  0.10373271f, 0.011937712f, 0.0021062055f, 0.020709192f, -0.0074427456f,
  -0.045323706f, 0.12432762f, 0.013285835f, -0.0045459507f, 0.090554657f,
  -0.018788994f, 0.020990244f, 0.02208722f, -0.026681884f, 0.0024420523f,
  0.11918944f, -0.033155865f, 0.015915867f, 0.0083318277f, -0.018062894f,
  0.0024112043f, 0.13396527f, -0.036932587f, 0.0024562026f, 0.0080548833f,
  -0.0045318638f,
};
static const float attention_grouped_slopes[] = {
  -0.11883801f, -0.14980803f, 0.15317631f, 0.12340239f, 0.14187203f,
  0.13896171f,
};
static const float attention_grouped_tokens[] = {
  0.082221967f, 0.041240759f, -0.092849264f, -0.016934705f, 0.09322376f,
  -0.007088037f, -0.090600222f, 0.031556151f, 0.08246854f, -0.016929935f,
  0.094560767f, -0.0074373444f, 0.067283659f, 0.044461154f, -0.078740815f,
  -0.0025825242f, 0.088906011f, -0.020327583f, -0.085783652f, 0.040432603f,
  0.075364605f, -0.035807747f, 0.071246306f, 0.017448348f, 0.02425603f,
  0.064468416f, -0.040868836f, 0.053179125f, 0.058544282f, -0.068265349f,
  -0.044275034f, 0.075952177f, 0.024702983f, -0.068596887f, 0.044046985f,
  0.057246454f,
};
static const float attention_grouped_tokens_slopes[] = {
  0.12966808f, -0.17741493f, 0.14920265f, -0.17975108f, 0.59912469f,
  0.45749749f,
};
static const float attention_stage_0[] = {
  -0.11474432f, 0.12220132f, 0.083254364f, 0.04142624f, 0.16926943f,
  -0.08504511f, 0.018406753f, 0.038704299f, -0.028380435f, -0.16423524f,
  0.19499155f, 0.11398805f, 0.019778578f, 0.14736181f, -0.057752096f,
  0.026728457f, 0.045462365f, -0.038443615f, -0.16214284f, 0.32514835f,
  0.07835572f, -0.010823153f, 0.1926392f, -0.038817832f, 0.035753861f,
  0.076821743f, -0.05554996f, -0.053601664f, 0.40516618f, -0.0508052f,
  0.046041213f, 0.20341422f, -0.098458796f, 0.10318674f, 0.099581106f,
  -0.12884769f, 0.29968429f, -0.12773471f, -0.052696939f, 0.22962931f,
  -0.39131344f, -0.43183364f, 0.29120226f, -0.13123397f, -0.037448719f,
  0.20364465f, 0.53530767f, -0.43533292f, 0.30645045f, -0.15721859f,
  -0.0024531341f, 0.043148729f, 0.11546901f, -0.26641921f, 0.39967821f,
  -0.50639713f, -0.24539423f, 0.087445516f, 0.076309913f, -0.23499808f,
  0.37808153f, 0.43134469f, -0.28455337f, 0.11886666f, 0.054713218f,
  -0.22465995f, -0.2381052f, 0.40407923f, -0.54322093f, 0.64629078f,
  -0.70644459f, 0.080710915f, -0.27182189f, 0.44488288f, -0.58840203f,
  0.69284917f, 0.082042856f, 0.1215146f, -0.31700302f, 0.49144128f,
  -0.63324607f, -0.66603954f, 0.75625853f, -0.79625917f, 0.78338536f,
  -0.71849191f, 0.55485061f, -0.67821664f, 0.75654659f, -0.78463914f,
  0.76062881f, -0.40681755f, 0.55513869f, -0.66659655f, 0.73379004f,
  -0.75225721f,
};
static const float attention_stage_0_slopes[] = {
  0.32008309f, 0.27635626f, -0.15482165f, -0.09230245f, 0.13703187f,
  0.15348823f,
};
static const float attention_stage_1[] = {
  -0.11474432f, 0.12220132f, 0.083254364f, 0.04142624f, 0.16926943f,
  -0.08504511f, 0.018406753f, 0.038704299f, -0.028380435f, -0.16423524f,
  0.19499155f, 0.11398805f, 0.019778578f, 0.14736181f, -0.057752096f,
  0.026728457f, 0.045462365f, -0.038443615f, -0.16214284f, 0.32514835f,
  0.07835572f, -0.010823153f, 0.1926392f, -0.038817832f, 0.035753861f,
  0.076821743f, -0.05554996f, -0.053601664f, 0.40516618f, -0.0508052f,
  0.046041213f, 0.20341422f, -0.098458796f, 0.10318674f, 0.099581106f,
  -0.12884769f, 0.25387114f, -0.12356284f, -0.05239417f, 0.20733777f,
  -0.30092877f, -0.31721793f, 0.24873749f, -0.12671958f, -0.037339688f,
  0.18770109f, 0.34850236f, -0.31850746f, 0.25786849f, -0.14959343f,
  -0.0024531034f, 0.04298214f, 0.11236502f, -0.23294971f, 0.30450244f,
  -0.34108315f, -0.21863041f, 0.086078577f, 0.075397428f, -0.2112367f,
  0.29504161f, 0.31703631f, -0.24461744f, 0.11548703f, 0.054374531f,
  -0.20368021f, -0.2134681f, 0.30633757f, -0.35037622f, 0.36960075f,
  -0.37727267f, 0.079633108f, -0.23649194f, 0.32193649f, -0.3599076f,
  0.37572252f, 0.080911406f, 0.11790958f, -0.26393088f, 0.33686948f,
  -0.3676348f, -0.37236029f, 0.38217179f, -0.38534434f, 0.38438896f,
  -0.37856567f, 0.35301484f, -0.37393976f, 0.38219688f, -0.38448463f,
  0.38254874f, -0.3074639f, 0.3530785f, -0.37243451f, 0.38010481f,
  -0.38181971f,
};
static const float attention_stage_1_slopes[] = {
  0.32008309f, 0.27635626f, -0.15482165f, -0.09230245f, 0.13703187f,
  0.15348823f,
};
static const float attention_stage_3[] = {
  -0.11474432f, 0.12220132f, 0.083254364f, 0.04142624f, 0.16926943f,
  -0.08504511f, 0.018406753f, 0.038704299f, -0.028380435f, -0.16423524f,
  0.19499155f, 0.11398805f, 0.019778578f, 0.14736181f, -0.057752096f,
  0.026728457f, 0.045462365f, -0.038443615f, -0.16214284f, 0.32514835f,
  0.07835572f, -0.010823153f, 0.1926392f, -0.038817832f, 0.035753861f,
  0.076821743f, -0.05554996f, -0.053601664f, 0.40516618f, -0.0508052f,
  0.046041213f, 0.20341422f, -0.098458796f, 0.10318674f, 0.099581106f,
  -0.12884769f, 0.37164719f, 0.0f, 0.27360342f, 0.3547494f, 0.0f, 0.0f,
  0.38055165f, 0.26142955f, 0.0f, 0.3580188f, 0.26750164f, 0.1372928f,
  0.24432317f, 0.16255719f, 0.1883252f, 0.32703593f, 0.0f, 0.24817601f,
  0.42478806f, 0.0f, 0.0f, 0.3103879f, 0.30709024f, 0.0f, 0.38252187f,
  0.266608f, 0.15203727f, 0.21794226f, 0.20502207f, 0.1583904f, 0.27295718f,
  0.0f, 0.2380324f, 0.48901041f, 0.0f, 0.0f, 0.21774942f, 0.38060929f, 0.0f,
  0.4016413f, 0.21384531f, 0.22190538f, 0.15147348f, 0.27622367f, 0.13655216f,
  0.2428106f, 0.0f, 0.23967831f, 0.51751109f, 0.0f, 0.0f, 0.19008472f,
  0.4048864f, 0.0f, 0.40502888f, 0.1472721f, 0.28509552f, 0.13800795f,
  0.29290566f, 0.13671877f,
};
static const float attention_stage_3_slopes[] = {
  0.32008309f, 0.27635626f, -0.15482165f, -0.09230245f, 0.13703187f,
  0.15348823f,
};
static const float runtime_attention[] = {
  0.65527104f, -2.703243f, -0.030843742f, 2.6975564f, 0.96927976f, -2.6315885f,
  -0.35146441f, 2.7075007f, 1.1751147f, -2.5697964f, -0.54920474f, 2.7015476f,
  2.0277677f, -1.0499759f, -1.75528f, 1.5349532f, 1.9505972f, -0.69821377f,
  -1.7709017f, 1.2004899f, 1.8687047f, -0.43447952f, -1.7583816f, 0.92277411f,
};
static const float runtime_attention_slopes[] = {
  0.03318433f, -1.3629719f, 2.1498445f, 1.413657f, 0.19382501f, -5.576342f,
};
static const float runtime_attention_sizes[] = {
  1.8268907f, -1.0343426f, -1.560352f, 1.6833206f, 1.1927407f, -1.9906767f,
  1.8248398f, -0.68482229f, -1.6483686f, 2.0321685f, 0.93602158f, -2.273371f,
  1.9278132f, -1.0251456f, -1.6636445f, 1.9434979f, 0.94750632f, -2.1876599f,
  0.66158146f, -2.566293f, -0.00027600426f, 2.549598f, -1.027438f, -2.2848386f,
  0.91719889f, -2.592764f, -0.24907215f, 2.3603607f, -1.3518098f, -2.0120142f,
  0.56009603f, -2.6393823f, 0.12004373f, 2.3937148f, -1.1516016f, -2.0969597f,
};
static const float runtime_attention_sizes_slopes[] = {
  -1.5330399f, 0.88944017f, -2.7944505f, -1.9896363f, -2.3127664f, -1.9985781f,
  -0.77954254f, -0.39801806f,
};
static const float runtime_attention_causal[] = {
  -0.44579397f, -2.765954f, 1.1585499f, 2.4674084f, 0.37983154f, -2.8293941f,
  0.32622665f, 2.7471356f, 1.1751147f, -2.5697964f, -0.54920474f, 2.7015476f,
  2.0757799f, -1.6657786f, -1.646527f, 2.0900705f, 2.0977849f, -1.0885572f,
  -1.8120391f, 1.5732023f, 1.8687047f, -0.43447952f, -1.7583816f, 0.92277411f,
};
static const float runtime_attention_causal_slopes[] = {
  -0.99162348f, -2.3163327f, 3.364833f, 2.9053443f, 0.039130971f, -5.6928583f,
};
static const float multi_head_attention[] = {
  -0.73601969f, -1.3963491f, 1.0949694f, 1.1143058f, -0.55061137f, -1.2931894f,
  0.87464911f, 1.0693667f, -0.78249877f, -1.2391521f, 1.0806158f, 0.95990283f,
  -1.441123f, 0.10785363f, 1.403193f, -0.47610834f, -1.5850144f, -0.1797854f,
  1.6128283f, -0.24661054f, -1.5775022f, -0.26243241f, 1.62161f, -0.1748027f,
};
static const float multi_head_attention_slopes[] = {
  -0.85483541f, -0.37597771f, -0.18189925f, 1.1279611f, -7.9175016f,
  -6.6744934f, -0.84445876f, -7.030258f, 0.17769429f, 0.43604383f,
};
static const float runtime_attention_mask[] = {
  0.26102407f, -2.8202651f, 0.43843357f, 2.7094251f, 0.37983154f, -2.8293941f,
  0.32622665f, 2.7471356f, 0.43480335f, -2.8336181f, 0.27801364f, 2.763339f,
  2.0757799f, -1.6657786f, -1.646527f, 2.0900705f, 2.0757799f, -1.6657786f,
  -1.646527f, 2.0900705f, 2.0757799f, -1.6657786f, -1.646527f, 2.0900705f,
};
static const float runtime_attention_mask_slopes[] = {
  3.295883f, -0.60777899f, 1.4960077f, -1.6180642f, -0.72402796f, -6.247661f,
};
static const float multi_head_attention_packed[] = {
  0.73267003f, -0.058799162f, -0.57510205f, 0.50837837f, -0.052309976f,
  -0.13138761f, 0.23997731f, 0.063582573f, 0.22850268f, -0.35807212f,
  0.08837722f, 0.4098181f, 0.42177829f, 0.84479767f, -0.93583745f,
  -0.22891693f, -0.097637983f, 0.17161815f, -0.013197426f, -0.26642235f,
  0.91509479f, -0.51778269f, -0.37140411f, 0.96858573f,
};
static const float multi_head_attention_packed_slopes[] = {
  -0.54857392f, -2.2124196f, 0.7953041f, 3.8526598f,
};
static const float multi_head_attention_packed_keys[] = {
  0.021109044f, -0.03208066f, 0.19478009f, 0.35584602f, -0.19927973f,
  0.08563277f, 0.34486851f, 0.19108342f, -0.32415697f, 0.21584975f,
  0.43443991f, 0.0004518964f, -0.41146804f, 0.2333482f, 0.24894178f,
  0.060280189f, -0.33429129f, 0.36980637f, 0.097079644f, -0.028288145f,
  -0.20987956f, 0.44479159f, -0.10822006f, -0.071344406f,
};
static const float multi_head_attention_packed_keys_slopes[] = {
  2.6322946f, 3.3062896f, -4.2831841f, -0.59349405f,
};
static const float rotary[] = {
  0.8418409f, 0.68561669f, 0.86021597f, -0.77904617f, -0.31424574f,
  -0.56236892f, -0.16172067f, -0.054898791f, -0.19564078f, -0.58245825f,
  -1.321556f, -0.74460356f, -0.85034969f, -0.89023573f, -0.8064521f,
  -0.70973702f, 0.18234387f, -0.62873795f, 0.2142631f, 0.17437712f, 0.2581607f,
  -1.4277546f, -0.53567376f, -1.3467557f, -0.69295639f, -0.72655307f,
  -0.73962625f, -0.14164678f, -1.0402859f, -0.12820455f, -0.81166101f,
  -0.7100961f, -0.76987925f, 0.18463782f, 0.94233407f, 0.0789607f,
};
static const float rotary_slopes[] = {
  -1.6478358f, -3.136471f, 3.2901075f, 1.0077833f, -0.86257306f, -0.049271287f,
};
static const float rotary_tokens[] = {
  -0.90171826f, 0.83445715f, -0.25554112f, -0.92581469f, -0.31028024f,
  1.1211997f, -0.6998747f, -0.61813712f, 0.57739595f, -0.28565601f,
  -0.96139747f, -0.14899902f, 0.36973176f, -0.57615547f, -0.97179842f,
  0.35905835f, 1.2205416f, -0.070482322f, -0.72836077f, 0.77332789f,
  1.0603917f, -0.59887199f, -0.2946716f, 0.98560029f, -0.87931121f,
  0.039059331f, 0.21598727f, 0.94042897f, -0.68895089f, 0.4649855f, 0.6702292f,
  0.64961284f, 0.46188923f, 1.0600608f, 0.94940388f, 0.18911462f, 1.0024497f,
  0.70652599f, 0.98058951f, -0.32078132f, 1.2811652f, 0.16844304f, 0.75564021f,
  -0.74688756f, 1.225234f, -0.41363817f, 0.33331394f, -0.97790301f,
};
static const float rotary_tokens_slopes[] = {
  -8.0927509f, -13.039336f, -1.310705f, -3.3428821f, -0.65625975f, -1.5717249f,
};
static const float affine_grid[] = {
  -0.916651f, 1.1634392f, -0.916651f, 0.70053189f, -0.916651f, 0.23762455f,
  -0.916651f, -0.22528279f, -0.25554112f, 1.4928481f, -0.25554112f, 1.0299408f,
  -0.25554112f, 0.56703345f, -0.25554112f, 0.10412611f, 0.40556877f, 1.822257f,
  0.40556877f, 1.3593497f, 0.40556877f, 0.89644236f, 0.40556877f, 0.43353501f,
  1.7961592f, 0.19437719f, 1.4462219f, 0.39274748f, 1.0962845f, 0.59111777f,
  0.74634718f, 0.78948806f, 1.3840678f, -0.44655446f, 1.0341305f, -0.24818417f,
  0.68419312f, -0.049813874f, 0.33425577f, 0.14855642f, 0.9719764f,
  -1.0874861f, 0.62203905f, -0.88911581f, 0.27210171f, -0.69074552f,
  -0.077835644f, -0.49237523f,
};
static const float affine_grid_slopes[] = {
  -4.3943111f, -4.5982481f,
};
static const float affine_grid_aligned[] = {
  -1.2472059f, 0.30437377f, -0.25554112f, 0.79848713f, 0.73612371f, 1.2926005f,
};
static const float affine_grid_aligned_slopes[] = {
  -0.46632479f, -1.338813f,
};
static const float center_crop_pad[] = {
  0.49411336f, 0.79848713f, -0.6998747f, -0.61813712f, 0.85916179f,
  0.39674059f, -0.96139747f, -0.14899902f, 0.040693257f, -0.99608648f,
  0.21598727f, 0.94042897f, -0.45832545f, -0.82232356f, 0.6702292f,
  0.64961284f, -0.5631755f, 0.8920117f, 0.33331394f, -0.97790301f,
  -0.081319101f, 0.99885803f, -0.17607562f, -0.95348531f, 0.0f, 0.0f, 0.0f,
  0.0f, 0.0f, 0.0f, 0.0f, 0.0f,
};
static const float center_crop_pad_slopes[] = {
  -2.5346542f, 1.7115897f,
};
static const float center_crop_pad_axes[] = {
  0.0f, 0.0f, 0.99166483f, -0.25554112f, 0.79848713f, -0.6998747f, 0.39674059f,
  -0.96139747f, -0.1086366f, -0.97179842f, -0.58563733f, -0.72836077f, 0.0f,
  0.0f, 0.0f, 0.0f, 0.0f, 0.0f, -0.90966666f, -0.2946716f, -0.99608648f,
  0.21598727f, -0.82232356f, 0.6702292f, -0.43376553f, 0.94940388f,
  0.068094194f, 0.98058951f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.55216736f,
  0.75564021f, 0.8920117f, 0.33331394f, 0.99885803f, -0.17607562f, 0.84479767f,
  -0.63947332f, 0.47007191f, -0.93583745f, 0.0f, 0.0f, 0.0f, 0.0f,
};
static const float center_crop_pad_axes_slopes[] = {
  0.51878902f, -1.4865136f,
};
static const float col2im[] = {
  -0.72836077f, 0.77332789f, 0.040693257f, -0.99608648f, 0.6702292f,
  0.64961284f, -0.25554112f, -0.92581469f, 0.85916179f, 0.39674059f,
  -0.97179842f, 0.35905835f, 0.52908272f, -0.90966666f, 0.21598727f,
  0.94042897f, -0.83762723f, -0.43376553f, 0.49411336f, 0.79848713f,
  -0.96139747f, -0.14899902f, 0.87927306f, -0.58563733f, -0.2946716f,
  0.98560029f, -0.45832545f, -0.82232356f, 0.94940388f, 0.18911462f,
  -0.63947332f, -0.68001246f, 0.99482679f, -0.027438987f, -0.78166789f,
  0.71920991f, 0.98058951f, -0.32078132f, -0.5631755f, 0.8920117f,
  -0.17607562f, -0.95348531f, 0.81470507f, 0.47007191f, -0.98775607f,
  0.28197286f, 0.59633541f, -0.87287897f, -0.8979277f, 0.55216736f,
  0.33331394f, -0.97790301f, 0.42177829f, 0.84479767f, -0.93583745f,
  -0.22891693f, 0.91509479f, -0.51778269f, -0.37140411f, 0.96858573f,
  0.8064006f, -0.69034076f, -0.16209957f, 0.99943507f, -0.57483625f,
  -0.73738354f, 0.13587227f, 0.96496207f, -0.79043323f, -0.50559956f,
  0.99328631f, -0.24269727f, -0.62850738f, 0.85230023f, -0.095443852f,
  -0.97484028f, 0.76485187f, 0.54028964f, -0.38453239f, -0.86587232f,
  0.92072064f, 0.26833999f, -0.9307459f, 0.48254022f, 0.40887898f,
  -0.95766383f, 0.34664947f, 0.88551253f, -0.9040786f, -0.30731854f,
  0.54106212f, 0.76425999f, -0.97504455f, -0.094529703f, 0.85181952f,
  -0.62922138f, -0.99717104f, 0.20301962f, 0.65963811f, -0.83030951f,
  0.054857314f, 0.98310351f, -0.73800349f, -0.57408464f, 0.99940383f,
  -0.16300565f, -0.68967611f, 0.8069433f, 0.94485509f, -0.44649836f,
  -0.44567651f, 0.94515544f, -0.30819225f, -0.90368575f, 0.88593882f,
  0.34578794f, -0.95739907f, 0.40971684f, 0.48173571f, -0.9310813f,
};
static const float col2im_slopes[] = {
  -4.3162044f, -4.5407555f,
};
static const float max_unpool[] = {
  0.0f, 0.0f, 0.99166483f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f,
  0.0f, -0.25554112f, 0.0f, 0.0f, -0.92581469f, 0.49411336f, 0.0f, 0.0f, 0.0f,
  0.0f, 0.0f, 0.0f, 0.79848713f, 0.0f, -0.6998747f, -0.61813712f, 0.0f, 0.0f,
  0.0f, 0.0f, 0.0f,
};
static const float max_unpool_slopes[] = {
  0.91358297f, -1.1328529f,
};
static const float max_unpool_shape[] = {
  0.0f, 0.0f, 0.99166483f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f,
  0.0f, 0.0f, 0.0f, 0.0f, -0.25554112f, 0.0f, 0.0f, -0.92581469f, 0.0f, 0.0f,
  0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.49411336f, 0.0f,
  0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.79848713f, 0.0f, 0.0f, -0.6998747f,
  -0.61813712f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f,
  0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f,
};
static const float max_unpool_shape_slopes[] = {
  0.94558548f, -0.56905603f,
};
static const float reverse_sequence[] = {
  -0.72836077f, 0.77332789f, 0.85916179f, 0.39674059f, 0.49411336f,
  0.79848713f, 0.99979287f, -0.1086366f, -0.25554112f, -0.92581469f,
  -0.96139747f, -0.14899902f, -0.6998747f, -0.61813712f, -0.97179842f,
  0.35905835f, 0.87927306f, -0.58563733f, 0.0f, 0.99166483f, 0.52908272f,
  -0.90966666f, -0.2946716f, 0.98560029f,
};
static const float reverse_sequence_slopes[] = {
  -1.8566819f, -5.1534021f,
};
static const float reverse_sequence_batch[] = {
  -0.92581469f, -0.25554112f, 0.99166483f, 0.0f, 0.79848713f, 0.49411336f,
  -0.6998747f, -0.61813712f, 0.85916179f, 0.39674059f, -0.96139747f,
  -0.14899902f,
};
static const float reverse_sequence_batch_slopes[] = {
  -2.4886899f, -4.0654504f,
};
static const float shrink[] = {
  0.0f, 0.89166483f, -0.0f, -0.82581469f, 0.39411336f, 0.69848713f,
  -0.5998747f, -0.51813712f, 0.75916179f, 0.29674059f,
};
static const float shrink_slopes[] = {
  -1.8658553f, -4.5958191f,
};
static const float dequantize[] = {
  1.3749765f, -7.1399014f, 59.937245f, -9.8068224f,
};
static const float dequantize_slopes[] = {
  33.638285f, 7.6749941f,
};
static const float dequantize_whole[] = {
  3.8650594f, -14.848285f, -26.774426f, 4.1742805f,
};
static const float dequantize_whole_slopes[] = {
  -2.3414704f, 19.277903f,
};
static const float gelu[] = {
  0.0f, 0.8323236f, -0.1019999f, -0.16412023f, 0.34063529f, 0.62897316f,
  -0.16937162f, -0.16581063f, 0.69151731f, 0.25955587f,
};
static const float gelu_slopes[] = {
  -1.1825073f, -2.8018625f,
};
static const float bias_gelu[] = {
  0.67314136f, 1.3084401f, -0.1372383f, -0.14839785f, 1.391509f, 1.5571288f,
  -0.10698713f, -0.09141831f, 0.50828889f, 1.2816169f,
};
static const float bias_gelu_slopes[] = {
  -1.4134193f, -3.0379284f, 1.5128541f, 0.13447458f,
};
static const float fast_gelu[] = {
  0.0f, 0.83217378f, -0.10200124f, -0.16424671f, 0.3406188f, 0.62888964f,
  -0.1694269f, -0.16584712f, 0.69141397f, 0.25954857f,
};
static const float fast_gelu_slopes[] = {
  -1.1825551f, -2.8016592f,
};
static const float fast_gelu_bias[] = {
  0.67304396f, 1.308209f, -0.13745352f, -0.1485866f, 1.3912896f, 1.5569631f,
  -0.10698885f, -0.091614553f, 0.50823932f, 1.2813841f,
};
static const float fast_gelu_bias_slopes[] = {
  -1.4135622f, -3.038392f, 1.5129936f, 0.13418901f,
};
static const float quick_gelu[] = {
  0.0f, 0.83690205f, -0.10041475f, -0.15868476f, 0.34522305f, 0.63527732f,
  -0.16310353f, -0.15999115f, 0.69753902f, 0.26291137f,
};
static const float quick_gelu_slopes[] = {
  -1.1868108f, -2.796133f,
};
static const float quick_gelu_alpha[] = {
  0.0f, 0.6162993f, -0.11961899f, -0.35763883f, 0.27742089f, 0.47789926f,
  -0.28932653f, -0.26168347f, 0.52045752f, 0.21798141f,
};
static const float quick_gelu_alpha_slopes[] = {
  -1.2008531f, -2.5800351f,
};
static const float layer_norm[] = {
  0.96718471f, 0.11436832f, -0.48547265f, 0.96108491f, 1.5446252f,
  -0.010907509f, 0.22286914f, 0.89709753f, 1.9299024f, -0.30280383f,
  0.62688587f, 0.77874771f, 1.9975407f, -0.63574602f, 0.60504685f, 0.65566047f,
  1.8068417f, -0.91436727f, 0.26573922f, 0.56057346f, 1.4280388f, -1.1059387f,
  -0.28908627f, 0.50312483f,
};
static const float layer_norm_slopes[] = {
  -0.56819346f, -0.30481221f,
};
static const float layer_norm_axis[] = {
  0.0072078366f, 0.62961005f, 0.35099916f, 0.24752212f, 0.73726143f,
  -0.089270209f, 1.0037557f, -0.29616132f, 1.1430852f, -0.33177551f,
  1.0599071f, -0.15895438f, 1.0610057f, -0.10860236f, 1.3644882f,
  -0.070157228f, 1.0945702f, 0.068092824f, 1.0782251f, 0.31154632f,
  0.55255628f, 0.75279195f, 0.38179096f, 0.93307506f,
};
static const float layer_norm_axis_slopes[] = {
  -0.56219866f, -0.30166762f,
};
static const float simplified_norm[] = {
  0.0f, 0.61399675f, 0.3522924f, 0.24432627f, 0.62794851f, 0.51539512f,
  1.0058518f, 0.17005999f, 1.0653521f, 0.24986174f, 1.3481476f, 0.039996453f,
  1.1653508f, -0.064312845f, 1.2809704f, -0.090600697f, 0.98768711f,
  -0.33411757f, 0.92524858f, -0.18805252f, 0.60505804f, -0.52836091f,
  0.38109039f, -0.24400243f,
};
static const float simplified_norm_slopes[] = {
  -0.17101525f, -0.091763818f,
};
static const float skip_layer_norm[] = {
  0.32201062f, -1.789466f, 0.46332989f, 0.065716545f, 1.3100369f, -1.130437f,
  1.2850291f, 0.95547988f, 1.0889872f, -0.50204044f, 0.93383291f, 1.6659716f,
  0.64602168f, -0.26687411f, 0.45097346f, 1.8891468f, 0.19124396f,
  -0.19839745f, -0.0074521302f, 1.9155027f, -0.25238684f, -0.24930398f,
  -0.429251f, 1.8032212f, 0.084668458f, 0.86835918f, -0.30843511f,
  -0.78887884f, 0.73585418f, 0.17265048f, -0.78034431f, 0.028435677f,
  0.99715048f, -0.71199718f, -0.8136766f, 0.92167278f, 0.80030543f,
  -1.5545095f, -0.39972544f, 1.6575144f, 0.196736f, -2.1348179f, 0.35338306f,
  2.043755f, -0.65590245f, -2.301343f, 1.2489333f, 1.9795066f,
};
static const float skip_layer_norm_slopes[] = {
  -0.61608787f, -0.31207875f, -0.61608787f, -0.31207875f, -0.56623059f,
  -0.14520872f,
};
static const float skip_layer_norm_plain[] = {
  0.66885433f, -0.65296967f, 0.79334872f, -0.68620399f, 1.0958965f,
  -0.29528669f, 1.1327891f, -0.21623971f, 1.1796692f, 0.11869255f, 1.1252122f,
  0.27902226f, 1.1795013f, -0.085171189f, 1.1690244f, 0.04000245f, 1.1094735f,
  0.30477948f, 1.0165921f, 0.48885842f, 0.80203332f, 0.60349596f, 0.65223462f,
  0.80260599f,
};
static const float skip_layer_norm_plain_slopes[] = {
  0.094154402f, -0.13490344f, -0.13314038f, 0.096108506f,
};
static const float skip_simplified_norm[] = {
  1.1657632f, -0.28974309f, 1.0996181f, -0.1313393f, 1.2501502f, 0.12332106f,
  1.0160888f, 0.41666563f, 1.0920731f, 0.38992532f, 0.78154698f, 0.72645658f,
  0.83671554f, 0.57525499f, 0.49487789f, 0.91175538f, 0.50860949f, 0.69958947f,
  0.16930794f, 1.0036785f, 0.11456054f, 0.75865386f, -0.18777245f, 0.99814072f,
  0.98259096f, 0.41912147f, -1.090594f, -0.13808738f, 1.6337767f, -0.27658723f,
  -1.5625032f, 0.67922714f, 1.895073f, -1.1612349f, -1.5958355f, 1.5724642f,
  1.6982279f, -2.0037472f, -1.1818843f, 2.3083058f, 1.0946585f, -2.5840556f,
  -0.42877584f, 2.6945465f, 0.24202006f, -2.7505807f, 0.46677435f, 2.6302981f,
};
static const float skip_simplified_norm_slopes[] = {
  -0.28837317f, -0.42666595f, -0.28837317f, -0.42666595f, -0.14059624f,
  -0.27655943f,
};
static const float fused_mat_mul[] = {
  0.049514102f, 0.22120003f, 0.3351074f, 0.36148305f, 0.29343751f, 0.4522456f,
  0.31088003f, 0.08831104f, -0.15732525f, -0.36186739f, -0.16605281f,
  -0.30131038f, -0.35786418f, -0.32094206f, -0.20018826f, -0.45340663f,
  -0.46763719f, -0.35971855f, -0.15783964f, 0.08526779f, -0.098268583f,
  0.085331237f, 0.24664211f, 0.34352883f, 0.35068409f, 0.47872937f,
  0.44564828f, 0.2961616f, 0.069316046f, -0.17563522f,
};
static const float fused_mat_mul_slopes[] = {
  0.079317225f, 0.24834726f, -0.21748966f, -0.021510471f,
};
static const float fused_mat_mul_plain[] = {
  -0.78932032f, -1.2318301f, 1.1067494f, 0.94663296f, -1.3506862f, 0.27599447f,
  -1.1426002f, 0.018440968f, 1.1378481f, -0.3116519f, 1.2692181f, -0.75491736f,
  -1.0746843f, 1.0318516f, 0.80878743f, 1.9309156f, -0.17004637f, -1.8870966f,
  0.65633034f, 1.7179674f, 2.0882483f, 0.45924156f, -2.2065898f, 0.1093723f,
  2.1784057f, 1.70012f, 0.96857332f, -1.9497107f, -0.46615438f, 2.0698335f,
};
static const float fused_mat_mul_plain_slopes[] = {
  2.1132458f, 4.697674f, -2.9655255f, 1.0996282f,
};
static const float fused_gemm[] = {
  1.917623f, -0.12345443f, -0.17506284f, 2.1809042f, 1.7567094f, 2.723086f,
  -0.087582437f, -0.27378139f, 1.1432876f, 0.4460996f, 1.4864892f, -0.3324586f,
  -0.45225147f, 0.81605395f, 0.76945785f,
};
static const float fused_gemm_slopes[] = {
  -0.82835948f, -0.33851383f, -0.75658816f, -1.1959389f, -0.82268797f,
  -0.50554661f,
};
static const float fused_conv_sum[] = {
  0.14499899f, 0.0f, 2.0851471f, 2.8540085f, 0.49643795f, 0.0f, 3.8094667f,
  4.9652278f, 0.0f, 0.0f, 3.8939415f, 2.7300697f, 0.0f, 0.42791902f,
  3.5312241f, 0.85053623f, 0.0f, 0.09275419f, 3.5396175f, 0.99404968f, 0.0f,
  0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 1.2737515f, 0.0f, 0.0f, 1.212423f, 0.99131965f,
  0.0f, 0.0f, 0.63692239f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.0f, 0.24583105f,
  0.0f, 0.0f, 0.0f, 0.34684996f, 0.0f, 0.0f, 0.0f, 0.0f, 0.38779422f,
  0.041265898f, 0.0f, 0.0f, 0.0f, 0.0f, 0.092703751f, 0.0f, 0.0f, 0.20403182f,
  0.0f,
};
static const float fused_conv_sum_slopes[] = {
  0.40300706f, 7.7222093f, -5.5735721f, -10.929357f,
};
static const float fused_conv_clip[] = {
  1.5f, -0.5f, 1.3497882f, -0.5f, -0.5f, -0.5f,
};
static const float fused_conv_clip_slopes[] = {
  0.23098674f, -0.13798787f,
};
static const float fused_conv_sigmoid[] = {
  1.0f, 1.0f, 0.0f, 0.86011588f, 0.0f, 0.2654071f, 0.9638873f, 0.74478098f,
  0.0f, 0.39665099f, 0.0f, 0.58305434f, 0.48031546f, 0.0f, 0.45559773f, 0.0f,
  0.70756841f, 0.78544829f,
};
static const float fused_conv_sigmoid_slopes[] = {
  1.5005622f, 1.6001807f,
};
static const float nhwc_conv[] = {
  1.0203597f, 1.2028029f, 1.4905602f, 1.6243484f, -0.85472809f, -1.9330435f,
  0.46755587f, 0.054695579f, 0.47001205f, 1.0483962f, -1.3351925f, -2.0155138f,
  -0.42055667f, -0.19943344f, 1.0098693f, -2.2964228f, -3.1853959f,
  -1.2061907f, 1.8140524f, 1.2916853f, 0.81867103f, 0.061993737f, -1.8933105f,
  -1.7939494f, 1.6428857f, 0.28505171f, -0.38964061f, -0.6731946f, -2.4938733f,
  -1.8817649f, 0.5714438f, -2.4998287f, -3.1345645f, 0.76347096f, 0.46468392f,
  0.73594001f, 0.82046222f, -2.048238f, -2.7647286f, 1.2268951f, 1.4116202f,
  1.5701856f, 3.1885333f, -1.1248158f, -3.8673532f, 3.1320852f, 1.1143765f,
  -0.74234369f, -0.13259673f, -1.8177885f, -1.4958645f, 2.1203678f,
  0.70382979f, -0.29323437f, -0.39052981f, -1.6272957f, -0.97688236f,
  2.4740048f, 1.7327301f, 0.76312089f,
};
static const float nhwc_conv_slopes[] = {
  -0.74772768f, -1.9001185f,
};
static const float nhwc_fused_conv[] = {
  0.82152153f, 0.20014119f, 0.92273173f, 0.98890093f, -0.84000992f,
  -0.99275521f, 0.78552196f, 0.65131374f, -0.29892621f, 0.48238478f,
  -0.39882194f, -0.93887381f, -0.88695614f, -0.22808535f, 0.96439455f,
  -0.98714034f, -0.99947562f, -0.62962961f, 0.98970043f, 0.54803428f,
  0.17336408f, 0.71821298f, -0.89895255f, -0.99179173f, 0.89796225f,
  0.8574524f, -0.43470009f, -0.92915776f, -0.97403588f, -0.75623892f,
  0.012654046f, -0.99699901f, -0.98309511f, 0.86679595f, -0.40607229f,
  0.38859532f, 0.94680591f, -0.96220757f, -0.99892318f, 0.88766473f,
  0.98242066f, 0.81481794f, 0.98190265f, -0.44563512f, -0.99663705f,
  0.98059413f, 0.57257671f, 0.19378855f, 0.088330405f, -0.99282557f,
  -0.89774311f, 0.99600437f, 0.39205487f, -0.8352003f, 0.13325188f,
  -0.69139283f, -0.93560907f, 0.95485366f, 0.98923209f, 0.81003116f,
};
static const float nhwc_fused_conv_slopes[] = {
  0.84822971f, -6.6649854f, -3.3797606f, -8.5033859f,
};
static const float conv_volume[] = {
  -1.2153624f, 1.5158417f, 0.12027333f, -1.8267559f, 2.869154f, -0.090143995f,
  0.22512422f, 0.89945969f, 0.97655687f, -0.1551408f, 1.7193309f, 0.71538193f,
  -2.2337016f, -0.072121311f, -1.240239f, -2.8371978f, 1.0784301f, -1.5104655f,
  -1.1974989f, -1.0769913f, 0.18181217f, -1.5892546f, 0.15507595f,
  -0.17919134f,
};
static const float conv_volume_slopes[] = {
  -0.14642769f, -4.2826954f,
};
static const float conv_transpose_volume[] = {
  0.65412853f, -0.96698056f, 1.3036183f, -0.37848207f, -2.1903435f, 1.7616255f,
  -0.27338259f, -0.27539422f, 1.2172352f, -1.7145853f, -0.55183728f,
  1.7184215f, -0.8919717f, 0.72563952f, 1.0504173f, -0.59617211f, 1.6602605f,
  1.2906263f, -0.41900934f, 1.3984127f, -0.99170322f, -0.1620936f, 2.8737228f,
  -2.1709315f, -0.42298977f, 0.98414522f, -1.8591338f, 0.012033756f,
  1.5956143f, -3.3485764f, -0.45487899f, 0.17441815f, -2.3793452f,
  -0.062459129f, -0.93364882f, -1.9725672f, 1.0851241f, 2.8207965f,
  0.51243025f, 2.0721227f, 4.1079723f, 0.063284746f, 2.0273324f, 2.1627065f,
  0.59118832f, 3.4491928f, 2.5198786f, 0.088582551f, 2.6775042f, 1.1772198f,
  0.7530381f, 2.387863f, 0.24491252f, 0.47775492f, -0.63970687f, -2.4698653f,
  -0.1447576f, -0.87897823f, -3.9992276f, 0.99526217f, -0.63807102f,
  -2.0929651f, 0.7412201f, -1.062745f, -2.7816472f, 2.2199013f, -0.60816365f,
  -1.3077679f, 1.2951916f, -1.0357454f, -0.19620883f, 0.8945079f,
};
static const float conv_transpose_volume_slopes[] = {
  -0.15544632f, 2.5281321f,
};
static const float max_pool_volume[] = {
  0.99166483f, 0.99166483f, 0.49411336f, 0.85916179f, 0.99979287f, -0.1086366f,
  0.94940388f, 0.94940388f, 0.94940388f, 0.98560029f, 0.94042897f, 0.55216736f,
  0.99885803f, 0.99885803f, 0.99885803f, 0.99885803f, 0.47007191f, 0.81470507f,
  0.99482679f, 0.91509479f, 0.91509479f, 0.96858573f, 0.12181023f, 0.96858573f,
  0.96496207f, 0.7092855f, 0.99943507f, 0.99943507f, 0.34664947f, 0.99328631f,
  0.98327118f, 0.053940371f, 0.98327118f, 0.94485509f, 0.66032803f,
  0.94515544f,
};
static const float max_pool_volume_slopes[] = {
  -1.9071845f, -0.44387284f,
};
static const float average_pool_volume[] = {
  0.55749906f, 0.25743986f, -0.36363554f, 0.44087056f, -0.018348787f,
  -0.53144747f, 0.63058318f, -0.089827955f, -0.098995276f, 0.52249166f,
  -0.28904145f, -0.39555278f, 0.61266282f, -0.32229453f, 0.096457979f,
  0.52233959f, -0.44631283f, -0.25751544f, 0.38695437f, -0.56639994f,
  0.3583343f, 0.35259629f, -0.53737769f, 0.03311225f, 0.055450092f,
  -0.63010833f, 0.50130547f, 0.084853776f, -0.46353665f, 0.30090786f,
  -0.18189448f, -0.60569857f, 0.54627157f, -0.11121849f, -0.36136384f,
  0.45486127f,
};
static const float average_pool_volume_slopes[] = {
  -0.1284624f, 0.85351677f,
};

const Values decompose_values[] = {
  {"attention",
   G_N_ELEMENTS (attention), attention,
   G_N_ELEMENTS (attention_slopes), attention_slopes},
  {"attention_float_mask",
   G_N_ELEMENTS (attention_float_mask), attention_float_mask,
   G_N_ELEMENTS (attention_float_mask_slopes), attention_float_mask_slopes},
  {"attention_bool_mask",
   G_N_ELEMENTS (attention_bool_mask), attention_bool_mask,
   G_N_ELEMENTS (attention_bool_mask_slopes), attention_bool_mask_slopes},
  {"attention_causal",
   G_N_ELEMENTS (attention_causal), attention_causal,
   G_N_ELEMENTS (attention_causal_slopes), attention_causal_slopes},
  {"attention_causal_mask",
   G_N_ELEMENTS (attention_causal_mask), attention_causal_mask,
   G_N_ELEMENTS (attention_causal_mask_slopes), attention_causal_mask_slopes},
  {"attention_grouped",
   G_N_ELEMENTS (attention_grouped), attention_grouped,
   G_N_ELEMENTS (attention_grouped_slopes), attention_grouped_slopes},
  {"attention_grouped_tokens",
   G_N_ELEMENTS (attention_grouped_tokens), attention_grouped_tokens,
   G_N_ELEMENTS (attention_grouped_tokens_slopes), attention_grouped_tokens_slopes},
  {"attention_stage_0",
   G_N_ELEMENTS (attention_stage_0), attention_stage_0,
   G_N_ELEMENTS (attention_stage_0_slopes), attention_stage_0_slopes},
  {"attention_stage_1",
   G_N_ELEMENTS (attention_stage_1), attention_stage_1,
   G_N_ELEMENTS (attention_stage_1_slopes), attention_stage_1_slopes},
  {"attention_stage_3",
   G_N_ELEMENTS (attention_stage_3), attention_stage_3,
   G_N_ELEMENTS (attention_stage_3_slopes), attention_stage_3_slopes},
  {"runtime_attention",
   G_N_ELEMENTS (runtime_attention), runtime_attention,
   G_N_ELEMENTS (runtime_attention_slopes), runtime_attention_slopes},
  {"runtime_attention_sizes",
   G_N_ELEMENTS (runtime_attention_sizes), runtime_attention_sizes,
   G_N_ELEMENTS (runtime_attention_sizes_slopes), runtime_attention_sizes_slopes},
  {"runtime_attention_causal",
   G_N_ELEMENTS (runtime_attention_causal), runtime_attention_causal,
   G_N_ELEMENTS (runtime_attention_causal_slopes), runtime_attention_causal_slopes},
  {"multi_head_attention",
   G_N_ELEMENTS (multi_head_attention), multi_head_attention,
   G_N_ELEMENTS (multi_head_attention_slopes), multi_head_attention_slopes},
  {"runtime_attention_mask",
   G_N_ELEMENTS (runtime_attention_mask), runtime_attention_mask,
   G_N_ELEMENTS (runtime_attention_mask_slopes), runtime_attention_mask_slopes},
  {"multi_head_attention_packed",
   G_N_ELEMENTS (multi_head_attention_packed), multi_head_attention_packed,
   G_N_ELEMENTS (multi_head_attention_packed_slopes), multi_head_attention_packed_slopes},
  {"multi_head_attention_packed_keys",
   G_N_ELEMENTS (multi_head_attention_packed_keys), multi_head_attention_packed_keys,
   G_N_ELEMENTS (multi_head_attention_packed_keys_slopes), multi_head_attention_packed_keys_slopes},
  {"rotary",
   G_N_ELEMENTS (rotary), rotary,
   G_N_ELEMENTS (rotary_slopes), rotary_slopes},
  {"rotary_tokens",
   G_N_ELEMENTS (rotary_tokens), rotary_tokens,
   G_N_ELEMENTS (rotary_tokens_slopes), rotary_tokens_slopes},
  {"affine_grid",
   G_N_ELEMENTS (affine_grid), affine_grid,
   G_N_ELEMENTS (affine_grid_slopes), affine_grid_slopes},
  {"affine_grid_aligned",
   G_N_ELEMENTS (affine_grid_aligned), affine_grid_aligned,
   G_N_ELEMENTS (affine_grid_aligned_slopes), affine_grid_aligned_slopes},
  {"center_crop_pad",
   G_N_ELEMENTS (center_crop_pad), center_crop_pad,
   G_N_ELEMENTS (center_crop_pad_slopes), center_crop_pad_slopes},
  {"center_crop_pad_axes",
   G_N_ELEMENTS (center_crop_pad_axes), center_crop_pad_axes,
   G_N_ELEMENTS (center_crop_pad_axes_slopes), center_crop_pad_axes_slopes},
  {"col2im",
   G_N_ELEMENTS (col2im), col2im,
   G_N_ELEMENTS (col2im_slopes), col2im_slopes},
  {"max_unpool",
   G_N_ELEMENTS (max_unpool), max_unpool,
   G_N_ELEMENTS (max_unpool_slopes), max_unpool_slopes},
  {"max_unpool_shape",
   G_N_ELEMENTS (max_unpool_shape), max_unpool_shape,
   G_N_ELEMENTS (max_unpool_shape_slopes), max_unpool_shape_slopes},
  {"reverse_sequence",
   G_N_ELEMENTS (reverse_sequence), reverse_sequence,
   G_N_ELEMENTS (reverse_sequence_slopes), reverse_sequence_slopes},
  {"reverse_sequence_batch",
   G_N_ELEMENTS (reverse_sequence_batch), reverse_sequence_batch,
   G_N_ELEMENTS (reverse_sequence_batch_slopes), reverse_sequence_batch_slopes},
  {"shrink",
   G_N_ELEMENTS (shrink), shrink,
   G_N_ELEMENTS (shrink_slopes), shrink_slopes},
  {"dequantize",
   G_N_ELEMENTS (dequantize), dequantize,
   G_N_ELEMENTS (dequantize_slopes), dequantize_slopes},
  {"dequantize_whole",
   G_N_ELEMENTS (dequantize_whole), dequantize_whole,
   G_N_ELEMENTS (dequantize_whole_slopes), dequantize_whole_slopes},
  {"gelu",
   G_N_ELEMENTS (gelu), gelu,
   G_N_ELEMENTS (gelu_slopes), gelu_slopes},
  {"bias_gelu",
   G_N_ELEMENTS (bias_gelu), bias_gelu,
   G_N_ELEMENTS (bias_gelu_slopes), bias_gelu_slopes},
  {"fast_gelu",
   G_N_ELEMENTS (fast_gelu), fast_gelu,
   G_N_ELEMENTS (fast_gelu_slopes), fast_gelu_slopes},
  {"fast_gelu_bias",
   G_N_ELEMENTS (fast_gelu_bias), fast_gelu_bias,
   G_N_ELEMENTS (fast_gelu_bias_slopes), fast_gelu_bias_slopes},
  {"quick_gelu",
   G_N_ELEMENTS (quick_gelu), quick_gelu,
   G_N_ELEMENTS (quick_gelu_slopes), quick_gelu_slopes},
  {"quick_gelu_alpha",
   G_N_ELEMENTS (quick_gelu_alpha), quick_gelu_alpha,
   G_N_ELEMENTS (quick_gelu_alpha_slopes), quick_gelu_alpha_slopes},
  {"layer_norm",
   G_N_ELEMENTS (layer_norm), layer_norm,
   G_N_ELEMENTS (layer_norm_slopes), layer_norm_slopes},
  {"layer_norm_axis",
   G_N_ELEMENTS (layer_norm_axis), layer_norm_axis,
   G_N_ELEMENTS (layer_norm_axis_slopes), layer_norm_axis_slopes},
  {"simplified_norm",
   G_N_ELEMENTS (simplified_norm), simplified_norm,
   G_N_ELEMENTS (simplified_norm_slopes), simplified_norm_slopes},
  {"skip_layer_norm",
   G_N_ELEMENTS (skip_layer_norm), skip_layer_norm,
   G_N_ELEMENTS (skip_layer_norm_slopes), skip_layer_norm_slopes},
  {"skip_layer_norm_plain",
   G_N_ELEMENTS (skip_layer_norm_plain), skip_layer_norm_plain,
   G_N_ELEMENTS (skip_layer_norm_plain_slopes), skip_layer_norm_plain_slopes},
  {"skip_simplified_norm",
   G_N_ELEMENTS (skip_simplified_norm), skip_simplified_norm,
   G_N_ELEMENTS (skip_simplified_norm_slopes), skip_simplified_norm_slopes},
  {"fused_mat_mul",
   G_N_ELEMENTS (fused_mat_mul), fused_mat_mul,
   G_N_ELEMENTS (fused_mat_mul_slopes), fused_mat_mul_slopes},
  {"fused_mat_mul_plain",
   G_N_ELEMENTS (fused_mat_mul_plain), fused_mat_mul_plain,
   G_N_ELEMENTS (fused_mat_mul_plain_slopes), fused_mat_mul_plain_slopes},
  {"fused_gemm",
   G_N_ELEMENTS (fused_gemm), fused_gemm,
   G_N_ELEMENTS (fused_gemm_slopes), fused_gemm_slopes},
  {"fused_conv_sum",
   G_N_ELEMENTS (fused_conv_sum), fused_conv_sum,
   G_N_ELEMENTS (fused_conv_sum_slopes), fused_conv_sum_slopes},
  {"fused_conv_clip",
   G_N_ELEMENTS (fused_conv_clip), fused_conv_clip,
   G_N_ELEMENTS (fused_conv_clip_slopes), fused_conv_clip_slopes},
  {"fused_conv_sigmoid",
   G_N_ELEMENTS (fused_conv_sigmoid), fused_conv_sigmoid,
   G_N_ELEMENTS (fused_conv_sigmoid_slopes), fused_conv_sigmoid_slopes},
  {"nhwc_conv",
   G_N_ELEMENTS (nhwc_conv), nhwc_conv,
   G_N_ELEMENTS (nhwc_conv_slopes), nhwc_conv_slopes},
  {"nhwc_fused_conv",
   G_N_ELEMENTS (nhwc_fused_conv), nhwc_fused_conv,
   G_N_ELEMENTS (nhwc_fused_conv_slopes), nhwc_fused_conv_slopes},
  {"conv_volume",
   G_N_ELEMENTS (conv_volume), conv_volume,
   G_N_ELEMENTS (conv_volume_slopes), conv_volume_slopes},
  {"conv_transpose_volume",
   G_N_ELEMENTS (conv_transpose_volume), conv_transpose_volume,
   G_N_ELEMENTS (conv_transpose_volume_slopes), conv_transpose_volume_slopes},
  {"max_pool_volume",
   G_N_ELEMENTS (max_pool_volume), max_pool_volume,
   G_N_ELEMENTS (max_pool_volume_slopes), max_pool_volume_slopes},
  {"average_pool_volume",
   G_N_ELEMENTS (average_pool_volume), average_pool_volume,
   G_N_ELEMENTS (average_pool_volume_slopes), average_pool_volume_slopes},
  {NULL, 0, NULL, 0, NULL},
};
/* clang-format on */
