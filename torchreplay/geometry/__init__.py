"""The geometry of a plane that a network maps: grid, decision boundary, curves and folds."""
