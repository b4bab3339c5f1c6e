"""Nothing lost, nothing doubled, whatever breaks: faults made on purpose, and what must hold after.

`invariants.py` says what must hold. Everything here runs in small with `make test`, and for long
with `make soak`, which sets the variables read in `amounts.py`.
"""
