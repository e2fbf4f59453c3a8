"""The spaces that a network maps the plane to, and the scene of an epoch in each of them."""
