# Compares numbers, one a line, with an expected file: lines of "count N", "tolerance T", "sum S" (of absolute values)
# and "at INDEX VALUE". Prints what differs; exits 1 then. A line that is no number (NaN too) differs.
NR == FNR {
    if ($1 == "at") expected[$2] = $3
    else if ($1 != "#") named[$1] = $2
    next
}
{
    index_ = FNR - 1
    if ($0 !~ /^-?[0-9]/) { printf "element %d is %s\n", index_, $0; bad++; next }
    sum += $0 < 0 ? -$0 : $0
    if (index_ in expected) {
        distance = $0 - expected[index_]
        if (!(distance <= named["tolerance"] && -distance <= named["tolerance"])) {
            printf "element %d is %s, expected %s within %s\n", index_, $0, expected[index_], named["tolerance"]
            bad++
        }
        compared++
    }
}
END {
    if (FNR != named["count"]) { printf "%d numbers, expected %d\n", FNR, named["count"]; bad++ }
    distance = sum - named["sum"]
    if (!(distance <= 1e-5 * named["sum"] && -distance <= 1e-5 * named["sum"])) {
        printf "the absolute values sum to %.9g, expected %.9g\n", sum, named["sum"]
        bad++
    }
    if (!compared) { print "nothing was compared"; bad++ }
    if (bad) exit 1
    printf "%d numbers, %d of them compared one by one\n", FNR, compared
}
