"""Pictures: a space with views beside it, or several runs side by side."""
