"""Room: what is usual for a business, from its own history, and what is too rare to be chance.

counts of days ──rates.py──▶ rate, spread ──unusual.py──▶ Unusual, or nothing. ``seasons.py`` knows
the busy days of a trade; ``chance.py`` is the arithmetic. Small counts throughout: no normal
approximation, no percentages. ``bench/alerts.py`` prints false alarms and delays.
"""
