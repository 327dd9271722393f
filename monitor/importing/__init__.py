"""Exports that owners download: recognised by what they hold, read as a stream, stored as polls.

``members.py`` opens a file, folder or zip; ``recognise.py`` says what a part of it is; one module a
format reads it into ``Found``; ``importer.py`` takes those through the pipeline into the store.
"""
