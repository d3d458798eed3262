"""What leaves the site for other programs: `make packages` writes it to `dist`, from what the book's build has read."""
