# SPDX-License-Identifier: Apache-2.0
# Copyright (c) The Saccade authors
"""All cases, a file for each kind of network."""
from cases_bags import BAGS
from cases_beside import BESIDE
from cases_convolutional import CONVOLUTIONAL
from cases_tokens import TOKENS
from cases_windows import WINDOWS

CASES = CONVOLUTIONAL + TOKENS + WINDOWS + BAGS + BESIDE
