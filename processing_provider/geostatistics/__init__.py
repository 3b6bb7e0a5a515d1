"""Variograms, kriging and flux gradients as Processing algorithms."""
