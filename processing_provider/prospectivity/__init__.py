"""Algorithms on prospectivity maps and targets."""
