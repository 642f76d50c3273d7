"""How fast, how large, and whether the gate keeps its word: `make bench`, or `python -m benchmarks NAME`.

Everything is measured on whole processes, in CPU time of user and system together; nothing here judges a time.
"""
