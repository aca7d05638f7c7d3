#!/bin/sh
# Holds a ledger's entries and checkpoints against each other, as docs/ledger-format.md says: openssl 3, GNU coreutils.
#   sh verify-ledger.sh FOLDER [VKEY [CHECKPOINT...]]     VKEY, CHECKPOINT: copies that were kept elsewhere
set -eu && export LC_ALL=C && fail() { echo "DAMAGED: $*" && exit 1; }
ledger=$1 && vkey=$(cat "${2:-$ledger/keys/ledger.vkey}") && origin=${vkey%%+*}
shift $(($# < 2 ? $# : 2)) && id=${vkey#*+} && id=${id%%+*}
work=$(mktemp -d) && trap 'rm -r "$work"' EXIT && mkdir "$work/record"
open_checkpoint() { # sets name, size and root of the note in file $1: in its only form, and signed by the key
  name=$1 && case $1 in "$work"/no.*) name="checkpoint $((1${1##*.} - 1000000)) of checkpoints" ;; esac
  { read -r _ && read -r size && read -r root && read -r _ && read -r _ _ sealed; } < "$1" &&
    echo "$sealed" | base64 -d 2> "$work/said" | tail -c +5 > "$work/sig" || fail "$name is no checkpoint"
  printf '%s\n%s\n%s\n' "$origin" "$size" "$root" > "$work/body"; sealed=$(cat "$work/id" "$work/sig" | base64 -w 0)
  [ "$(base64 "$1")" = "$({ cat "$work/body" && printf '\n— %s %s\n' "$origin" "$sealed"; } | base64)" ] ||
    fail "$name is not in its only form, of $origin and key $id"
  openssl pkeyutl -verify -pubin -keyform DER -inkey "$work/key" -rawin -in "$work/body" -sigfile "$work/sig" \
    > "$work/said" 2>&1 || fail "$name is not signed by the key of $origin"
}
hash_blocks() { # $@ puts a block's records into files: so one process hashes a thousand of them
  for block in "$work"/block.*; do
    "$@" "$block" "$work/record/" && openssl dgst -sha256 -binary "$work"/record/* && rm "$work"/record/* "$block"
  done
}
cut_entries() { # $1 a block of lines, $2 the folder; a leaf is the hash of 0x00 and the entry without its line end
  row=1000 && while IFS= read -r entry; do row=$((row + 1)) && printf '\000%s' "$entry" > "$2$row"; done < "$1"
}
check_root() { # of the first $size entries: the perfect subtrees that they fall into, joined from the smallest on
  [ "$size" -le "$whole" ] || fail "$name covers $size entries, the ledger only $whole"
  rest=$size height=0 && openssl dgst -sha256 -binary < /dev/null > "$work/root"
  while [ "$rest" -gt 0 ]; do
    if [ $((rest % 2)) = 1 ]; then
      tail -c +$(((rest - 1) * 32 + 1)) "$work/$height" | head -c 32 > "$work/left"
      { printf '\001' && cat "$work/left" "$work/root"; } | openssl dgst -sha256 -binary > "$work/node"
      if [ $((rest << height)) = "$size" ]; then cp "$work/left" "$work/root"; else cp "$work/node" "$work/root"; fi
    fi
    rest=$((rest / 2)) height=$((height + 1))
  done
  [ "$(base64 < "$work/root")" = "$root" ] || fail "the first $size entries do not have the root signed in $name"
}
{ printf 302A300506032B6570032100 | basenc --base16 -d && echo "${vkey#*+*+}" | base64 -d | tail -c 32; } > "$work/key"
echo "$id" | tr a-f A-F | basenc --base16 -d > "$work/id"
open_checkpoint "$ledger/checkpoint" && whole=$size count=$size height=0 number=0
head -n "$whole" "$ledger/entries.jsonl" > "$work/entries" && head -n "$whole" "$ledger/leaves" > "$work/leaves"
[ "$(wc -l < "$work/entries")" -eq "$whole" ] || fail "the checkpoint covers $whole entries, some are missing"
[ "$(tr -dc '\000' < "$work/entries" | wc -c)" -eq 0 ] || fail "an entry has a zero byte in it"
if [ "$whole" -gt 0 ]; then split -l 1000 -a 4 "$work/entries" "$work/block." && hash_blocks cut_entries; fi > "$work/0"
basenc --base16 -w 64 "$work/0" | tr A-F a-f | paste - "$work/leaves" | while read -r hashed leaf; do
  number=$((number + 1)) && [ "$hashed" = "$leaf" ] || fail "entry $number is not the one in leaves"
done
while [ "$count" -gt 1 ]; do count=$((count / 2)) # a node is the hash of 0x01 and the two below it
  head -c $((count * 64)) "$work/$height" | basenc --base16 -w 128 | while read -r pair; do echo "01$pair"; done |
    basenc --base16 -d | split -b 65000 -a 4 - "$work/block."
  height=$((height + 1)) && hash_blocks split -b 65 -a 3 > "$work/$height"
done
check_root && shown=$(basenc --base16 -w 64 "$work/root" | tr A-F a-f)
[ ! -e "$ledger/checkpoints" ] || split -l 5 -a 6 --numeric-suffixes=1 "$ledger/checkpoints" "$work/no."
[ ! -e "$work/no.000001" ] || set -- "$work"/no.* "$@"
for note in "$@"; do open_checkpoint "$note"; check_root; done
behind=$(paste "$ledger/entries.jsonl" "$ledger/leaves" | tail -n +$((whole + 1)) | wc -l) && many=
case $behind in 0) ;; 1) many='line behind them is' ;; *) many='lines behind them are' ;; esac
echo "holds: $whole entries, root $shown, $# earlier checkpoints${many:+; $behind $many signed by nobody}"
