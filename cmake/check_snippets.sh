#!/bin/sh
# Checks that the code that pages show is code that is built and run: the indented lines behind a line
# <!-- examples/FILE --> are lines of that file, in its order, whatever their indentation.
set -eu
cd "$(dirname "$0")/.."

snippets() { # snippets PAGE: "FILE<tab>LINE" of each line of code
    awk '/^<!-- examples\/.* -->$/ { file = $2; next }
         file != "" && /^    / { sub(/^ +/, ""); print file "\t" $0; next }
         file != "" && !/^ *$/ { file = "" }' "$1"
}

failed=0
count=0
for page in README.md docs/*.md; do
    place=0 before=""
    while IFS='	' read -r file line; do
        [ -n "$file" ] || continue
        [ "$file" = "$before" ] || place=0
        before=$file count=$((count + 1))
        found=$(wanted=$line awk -v after="$place" '{ sub(/^ +/, "") }
            NR > after && $0 == ENVIRON["wanted"] { print NR; exit }' "$file")
        if [ -n "$found" ]; then
            place=$found
        else
            echo "snippets: $page shows what $file does not have there: $line"
            failed=1
        fi
    done << END
$(snippets "$page")
END
done
[ "$count" -gt 0 ] || { echo "snippets: there are none"; exit 1; }
[ "$failed" = 0 ] && echo "snippets: fine, $count lines"
exit "$failed"
