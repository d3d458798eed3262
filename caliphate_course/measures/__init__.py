"""What is true of the war, worked out from the tables: frames in, frames and numbers out.

Nothing here draws: charts and the numbers of sentences both stand on it.
"""
