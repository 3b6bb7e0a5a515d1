"""Errors whose text is meant for the person who started the job."""


class InputError(ValueError):
    """An input cannot be used; the message says which, why and what to do."""


class Cancelled(Exception):
    """The job was asked to stop."""
