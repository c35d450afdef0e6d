"""Reference: numpy's transform of one row after the other."""

import numpy as np
import pytest

from asmr_stim.acoustics.lane_transform import LaneTransform


def placed(transform, rows):
    length, lanes = transform.layout.length, transform.layout.lanes
    values = np.zeros((length, lanes), dtype=complex)
    values[:, : len(rows)] = np.array(rows).T
    imag = transform.layout.imag
    transform.buffer[: length * lanes] = values.real.ravel()
    transform.buffer[imag : imag + length * lanes] = values.imag.ravel()


def transformed(transform, rows):
    placed(transform, rows)
    transform.run()
    length, lanes, start = transform.layout.length, transform.layout.lanes, transform.result
    real, imag = (
        transform.buffer[place : place + length * lanes].reshape(length, lanes)
        for place in (start, start + transform.layout.imag)
    )
    return (real + 1j * imag).T[: len(rows)]


def some_rows(n_rows, length):
    rng = np.random.default_rng(0)
    return rng.standard_normal((n_rows, length)) + 1j * rng.standard_normal((n_rows, length))


@pytest.mark.parametrize("length", [1, 8, 60])  # every radix, and none
def test_every_row_has_the_spectrum_that_numpy_gives(length):
    rows = some_rows(8, length)
    found = transformed(LaneTransform(length, 8, np.float64), rows)
    assert np.allclose(found, np.fft.fft(rows, axis=1), atol=1e-13)


def test_single_precision_is_kept():
    rows = some_rows(8, 60)
    transform = LaneTransform(60, 8, np.float32)
    assert np.allclose(transformed(transform, rows), np.fft.fft(rows, axis=1), atol=1e-5)
    assert transform.buffer.dtype == np.float32


def test_a_row_does_not_depend_on_its_neighbours():
    rows = some_rows(8, 60)
    transform = LaneTransform(60, 8, np.float64)
    together = transformed(transform, rows)
    assert np.array_equal(transformed(transform, rows[2:3])[0], together[2])


def test_a_length_with_another_prime_is_refused():
    with pytest.raises(ValueError, match="2, 3 and 5"):
        LaneTransform(14, 8, np.float64)
