#!/usr/bin/perl
# Checks a ledger, or a proof from one, by docs/ledger-format.md alone: it shares no line with the program that wrote
# it. Perl 5.14 with its own modules. An openssl 3 in the path, or named by OPENSSL, makes signatures quicker to check.
#
#   perl verify_ledger.pl ledger FOLDER [--key VKEY] [CHECKPOINT...]   every entry, leaf and checkpoint
#   perl verify_ledger.pl inclusion PROOF ENTRY --key VKEY             that the bytes of ENTRY are in the ledger
#   perl verify_ledger.pl consistency PROOF CHECKPOINT --key VKEY      that the earlier CHECKPOINT is a beginning
#   perl verify_ledger.pl vectors FILE...                              how this program judges test vectors
#
# VKEY is a file with the public key; take it, and CHECKPOINTs, from where the ledger's account cannot write.
# The exit code is 0 where everything holds, 1 where something does not, 2 where the words do not fit.
use strict;
use warnings;
use Digest::SHA qw(sha256 sha512);
use File::Temp qw(tempdir);
use MIME::Base64 qw(decode_base64 encode_base64);
use Unicode::Normalize qw(NFC);

my $PLAIN   = qr/[^"\\\x00-\x1f]*+/;
my $ESCAPED = qr/\\(?:["\\bfnrt]|u00(?:0[0-7bef]|1[0-9a-f]))/;
my $INNER   = qr/$PLAIN(?:(?:$ESCAPED$PLAIN){1,500}+)*+/;    # in two steps: perl counts a group 65,534 times
my $STRING  = qr/"$INNER"/;
my $VALUE   = qr/(?:$STRING|null|true|false|\{\}|\[\])([\]}]*+)(,?)|([{\[])(?![\]}])/;
my $BASE64  = qr{[A-Za-z0-9+/]+={0,2}};
my $HASH    = qr{[A-Za-z0-9+/]{43}=};
my $NUMBER  = qr/0|[1-9][0-9]{0,17}/;
my $DASH    = "\xe2\x80\x94";              # the em dash of a signed note, in UTF-8

# RFC 6962, section 2.1: leaves and nodes are told apart by their first byte.
sub leaf_hash { return sha256("\x00", $_[0]) }
sub node_hash { return sha256("\x01", $_[0], $_[1]) }

# A stack of [height, hash] of perfect subtrees, the tallest first: it grows by a leaf, and gives the root.
sub grow {
    my ($stack, $hash) = @_;
    my $height = 0;
    while (@$stack && $stack->[-1][0] == $height) {
        $hash = node_hash((pop @$stack)->[1], $hash);
        $height++;
    }
    push @$stack, [$height, $hash];
    return;
}

sub root_of {
    my ($stack) = @_;
    return sha256('') if !@$stack;
    my $root = $stack->[-1][1];
    $root = node_hash($_->[1], $root) for reverse @$stack[0 .. $#$stack - 1];
    return $root;
}

# The number of entries and the root that an inclusion proof leads to: RFC 6962, section 2.1.1, read recursively.
# undef where the proof has too many hashes or too few.
sub included_root {
    my ($index, $size, $hash, @proof) = @_;
    return if $index < 0 || $index >= $size;
    if ($size == 1) { return @proof ? undef : $hash }
    return if !@proof;
    my $split = split_of($size);
    my $last  = pop @proof;
    my $part  = $index < $split
        ? included_root($index, $split, $hash, @proof)
        : included_root($index - $split, $size - $split, $hash, @proof);
    return if !defined $part;
    return $index < $split ? node_hash($part, $last) : node_hash($last, $part);
}

# The roots of the first `$first` and of all `$size` leaves that a consistency proof leads to: RFC 6962, section
# 2.1.2, read recursively. `$known` is the earlier root where this subtree is the whole of the earlier tree.
sub consistent_roots {
    my ($first, $size, $known, @proof) = @_;
    if ($first == $size) {
        return @proof ? () : ($known, $known) if defined $known;
        return @proof == 1 ? ($proof[0], $proof[0]) : ();
    }
    return if !@proof;
    my $split = split_of($size);
    my $last  = pop @proof;
    if ($first <= $split) {
        my ($old, $new) = consistent_roots($first, $split, $known, @proof) or return;
        return ($old, node_hash($new, $last));
    }
    my ($old, $new) = consistent_roots($first - $split, $size - $split, undef, @proof) or return;
    return (node_hash($last, $old), node_hash($last, $new));
}

sub split_of {                             # the largest power of two below a size
    my ($size) = @_;
    my $split = 1;
    $split *= 2 while $split * 2 < $size;
    return $split;
}

sub is_included {
    my ($index, $size, $hash, $root, @proof) = @_;
    my $found = included_root($index, $size, $hash, @proof);
    return defined $found && $found eq $root;
}

sub is_consistent {
    my ($first, $size, $old, $new, @proof) = @_;
    return 0 if $first < 1 || $first > $size;
    my @found = consistent_roots($first, $size, $old, @proof);
    return @found && $found[0] eq $old && $found[1] eq $new;
}

# RFC 8785 for texts, true, false, null, lists and maps: gives the keys of the outermost map, or dies.
sub canonical_keys {
    my ($line) = @_;
    my (@open, @outermost);                # for each open map ":" and its last key, for each open list undef
    pos($line) = 0;
    while (1) {
        my ($ends, $comma, $begin);
        if (@open && defined $open[-1]) {
            $line =~ /\G"($INNER)":$VALUE/gco or die_at(\$line, 'a key and its value');
            (my $key, $ends, $comma, $begin) = ($1, $2, $3, $4);
            my $is_after = "$open[-1]$key" =~ /[\\\x80-\xff]/ ? is_after_by_units($key, $open[-1]) : ":$key" gt $open[-1];
            die "its keys are not in order, or one stands twice\n" if !$is_after;
            $open[-1] = ":$key";
            push @outermost, $key if @open == 1;
        }
        else {
            $line =~ /\G$VALUE/gco or die_at(\$line, 'a value');
            ($ends, $comma, $begin) = ($1, $2, $3);
        }
        if (defined $begin) { push @open, $begin eq '{' ? '' : undef; next }
        for my $end (split //, $ends) {
            die_at(\$line, 'another end') if !@open || $end ne (defined pop @open ? '}' : ']');
        }
        last if !@open;
        die_at(\$line, 'a comma') if $comma eq '';
    }
    die_at(\$line, 'nothing') if pos($line) != length $line || $line =~ /,\z/;
    return @outermost;
}

sub die_at {
    my ($line, $expected) = @_;
    die 'it is not canonical JSON: byte ' . (pos($$line) || 0) . " should be $expected\n";
}

# Keys stand in the order of their UTF-16 code units; for plain ASCII that is the order of the bytes.
sub is_after_by_units {
    my ($key, $former) = @_;
    return units_of(text_of(":$key")) gt units_of(text_of($former));
}

sub units_of {                             # UTF-16, the higher byte first
    my ($text) = @_;
    my @codes = map { ord } split //, $text;
    return join '', map { $_ < 0x10000 ? pack 'n', $_ : pack 'n2', 0xd7c0 + ($_ >> 10), 0xdc00 + ($_ & 0x3ff) } @codes;
}

my %MEANS = (b => "\b", f => "\f", n => "\n", r => "\r", t => "\t", '"' => '"', '\\' => '\\');

sub text_of {                              # the characters that a JSON text stands for, without its quotes
    my ($raw) = @_;
    my $text = characters_of($raw);
    $text =~ s/\\(?:u([0-9a-f]{4})|(.))/defined $1 ? chr hex $1 : $MEANS{$2}/ges;
    return $text;
}

sub characters_of {
    my ($text) = @_;
    die "it is no UTF-8\n" if !utf8::decode($text) || $text =~ /[\x{d800}-\x{dfff}]|[^\x{0}-\x{10ffff}]/;
    return $text;
}

# Only a text with a character above U+02FF can be in another Unicode form than NFC.
sub require_nfc {
    my ($line) = @_;
    while ($line =~ /($STRING)/go) {
        my $raw = $1;
        next if $raw !~ /[\xcc-\xff]/;
        my $text = text_of(substr $raw, 1, length($raw) - 2);
        die "a text is not in Unicode form NFC\n" if $text ne NFC($text);
    }
    return;
}

my $KEYS   = 'commit content format key kind recorded_at seq uncommitted';
my $END    = qr/"uncommitted":(?:true|false)\}/;
my $MOMENT = qr/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z/;

# Dies where an entry's bytes are not as they must be; `$$before` is the moment of the entry above, and then its own.
sub require_entry {
    my ($line, $seq, $before) = @_;
    my @keys = canonical_keys($line);
    die "it does not have the keys $KEYS\n" if "@keys" ne $KEYS;
    if ($line =~ /[\x80-\xff]/) { characters_of($line); require_nfc($line) }
    $line =~ /\A\{"commit":(?:null|$STRING),"content":\{/o or die "its commit or content is not in its form\n";
    $line =~ /,"format":"1","key":$STRING,"kind":"[a-z.]+","recorded_at":"($MOMENT)","seq":"($NUMBER)",$END\z/o
        or die "its format, key, kind, recorded_at, seq or uncommitted is not in its form\n";
    my ($moment, $says) = ($1, $2);
    die "it says seq $says\n" if $says ne $seq;
    die "it was recorded at $moment, before the entry above it\n" if $moment lt $$before;
    $$before = $moment;
    return;
}

# A public key as signed notes write it: <name>+<id>+<base64 of 0x01 and the key>. Gives name, id and key.
sub verifier_key {
    my ($text) = @_;
    $text =~ /\A([^+\s]+)\+([0-9a-f]{8})\+($BASE64)\n?\z/ or die "it is no verifier key\n";
    my ($name, $id, $public) = ($1, $2, decode_base64($3));
    die "it is no Ed25519 key\n" if length $public != 33 || substr($public, 0, 1) ne "\x01";
    die "its id is not that of the key\n" if substr(sha256("$name\n$public"), 0, 4) ne pack 'H8', $id;
    return {name => $name, id => pack('H8', $id), public => substr $public, 1};
}

# A checkpoint in its only form and signed by the key: gives size and root, or dies.
sub open_checkpoint {
    my ($note, $key) = @_;
    my $name = quotemeta $key->{name};
    $note =~ /\A($name\n($NUMBER)\n($HASH)\n)\n$DASH $name ($BASE64)\n\z/
        or die "it is no checkpoint of $key->{name} in its only form\n";
    my ($body, $size, $root, $sealed) = ($1, $2, strict_base64($3), strict_base64($4));
    die "it is signed by another key\n" if substr($sealed, 0, 4) ne $key->{id};
    die "its signature is not by the key of $key->{name}\n" if !is_signed($key->{public}, $body, substr $sealed, 4);
    return ($size, $root);
}

sub strict_base64 {
    my ($text) = @_;
    my $raw = decode_base64($text);
    die "$text has stray bits at its end\n" if encode_base64($raw, '') ne $text;
    return $raw;
}

my $OPENSSL = $ENV{OPENSSL} || 'openssl';
my $scratch;

# Ed25519 (RFC 8032). openssl says quickly that a signature is good; where it does not, or cannot, it is computed here.
sub is_signed {
    my ($public, $body, $signature) = @_;
    $scratch ||= tempdir(CLEANUP => 1);
    write_file("$scratch/key",  pack('H*', '302a300506032b6570032100') . $public);
    write_file("$scratch/body", $body);
    write_file("$scratch/signature", $signature);
    my $words = "pkeyutl -verify -pubin -keyform DER -inkey $scratch/key -rawin -in $scratch/body";
    return system("$OPENSSL $words -sigfile $scratch/signature > $scratch/said 2>&1") == 0
        || is_signed_as_computed($public, $body, $signature);
}

my ($P, $L, $D, $ROOT_OF_MINUS_ONE, $BASE);    # the field, the order of the base point, the curve, sqrt(-1), the point

sub prepare_curve {
    require Math::BigInt;
    Math::BigInt->import(try => 'GMP,Pari');
    my $two = Math::BigInt->new(2);
    $P = $two**255 - 19;
    $L = $two**252 + Math::BigInt->new('27742317777372353535851937790883648493');
    $D = Math::BigInt->new(-121665) * Math::BigInt->new(121666)->bmodinv($P) % $P;
    $ROOT_OF_MINUS_ONE = $two->copy->bmodpow(($P - 1) / 4, $P);
    $BASE = point_of(pack 'C32', 0x58, (0x66) x 31);
    return;
}

sub is_signed_as_computed {
    my ($public, $body, $signature) = @_;
    return 0 if length $signature != 64;
    prepare_curve() if !$BASE;
    my ($r, $s) = (substr($signature, 0, 32), number_of(substr $signature, 32));
    my $a = point_of($public);
    return 0 if !$a || $s >= $L;
    my $h = number_of(sha512($r, $public, $body)) % $L;
    my $minus_a = [$P - $a->[0], $a->[1], $a->[2], $P - $a->[3]];
    my $both = added($BASE, $minus_a);
    my $sum = [map { Math::BigInt->new($_) } 0, 1, 1, 0];
    my ($s_bits, $h_bits) = map { substr '0' x 256 . substr($_->as_bin, 2), -256 } $s, $h;
    for my $at (0 .. 255) {                    # both multiples at once, from the highest bit on
        $sum = added($sum, $sum);
        my ($of_s, $of_h) = (substr($s_bits, $at, 1), substr($h_bits, $at, 1));
        $sum = added($sum, $of_s ? $of_h ? $both : $BASE : $minus_a) if $of_s || $of_h;
    }
    return bytes_of_point($sum) eq $r;
}

sub added {                                # two points in extended coordinates, RFC 8032, section 5.1.4
    my ($x1, $y1, $z1, $t1) = @{$_[0]};
    my ($x2, $y2, $z2, $t2) = @{$_[1]};
    my ($a, $b) = (($y1 - $x1) * ($y2 - $x2) % $P, ($y1 + $x1) * ($y2 + $x2) % $P);
    my ($c, $d) = (2 * $t1 * $t2 % $P * $D % $P, 2 * $z1 * $z2 % $P);
    my ($e, $f, $g, $h) = ($b - $a, $d - $c, $d + $c, $b + $a);
    return [$e * $f % $P, $g * $h % $P, $f * $g % $P, $e * $h % $P];
}

sub point_of {                             # the point that 32 bytes name, section 5.1.3; undef if they name none
    my ($bytes) = @_;
    my $number = number_of($bytes);
    my $sign = $number >> 255;
    my $y = $number - ($sign << 255);
    return if $y >= $P;
    my ($u, $v) = (($y * $y - 1) % $P, ($D * $y * $y + 1) % $P);
    my $x = $u * $v**3 * ($u * $v**7 % $P)->bmodpow(($P - 5) / 8, $P) % $P;
    $x = $x * $ROOT_OF_MINUS_ONE % $P if $v * $x * $x % $P != $u;
    return if $v * $x * $x % $P != $u || $x == 0 && $sign;
    $x = $P - $x if $x % 2 != $sign;
    return [$x, $y, Math::BigInt->new(1), $x * $y % $P];
}

sub bytes_of_point {
    my ($x, $y, $z) = @{$_[0]};
    my $inverse = $z->copy->bmodinv($P);
    ($x, $y) = ($x * $inverse % $P, $y * $inverse % $P);
    my $number = $y + (($x % 2) << 255);
    return scalar reverse pack 'H64', substr '0' x 64 . substr($number->as_hex, 2), -64;
}

sub number_of {                            # bytes, the lowest first
    my ($bytes) = @_;
    return Math::BigInt->from_hex(unpack 'H*', scalar reverse $bytes);
}

# Every entry, leaf and checkpoint of a ledger's folder: gives what does not hold, and a sentence on what was looked at.
sub examine_ledger {
    my ($folder, $key, @elsewhere) = @_;
    my @problems;
    my ($size, $root) = eval { open_checkpoint(read_file("$folder/checkpoint"), $key) }
        or return (["checkpoint: $@"], 'nothing');
    my @due = sort { $a->[0] <=> $b->[0] } earlier($folder, $key, \@problems, @elsewhere);
    my ($stack, $before, $seq, $count) = ([], '', 0, scalar @due);
    open my $entries, '<:raw', "$folder/entries.jsonl" or die "$folder/entries.jsonl: $!\n";
    open my $leaves,  '<:raw', "$folder/leaves"        or die "$folder/leaves: $!\n";
    while (1) {
        while (@due && $due[0][0] == $seq) {
            my (undef, $signed, $name) = @{shift @due};
            push @problems, "$name: the first $seq entries do not have its root" if root_of($stack) ne $signed;
        }
        last if $seq == $size;
        my $line = <$entries>;
        if (!defined $line || $line !~ s/\n\z//) {
            push @problems, 'entry ' . ($seq + 1) . " is missing: the checkpoint covers $size entries";
            last;
        }
        my $hash = leaf_hash($line);
        $seq++;
        push @problems, "entry $seq is not the one in leaves" if (<$leaves> // '') ne unpack('H*', $hash) . "\n";
        eval { require_entry($line, $seq, \$before); 1 } or push @problems, "entry $seq: $@";
        grow($stack, $hash);
    }
    my ($entry, $leaf, $behind) = ('', '', -1);
    while (defined $entry || defined $leaf) { ($entry, $leaf) = (scalar <$entries>, scalar <$leaves>); $behind++ }
    push @problems, map { "$_->[2]: it covers $_->[0] entries, the ledger has $seq" } @due;
    push @problems, 'the entries do not have the signed root' if root_of($stack) ne $root;
    my $told = "$size entries, root " . unpack('H*', $root) . ", $count earlier checkpoints";
    return (\@problems, $told . unsigned($behind));
}

sub unsigned {                             # lines that no checkpoint covers: never acknowledged, so no damage
    my ($behind) = @_;
    return '' if !$behind;
    return "; $behind " . ($behind == 1 ? 'line behind them is' : 'lines behind them are') . ' signed by nobody';
}

# The checkpoints that the ledger and others kept, as [size, root, name].
sub earlier {
    my ($folder, $key, $problems, @elsewhere) = @_;
    my @notes = map { [$_, eval { read_file($_) } // ''] } @elsewhere;
    if (-e "$folder/checkpoints") {
        my @lines = split /(?<=\n)/, read_file("$folder/checkpoints");
        my $number = 0;
        push @notes, ['checkpoint ' . ++$number . ' of checkpoints', join '', splice @lines, 0, 5] while @lines;
    }
    my @found;
    for my $note (@notes) {
        my ($size, $root) = eval { open_checkpoint($note->[1], $key) };
        if (defined $root) { push @found, [$size, $root, $note->[0]] }
        else { push @$problems, "$note->[0]: $@" }
    }
    return @found;
}

# C2SP tlog-proof: that an entry, given by its bytes, is in the tree of a checkpoint.
sub examine_inclusion {
    my ($proof, $entry, $key) = @_;
    $proof =~ m{\Ac2sp\.org/tlog-proof\@v1\nindex ($NUMBER)\n((?:$HASH\n)*)\n(.*)\z}s or die "it is no tlog-proof\n";
    my ($index, $hashes, $note) = ($1, $2, $3);
    my ($size, $root) = open_checkpoint($note, $key);
    my @steps = map { strict_base64($_) } split /\n/, $hashes;
    die "the proof does not lead from the entry to the signed root\n"
        if !is_included($index, $size, leaf_hash($entry), $root, @steps);
    return 'entry ' . ($index + 1) . " of $size, root " . unpack 'H*', $root;
}

# C2SP tlog-witness, the body of add-checkpoint: that an earlier checkpoint is a beginning of a later one.
sub examine_consistency {
    my ($proof, $earlier, $key) = @_;
    $proof =~ m{\Aold ($NUMBER)\n((?:$HASH\n)*)\n(.*)\z}s or die "it is no consistency proof\n";
    my ($first, $hashes, $note) = ($1, $2, $3);
    my ($size, $root) = open_checkpoint($note, $key);
    my ($old, $old_root) = open_checkpoint($earlier, $key);
    die "the proof is for the first $first entries, the earlier checkpoint covers $old\n" if $first != $old;
    my @steps = map { strict_base64($_) } split /\n/, $hashes;
    die "the proof does not lead to both signed roots\n" if !is_consistent($first, $size, $old_root, $root, @steps);
    return "the first $first of $size entries, root " . unpack 'H*', $root;
}

# How this program judges a file of test vectors: one line for each that it judges otherwise than the file says.
sub examine_vectors {
    my ($path) = @_;
    require JSON::PP;
    my $vectors = JSON::PP->new->utf8->decode(read_file($path));
    my @wrong;
    for my $vector (@$vectors) {
        my $holds = judged($vector) ? 1 : 0;
        push @wrong, "$vector->{name}: judged $holds" if $holds != ($vector->{holds} ? 1 : 0);
    }
    return (\@wrong, scalar(@$vectors) . " vectors of $path");
}

sub judged {
    my ($vector) = @_;
    my %is = map { $_ => ref $vector->{$_} ? $vector->{$_} : bytes_of($vector->{$_}) } keys %$vector;
    my @steps = map { pack 'H*', $_ } @{$is{proof} || []};
    if ($is{kind} eq 'inclusion') {
        return is_included($is{index}, $is{size}, pack('H*', $is{leaf}), pack('H*', $is{root}), @steps);
    }
    if ($is{kind} eq 'consistency') {
        return is_consistent($is{first}, $is{second}, pack('H*', $is{first_root}), pack('H*', $is{second_root}), @steps);
    }
    if ($is{kind} eq 'signature') {
        return is_signed_as_computed(map { pack 'H*', $is{$_} } qw(public message signature));
    }
    if ($is{kind} eq 'entry') {
        my $before = '';
        return eval { require_entry(exists $is{hex} ? pack('H*', $is{hex}) : $is{text}, $is{seq}, \$before); 1 };
    }
    my $key = verifier_key($is{vkey});
    return eval { examine_inclusion($is{text}, $is{entry}, $key) } if $is{kind} eq 'inclusion_file';
    return eval { examine_consistency($is{text}, $is{earlier}, $key) } if $is{kind} eq 'consistency_file';
    my $folder = tempdir(CLEANUP => 1);
    write_file("$folder/$_", bytes_of($is{files}{$_})) for keys %{$is{files}};
    my ($problems) = examine_ledger($folder, $key);
    return !@$problems;
}

sub bytes_of {
    my ($text) = @_;
    utf8::encode($text);
    return $text;
}

sub read_file {
    my ($path) = @_;
    open my $file, '<:raw', $path or die "$path: $!\n";
    local $/;
    return scalar(<$file>) // '';
}

sub write_file {
    my ($path, $content) = @_;
    open my $file, '>:raw', $path or die "$path: $!\n";
    print $file $content;
    close $file or die "$path: $!\n";
    return;
}

sub usage {
    print STDERR "usage: perl verify_ledger.pl ledger FOLDER [--key VKEY] [CHECKPOINT...]\n",
        "       perl verify_ledger.pl inclusion PROOF ENTRY --key VKEY\n",
        "       perl verify_ledger.pl consistency PROOF CHECKPOINT --key VKEY\n",
        "       perl verify_ledger.pl vectors FILE...\n";
    exit 2;
}

sub main {
    my ($what, @words) = @_;
    my ($at, $path) = grep { ($words[$_] // '') eq '--key' } 0 .. $#words;
    (undef, $path) = splice @words, $at, 2 if defined $at;
    usage() if !defined $what || !@words;
    my $key = sub { verifier_key(read_file($path // usage())) };
    if ($what eq 'ledger') {
        my $folder = shift @words;
        $path //= "$folder/keys/ledger.vkey";
        return examine_ledger($folder, $key->(), @words);
    }
    if ($what eq 'vectors') {
        my @all = map { [examine_vectors($_)] } @words;
        return ([map { @{$_->[0]} } @all], join ', ', map { $_->[1] } @all);
    }
    usage() if @words != 2;
    my ($proof, $other) = map { read_file($_) } @words;
    if ($what eq 'inclusion') {
        $other =~ s/\n\z//;
        return ([], examine_inclusion($proof, $other, $key->()));
    }
    return ([], examine_consistency($proof, $other, $key->())) if $what eq 'consistency';
    usage();
}

my ($problems, $looked_at) = eval { main(@ARGV) };
($problems, $looked_at) = ([$@], 'it') if $@;
chomp @$problems;
my $more = @$problems - 20;
print "DAMAGED: $_\n" for $more > 0 ? (@$problems[0 .. 19], "and $more problems more") : @$problems;
print "holds: $looked_at\n" if !@$problems;
exit(@$problems ? 1 : 0);
