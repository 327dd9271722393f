"""Sentiment toward a business: texts in, class, polarity and confidence out."""
