import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from asmr_stim.moderator.ale.kernel import FWHM_PER_SIGMA, fwhm_mm, gaussian_kernel


def test_the_width_falls_with_more_people_towards_that_of_the_template():
    widths = [fwhm_mm(n) for n in (2, 8, 16, 25, 10**9)]
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] == pytest.approx(8.4, abs=0.05)
    assert 9.0 < fwhm_mm(16) < 9.7


@pytest.mark.parametrize("n", [5, 11, 20, 67])
def test_the_kernel_at_2_mm_is_a_filtered_point(n):
    kernel = gaussian_kernel(n, (2.0, 2.0, 2.0))
    point = np.zeros((31, 31, 31))
    point[15, 15, 15] = 1.0
    filtered = ndimage.gaussian_filter(point, fwhm_mm(n) / FWHM_PER_SIGMA / 2.0, mode="constant")
    radius = kernel.shape[0] // 2
    inner = slice(15 - radius, 16 + radius)
    assert np.abs(kernel - filtered[inner, inner, inner]).max() < 1e-15
    assert filtered.sum() == pytest.approx(kernel.sum(), abs=1e-12)


@pytest.mark.parametrize("size", [1.0, 2.0, 3.0, 4.0])
@pytest.mark.parametrize("n", [2, 10, 20, 100])
def test_it_sums_to_one_and_has_the_right_spread_at_any_voxel_size(n, size):
    kernel = gaussian_kernel(n, (size, size, size))
    assert kernel.sum() == pytest.approx(1.0, abs=1e-12)
    steps = (np.arange(kernel.shape[0]) - kernel.shape[0] // 2) * size
    variance = (kernel.sum(axis=(1, 2)) * steps**2).sum()
    # 4 sigma hold all but 0.1 % of the variance of a Gaussian
    assert np.sqrt(variance) == pytest.approx(fwhm_mm(n) / FWHM_PER_SIGMA, rel=2e-3)


@given(sizes=st.tuples(*[st.floats(0.8, 4.0)] * 3), n=st.integers(2, 200))
def test_each_axis_has_its_own_voxel_size(sizes, n):
    kernel = gaussian_kernel(n, sizes)
    assert kernel.sum() == pytest.approx(1.0, abs=1e-12)
    assert np.array_equal(kernel, kernel[::-1, ::-1, ::-1])
    swapped = gaussian_kernel(n, sizes[::-1])
    assert np.allclose(kernel, swapped.transpose(2, 1, 0), rtol=1e-12)
