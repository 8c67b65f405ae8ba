#!/usr/bin/env bash
# help_pages_test.sh SOURCE FOLDER VERSION LOWCAL...: every command has a man page that names all its options, and
# bash completes commands, options and, by itself, files. A program of another help makes other pages.
set -euo pipefail
source=$1 folder=$2 version=$3
shift 3
fail() { echo "help_pages_test: $1" >&2; exit 1; }

"$source/cmake/help_pages.sh" "$folder" "$version" "$@"
commands=$("$@" --help | sed -n '/^Subcommands:/,$ s/^  \([a-z]*\) .*/\1/p')
[[ $(echo "$commands" | wc -w) -ge 10 ]] || fail "--help names only: $commands"
source "$folder/bash-completion/completions/lowcal"
completed() { # completed WORD...: what the last word may become
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
    _lowcal
    echo " ${COMPREPLY[*]} "
}

for command in $commands; do
    [[ $(completed lowcal "${command:0:2}") == *" $command "* ]] || fail "bash does not complete $command"
    help=$("$@" "$command" --help 2> /dev/null) || { [ "$command" = train ] && continue; }
    page="$folder/man/man1/lowcal-$command.1"
    [ -s "$page" ] || fail "$command has no page"
    grep -q "^\.TH LOWCAL.*\"lowcal $version\"" "$page" || fail "the page of $command has no title"
    text=$(sed 's/\\-/-/g' "$page")
    for option in $(grep -oE '^  [^ ]+' <<< "$help" | grep -oE -e '--[a-z0-9-]+'); do
        grep -qE -- "^\.B (.*[, ])?$option([^a-z0-9-]|$)" <<< "$text" || fail "the page of $command lacks $option"
        [[ $(completed lowcal "$command" "$option") == *" $option "* ]] || fail "bash does not complete $option"
    done
    ! grep -vE '^\.([A-Z]+( |$)|nf$|fi$)' "$page" | grep -q "^[.']" || fail "the page of $command has a strange request"
    if command -v groff > /dev/null; then
        said=$(groff -man -Tutf8 -ww "$page" 2>&1 > "$folder/$command.txt")
        [ -z "$said" ] || fail "groff says of $command: $said"
    fi
done
[[ $(completed lowcal bench --th) == " --threads " ]] || fail "bench --th becomes $(completed lowcal bench --th)"
[[ $(completed lowcal bench network) == "  " ]] || fail "files do not complete as files"

cat > "$folder/fake" << 'END'
#!/bin/sh
printf 'Fake\nUsage: fake\n\nSubcommands:\n  other    Something else\n\nOptions:\n  --path TEXT                 .5 of \\n\n'
END
chmod +x "$folder/fake"
"$source/cmake/help_pages.sh" "$folder/faked" 0 "$folder/fake"
[[ $(ls "$folder/faked/man/man1") == $'lowcal-other.1\nlowcal.1' ]] || fail "pages do not follow --help"
grep -qxF '\&.5 of \en' "$folder/faked/man/man1/lowcal-other.1" || fail "a dot or a backslash reaches roff"
echo "help_pages_test: fine"
