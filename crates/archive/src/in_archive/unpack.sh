#!/bin/sh
# Unpacks a tree of this archive with nothing but a POSIX shell, tail, head, zstd and sha256sum.
#
#   sh unpack.sh VERSION                list the layers of a release
#   sh unpack.sh VERSION TREE FOLDER    unpack the tree TREE (sources, environment, ...) into the new FOLDER
#
# Every file is checked against its SHA-256. The format is described in archive-format.md, a layer of each release.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
blobs=$here/blobs/sha256

die() { echo "unpack.sh: $*" >&2; exit 1; }

checked() {
    [ "$(sha256sum < "$blobs/$1" | cut -c1-64)" = "$1" ] || die "blob $1 is damaged"
}

# Both JSON files are canonical: no white space, keys in order, so one object per line is enough to read them.
manifest_of() {
    tr '{' '\n' < "$here/index.json" | awk -v v="\"org.opencontainers.image.ref.name\":\"$1\"" '
        index($0, v) == 1 { wanted = 1 }
        wanted && match($0, /"digest":"sha256:[0-9a-f]+"/) { print substr($0, RSTART + 17, 64); exit }'
}

# Lines "DIGEST MEDIA-TYPE NAME".
layers_of() {
    tr '{' '\n' < "$blobs/$1" | sed -n \
        's/^"org.opencontainers.image.title":"\([^"]*\)"},"digest":"sha256:\([0-9a-f]*\)","mediaType":"\([^"]*\)".*/\2 \3 \1/p'
}

[ $# -eq 1 ] || [ $# -eq 3 ] || die "usage: sh unpack.sh VERSION [TREE FOLDER]"
manifest=$(manifest_of "$1")
[ -n "$manifest" ] || die "there is no release $1"
checked "$manifest"
if [ $# -eq 1 ]; then
    layers_of "$manifest"
    exit 0
fi

index=$(layers_of "$manifest" | awk -v n="trees/$2" '$3 == n { print $1 }')
[ -n "$index" ] || die "release $1 has no tree $2"
checked "$index"
mkdir -- "$3" || die "$3 must be a new folder"
cd -- "$3"
lines=$(mktemp)
sums=$(mktemp)
odd=$(mktemp)
trap 'rm -f "$lines" "$sums" "$odd"' EXIT
zstd -q -d -c < "$blobs/$index" > "$lines"

# Paths hold no spaces: they are written as \0040, which printf %b reads.
name=
packs=
while read -r what a b c d e; do
    case $what in
        dossier-tree) [ "$a" = 1 ] || die "format $a is not known" ;;
        pack) checked "$b"; packs="$packs $b" ;;
        dir) mkdir -- "./$(printf '%b' "$b")" ;;
        file)
            name=./$(printf '%b' "$d")
            : > "$name"
            case $d in
                # sha256sum -c has its own way to write these; they are checked one by one.
                *\\*) printf '%s %s\n' "$c" "$d" >> "$odd" ;;
                *) printf '%s  %s\n' "$c" "$name" >> "$sums" ;;
            esac ;;
        chunk)
            # shellcheck disable=SC2086
            set -- $packs
            shift "$a"
            tail -c "+$((b + 1))" "$blobs/$1" | head -c "$c" | zstd -q -d -c >> "$name" ;;
        link) ln -s -- "$(printf '%b' "$b")" "./$(printf '%b' "$a")" ;;
        end) : ;;
        *) die "line $what is not known" ;;
    esac
done < "$lines"
[ ! -s "$sums" ] || sha256sum --quiet -c "$sums" || die "some files are damaged"
while read -r digest path; do
    [ "$(sha256sum < "$(printf '%b' "$path")" | cut -c1-64)" = "$digest" ] || die "$path is damaged"
done < "$odd"
# Modes at the end and from the inside, because a file or folder may be read-only.
sed -n 's/^dir \(...\) /\1 /p; s/^file \(...\) [0-9]* [0-9a-f]* /\1 /p' "$lines" | LC_ALL=C sort -r -k 2 |
    while read -r mode path; do chmod "$mode" "./$(printf '%b' "$path")"; done
echo "unpacked and checked: $(cat "$sums" "$odd" | wc -l) files"
