"""From bytes to a parsed file: text, frontmatter, body, document."""
