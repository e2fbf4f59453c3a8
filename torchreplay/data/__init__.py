"""Data sets of labelled points: from text files, from formulas and from arrays."""
