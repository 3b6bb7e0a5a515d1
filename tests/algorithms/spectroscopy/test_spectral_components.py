"""Principal components: streamed moments, and how many cross-validation keeps."""
import numpy as np
import numpy.testing as npt
import pytest

from lodescope.algorithms.spectroscopy.components import Moments, principal, validated


@pytest.fixture(scope="module")
def pixels():
    rng = np.random.default_rng(0)
    loadings = np.linalg.qr(rng.normal(size=(40, 3)))[0]
    return 0.3 + rng.normal(size=(1500, 3)) * [0.3, 0.1, 0.05] @ loadings.T + rng.normal(0.0, 0.003, (1500, 40))


def test_moments_in_parts_are_those_of_all(pixels):
    total = Moments(pixels[0])
    for part in np.array_split(pixels, 7):
        one = Moments(pixels[0])
        one.add(part)
        total.unpack(one.packed())
    assert total.count == len(pixels)
    npt.assert_allclose(total.mean, pixels.mean(axis=0), rtol=1e-12)
    npt.assert_allclose(total.covariance, np.cov(pixels, rowvar=False), rtol=1e-9, atol=1e-14)


def test_components_are_those_of_the_singular_values(pixels):
    variances, loadings = principal(np.cov(pixels, rowvar=False))
    _, values, axes = np.linalg.svd(pixels - pixels.mean(axis=0), full_matrices=False)
    npt.assert_allclose(variances, values ** 2 / (len(pixels) - 1), rtol=1e-8)
    npt.assert_allclose(np.abs((axes[:3] * loadings[:, :3].T).sum(axis=1)), 1.0, atol=1e-9)
    assert (loadings[np.argmax(np.abs(loadings), axis=0), np.arange(40)] > 0.0).all()


def test_cross_validation_finds_the_three_that_are_there(pixels):
    count, errors = validated(pixels[:400], np.random.default_rng(1), lambda: None)
    assert count == 3
    assert errors[2] < 0.2 * errors[0]
    assert errors[2] == pytest.approx(0.003, rel=0.15)


def test_cross_validation_can_be_stopped(pixels):
    def stop():
        raise InterruptedError

    with pytest.raises(InterruptedError):
        validated(pixels[:50], np.random.default_rng(1), stop)
