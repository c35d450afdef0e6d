import numpy as np
import pytest
import scipy.signal
from signals import RATE_HZ, sine, white_noise

from asmr_stim.acoustics.families.voice import WHISPER, VoiceFamily
from asmr_stim.acoustics.whisper import COLUMNS, WINDOW_FRAMES, whisper_terms

DURATION_S = 5.0
TIME_S = np.arange(round(DURATION_S * RATE_HZ)) / RATE_HZ
NOISE = white_noise(DURATION_S)[0]
SYLLABLES = 0.02 + np.sin(2 * np.pi * 2 * TIME_S) ** 2
FORMANTS_HZ = ((700, 120), (1500, 150), (2600, 200), (3800, 300))


def through_a_mouth(sound):
    """Return a sound through resonances of a vowel, (frequency, bandwidth)."""
    total = np.zeros_like(sound)
    for frequency_hz, bandwidth_hz in FORMANTS_HZ:
        radius = np.exp(-np.pi * bandwidth_hz / RATE_HZ)
        bend = -2 * radius * np.cos(2 * np.pi * frequency_hz / RATE_HZ)
        total += scipy.signal.lfilter([1 - radius], [1, bend, radius**2], sound)
    return total


def taps(per_s):
    sound = 1e-4 * NOISE
    decay = np.exp(-np.arange(4800) / 480)
    for start_s in np.arange(0.1, DURATION_S - 0.2, 1 / per_s):
        start = round(start_s * RATE_HZ)
        sound[start : start + 4800] += NOISE[start : start + 4800] * decay
    return sound


WHISPERED = through_a_mouth(NOISE) * SYLLABLES + 1e-4 * NOISE
SPOKEN = through_a_mouth(scipy.signal.sawtooth(2 * np.pi * 120 * TIME_S)) * SYLLABLES


def terms_of(sound):
    rows = VoiceFamily(RATE_HZ, 1).push(sound[None])[WHISPER.name][0]
    return dict(zip(COLUMNS, np.median(rows, axis=0), strict=True))


def test_a_whisper_scores_high():
    assert terms_of(WHISPERED)["whisper_score"] > 0.6


@pytest.mark.parametrize(
    ("sound", "weakest"),
    [
        (SPOKEN, "whisper_noise"),
        (NOISE, "whisper_rhythm"),
        (taps(4), "whisper_duty"),
        (sine(1000, DURATION_S) * SYLLABLES, "whisper_noise"),
        (scipy.signal.lfilter([1], [1, -0.999], NOISE) * SYLLABLES, "whisper_band"),
    ],
    ids=["speech", "steady noise", "taps", "tone", "rumble"],
)
def test_each_term_tells_another_sound_from_a_whisper(sound, weakest):
    terms = terms_of(sound)
    assert terms["whisper_score"] == terms[weakest] < 0.35


def test_every_term_is_between_0_and_1_and_gain_changes_none():
    for sound in (WHISPERED, SPOKEN, taps(4)):
        terms, softer = terms_of(sound), terms_of(0.01 * sound)
        assert all(0 <= term <= 1 for term in terms.values())
        assert softer == pytest.approx(terms, rel=1e-6)


def test_silence_has_no_score():
    assert all(np.isnan(term) for term in terms_of(np.zeros(3 * RATE_HZ)).values())


def test_sound_only_in_the_first_frame_of_a_window_has_no_rhythm():
    frames = np.zeros((WINDOW_FRAMES, 3))
    frames[0] = 1.0
    terms = dict(zip(COLUMNS, whisper_terms(frames, 100.0), strict=True))
    assert terms["whisper_rhythm"] == terms["whisper_score"] == 0
