"""What is made of the pages beside the site: notebooks, copies to teach from, paper."""
