"""Grade models, their predictions and what follows from them, as Processing algorithms."""
