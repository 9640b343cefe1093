#!/usr/bin/env bash
# Files of the shapes that instruments, archives and programs write, each by one command of the README. Wants $BIN.
set -euo pipefail
# shellcheck source=tests/support/lib.sh
. "$(dirname "$0")/../../support/lib.sh"

fileio=$BIN/fileio
cd "$scratch"

# delivers WANTED FILE ARGUMENTS...: by one process at once and by three ranks line by line: exactly these lines.
delivers() {
    local wanted=$1 file=$2 block
    shift 2
    for block in 0 1; do
        local launch=()
        [ "$block" -eq 0 ] || launch=(mpirun --quiet -np 3)
        run timeout -k 5 60 "${launch[@]}" "$fileio" --block "$block" --out out.csv "$@" "$file"
        expect 0 "$file, block $block"
        diff <(printf '%s\n' "$wanted") out.csv >&2 || fail "$file, block $block: other results"
        rm -f out.csv out.csv.rejected
    done
    # And all variants agree, which read the file each in its way.
    run timeout -k 5 60 mpirun --quiet -np 3 "$fileio" --no-limits --no-dump --repeats 2 "$@" "$file"
    expect 0 "measuring $file"
    [ "$(grep -cE ' (verified|not run).*$' <<<"$out")" -ge 7 ] || fail "measuring $file: not all variants are verified: $out"
}

# A star catalogue: names, identifiers beyond 2^53, text columns, null.
cat >gaia.csv <<'DATA'
source_id,ra,dec,parallax,phot_variable_flag
4611686018427387905,44.5,0.25,0.5,NOT_AVAILABLE
4611686018427387906,45.0,0.5,null,"VARIABLE, ""?"""
DATA
delivers 'file,line,source_id,result_1
gaia.csv,2,4611686018427387905,45.25
gaia.csv,3,4611686018427387906,nan' gaia.csv --calculation sum --header --id source_id --columns ra,dec,parallax --missing null
delivers 'column,count,mean,variance,min,max,missing
ra,2,44.75,0.125,44.5,45,0
parallax,1,0.5,nan,0.5,0.5,1' gaia.csv --calculation stats --header --columns ra,parallax --missing null
delivers 'file,line,id_1,id_2,result_1
gaia.csv,2,4611686018427387905,NOT_AVAILABLE,44.5
gaia.csv,3,4611686018427387906,"VARIABLE, ""?""",45' gaia.csv --calculation sum --skip-header 1 --id 1,5 --columns 2 --separator comma
printf '#Table1\nobjid,ra,u\n1237648720693755918,179.5,19.5\n1237648720693755919,179.25,null\n' >sdss.csv
delivers 'file,line,objid,result_1
sdss.csv,3,1237648720693755918,199
sdss.csv,4,1237648720693755919,nan' sdss.csv --calculation sum --skip-header 1 --header --id objid --missing null

# A buoy: two lines of header as comments, MM.
cat >buoy.txt <<'DATA'
#YY  MM DD hh mm WDIR WSPD  WVHT   WTMP
#yr  mo dy hr mn degT m/s      m   degC
2023 01 01 00 00 230  8.0    1.5   13.5
2023 01 01 00 50 240  7.0     MM   13.0
DATA
delivers 'column,count,mean,variance,min,max,missing
WVHT,1,1.5,nan,1.5,1.5,1
WTMP,2,13.25,0.125,13,13.5,0' buoy.txt --calculation stats --header --columns WVHT,WTMP --missing MM

# Daily weather in fixed columns: station, year, month, element, then each day's value and three flags.
printf 'XXE00111111202301TMAX  112  I   98  I-9999     120  I\nXXE00111111202301TMIN   12  I  -18  I-9999\n' >weather.dly
delivers 'file,line,id_1,id_2,id_3,id_4,result_1
weather.dly,1,XXE00111111,2023,01,TMAX,210
weather.dly,2,XXE00111111,2023,01,TMIN,-6' weather.dly --calculation sum --width '11,4,2,4,31(5,3x)' --id 1-4 --columns 5-6 --missing -9999,empty
delivers 'column,count,mean,variance,min,max,missing
1,2,62,5000,12,112,0
2,2,40,6728,-18,98,0
3,0,nan,nan,nan,nan,2
4,1,120,nan,120,120,1' weather.dly --calculation stats --width '11,4,2,4,31(5,3x)' --columns 5-8 --missing=-9999,empty

# The log of a simulation: rows of numbers among text.
cat >log.lammps <<'DATA'
LAMMPS (2 Aug 2023)
units lj
   Step          Temp          E_pair
         0   1.5          -6.75
       100   0.75          -5.75
WARNING: Too many warnings: 106 vs 100 (src/thermo.cpp:461)
       200   0.5          -5.5
Loop time of 0.5 on 1 procs for 200 steps with 4000 atoms
DATA
delivers 'file,line,result_1
log.lammps,4,-5.25
log.lammps,5,95
log.lammps,7,195' log.lammps --calculation sum --fields 3 --on-error skip

# A trajectory: atoms among the counts and comments of frames.
printf '2\nframe 0\nO 0.5 0.25 0.125\nH 1.5 0 0\n2\nframe 1\nO 1 1 1\nH -1 0 0.5\n' >run.xyz
delivers 'file,line,id,result_1
run.xyz,3,O,0.875
run.xyz,4,H,1.5
run.xyz,7,O,3
run.xyz,8,H,-0.5' run.xyz --calculation sum --fields 4 --id 1 --columns 2-4 --on-error skip

# Events of a collider: a column of letters, and names with blanks.
printf 'Run,Event,Type1,E1,px1 ,py1\n165617,74601703,G,9.75,7.5,0.5\n165617,75100943,T,6.5,-4.25,0.25\n' >dimuon.csv
delivers 'file,line,Event,result_1
dimuon.csv,2,74601703,17.75
dimuon.csv,3,75100943,2.5' dimuon.csv --calculation sum --header --id Event --columns E1,px1,py1

# Strain: comments, then one number a line, compressed.
printf '# Gravitational wave strain for GW150914\n# This file has 4096 samples per second\n1.25e-19\n-2.5e-19\n' | gzip >strain.txt.gz
delivers 'column,count,mean,variance,min,max
1,2,-6.25e-20,7.031250000000001e-38,-2.5e-19,1.25e-19' strain.txt.gz --calculation stats

# A logger: semicolons, decimal commas, dates with blanks, a trailing semicolon, a byte order mark, CR LF.
printf '\xef\xbb\xbfDatum;Temp;Druck;\r\n02.03.2025 10:50:00;21,5;1013,25;\r\n02.03.2025 10:51:00;;1013,5;\r\n' >logger.csv
delivers 'file,line,Datum,result_1
logger.csv,2,02.03.2025 10:50:00,1034.75
logger.csv,3,02.03.2025 10:51:00,nan' logger.csv --calculation sum --separator semicolon --decimal-comma --trailing-separator --header --id Datum --missing empty

# Comments of other programs; columns by range; repeat counts.
printf '%% a\n! b\n1 2 3 ! tail\n4 5 6 %% tail\n' >comments.txt
delivers 'file,line,result_1
comments.txt,3,5
comments.txt,4,11' comments.txt --calculation sum --comment '%!' --columns 2-3
printf '2*1.5 3\n1 2 3.0Q0\n' >repeats.txt
delivers 'file,line,result_1
repeats.txt,1,6
repeats.txt,2,6' repeats.txt --calculation sum

# In HDF5, identifiers are strings.
python=/usr/bin/python3
if $python -c 'import h5py' 2>/dev/null; then
    run "$fileio" --calculation sum --header --id source_id,phot_variable_flag --columns ra --out ids.h5 gaia.csv
    expect 0 'identifiers in HDF5'
    run "$fileio" --calculation sum --header --id source_id --columns ra --out id.h5 gaia.csv
    run "$fileio" --calculation stats --header --columns ra,parallax --missing null --out stats.h5 gaia.csv
    $python - <<'PYTHON' || fail 'identifiers in HDF5: others'
import h5py
ids = h5py.File("ids.h5")
assert ids["id"].asstr()[:].tolist() == [["4611686018427387905", "NOT_AVAILABLE"], ["4611686018427387906", 'VARIABLE, "?"']]
assert ids["id_names"].asstr()[:].tolist() == ["source_id", "phot_variable_flag"]
assert h5py.File("id.h5")["id"].asstr()[:].tolist() == ["4611686018427387905", "4611686018427387906"]
statistics = h5py.File("stats.h5")["statistics"]
assert statistics["column"].asstr()[:].tolist() == ["ra", "parallax"] and statistics["missing"][:].tolist() == [0, 1]
PYTHON
else
    echo 'skipped: h5py is not installed, identifiers in HDF5 are not read'
fi

# Refused with a sentence that names the cure.
refused() { # refused SENTENCE ARGUMENTS...
    local sentence=$1
    shift
    run timeout -k 5 60 mpirun --quiet -np 2 "$fileio" --calculation sum --out refused.csv "$@"
    expect 2 "$*"
    once "$sentence" "$*"
    [ ! -e refused.csv ] || fail "$*: there are results"
    rm -f refused.csv.journal
}
refused "gaia.csv:1:1: 'source_id' is not a number; if this line names the columns, see --header, and else --skip-header, --id, --columns" gaia.csv
refused '--columns ra chooses a column by name: give --header' --columns ra gaia.csv
refused "there is no column 'RA' in gaia.csv:1, which names source_id, ra, dec" --header --columns RA gaia.csv
refused "gaia.csv:3:30: 'null' is not a number; see --missing" --header --columns ra,parallax gaia.csv
refused 'the value in column 4 is missing, and lorenz:1 takes no missing values' --calculation lorenz:1 --header --columns ra,dec,parallax --missing null gaia.csv
printf 'source_id,dec,ra,parallax,phot_variable_flag\n1,2,3,4,x\n' >other.csv
refused "other.csv:1 has 'dec' where gaia.csv:1 has 'ra'" --header --columns ra gaia.csv other.csv
printf 'a,b\n1,2\n1,2,3\n' >more.csv
refused 'more.csv:3:1: 3 fields, but the header names 2; see --ragged, --fields' --header more.csv
refused "sdss.csv:2:1: 'objid' is not a number; it is one of 3 fields, but the header names 1: see --skip-header; correct it" --header sdss.csv
refused "there is no column 'ra' in sdss.csv:1, which names Table1; for names on a later line see --skip-header" --header --columns ra sdss.csv
printf '# written by it\n1 2\n' >title.txt
refused 'title.txt:2:1: 2 fields, but the header names 3; see --skip-header, --ragged, --fields' --header title.txt
refused "weather.dly:1:1: 'XXE00111111202301TMAX' is not a number; for fixed columns see --width, and else --id, --columns; correct it" weather.dly
printf 'SN20230101abc,1\n' >supernova.csv
refused "supernova.csv:1:1: 'SN20230101abc' is not a number; if this line names the columns, see --header" supernova.csv
printf 'a,b\nx,1\n' >word.csv
refused "word.csv:2:1: 'x' is not a number; correct it" --header word.csv
refused 'more.csv:3:1: 3 fields, not the 2 of --fields' --skip-header 1 --fields 2 more.csv
printf 'Time (s),Temp (K)\n0.5,300\n' >spaced.csv
refused 'spaced.csv:1, the names of columns by --header: commas and blanks both separate numbers; say which is meant with --decimal-comma or --separator' \
    --header spaced.csv
printf 'Z\xc3\xbcrich    12.5\nBern      13.5\n' >towns.txt
refused 'towns.txt:1:2: a character of several bytes, behind which --width may mean bytes or characters; make it one byte: iconv -f UTF-8 -t LATIN1' \
    --width 8,6,8x --id 1 towns.txt
: >empty.csv
run "$fileio" --calculation sum --header --columns b --out empty_first.csv empty.csv sdss.csv --skip-header 1 --id objid
expect 2 'a name that is not there behind an empty file'
once "there is no column 'b' in sdss.csv:2" 'a name that is not there behind an empty file'
printf '\xff\xfe1\0\t\0002\0\r\0\n\0' >utf16.txt
refused 'cannot read utf16.txt: this is UTF-16: iconv -f UTF-16 -t UTF-8' --on-error skip utf16.txt
printf '<!DOCTYPE html>\n<html><body>503</body></html>\n' >page.csv
refused 'cannot read page.csv: this is an HTML or XML page' --on-error skip page.csv
seq 10 | bzip2 >ten.bz2 2>/dev/null || printf 'BZh91AY&SY\x1f' >ten.bz2
refused 'cannot read ten.bz2: this is bzip2: decompress it' ten.bz2
tar cf ten.tar gaia.csv
refused 'cannot read ten.tar: this is a tar archive: unpack it' ten.tar
gzip -k ten.tar
refused 'cannot read ten.tar.gz: what is compressed there is a tar archive' ten.tar.gz
printf '1 \xe2\x88\x925\n' >minus.txt
refused 'minus.txt:1:3: a Unicode minus; write -' minus.txt

# Folders offer what is asked for; what is named is always read.
mkdir run && echo 1 >run/a.txt && echo 2 >run/b.csv && echo x >run/notes.md && mkdir run/deep && echo 4 >run/deep/c.txt
run "$fileio" --calculation sum --include '*.txt,*.csv' --out included.csv run
expect 0 'patterns'
[ "$(sed 1d included.csv | cut -d , -f 3 | xargs)" = '1 2 4' ] || fail "patterns: $(cat included.csv)"
run "$fileio" --calculation sum --include '*.txt' --out named.csv run run/b.csv
[ "$(sed 1d named.csv | cut -d , -f 3 | xargs)" = '1 4 2' ] || fail "patterns and a name: $(cat named.csv)"

# A run is gone on with only if lines are read in the same way; with names, identifiers and missing values.
{ echo 'name,x' && seq 2000 | sed 's/.*/n&,&/' && echo 'end,NA' && seq 2000 | sed 's/.*/m&,&/'; } >long.csv
options=(--calculation sum --header --id name --block 500)
run timeout -k 5 60 mpirun --quiet -np 3 "$fileio" "${options[@]}" --out long_out.csv long.csv
expect 2 'a value that is missing'
once "long.csv:2002:5: 'NA' is not a number; see --missing" 'a value that is missing'
run timeout -k 5 60 mpirun --quiet -np 2 "$fileio" "${options[@]}" --out long_out.csv --resume --missing NA long.csv
expect 2 'another way to read'
once 'belongs to a different run: missing is none there, and NA here' 'another way to read'
run timeout -k 5 60 mpirun --quiet -np 2 "$fileio" "${options[@]}" --out long_out.csv --resume --on-error skip long.csv
expect 0 'resumed'
says out ' records were already done' 'resumed'
run "$fileio" "${options[@]}" --out whole.csv --on-error skip long.csv
cmp whole.csv long_out.csv >&2 || fail 'resumed: other results'
head -n 3 whole.csv | diff <(printf 'file,line,name,result_1\nlong.csv,2,n1,1\nlong.csv,3,n2,2\n') - >&2 || fail 'names: other results'
gzip -k long.csv
run timeout -k 5 60 mpirun --quiet -np 2 "$fileio" "${options[@]}" --out gz.csv long.csv.gz
expect 2 'compressed'
run timeout -k 5 60 mpirun --quiet -np 2 "$fileio" "${options[@]}" --out gz.csv --resume --on-error skip long.csv.gz
expect 0 'compressed and resumed'
sed 's/^long.csv.gz/long.csv/' gz.csv | cmp - whole.csv >&2 || fail 'compressed and resumed: other results'
timeout -k 5 60 mpirun --quiet -np 2 "$fileio" --calculation sum --header --id name --missing NA --out pipe.csv - <long.csv >"$scratch/stdout" || fail 'names from a pipe'
[ "$(sed -n 2,3p pipe.csv | xargs)" = 'standard input,2,n1,1 standard input,3,n2,2' ] || fail "names from a pipe: $(head -n 3 pipe.csv)"

finish
