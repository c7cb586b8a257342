# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""Tables of outputs and slopes of small functions of PyTorch, in double precision.

Input k has the elements sin (1.7 i + k).  Slopes are those of the sum of the first output times
sin (1.7 i + 9), two for each input but weights: along sin (1.7 i + 11) and sin (1.7 i + 12).
"""
import math

import torch


def wave(k, *shape):
    count = math.prod(shape)
    values = torch.sin(1.7 * torch.arange(count, dtype=torch.float64) + k)
    return values.float().double().reshape(shape).requires_grad_()


class Fixed(tuple):
    """The shape of a weight, to which we give no gradient."""


def array(name, tensors):
    numbers = torch.cat([t.detach().reshape(-1) for t in tensors]).tolist()
    text = [f"{n:.8g}" for n in numbers]
    text = [t if "." in t or "e" in t else t + ".0" for t in text]
    text = [f"{t}f" for t in text]
    lines, line = [], " "
    for t in text:
        if len(line) + len(t) + 2 > 79:
            lines.append(line)
            line = " "
        line += f" {t},"
    print(f"static const float {name}[] = {{")
    print("\n".join(lines + [line]))
    print("};")


def write(table_name, cases):
    print("/* SPDX-License-Identifier: Apache-2.0 */")
    print("/* Copyright (c) The Saccade authors */\n")
    print(f"/* Made by {table_name}-values.py, which says how. */")
    print('#include "value-run.h"\n')
    print("#include <stddef.h>\n")
    print("/* clang-format off */")
    table = []
    for name, shapes, run in cases:
        inputs = [wave(k, *shape) for k, shape in enumerate(shapes)]
        outputs = run(*inputs)
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        (outputs[0] * wave(9, *outputs[0].shape).detach()).sum().backward()
        array(name, outputs)
        array(name + "_slopes", [(x.grad * wave(k, *x.shape)).sum()
                                 for x, shape in zip(inputs, shapes) if not isinstance(shape, Fixed)
                                 for k in (11, 12)])
        table.append(f'  {{"{name}",\n   G_N_ELEMENTS ({name}), {name},\n'
                     f"   G_N_ELEMENTS ({name}_slopes), {name}_slopes}},")
    print(f"\nconst Values {table_name}_values[] = {{")
    print("\n".join(table))
    print("  {NULL, 0, NULL, 0, NULL},\n};")
    print("/* clang-format on */")
