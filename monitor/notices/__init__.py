"""The notices that platforms mail to owners: recognised by rules, read into what they tell.

    mail ──lines──▶ Line… ──rule──▶ Told… (a hit of an alert, a review)

Pure: no I/O but the data file ``rules.toml``. Nothing that a notice links to is ever asked for.
"""
