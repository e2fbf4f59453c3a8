"""The classes that Python users work with: recorders and replays."""
