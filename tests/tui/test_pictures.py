import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asmr_stim_tui.braille import braille_rows, waveform_dots
from asmr_stim_tui.clock import clock, counted, length
from asmr_stim_tui.glimpses import AT_MOST_S, Glimpses
from asmr_stim_tui.peaks import DetailedOutline, PeakPyramid
from asmr_stim_tui.ruler import tick_step_s
from asmr_stim_tui.term_colours import oklch
from asmr_stim_tui.viewport import Viewport
from asmr_stim_tui.waveform import band_heights


def filled(samples, block_frames=1000):
    pyramid = PeakPyramid(*samples.shape)
    for start in range(0, len(samples), block_frames):
        pyramid.add(samples[start : start + block_frames])
    return pyramid


def noise(n_samples, n_channels=2):
    return np.random.default_rng(1).uniform(-0.5, 0.5, (n_samples, n_channels))


@given(n_samples=st.integers(1, 40000), n_columns=st.integers(1, 90), block=st.integers(100, 9000))
def test_a_click_stays_visible_at_any_zoom(n_samples, n_columns, block):
    samples = np.zeros((n_samples, 1))
    place = n_samples // 3
    samples[place] = -1.0
    extremes = filled(samples, block).extremes(0, n_samples / n_columns, n_columns)
    assert extremes[:, 0, 0].min() == pytest.approx(-1)


def test_every_level_of_the_pyramid_agrees_with_the_samples():
    samples = noise(256 * 1024)
    pyramid = filled(samples)
    for per_column in (256, 512, 4096, 65536):
        found = pyramid.extremes(0, per_column, len(samples) // per_column)
        stretches = samples.reshape(-1, per_column, 2)
        assert np.allclose(found[..., 0], stretches.min(axis=1), atol=1 / 32767)
        assert np.allclose(found[..., 1], stretches.max(axis=1), atol=1 / 32767)


def test_what_has_not_been_read_is_flat():
    pyramid = PeakPyramid(100_000, 1)
    pyramid.add(np.full((50_000, 1), 0.5))
    extremes = pyramid.extremes(0, 1000, 100)
    assert extremes[:49, 0, 1].min() == pytest.approx(0.5, abs=1e-4)
    assert np.abs(extremes[51:]).max() == 0
    assert pyramid.share == 0.5


def test_the_pyramid_of_an_hour_is_small():
    pyramid = PeakPyramid(3600 * 48000, 2)
    assert sum(level.nbytes for level in pyramid._levels) < 12e6
    many = PeakPyramid(6 * 3600 * 48000, 8)
    assert sum(level.nbytes for level in many._levels) < 40e6


def test_what_has_not_been_read_is_glimpsed():
    samples = np.full((256 * 4096, 1), 0.25, np.float32)
    pyramid = PeakPyramid(*samples.shape)
    pyramid.add(samples[: len(samples) // 2] * 0.5)
    glimpses = Glimpses(lambda first, last: samples[first:last], 512, 1)
    outline = DetailedOutline(pyramid, lambda first, last: samples[first:last], glimpses)
    extremes = outline.extremes(0, len(samples) / 128, 128)
    assert extremes[:64, 0, 1] == pytest.approx(0.125, abs=1e-4)
    assert extremes[64:, 0, 1] == pytest.approx(0.25, abs=1e-4)
    assert outline.largest == pytest.approx(0.25, abs=1e-4)


def test_glimpses_take_their_time_and_no_more():
    a_look_s = AT_MOST_S / 2.5
    times = (a_look_s * n for n in range(1000))
    glimpses = Glimpses(
        lambda first, last: np.ones((last - first, 1), np.float32), 4, 1, lambda: next(times)
    )
    seen = glimpses.columns(0, 100, 40)
    assert 0 < seen.max(axis=(1, 2)).sum() < 10
    assert np.flatnonzero(seen.max(axis=(1, 2))).tolist() == [0, 4, 8]


def test_close_views_show_the_samples_themselves():
    samples = noise(5000).astype(np.float32)
    outline = DetailedOutline(filled(samples), lambda first, last: samples[first:last])
    extremes = outline.extremes(100, 1, 50)
    assert np.array_equal(extremes[..., 0], samples[100:150])
    assert np.array_equal(extremes[..., 1], samples[100:150])


@pytest.mark.parametrize("n_samples", [1, 2, 7, 480])
def test_a_clip_of_a_few_samples_is_drawn(n_samples):
    samples = noise(n_samples).astype(np.float32)
    outline = DetailedOutline(filled(samples), lambda first, last: samples[first:last])
    extremes = outline.extremes(0, n_samples / 148, 148)
    assert extremes.shape == (148, 2, 2)
    assert np.abs(extremes).max() == pytest.approx(np.abs(samples).max())


def test_a_picture_of_dots_is_read_back_dot_by_dot():
    dots = np.random.default_rng(0).random((8, 10)) > 0.5
    bits = {0: 0x01, 1: 0x02, 2: 0x04, 3: 0x40}, {0: 0x08, 1: 0x10, 2: 0x20, 3: 0x80}
    rows = braille_rows(dots)
    assert [len(row) for row in rows] == [5, 5]
    for y, x in np.ndindex(dots.shape):
        code = ord(rows[y // 4][x // 2]) - 0x2800
        assert bool(code & bits[x % 2][y % 4]) == dots[y, x]


@given(low=st.floats(-1, 0, width=32), high=st.floats(0, 1, width=32), n_rows=st.integers(1, 20))
def test_every_column_of_a_waveform_has_a_dot(low, high, n_rows):
    extremes = np.array([[low, high]] * 2, np.float32)
    dots = waveform_dots(extremes, n_rows, 1.0)
    assert dots.shape == (4 * n_rows, 2)
    assert dots.any(axis=0).all()


def test_silence_is_a_thin_line_in_the_middle():
    dots = waveform_dots(np.zeros((2, 2), np.float32), 3, 1.0)
    assert dots[:, 0].nonzero()[0].tolist() in ([5, 6], [5], [6])


@given(n_channels=st.integers(1, 12), height=st.integers(0, 40))
def test_the_bands_of_the_channels_fill_the_height(n_channels, height):
    heights = band_heights(n_channels, height)
    assert sum(heights) == (height or 0)
    assert len(heights) == min(n_channels, height)
    assert all(rows >= 1 for rows in heights)


views = st.builds(
    lambda n_samples, n_columns, zooms: (Viewport.whole(n_samples, n_columns), zooms),
    st.integers(1, 10**9),
    st.integers(1, 300),
    st.lists(
        st.tuples(st.sampled_from(["zoom", "move", "resize", "show", "frame"]), st.floats(0, 1)),
        max_size=12,
    ),
)


def travelled(view, steps):
    for kind, share in steps:
        sample = int(share * view.n_samples)
        view = {
            "zoom": lambda: view.zoomed(2 if share > 0.3 else 0.5, sample),  # noqa: B023 called at once
            "move": lambda: view.moved(round((share - 0.5) * 100)),  # noqa: B023 called at once
            "resize": lambda: view.resized(1 + round(share * 200)),  # noqa: B023 called at once
            "show": lambda: view.showing(sample),  # noqa: B023 called at once
            "frame": lambda: view.framing(sample // 2, sample + 1),  # noqa: B023 called at once
        }[kind]()
    return view


@given(drawn=views)
def test_no_journey_leaves_the_clip(drawn):
    view = travelled(*drawn)
    assert view.start >= 0
    assert view.stop <= view.n_samples * (1 + 1e-9) + 1e-6
    assert view.per_column > 0


@given(drawn=views, column=st.integers(0, 299))
def test_the_first_sample_of_a_column_lies_in_it(drawn, column):
    view = travelled(*drawn)
    column %= view.n_columns
    sample = view.sample(column)
    if view.per_column >= 1 and sample < view.n_samples:
        assert view.column(sample) == column


@given(drawn=views, share=st.floats(0, 1))
def test_a_sample_that_is_shown_is_in_view(drawn, share):
    view = travelled(*drawn)
    sample = min(int(share * view.n_samples), view.n_samples - 1)
    assert 0 <= view.showing(sample).column(sample) < view.n_columns


@given(drawn=views, share=st.floats(0.1, 0.9))
def test_zooming_in_keeps_the_place_under_the_cursor(drawn, share):
    view = travelled(*drawn)
    around = view.start + share * (view.stop - view.start)
    closer = view.zoomed(2, around)
    before, after = view.column(around), closer.column(around)
    assert abs(before - after) <= 1


def test_a_region_in_view_has_a_column_even_if_it_is_tiny():
    view = Viewport.whole(10**6, 80)
    first, last = view.columns(500_000, 500_001)
    assert last - first == 1


@given(per_column_s=st.floats(1e-6, 1000))
def test_labels_of_the_ruler_do_not_touch(per_column_s):
    assert tick_step_s(per_column_s) / per_column_s >= 12.99


@pytest.mark.parametrize(
    ("seconds", "decimals", "text"),
    [(0, 3, "0:00.000"), (59.9996, 3, "1:00.000"), (3599.5, 0, "1:00:00"), (61.25, 2, "1:01.25")],
)
def test_clock_rounds_and_carries(seconds, decimals, text):
    assert clock(seconds, decimals) == text


def test_lengths_and_counts_read_well():
    assert [length(0.0005), length(1.5), length(90)] == ["0.5 ms", "1.500 s", "1:30"]
    assert [counted(0, "region"), counted(1, "region"), counted(2, "region")] == [
        "0 regions",
        "1 region",
        "2 regions",
    ]


def test_oklch_gives_the_published_primaries():
    # B. Ottosson 2020: sRGB red is L 0.628, C 0.2577, h 29.23 degrees; white is L 1, C 0.
    assert oklch(1.0, 0.0, 0.0) == "#ffffff"
    assert oklch(0.62796, 0.25768, 29.234) in {"#ff0000", "#fe0000"}
