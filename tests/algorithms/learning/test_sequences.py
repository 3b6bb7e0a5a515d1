"""Samples are put in the order in which they lie, whatever the order of the rows."""
import numpy as np
import pytest

from lodescope.algorithms.learning.sequences import (
    HoleReader,
    NearReader,
    Sequences,
    from_top,
    positions_along,
    reader_from,
    rows_of,
)


def test_a_hole_is_read_from_its_top_whatever_the_order_of_the_rows():
    rng = np.random.default_rng(0)
    groups, depths = np.repeat([0, 1, 2], 8), np.tile(np.arange(8) * 2.0 + 1.0, 3)
    tilt = np.array([0.5, 0.2, -np.sqrt(1.0 - 0.29)])
    places = np.array([[0.0, 0, 0], [500.0, 0, 0], [0, 700.0, 50.0]])[groups] + depths[:, None] * tilt
    order = rng.permutation(24)
    for given in (None, depths[order]):
        positions, unknown = positions_along(groups[order], places[order], given)
        assert unknown == 0
        for rows in rows_of(groups[order]):
            assert (np.argsort(positions[rows]) == np.argsort(depths[order][rows])).all()
            assert np.allclose(np.diff(np.sort(positions[rows])), 2.0)


def test_depths_that_lack_give_way_to_places_in_their_hole_alone():
    groups, places = np.array([0, 0, 1, 1]), np.array([[0, 0, 9.0], [0, 0, 5.0], [9, 9, 1.0], [9, 9, 4.0]])
    positions, _ = positions_along(groups, places, np.array([30.0, 10.0, np.nan, 2.0]))
    assert positions.tolist() == [30.0, 10.0, 3.0, 0.0]


def test_a_level_hole_is_read_from_one_end_and_one_place_tells_no_order():
    along = np.array([3.0, 0.0, 9.0, 6.0])
    level = np.column_stack([along, np.zeros(4), np.full(4, 7.0)])
    assert np.allclose(from_top(level), along)
    assert np.allclose(from_top(level[:, :2]), along)
    positions, unknown = positions_along(np.array([0, 0, 1]), np.ones((3, 2)))
    assert unknown == 1
    assert (positions == 0.0).all()


def test_steps_tell_gaps_and_long_holes_are_cut_into_pieces():
    positions = np.r_[np.arange(6) * 2.0, 100.0, 0.0]
    groups = np.r_[np.zeros(7, int), 1]
    reader = HoleReader.fit(groups, positions)
    assert reader.typical == 2.0
    found = reader.read(groups, positions)
    assert found.lengths.tolist() == [7, 1]
    first, second = found.padded([0, 1])[1]
    assert first[1, 0] == pytest.approx(np.log(2.0))
    assert first[6, 0] == pytest.approx(np.log1p(45.0))
    assert first[:-1, 1].tolist() == first[1:, 0].tolist()
    assert first[0, 0] == first[-1, 1] == 0.0
    assert (second == 0.0).all()
    pieces = reader.read(groups, positions, 3)
    assert pieces.lengths.tolist() == [3, 2, 2, 1]
    assert sorted(pieces.rows) == list(range(8))
    assert (pieces.steps == found.steps).all()


def test_sequences_answer_for_the_samples_of_their_own_steps():
    found = Sequences(np.array([2, 3]), np.array([4, 2, 1, 0, 3]), np.zeros((5, 1), np.float32),
                      np.array([4, 2, -1, -1, 3]))
    assert found.ends.tolist() == [2, 5]
    assert found.answered([1, 0]).tolist() == [3, 4, 2]
    assert found.answered([]).tolist() == []
    assert found.counts(np.array([True, True, True, False, True])).tolist() == [2, 0]


def test_padding_stands_beyond_the_ends_only():
    rows = np.array([4, 2, 1])
    found = Sequences(np.array([2, 1]), rows, np.ones((3, 2), np.float32), rows)
    rows, steps, answers, lengths = found.padded([1, 0])
    assert rows.tolist() == [[1, 0], [4, 2]]
    assert answers.tolist() == [[1, -1], [4, 2]]
    assert steps[0].tolist() == [[1.0, 1.0], [0.0, 0.0]]
    assert lengths.tolist() == [1, 2]


def test_the_nearest_samples_come_from_far_to_near_without_the_sample_itself():
    places = np.column_stack([np.arange(20) * 10.0, np.zeros(20)])
    grades = np.arange(20.0)[:, None].astype(np.float32)
    grades[3] = np.nan
    reader = NearReader.fit(places, grades)
    assert reader.typical == 10.0
    found = reader.read(places, np.arange(20))
    rows, steps, answers, _ = (part[0] for part in found.padded([0]))
    assert rows.tolist() == [*range(12, 0, -1), 0]
    assert answers.tolist() == [-1] * 12 + [0]
    assert steps[0, 0] == pytest.approx(np.log(13.0))
    at = rows.tolist().index(3)
    assert steps[at, 2:].tolist() == [0.0, 0.0]  # no grade, and a mark that says so
    assert steps[-2, 2:].tolist() == [1.0, 1.0]
    assert steps[-1].tolist() == [0.0, 1.0, 0.0, 0.0]  # its own grade is not told
    again = reader_from(*reader.state()).read(np.array([[42.0, 0.0]]))
    assert again.rows[-3:].tolist() == [5, 4, 20]
    assert again.answers.tolist() == [-1] * 12 + [0]


def test_samples_at_the_very_place_are_not_read_and_do_not_take_the_room_of_others():
    places = np.column_stack([np.r_[0.0, 0.0, np.arange(1.0, 4.0)], np.zeros(5)])
    reader = NearReader.fit(places, np.arange(5.0)[:, None].astype(np.float32))
    found = reader.read(places, np.arange(5))
    assert found.lengths.tolist() == [4, 4, 5, 5, 5]
    assert found.padded([1])[0].tolist() == [[4, 3, 2, 1]]
