"""Training: the optimizers, and many networks that are trained at once."""
