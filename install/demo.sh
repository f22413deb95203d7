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

say() { printf '\n$ %s\n' "$*"; }

if [ -e "$folder/console.pid" ]; then .venv/bin/python install/demo_console.py "$folder" stop; fi
rm -rf "$folder"
say guantong city --seed 1 --people 3000 --years 2 --out $folder/city
"$guantong" city --seed 1 --people 3000 --years 2 --out "$folder/city"
say guantong import $folder/city/files
"$guantong" import "$folder/city/files"
say guantong run
"$guantong" run
case "${GUANTONG_LANG:-${LC_ALL:-${LC_MESSAGES:-${LANG:-zh}}}}" in
zh* | C | C.* | POSIX)
    cat <<END

要继续看这个城市，请输入：
  export GUANTONG_HOME=$folder/home GUANTONG_KEY_FILE=$folder/key PATH="\$PWD/.venv/bin:\$PATH"
  guantong alerts                              全部预警
  guantong show ALERT                          一条预警：证据到文件的哪一行，分给了谁、为什么
  guantong rejects --out rejects.xlsx          没有收下的行，每行写明理由
  guantong city score $folder/city/truth.csv   埋下的问题和查到的对照
  guantong --help                              其他命令；导入自己的数据从 guantong sources propose FILE 开始
END
    ;;
*)
    cat <<END

To look further into this city, type:
  export GUANTONG_HOME=$folder/home GUANTONG_KEY_FILE=$folder/key PATH="\$PWD/.venv/bin:\$PATH"
  guantong alerts                              every alert
  guantong show ALERT                          one alert: evidence down to file and row, and who it went to and why
  guantong rejects --out rejects.xlsx          the rows that were not taken, each with its reason
  guantong city score $folder/city/truth.csv   what was planted against what was found
  guantong --help                              everything else; your own records begin with guantong sources propose FILE
END
    ;;
esac
.venv/bin/python install/demo_console.py "$folder" start
