"""Room: ``sources.yaml`` from text to ``Config``, and every fault of it in plain words.

text ──document.py──▶ tree with lines ──environment.py──▶ filled ──model.py, sources.py──▶ options
──checks.py──▶ Config (loaded.py), or ConfigError with every ``Problem`` put in words (faults.py,
explain.py). ``schema.py`` and ``page.py`` are made from the models; ``starter.py`` writes a first
file for a new owner.
"""
