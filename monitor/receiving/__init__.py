"""Mentions that others push: read in each sender's form, stored before they are answered for."""
