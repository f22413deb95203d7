#!/bin/sh
# What `make demo` shows, in a folder of its own that each call makes anew: out/demo.
set -eu
cd "$(dirname "$0")/.."
folder=out/demo
guantong="$PWD/.venv/bin/guantong"

# the key lies beside the lake, not in it: who copies the lake alone cannot open what is sealed
export GUANTONG_HOME="$folder/home"
export GUANTONG_KEY_FILE="$folder/key"
unset GUANTONG_BOOK GUANTONG_DATABASE_URL

rm -rf "$folder"
"$guantong" city --seed 1 --people 3000 --years 2 --out "$folder/city"
"$guantong" import "$folder/city/files"
"$guantong" run
"$guantong" alerts --top 5 --reasons
cat <<END

Next, to look further into this city:
  export GUANTONG_HOME=$folder/home GUANTONG_KEY_FILE=$folder/key
  .venv/bin/guantong alerts                             every alert
  .venv/bin/guantong show ALERT                         one alert: evidence down to file and row, and who it went to
  .venv/bin/guantong rejects --out rejects.xlsx         the rows that were not taken, with the reason of each
  .venv/bin/guantong city score $folder/city/truth.csv  what was planted against what was found
Your own records: .venv/bin/guantong sources propose FILE; the way from there is in docs/guide.md
END
