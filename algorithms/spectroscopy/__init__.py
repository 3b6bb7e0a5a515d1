"""Spectra of hyperspectral images: absorptions, library minerals, components."""
