#!/bin/sh
# Says whether a temperature in tenths of a degree is a fever.
if [ "$1" = "--version" ]; then echo "thermo @VERSION@"; exit 0; fi
case "$1" in
  '' | *[!0-9]*) echo "no reading"; exit 2 ;;
esac
if [ "$1" -ge 380 ]; then echo "fever"; else echo "no fever"; fi
