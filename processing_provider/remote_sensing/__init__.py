"""Spectra of hyperspectral images as Processing algorithms."""
