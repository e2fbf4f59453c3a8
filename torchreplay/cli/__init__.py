"""The command line: options, what is checked before a run, and what is reported after it."""
