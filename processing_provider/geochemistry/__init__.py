"""Assays and rare-earth chemistry as Processing algorithms."""
