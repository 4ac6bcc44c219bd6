"""Tables: reading, typing, storing, and what is wrong with them."""
