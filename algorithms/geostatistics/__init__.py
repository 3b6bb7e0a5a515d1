"""Variograms, kriging, indicator kriging and flux gradients on plain arrays."""
