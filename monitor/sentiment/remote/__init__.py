"""Scorers that leave the judgement to a model of the user's choice: ``llm`` and ``hub``."""
