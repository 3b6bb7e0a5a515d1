"""Docks, dialogs and the options page: clients of the Processing algorithms."""
