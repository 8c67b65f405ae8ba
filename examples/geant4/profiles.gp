# The longitudinal profiles of full and of fast simulation in one picture, with their ratio:
#     full_and_fast full_and_fast.mac --profiles profiles.txt
#     gnuplot -c profiles.gp profiles.txt profiles.png
# The first run of the file is the full simulation, the second the fast one.
if (ARGC != 2) print "usage: gnuplot -c profiles.gp PROFILES.txt PICTURE.png"
if (ARGC != 2) exit status 2
set terminal pngcairo size 800,700 font "sans,12"
set output ARG2
stats ARG1 index 0 using 1:2 name "full" nooutput
stats ARG1 index 1 using 1:2 name "fast" nooutput
if (full_records != fast_records) print "the two runs have different layers"
if (full_records != fast_records) exit status 1

# The full profile by layer, for the ratio.
array share[full_records]
array part[full_records]
do for [i = 1:full_records] {
    stats ARG1 index 0 every ::(i - 1)::(i - 1) using 2 name "layer" nooutput
    stats ARG1 index 0 every ::(i - 1)::(i - 1) using 3 name "error" nooutput
    share[i] = layer_max
    part[i] = layer_max > 0 ? error_max / layer_max : 0
}
ratio(i, value) = share[int(i) + 1] > 0 ? value / share[int(i) + 1] : NaN

set multiplot
set lmargin 10
set rmargin 3
set xrange [-0.5:full_records - 0.5]
set key top right
set size 1,0.68
set origin 0,0.32
set bmargin 0.5
set format x ""
set ylabel "energy in the layer [%]"
set yrange [0:*]
plot ARG1 index 0 using 1:2 with histeps lc rgb "#404040" lw 2 title "full simulation", \
     ARG1 index 0 using 1:2:3 with yerrorbars pt 0 lc rgb "#404040" notitle, \
     ARG1 index 1 using 1:2:3 with yerrorbars pt 7 ps 0.8 lc rgb "#c03020" title "fast simulation"
set size 1,0.34
set origin 0,0
set tmargin 0.5
set bmargin 3.5
set format x "%g"
set xlabel "layer"
set ylabel "fast / full"
set yrange [0.5:1.5]
set grid y
plot share using (column(1) - 1):(1):(part[int(column(1))]) with yerrorbars pt 0 lc rgb "#404040" notitle, \
     ARG1 index 1 using 1:(ratio(column(1), column(2))):(ratio(column(1), column(3))) \
         with yerrorbars pt 7 ps 0.8 lc rgb "#c03020" notitle
unset multiplot
