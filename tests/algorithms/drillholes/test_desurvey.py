"""Minimum curvature against arcs whose positions are known."""
import numpy as np
import numpy.testing as npt
import pytest

from lodescope.algorithms.drillholes.desurvey import Paths, angles, arc_way, directions, turn_between

COLLAR = np.array([[1000.0, 2000.0, 300.0]])


def path(depth, azimuth, dip, collar=COLLAR, scale=1.0):
    """The path of one hole."""
    depth = np.asarray(depth, float)
    return Paths(collar, np.zeros(len(depth), int), depth, directions(azimuth, dip), scale)


def at(paths, depth):
    """Positions and directions of the first hole."""
    depth = np.asarray(depth, float)
    return paths.at(np.zeros(len(depth), int), depth)


def test_angles_and_directions_are_those_of_the_geologist():
    npt.assert_allclose(directions([0, 90, 180, 33], [0, 0, -45, -90]),
                        [[0, 1, 0], [1, 0, 0], [0, -0.5**0.5, -0.5**0.5], [0, 0, -1]], atol=1e-15)
    azimuth, dip = angles(directions([0.0, 359.5, 123.0, 77.0], [-60.0, 30.0, -12.0, -90.0]))
    npt.assert_allclose(azimuth, [0.0, 359.5, 123.0, 0.0], atol=1e-12)
    npt.assert_allclose(dip, [-60.0, 30.0, -12.0, -90.0], atol=1e-12)


@pytest.mark.parametrize(("azimuth", "dip"), [(0.0, -90.0), (123.4, -57.0), (280.0, 35.0)])
def test_straight_holes(azimuth, dip):
    paths = path([0.0, 40.0, 90.0], [azimuth] * 3, [dip] * 3)
    depth = np.array([0.0, 13.0, 40.0, 77.7, 90.0, 250.0])
    position, direction = at(paths, depth)
    unit = directions([azimuth], [dip])
    npt.assert_allclose(position, COLLAR + depth[:, None] * unit, atol=1e-10)
    npt.assert_allclose(direction, np.repeat(unit, 6, axis=0), atol=1e-12)


def vertical_arc(depth, radius, azimuth, steep=-90.0):
    """A hole that rises evenly in a vertical plane from a dip; closed form."""
    turn = np.radians(steep) + depth / radius
    flat = radius * (np.sin(turn) - np.sin(np.radians(steep)))
    down = -radius * (np.cos(turn) - np.cos(np.radians(steep)))
    a = np.radians(azimuth)
    return COLLAR + np.column_stack([flat * np.sin(a), flat * np.cos(a), down]), np.degrees(turn)


@pytest.mark.parametrize("azimuth", [0.0, 47.0, 200.0])
def test_arc_in_a_vertical_plane_is_exact_everywhere(azimuth):
    stations = np.array([0.0, 30.0, 75.0, 200.0, 400.0])
    _, dips = vertical_arc(stations, 500.0, azimuth)
    paths = path(stations, np.full(5, azimuth), dips)
    depth = np.linspace(0.0, 400.0, 41)
    exact, dip = vertical_arc(depth, 500.0, azimuth)
    position, direction = at(paths, depth)
    npt.assert_allclose(position, exact, atol=1e-9)
    npt.assert_allclose(angles(direction)[1], dip, atol=1e-9)


def test_arc_in_an_inclined_plane_is_exact_everywhere():
    first, plane = directions([40.0], [-60.0])[0], directions([130.0], [-20.0])[0]
    side = plane - first * (plane @ first)
    side /= np.linalg.norm(side)

    def exact(depth, radius=250.0):
        t = np.asarray(depth)[:, None] / radius
        return COLLAR + radius * (np.sin(t) * first + (1 - np.cos(t)) * side), np.cos(t) * first + np.sin(t) * side

    stations = np.array([0.0, 50.0, 60.0, 190.0, 300.0])
    paths = path(stations, *angles(exact(stations)[1]))
    depth = np.linspace(0.0, 300.0, 31)
    position, direction = at(paths, depth)
    npt.assert_allclose(position, exact(depth)[0], atol=1e-9)
    npt.assert_allclose(direction, exact(depth)[1], atol=1e-12)


def test_stations_of_a_helix_converge_with_the_square_of_their_distance():
    radius, pitch = 60.0, 0.8  # of the cylinder; turn per unit of depth follows

    def exact(depth):
        t = np.asarray(depth) / np.hypot(radius, pitch * radius)
        place = np.column_stack([radius * (1 - np.cos(t)), radius * np.sin(t), -pitch * radius * t])
        way = np.column_stack([radius * np.sin(t), radius * np.cos(t), np.full(len(t), -pitch * radius)])
        return COLLAR + place, way / np.linalg.norm(way, axis=1)[:, None]

    errors = []
    for count in (9, 17, 33):
        stations = np.linspace(0.0, 160.0, count)
        paths = path(stations, *angles(exact(stations)[1]))
        errors.append(np.abs(at(paths, [160.0])[0] - exact([160.0])[0]).max())
    assert errors[0] < 0.6
    npt.assert_allclose(np.array(errors[:2]) / errors[1:], 4.0, rtol=0.1)


def test_azimuths_across_north_take_the_short_way():
    paths = path([0.0, 100.0], [359.0, 1.0], [-30.0, -30.0])
    position, direction = at(paths, [50.0, 100.0])
    npt.assert_allclose(position[:, 0], 1000.0, atol=1.0)
    npt.assert_allclose(position[1, 0], 1000.0, atol=1e-10)
    assert position[1, 1] > 2086.0
    npt.assert_allclose(direction[0, 0], 0.0, atol=1e-12)


def test_own_stations_in_between_change_nothing():
    rng = np.random.default_rng(3)
    depth = np.cumsum(np.r_[0.0, rng.uniform(5.0, 60.0, 15)])
    azimuth, dip = 40.0 + np.cumsum(rng.normal(0, 4, 16)), -55.0 + np.cumsum(rng.normal(0, 3, 16))
    local = np.zeros((1, 3))
    paths = path(depth, azimuth, dip, local)
    extra = rng.uniform(0.0, depth[-1], 60)
    finer = np.sort(np.r_[depth, extra])
    again = Paths(local, np.zeros(len(finer), int), finer, at(paths, finer)[1])
    wanted = np.linspace(0.0, depth[-1] + 50.0, 500)
    npt.assert_allclose(at(again, wanted)[0], at(paths, wanted)[0], atol=1e-9)
    npt.assert_allclose(at(again, wanted)[1], at(paths, wanted)[1], atol=1e-11)


def test_smallest_bends_are_stable():
    """The way of a bend of 1e-9 degrees is half of it sideways, not noise."""
    first = np.array([[0.0, 0.0, -1.0]])
    for turn in (1e-11, 1e-7, 1e-3):
        second = np.array([[np.sin(turn), 0.0, -np.cos(turn)]])
        angle = turn_between(first, second)
        npt.assert_allclose(angle, turn, rtol=1e-9)
        way, _ = arc_way(first, second, angle, np.array([100.0]), np.ones(1))
        npt.assert_allclose(way[0, 0], 100.0 * (1 - np.cos(turn)) / turn if turn > 1e-5 else 50.0 * turn, rtol=1e-6)
        npt.assert_allclose(way[0, 2], -100.0 * np.sin(turn) / turn, rtol=1e-12)


def test_ratio_factor_is_that_of_the_textbook():
    first, second = directions([10.0], [-80.0]), directions([35.0], [-50.0])
    turn = turn_between(first, second)
    way, _ = arc_way(first, second, turn, np.array([30.0]), np.ones(1))
    npt.assert_allclose(way, 15.0 * (first + second) * 2.0 / turn * np.tan(turn / 2.0), rtol=1e-12)


def test_a_half_turn_stays_finite():
    paths = path([0.0, 50.0, 80.0], [0.0, 180.0, 180.0], [0.0, 0.0, 0.0])
    assert np.isfinite(at(paths, [10.0, 25.0, 60.0])[0]).all()


def test_scale_turns_feet_into_metres():
    stations, dips = [0.0, 100.0, 300.0], [-70.0, -66.0, -60.0]
    feet, metres = (path(np.array(stations) * f, [30.0] * 3, dips, scale=s) for f, s in ((1 / 0.3048, 0.3048), (1, 1)))
    npt.assert_allclose(at(feet, np.array([55.0, 250.0]) / 0.3048)[0], at(metres, [55.0, 250.0])[0], atol=1e-9)


def test_many_holes_do_not_mix():
    rng = np.random.default_rng(5)
    holes, each = 300, 7
    hole = np.repeat(np.arange(holes), each)
    depth = np.tile(np.arange(each) * 50.0, holes)
    azimuth, dip = rng.uniform(0, 360, holes)[hole], -60 + rng.normal(0, 3, holes * each)
    collars = rng.uniform(0, 1e4, (holes, 3))
    paths = Paths(collars, hole, depth, directions(azimuth, dip))
    wanted = rng.uniform(0, 400, holes)
    position, _ = paths.at(np.arange(holes), wanted)
    for k in (0, 17, 299):
        part = hole == k
        alone = Paths(collars[[k]], np.zeros(each, int), depth[part], directions(azimuth[part], dip[part]))
        npt.assert_allclose(position[k], at(alone, wanted[[k]])[0][0], atol=1e-7)


def test_trace_follows_its_arcs_to_the_end():
    paths = path([0.0, 100.0, 200.0], [0.0, 0.0, 0.0], [-90.0, -45.0, -45.0])
    hole, depth = paths.trace(np.array([260.0]))
    assert set(hole) == {0}
    assert depth[0] == 0.0
    assert depth[-1] == 260.0
    assert len(depth) == 15 + 1 + 1 + 1  # 45 degrees in chords of 3, straight, its last station, the end
    _, direction = at(paths, depth)
    assert np.degrees(turn_between(direction[:-1], direction[1:])).max() <= 3.0 + 1e-9


def test_bends_per_depth():
    paths = path([0.0, 100.0, 200.0], [0.0, 0.0, 0.0], [-90.0, -80.0, -80.0])
    npt.assert_allclose(np.degrees(paths.severity()) * 30.0, [3.0, 0.0, 0.0], atol=1e-9)
