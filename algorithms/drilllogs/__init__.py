"""Drill logs: words of geologists read into classes, intensities and percentages."""
