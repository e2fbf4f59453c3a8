"""The machine around a run: files that come to their places whole, other programs, the terminal."""
