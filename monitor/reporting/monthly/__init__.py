"""The report of a month, to read, print and hand on: one HTML file that needs nothing else.

    store ──gather──▶ MonthlyMaterial ──build_report──▶ MonthlyReport ──render──▶ HTML ──▶ PDF

It counts by when a mention was published: what is said of October stands in October's report,
whenever it was found. The digest tells news, so it counts by when they were found.
"""
