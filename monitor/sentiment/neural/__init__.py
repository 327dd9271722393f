"""The scorer ``neural``: a small transformer, its base from an extra package, its tuning ours."""
