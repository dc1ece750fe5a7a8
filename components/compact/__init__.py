"""What compact models are made of: guides and couplers, solved for a process and kept with their recipe."""
