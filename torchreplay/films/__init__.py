"""Films and stills as files."""
