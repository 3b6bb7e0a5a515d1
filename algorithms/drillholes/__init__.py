"""Drill holes: paths, intervals, composites and their checks."""
