"""Sentiment in English and Dutch: by the worth of words, as VADER does it."""
