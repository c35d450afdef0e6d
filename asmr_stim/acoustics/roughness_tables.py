"""Curves of the roughness model of Daniel and Weber (1997), read from its figures.

Numbers only. Bands are 47 windows of one bark that overlap by half, with middles from 0.5 bark.
"""

import numpy as np

N_BANDS = 47
MIDDLES_BARK = np.arange(1, N_BANDS + 1) / 2

# Figure 2: weights of modulation frequencies (Hz, weight) of the band whose number is the key. A
# band takes the curve of the nearest key at or below it, the first four that of band 2.
MODULATION_WEIGHTS = {
    1: (
        (0, 17, 23, 25, 32, 37, 48, 67, 90, 114, 171, 206, 247, 294, 358),
        (0, 0.8, 0.95, 0.975, 1, 0.975, 0.9, 0.8, 0.7, 0.6, 0.4, 0.3, 0.2, 0.1, 0),
    ),
    5: (
        (0, 32, 43, 56, 69, 92, 120, 142, 165, 231, 277, 331, 397, 502),
        (0, 0.8, 0.95, 1, 0.975, 0.9, 0.8, 0.7, 0.6, 0.4, 0.3, 0.2, 0.1, 0),
    ),
    16: (
        (
            0, 23.5, 34, 47, 56, 63, 79, 100, 115, 135, 159, 172, 194, 215, 244,
            290, 348, 415, 500, 645,
        ),
        (
            0, 0.4, 0.6, 0.8, 0.9, 0.95, 1, 0.975, 0.95, 0.9, 0.85, 0.8, 0.7, 0.6,
            0.5, 0.4, 0.3, 0.2, 0.1, 0,
        ),
    ),
    21: (
        (
            0, 19, 44, 52.5, 58, 75, 101.5, 114.5, 132.5, 143.5, 165.5, 197.5, 241,
            290, 348, 415, 500, 645,
        ),
        (0, 0.4, 0.8, 0.9, 0.95, 1, 0.95, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0),
    ),
    42: (
        (0, 15, 41, 49, 53, 64, 71, 88, 94, 106, 115, 137, 180, 238, 290, 348, 415, 500, 645),
        (
            0, 0.4, 0.8, 0.9, 0.965, 0.99, 1, 0.95, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5,
            0.4, 0.3, 0.2, 0.1, 0,
        ),
    ),
}  # fmt: skip

# Aures (1985): weight of the modulation depth at 0, 1, ... 24 bark
DEPTH_WEIGHTS = np.array(
    [
        0.15, 0.26, 0.38, 0.47, 0.54, 0.65, 0.76, 0.83, 0.90, 0.98, 0.98, 0.90, 0.80, 0.70, 0.62,
        0.54, 0.49, 0.43, 0.39, 0.35, 0.30, 0.30, 0.30, 0.30, 0.30,
    ]
)  # fmt: skip

# Zwicker & Fastl, transmission to the inner ear: bark, dB
EAR_BARK = np.array(
    [0, 10, 12, 13, 14, 15, 16, 16.5, 17, 18, 18.5, 19, 20, 21, 21.5, 22, 22.5, 23, 23.5, 24, 25]
)
EAR_DB = np.array(
    [
        0, 0, 1.15, 2.31, 3.85, 5.62, 6.92, 7.38, 6.92, 4.23, 2.31, 0, -1.43, -2.59, -3.57, -5.19,
        -7.41, -11.3, -20, -40, -130,
    ]
)  # fmt: skip
