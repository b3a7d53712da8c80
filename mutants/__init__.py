"""Changes the product in small ways and looks whether a test notices: `make mutants`.

A mutant is the product with one small, realistic fault: a comparison turned round, a boundary moved by one, a
statement or an entry of a list left out, better and worse swapped. Where no test fails, something that matters may be
untested.

- `edits.py`: which faults can be put into a file.
- `coverage_map.py`: which tests run which line, so that each mutant meets only the tests that can notice it.
- `worker.py`: a process that has the libraries imported, and forks for each mutant.
- `campaign.py`: a sample of mutants, run side by side in copies of the tree.

    python -m mutants                      100 mutants of data/, callbacks/, cli/; the map is made where there is none
    python -m mutants --count 30 --only data/facts --seed 7
    python -m mutants --by-name             without a map: each meets the tests named like its file
    python -m mutants --show 3f2a9c01      the change that a line of the report names
    python -m mutants --run 3f2a9c01       that one again, with what the tests say
    python -m mutants --fail-under 95      fails where fewer are caught

The map takes as long as the tests without a browser, once; it lies in .mutants/ and is good for files that did not
change since. Lines that only a child process runs are not in it: their mutants meet the tests of the same folder.
"""
