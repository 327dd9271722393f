"""The name in the article, not only in the extract: press articles that a search found are read."""
