"""The runtime of the DRC macro, in Ruby: data for `lingnan.pdk.klayout.macro`."""
