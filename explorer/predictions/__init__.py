"""What can be predicted before it is shown, on the pages and by a class: one table of situations."""
