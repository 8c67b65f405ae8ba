#!/bin/sh
# Makes a man page of lowcal and of each command, and completion for bash, of what --help says:
# help_pages.sh FOLDER VERSION PROGRAM..., where PROGRAM... starts lowcal. Into FOLDER/man/man1 and
# FOLDER/bash-completion/completions. A command whose --help fails (train without a trainer) has no page.
set -eu
folder=$1 version=$2
shift 2
pages="$folder/man/man1" completions="$folder/bash-completion/completions"
rm -rf "$pages" "$completions"
mkdir -p "$pages" "$completions"
texts=$(mktemp -d)
trap 'rm -rf "$texts"' EXIT

page() { # page NAME: --help on standard input
    awk -v name="$1" -v version="$version" '
        function roff(text) { gsub(/\\/, "\\e", text); gsub(/-/, "\\-", text); sub(/^[.\047]/, "\\\\\\&&", text); return text }
        function section(title) { print ".SH " toupper(title) }
        /^For example$/ { getline example; next }
        /^Usage: / {
            print ".TH " toupper(roff(name)) " 1 \"\" \"lowcal " version "\" \"LowCal\""
            section("name"); print roff(name) " \\- " roff(about)
            section("synopsis"); print ".B " roff(substr($0, 8))
            if (example != "") { section("example"); print ".nf"; print roff(example); print ".fi" }
            next
        }
        /^[A-Za-z].*:$/ { section(substr($0, 1, length($0) - 1)); next }
        /^  [^ ]/ {  # an option, and what it is from column 31 on, or in the next line
            left = $0; text = ""
            if (substr($0, 30, 1) == " ") { left = substr($0, 1, 30); text = substr($0, 31) }
            gsub(/^ +| +$/, "", left)
            print ".TP"; print ".B " roff(left)
            if (text != "") print roff(text)
            next
        }
        /^ +[^ ]/ { sub(/^ +/, ""); print roff($0); next }
        about == "" && NF { about = $0 }'
    echo '.SH SEE ALSO'
    echo 'The pages in docs/ of the source say more.'
}

options() { grep -oE '^  (-[a-z],)?--[a-z0-9-]+' "$1" | grep -oE -e '--[a-z0-9-]+' | tr '\n' ' '; }

"$@" --help > "$texts/lowcal"
commands=$(sed -n '/^Subcommands:/,$ s/^  \([a-z][a-z-]*\) .*/\1/p' "$texts/lowcal")
[ -n "$commands" ] || { echo "help_pages: --help names no command" >&2; exit 1; }
page lowcal < "$texts/lowcal" > "$pages/lowcal.1"
for command in $commands; do
    "$@" "$command" --help > "$texts/$command" 2> "$texts/error" || { rm "$texts/$command"; continue; }
    page "lowcal-$command" < "$texts/$command" > "$pages/lowcal-$command.1"
done

{
    cat << 'END'
# Completion of lowcal's commands and their options; other words are files.
_lowcal() {
    local word=${COMP_WORDS[COMP_CWORD]} words=""
    COMPREPLY=()
    if [ "$COMP_CWORD" = 1 ]; then
END
    echo "        words=\"$(echo $commands) $(options "$texts/lowcal")\""
    echo '    elif [[ $word == -* ]]; then'
    echo '        case ${COMP_WORDS[1]} in'
    for command in $commands; do
        [ ! -e "$texts/$command" ] || echo "            $command) words=\"$(options "$texts/$command")\" ;;"
    done
    cat << 'END'
        esac
    fi
    COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _lowcal lowcal
END
} > "$completions/lowcal"
