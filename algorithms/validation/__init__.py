"""Splits of samples, and scores of what was predicted on their other side."""
