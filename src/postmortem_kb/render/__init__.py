"""From parsed text and values to safe HTML."""
