"""Prospectivity: from evidence rasters and known deposits to a map of where others may be, and to targets."""
