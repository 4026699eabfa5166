"""Harnesses that hurt the program from outside and then ask what became of the answers.

`kills` kills it before a statement or at any moment, `syscalls` makes a system call fail, `power`
rebuilds the disk as a power failure may leave it. `verdict` judges; `broken` plants the faults that
each harness must catch.
"""
