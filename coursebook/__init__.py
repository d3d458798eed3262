"""The engine of the book: what makes a course of its pages, figures and data, whatever the course is about."""
