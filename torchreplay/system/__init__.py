"""The machine around a run: whole files, other programs, memory, threads, the terminal."""
