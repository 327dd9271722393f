"""Places to look: a module a source type, and what they share to read answers into entries."""
