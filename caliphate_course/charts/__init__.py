"""The figures: one module for each subject, with rows, encoding and declaration."""
