#!/usr/bin/env bash
# Shrinks screenshots that the tests of the desktop left in build/screenshots into docs/images, for the README.
set -euo pipefail
cd "$(dirname "$0")/.."

shrink() {  # screenshot, name in docs/images
  convert "build/screenshots/$1.png" -resize 1000x +dither -colors 96 -define png:compression-level=9 \
    -strip "png8:docs/images/$2.png"
}

shrink variogram_05_sample_project variogram
shrink docks_11_compared training
shrink docks_14_library models
du -b -c docs/images/*.png
