import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import Color, ColorSystem
from rich.console import Console
from textual.strip import Strip

from asmr_stim_tui.glimpses import Glimpses
from asmr_stim_tui.pixel_strip import PixelStrip, palette_of
from asmr_stim_tui.spectrogram import axis_labels, band_rows, shades
from asmr_stim_tui.spectrum import (
    FLOOR_DB,
    N_BANDS,
    STEP_DB,
    DetailedSpectrum,
    SpectrumPyramid,
    band_edges_hz,
    window_samples,
)

RATE_HZ = 48000


def filled(samples, rate_hz=RATE_HZ, block_frames=5000):
    pyramid = SpectrumPyramid(*samples.shape, rate_hz)
    for start in range(0, len(samples), block_frames):
        pyramid.add(samples[start : start + block_frames])
    return pyramid


def sine(frequency_hz, seconds=1.0, rate_hz=RATE_HZ):
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    return np.sin(2 * np.pi * frequency_hz * time_s)[:, None]


def decibels(levels):
    return levels * STEP_DB + FLOOR_DB


@given(frequency_hz=st.floats(300, 19000), gain_db=st.floats(-60, 0))
def test_a_sine_is_brightest_in_its_own_band_at_its_own_level(frequency_hz, gain_db):
    samples = sine(frequency_hz, 0.3) * 10 ** (gain_db / 20)
    levels = filled(samples).levels(0, len(samples), 1)[0]
    edges = band_edges_hz(RATE_HZ)
    band = np.searchsorted(edges, frequency_hz) - 1
    assert abs(int(np.argmax(levels)) - band) <= 2
    # Hann: power of the main lobe sums to 1.5 (1.76 dB); narrow bands hold a part of it
    assert -9 <= decibels(levels.max()) - gain_db <= 2.5


@given(
    n_samples=st.integers(1, 30000), blocks=st.lists(st.integers(200, 9000), min_size=1, max_size=5)
)
def test_levels_do_not_depend_on_the_blocks(n_samples, blocks):
    samples = np.random.default_rng(0).standard_normal((n_samples, 2)) * 0.1
    whole = filled(samples, block_frames=n_samples)
    cut = SpectrumPyramid(n_samples, 2, RATE_HZ)
    start = number = 0
    while start < n_samples:
        size = blocks[number % len(blocks)]
        cut.add(samples[start : start + size])
        start, number = start + size, number + 1
    assert all(np.array_equal(a, b) for a, b in zip(whole._levels, cut._levels, strict=True))


@pytest.mark.parametrize("place", [0.1, 0.5, 0.9])
def test_a_click_stays_visible_at_every_zoom(place):
    samples = np.zeros((RATE_HZ * 20, 1))
    samples[int(place * len(samples))] = 1
    pyramid = filled(samples, block_frames=65536)
    for n_columns in (1, 7, 80, 400):
        levels = pyramid.levels(0, len(samples) / n_columns, n_columns)
        column = int(place * n_columns)
        assert levels[column].max() == levels.max() > 0


def test_what_has_not_been_read_is_glimpsed():
    samples = sine(1000, 60, 8000).astype(np.float32)

    def read(first, last):
        return samples[max(first, 0) : last]

    pyramid = SpectrumPyramid(*samples.shape, 8000)
    spectrum = DetailedSpectrum(pyramid, 8000, read, Glimpses(read, window_samples(8000), 1))
    glimpsed = spectrum.levels(0, len(samples) / 100, 100)
    pyramid.add(samples)
    known = spectrum.levels(0, len(samples) / 100, 100)
    assert np.abs(glimpsed.astype(int) - known)[1:-1, known[50] > 150].max() <= 2


def test_a_click_is_seen_in_close_views_wherever_it_lies_in_a_column():
    n_samples = 6 * 3600 * 8000  # stored frames are longer than a window
    pyramid = SpectrumPyramid(n_samples, 1, 8000)
    per_column = pyramid.frame_samples - 1
    for place in np.linspace(0.02, 0.98, 7):
        samples = np.zeros((200_000, 1), np.float32)
        samples[int((50 + place) * per_column)] = 1
        spectrum = DetailedSpectrum(pyramid, 8000, lambda first, last, s=samples: s[first:last])
        assert spectrum.levels(0, per_column, 100)[50].max() > 60


def test_close_views_resolve_a_click_to_its_millisecond():
    samples = np.zeros((RATE_HZ, 1), np.float32)
    samples[24000] = 1
    spectrum = DetailedSpectrum(
        filled(samples), RATE_HZ, lambda first, last: samples[max(first, 0) : last]
    )
    levels = spectrum.levels(24000 - 2400, 48, 100)
    assert abs(int(np.argmax(levels.max(axis=1))) - 50) <= 5
    assert levels[0].max() == levels[-1].max() == 0


@pytest.mark.parametrize("n_samples", [1, 100, 480, 5000])
def test_clips_shorter_than_a_window_are_drawn_at_any_zoom(n_samples):
    samples = np.full((n_samples, 2), 0.1, np.float32)
    spectrum = DetailedSpectrum(filled(samples), RATE_HZ, lambda first, last: samples[first:last])
    for per_column in (n_samples / 90, n_samples, 10 * n_samples):
        assert spectrum.levels(0, per_column, 90).shape == (90, N_BANDS)


@pytest.mark.parametrize("rate_hz", [8000, 44100, 192000])
def test_any_rate_has_its_bands(rate_hz):
    edges = band_edges_hz(rate_hz)
    assert edges[0] == pytest.approx(50)
    assert edges[-1] == pytest.approx(min(20000, rate_hz / 2))
    samples = sine(1000, 0.3, rate_hz)
    levels = filled(samples, rate_hz).levels(0, len(samples), 1)[0]
    assert abs(int(np.argmax(levels)) - (np.searchsorted(edges, 1000) - 1)) <= 2


def test_six_hours_of_eight_channels_stay_small():
    pyramid = SpectrumPyramid(6 * 3600 * 48000, 8, 48000)
    assert sum(level.nbytes for level in pyramid._levels) < 81e6


@given(n_rows=st.integers(0, 200))
def test_rows_show_the_highest_band_on_top_and_lose_no_peak(n_rows):
    levels = np.random.default_rng(n_rows).integers(0, 255, (5, N_BANDS)).astype(np.uint8)
    rows = band_rows(levels, n_rows)
    assert rows.shape == (n_rows, 5)
    if n_rows:
        assert rows.max() == levels.max()
    if n_rows >= N_BANDS:
        assert np.array_equal(rows[0], levels[:, -1])
        assert np.array_equal(rows[-1], levels[:, 0])


@pytest.mark.parametrize("height", [0, 1, 5, 12, 40])
def test_the_axis_names_frequencies_in_falling_order(height):
    labels = axis_labels(48000, height)
    assert len(labels) == height
    named = [float(t.replace("k", "000")) for t in (label.strip() for label in labels) if t]
    assert named == sorted(named, reverse=True)
    assert bool(named) == (height > 0)


@pytest.mark.parametrize("is_grey", [False, True])
def test_shades_rise_in_lightness(is_grey):
    def luminance(colour):
        red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
        return 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2

    values = [luminance(colour) for colour in shades(24, is_grey=is_grey)]
    assert values == sorted(values)
    assert values[0] < 0.02
    assert values[-1] > 0.8


rows = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=40).map(
    lambda cells: np.array(cells, np.uint8).T
)
COLOURS = ("#000000", "#400040", "#800080", "#ff0000", "#ffaa00", "#ffffff")
PALETTE = palette_of(COLOURS)


def console(system="truecolor"):
    return Console(color_system=system, force_terminal=True, width=200)


def cells_shown(codes):
    """Play terminal codes and return the upper and lower colour of each cell."""
    cells, front, behind = [], None, None
    for piece in codes.replace("\x1b[", "\0\x1b[").split("\0"):
        text = piece
        if piece.startswith("\x1b["):
            code, _, text = piece[2:].partition("m")
            if code == "0":
                front = behind = None
            for colour in code.replace("48;", "\0b").replace("38;", "\0f").split("\0"):
                front = colour[1:].strip(";") if colour.startswith("f") else front
                behind = colour[1:].strip(";") if colour.startswith("b") else behind
        cells += [
            {
                " ": (behind, behind),
                "█": (front, front),
                "▀": (front, behind),
                "▄": (behind, front),
            }[c]
            for c in text
        ]
    return cells


@given(pixels=rows)
def test_the_fast_codes_show_the_same_colours_as_textuals_own(pixels):
    strip = PixelStrip(*pixels, PALETTE)
    ordinary = Strip(list(strip._segments), strip.cell_length)
    shown = cells_shown(strip.render(console()))
    assert shown == cells_shown(ordinary.render(console()))
    assert len(shown) == pixels.shape[1]


@given(pixels=rows)
def test_terminals_of_256_colours_get_the_nearest_ones(pixels):
    codes = [
        ";".join(Color.parse(c).downgrade(ColorSystem.EIGHT_BIT).get_ansi_codes()[1:])
        for c in COLOURS
    ]
    shown = cells_shown(PixelStrip(*pixels, palette_of(COLOURS)).render(console("256")))
    assert shown == [(codes[upper], codes[lower]) for upper, lower in pixels.T.tolist()]


@given(pixels=rows, start=st.integers(0, 45), length=st.integers(0, 45))
def test_cropping_is_that_of_an_ordinary_strip(pixels, start, length):
    strip = PixelStrip(*pixels, PALETTE)
    ordinary = Strip(list(strip._segments), strip.cell_length)
    mine, theirs = strip.crop(start, start + length), ordinary.crop(start, start + length)
    assert mine.text == theirs.text
    assert cells_shown(mine.render(console())) == cells_shown(theirs.render(console()))


@given(pixels=rows, cut=st.integers(1, 40))
def test_the_pieces_of_a_division_join_to_the_whole(pixels, cut):
    strip = PixelStrip(*pixels, PALETTE)
    width = strip.cell_length
    pieces = strip.divide([min(cut, width), width])
    assert "".join(piece.text for piece in pieces) == strip.text
    shown = [cell for piece in pieces for cell in cells_shown(piece.render(console()))]
    assert shown == cells_shown(strip.render(console()))


def test_terminals_of_sixteen_colours_get_textuals_own_codes():
    strip = PixelStrip(np.array([0, 3], np.uint8), np.array([5, 3], np.uint8), PALETTE)
    ordinary = Strip(list(strip._segments), 2)
    sixteen = console("standard")
    assert sixteen._color_system == ColorSystem.STANDARD
    assert strip.render(sixteen) == ordinary.render(sixteen)
