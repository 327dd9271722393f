"""Écoute: hears what is said of a small business, scores it, stores it, mails a digest."""

__version__ = "0.1.0"
