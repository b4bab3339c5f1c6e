"""Files that mean harm, or that harm was done to: each with what must become of it.

`python -m tests.nasty FOLDER` writes them all. A case is a line in a table here, by technique; none
of them does anything by itself. What runs feedsvc on them is `test_nasty.py`, and
`tests/e2e/test_nasty.py` at length.
"""
