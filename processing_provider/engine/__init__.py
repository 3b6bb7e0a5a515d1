"""Finds the worker's Python, runs a job in it and relays what it says."""
from .errors import JobCancelled, raise_if_cancelled
from .jobs import prepare_job

__all__ = ["JobCancelled", "prepare_job", "raise_if_cancelled"]
