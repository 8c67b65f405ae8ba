# shellcheck shell=sh disable=SC2013,SC2016 # names without spaces; expanded by the inner shell
# Functions for tests in another Debian than the machine's own: a root folder that debootstrap makes,
# with the source tree bound into it as /lowcal and a build folder of its own. Sourced by the scripts
# beside it, in the source folder. Mounts are of the command's own namespace: none is left behind.

roots="$PWD/build/roots"

# skip_without_roots NAME: ends the script, and says so, where no such root can be made.
skip_without_roots() {
    reason=""
    if [ "$(id -u)" != 0 ]; then
        reason="it takes root"
    elif ! command -v debootstrap >/dev/null; then
        reason="there is no debootstrap (apt-get install debootstrap)"
    elif ! unshare --mount true 2>/dev/null; then
        reason="this machine grants no mounts"
    fi
    [ -n "$reason" ] || return 0
    echo "SKIPPED $1: $reason"
    exit 0
}

# make_root NAME RELEASE: build/roots/NAME, once.
make_root() {
    root="$roots/$1"
    mkdir -p "$roots/$1-build"
    [ ! -e "$root/complete" ] || return 0
    rm -rf "$root"
    echo "Making a Debian root, $2, in $root"
    debootstrap --variant=minbase --include=make "$2" "$root" >"$roots/$1.log" 2>&1 || { tail "$roots/$1.log"; exit 1; }
    # How this machine reaches Debian's archive is how the root does.
    cp /etc/resolv.conf "$root/etc/resolv.conf"
    for file in $(grep -ls '^Acquire' /etc/apt/apt.conf.d/*); do cp "$file" "$root/etc/apt/apt.conf.d/"; done
    mkdir -p "$root/lowcal"
    touch "$root/complete"
}

# in_root NAME COMMAND: a shell's command line in the source folder of a root.
in_root() {
    unshare --mount sh -eu -c '
        mount -t proc proc "$1/proc"
        mount --rbind /dev "$1/dev"
        mount --bind . "$1/lowcal"
        mount --bind "$1-build" "$1/lowcal/build"
        exec chroot "$1" env -i HOME=/root LANG=C.UTF-8 \
            PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
            sh -eu -c "cd /lowcal; $2"' in_root "$roots/$1" "$2"
}
