"""Assays, rare-earth chemistry and their transforms on plain arrays."""
