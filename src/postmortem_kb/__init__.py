"""Postmortems as Markdown in git: checked, related, followed up and published."""
