"""Arrays to numbers: what can be measured in a sound.

Conventions: samples are float64 at full scale [-1, 1] with shape (channels, frames); rates are in
Hz, times in seconds. Meters and analysers take a sound piece by piece (``push``), and what they
measure does not depend on how it was cut. Nothing here touches a file.

``sound`` a stretch of sound · ``level`` RMS and peak · ``programme`` ITU-R BS.1770 loudness ·
``spectrum`` features of every frame · ``onsets`` when sounds begin · ``repetition`` and ``cycles``
what comes back · ``zwicker`` loudness and sharpness · ``roughness`` · ``fluctuation`` strength ·
``interaural`` the two ears · ``autocorrelation`` · ``modulation`` · ``voice`` and ``whisper``.
"""
