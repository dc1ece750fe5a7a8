"""The line: process data, layers, stack, cross-sections, rules, DRC and the KLayout technology."""
