"""Parts of one progress bar."""


class Part:
    """A feedback whose progress fills a part of the bar of another one.

    Everything but the progress goes to the other feedback unchanged.

    Parameters
    ----------
    feedback : QgsProcessingFeedback
    start, end : float
        The part of the bar, in per cent.
    """

    def __init__(self, feedback, start, end):
        self._feedback, self._start, self._end = feedback, start, end

    def __getattr__(self, name):
        return getattr(self._feedback, name)

    def setProgress(self, percent):  # stands in for QgsFeedback.setProgress
        """Move the bar to ``percent`` of this part."""
        self._feedback.setProgress(self._start + (self._end - self._start) * min(max(percent, 0.0), 100.0) / 100.0)
