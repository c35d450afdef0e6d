import numpy as np
import pytest
from signals import RATE_HZ, white_noise

from asmr_stim.acoustics.families.registry import level_dependent_families, level_free_families
from asmr_stim.acoustics.sliding import RUNNING, Window
from asmr_stim.errors import InputError


def test_a_window_is_a_whole_number_of_steps():
    assert Window.of(0.5, 0.1) == RUNNING
    assert Window.of(2.0, 0.5) == Window(4, 0.5)


@pytest.mark.parametrize(("length_s", "step_s"), [(0.5, 0.15), (0.1, 0.5), (0.0, 0.1), (100, 1)])
def test_another_window_is_refused(length_s, step_s):
    with pytest.raises(InputError, match=r"whole number|cannot be used"):
        Window.of(length_s, step_s)


def test_the_clock_of_each_series_covers_the_clip():
    duration_s = 6.0
    samples = white_noise(duration_s, 2)
    families = [
        *level_free_families(RATE_HZ, 2, Window.of(1.0, 0.25)),
        *level_dependent_families(RATE_HZ, 2, {"at_x": 0.1}, "free"),
    ]
    for family in families:
        pushed, rest = family.push(samples), family.finish()
        for series in family.series:
            parts = [rows[series.name] for rows in (pushed, rest) if series.name in rows]
            n_frames = sum(part.shape[1] for part in parts)
            clock = series.clock
            last_s = clock.first_s + (n_frames - 1) * clock.step_s
            # the last frame ends at the end of the clip, or a step before it at most
            left_s = duration_s - (last_s + clock.first_s)
            assert -1e-6 <= left_s < clock.step_s + 1e-6, series.name


def test_running_features_follow_the_window():
    family = level_free_families(RATE_HZ, 2, Window.of(1.0, 0.25))[-1]
    samples = np.tile(white_noise(4.0), (2, 1))
    pushed, rest = family.push(samples), family.finish()
    name = family.series[0].name
    assert pushed[name].shape[1] + rest[name].shape[1] == 13
