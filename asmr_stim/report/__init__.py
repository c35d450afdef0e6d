"""What people look at: lists of problems, tables, figures and the HTML report."""
