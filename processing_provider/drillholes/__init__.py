"""Processing algorithms of the group Drill holes."""
