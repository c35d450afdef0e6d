import numpy as np
import pytest
import scipy.signal
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from signals import RATE_HZ, pieces, sine, white_noise

from asmr_stim.acoustics.families.quality import QualityFamily
from asmr_stim.acoustics.holes import HoleFinder
from asmr_stim.acoustics.hum import HumMeter
from asmr_stim.acoustics.long_term import LongTermSpectrum
from asmr_stim.acoustics.resampling import Resampler
from asmr_stim.acoustics.sample_quality import SampleMeter
from asmr_stim.acoustics.stft import ShortTimeTransform
from asmr_stim.io.audio import read_blocks


def readings_of(samples, rate_hz=RATE_HZ, sizes=(10**9,)):
    family = QualityFamily(rate_hz, len(samples))
    for piece in pieces(np.atleast_2d(samples), sizes):
        family.push(piece)
    family.finish()
    return family.readings()


def flags_of(samples, **options):
    return {remark.flag: remark.detail for remark in readings_of(samples, **options).remarks}


def value_of(samples, name):
    return readings_of(samples).channels[name][0]


def cutoff_of(samples, rate_hz=RATE_HZ):
    transform = ShortTimeTransform(rate_hz, 1)
    spectrum = LongTermSpectrum(transform.bins_hz)
    for batch in transform.batches(samples):
        spectrum.push(batch.spectra[0])
    return spectrum.cutoff_hz()


def pink_noise(duration_s):
    spectrum = np.fft.rfft(white_noise(duration_s)[0])
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    noise = np.fft.irfft(spectrum)[None]
    return 0.1 * noise / noise.std()


def test_a_clipped_sine_has_the_share_of_its_flat_tops():
    tone = np.clip(sine(101, 5), -0.5, 0.5)[None]
    assert value_of(tone, "clipped_share") == pytest.approx(2 / 3, abs=1e-3)
    assert value_of(tone, "clipped_share") == pytest.approx(np.mean(np.abs(tone) == 0.5), abs=1e-4)
    assert "clipped" in flags_of(tone)


@pytest.mark.parametrize("peak", [1.0, 0.5, 100 / 32768])
@pytest.mark.parametrize("frequency_hz", [20, 100, 1000])
def test_a_whole_sine_of_16_bits_is_not_clipped(peak, frequency_hz):
    tone = np.round(sine(frequency_hz, 3, peak=peak) * 32767)[None] / 32768
    assert value_of(tone, "clipped_share") == 0


def test_noise_is_not_clipped():
    assert value_of(white_noise(3), "clipped_share") == 0


@pytest.mark.parametrize("offset", [0.01, -0.01, 0.0])
def test_an_offset_is_its_mean(offset):
    noise = white_noise(10) + offset
    assert value_of(noise, "dc_offset") == pytest.approx(offset, abs=3e-4)
    tone = sine(1000, 10)[None] + offset
    assert value_of(tone, "dc_offset") == pytest.approx(offset, abs=1e-4)
    assert ("dc_offset" in flags_of(tone)) == (offset != 0)


def test_the_mean_of_a_few_samples_is_no_offset():
    assert "dc_offset" not in flags_of(np.array([[0.5]]))
    assert "dc_offset" not in flags_of(sine(1000, 0.0997)[None] + 0.5)
    assert "dc_offset" in flags_of(sine(1000, 0.1)[None] + 0.5)


@pytest.mark.parametrize("stored", ["PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
@pytest.mark.parametrize("bits", [8, 12, 16])
def test_the_effective_bits_are_those_of_the_content(tmp_path, stored, bits):
    content = np.round(white_noise(0.2)[0] * 2 ** (bits - 1)) / 2 ** (bits - 1)
    path = tmp_path / "clip.wav"
    soundfile.write(path, content, RATE_HZ, subtype=stored)
    samples = np.concatenate(list(read_blocks(path))).T
    assert value_of(samples, "effective_bits") == bits


def test_samples_that_are_no_integers_have_no_bits():
    meter = SampleMeter()
    meter.push(white_noise(0.1)[0])
    assert meter.quality().effective_bits is None


def test_digital_silence_in_noise_is_found_and_quiet_noise_is_not():
    noise = white_noise(10)
    noise[0, 2 * RATE_HZ : 5 * RATE_HZ] = 0
    noise[0, 7 * RATE_HZ :] *= 1e-4
    finder = HoleFinder(RATE_HZ)
    finder.push(noise[0])
    finder.finish()
    assert [(s.start, s.stop) for s in finder.silences] == [(2 * RATE_HZ, 5 * RATE_HZ)]
    assert finder.dropouts == []
    assert value_of(noise, "digital_silence_share") == pytest.approx(0.3, abs=1e-6)
    assert "2.000-5.000 s" in flags_of(noise)["digital_silence"]


def test_silence_at_both_ends_is_found():
    noise = np.pad(white_noise(1), ((0, 0), (RATE_HZ, 2 * RATE_HZ)))
    finder = HoleFinder(RATE_HZ)
    for piece in pieces(noise, [100]):
        finder.push(piece[0])
    finder.finish()
    assert [(s.start, s.stop) for s in finder.silences] == [
        (0, RATE_HZ),
        (2 * RATE_HZ, 4 * RATE_HZ),
    ]


def test_a_dropout_of_5_ms_is_found():
    noise = white_noise(3)
    noise[0, RATE_HZ : RATE_HZ + 240] = 0
    finder = HoleFinder(RATE_HZ)
    finder.push(noise[0])
    assert [(d.start, d.length) for d in finder.dropouts] == [(RATE_HZ, 240)]
    assert "1.000-1.005 s" in flags_of(noise)["dropouts"]


def test_a_fade_into_rounding_noise_has_no_dropouts():
    fade = np.exp(-np.arange(3 * RATE_HZ) / RATE_HZ * 8)
    sound = np.round(white_noise(3) * fade * 32768) / 32768
    assert value_of(sound, "dropout_count") == 0


def test_a_fade_into_the_rounding_of_8_bits_has_no_dropouts_but_those_that_are_made():
    fade = 0.5 + 0.5 * np.sin(2 * np.pi * np.arange(3 * RATE_HZ) / RATE_HZ)
    sound = np.round(pink_noise(3)[0] * fade * 128) / 128
    sound[RATE_HZ // 4 : RATE_HZ // 4 + 240] = 0
    assert value_of(sound[None], "dropout_count") == 1


@pytest.mark.parametrize("rate_hz", [1000, 2000, 8000])
def test_at_low_rates_a_few_zeros_are_no_dropout_and_longer_ones_are(rate_hz):
    noise = np.round(white_noise(1)[0] * 2048) / 2048
    assert (noise == 0).any()
    noise[1000 : 1000 + rate_hz // 50] = 0
    finder = HoleFinder(rate_hz)
    finder.push(noise)
    assert [d.start <= 1000 < d.stop for d in finder.dropouts] == [True]


@settings(max_examples=40)
@given(
    sizes=st.lists(st.integers(1, 3000), min_size=1, max_size=6),
    holes=st.lists(st.tuples(st.integers(0, 20000), st.integers(1, 12000)), max_size=4),
)
def test_the_pieces_do_not_matter(sizes, holes):
    noise = white_noise(0.5, 2)
    for start, length in holes:
        noise[:, start : start + length] = 0
    one, other = readings_of(noise), readings_of(noise, sizes=sizes)
    assert one == other


@pytest.mark.parametrize("mains_hz", [50, 60])
def test_hum_is_found_by_its_frequency(mains_hz):
    time_s = np.arange(20 * RATE_HZ) / RATE_HZ
    hum = sum(np.sin(2 * np.pi * k * mains_hz * time_s) / k for k in (1, 2, 3))
    noise = pink_noise(20)
    noisy = noise + 0.03 * hum
    assert value_of(noisy, f"hum_{mains_hz}_hz_db") > 10
    assert value_of(noisy, f"hum_{110 - mains_hz}_hz_db") < 10
    assert str(mains_hz) in flags_of(noisy)["mains_hum"]
    assert "mains_hum" not in flags_of(noise)


@pytest.mark.parametrize("rate_hz", [44100, 48000])
@pytest.mark.parametrize("tone_hz", [420, 440, 1000, 187])
def test_a_pure_tone_of_16_bits_has_no_hum(tone_hz, rate_hz):
    time_s = np.arange(6 * rate_hz) / rate_hz
    tone = np.round(4096 * np.sin(2 * np.pi * tone_hz * time_s))[None] / 32768
    meter = HumMeter(rate_hz, 1)
    meter.push(tone)
    meter.finish()
    assert meter.prominence_db(50) < 10
    assert meter.prominence_db(60) < 10


@pytest.mark.parametrize("mains_hz", [50, 60])
def test_hum_is_found_under_a_tone_forty_decibels_louder(mains_hz):
    time_s = np.arange(6 * RATE_HZ) / RATE_HZ
    hum = sum(np.sin(2 * np.pi * k * mains_hz * time_s) / k for k in (1, 2, 3))
    sound = 0.2 * np.sin(2 * np.pi * 440 * time_s) + 0.002 * hum
    flags = [remark for remark in readings_of(sound[None]).remarks if remark.flag == "mains_hum"]
    assert [str(mains_hz) in remark.detail for remark in flags] == [True]


def test_two_high_tones_that_are_multiples_of_60_hz_are_not_hum():
    time_s = np.arange(20 * RATE_HZ) / RATE_HZ
    tones = np.sin(2 * np.pi * 180 * time_s) + np.sin(2 * np.pi * 240 * time_s)
    assert value_of(pink_noise(20) + 0.03 * tones, "hum_60_hz_db") < 10


def test_the_noise_floor_is_that_of_the_noise_between_taps():
    noise = white_noise(30, sd=10 ** (-63.01 / 20))
    for start in range(0, 30 * RATE_HZ, RATE_HZ):
        noise[0, start : start + RATE_HZ // 10] += sine(2000, 0.1, peak=0.3)
    assert value_of(noise, "noise_floor_dbfs") == pytest.approx(-60, abs=1)
    assert value_of(noise, "signal_to_floor_db") > 40
    assert value_of(noise, "active_share") == pytest.approx(0.1, abs=0.01)


@pytest.mark.parametrize("gain", [1e6, 32768.0, 1e-10, 1e-15])
def test_any_gain_shifts_the_floor_and_leaves_what_stands_above_it(gain):
    sound = white_noise(4, sd=0.01) * (1 + 9 * (np.arange(4 * RATE_HZ) % RATE_HZ < RATE_HZ // 3))
    shifted = value_of(sound, "noise_floor_dbfs") + 20 * np.log10(gain)
    assert value_of(gain * sound, "noise_floor_dbfs") == pytest.approx(shifted, abs=0.05)
    for name in ("signal_to_floor_db", "active_share"):
        assert value_of(gain * sound, name) == pytest.approx(value_of(sound, name), abs=0.05)


@pytest.mark.parametrize(
    ("right", "flag"),
    [(1.0, "dual_mono"), (-1.0, "inverted_ears"), (0.0, "one_channel_silent"), (0.9, None)],
)
def test_the_two_ears_are_compared(right, flag):
    left = white_noise(1)[0]
    found = set(flags_of(np.array([left, right * left]))) & {
        "dual_mono", "inverted_ears", "one_channel_silent",
    }  # fmt: skip
    assert found == ({flag} if flag else set())


@pytest.mark.parametrize("cutoff_hz", [11000, 16000])
def test_a_brick_wall_is_found(cutoff_hz):
    spectrum = np.fft.rfft(white_noise(5)[0])
    spectrum[np.fft.rfftfreq(5 * RATE_HZ, 1 / RATE_HZ) > cutoff_hz] = 0
    assert cutoff_of(np.fft.irfft(spectrum)[None]) == pytest.approx(cutoff_hz, abs=300)


@pytest.mark.parametrize("rate_hz", [44100, 48000])
def test_whole_noise_has_no_edge(rate_hz):
    assert cutoff_of(white_noise(5), rate_hz) is None
    assert cutoff_of(pink_noise(5), rate_hz) is None


def test_resampled_content_ends_at_half_its_rate():
    resampler = Resampler(22050, 48000, 1)
    noise = white_noise(5, rate_hz=22050)
    wide = np.concatenate([resampler.push(noise), resampler.finish()], axis=1)
    assert cutoff_of(wide) == pytest.approx(11025, abs=300)


def kept_band_hz(before, after):
    """Return up to where a coder has kept the power of noise, by comparing spectra."""
    frequency_hz, power_before = scipy.signal.welch(before, RATE_HZ, nperseg=4096)
    _, power_after = scipy.signal.welch(after[: len(before)], RATE_HZ, nperseg=4096)
    return frequency_hz[np.flatnonzero(power_after > 0.1 * power_before)[-1]]


@pytest.mark.parametrize("compression", [0.5, 0.9])
def test_lossy_coding_leaves_an_edge(tmp_path, compression):
    noise = white_noise(8)[0]
    options = {"compression_level": compression, "bitrate_mode": "CONSTANT"}
    with soundfile.SoundFile(tmp_path / "clip.mp3", "w", RATE_HZ, 1, **options) as file:
        file.write(noise)
    coded = np.concatenate(list(read_blocks(tmp_path / "clip.mp3"))).T
    assert cutoff_of(coded) == pytest.approx(kept_band_hz(noise, coded[0]), abs=300)


def test_vorbis_leaves_an_edge(tmp_path):
    noise = white_noise(8)[0]
    with soundfile.SoundFile(tmp_path / "clip.ogg", "w", RATE_HZ, 1, compression_level=0.9) as file:
        file.write(noise)
    coded = np.concatenate(list(read_blocks(tmp_path / "clip.ogg"))).T
    assert cutoff_of(coded) == pytest.approx(kept_band_hz(noise, coded[0]), abs=300)


@pytest.mark.parametrize("frequency_hz", [300, 1000, 3000, 9000])
@pytest.mark.parametrize("is_rounded", [False, True])
def test_the_skirt_of_a_tone_is_no_end_of_a_band(frequency_hz, is_rounded):
    tone = sine(frequency_hz, 4, peak=0.07)[None]
    assert cutoff_of(np.round(tone * 2**15) / 2**15 if is_rounded else tone) is None
