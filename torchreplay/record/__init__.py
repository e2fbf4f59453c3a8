"""The record of a training, and what is evaluated from it."""
