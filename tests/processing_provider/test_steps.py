"""Parts of one progress bar."""
import pytest

from lodescope.processing_provider.steps import Part


@pytest.mark.parametrize(("percent", "shown"), [(0.0, 20.0), (50.0, 40.0), (100.0, 60.0), (-5.0, 20.0), (180.0, 60.0)])
def test_progress_fills_its_part(feedback, percent, shown):
    Part(feedback, 20.0, 60.0).setProgress(percent)
    assert feedback.bar == [shown]


def test_parts_follow_one_another_and_nest(feedback):
    for part in (Part(feedback, 0.0, 50.0), Part(Part(feedback, 50.0, 100.0), 0.0, 100.0)):
        for percent in (0.0, 50.0, 100.0):
            part.setProgress(percent)
    assert feedback.bar == sorted(feedback.bar)
    assert feedback.bar[-1] == 100.0


def test_everything_else_goes_through(feedback):
    part = Part(feedback, 20.0, 60.0)
    part.pushInfo("a line")
    part.pushWarning("a warning")
    assert (feedback.info, feedback.warnings) == (["a line"], ["a warning"])
    assert not part.isCanceled()
    feedback.cancel()
    assert part.isCanceled()
