"""Data sheets: one page for a cell of a process, and a folder with a page for each."""

from lingnan.tapeout.datasheet.page import write_index, write_page
from lingnan.tapeout.datasheet.sheet import Sheet, gather

__all__ = ["Sheet", "gather", "write_index", "write_page"]
