"""Data sheets: one page for a cell of a process, and a folder with a page for each."""
