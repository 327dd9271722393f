"""Replies to mentions, drafted for a person to reread and copy; Écoute never sends any."""
