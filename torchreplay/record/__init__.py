"""The record of a training, and values computed from it."""
