"""Grade models that learn from samples, and the uncertainty of what they predict."""
