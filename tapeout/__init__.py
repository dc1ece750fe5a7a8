"""A chip: floorplan, routing, frame, fill, sign-off, report and the command line."""
