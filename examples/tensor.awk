# Prints a tensor in the flat form, filled by a small generator that any language can repeat:
# x becomes 16807 · x mod (2^31 − 1), and the element is (x mod 2001 − 1000) / 10^places, or x mod 256 for pixels.
#   awk -v seed=7 -v shape=6,1,5,5 -v places=4 -f tensor.awk
#   awk -v seed=7 -v shape=3,224,224 -v pixels=1 -f tensor.awk
BEGIN {
    axes = split(shape, extents, ",")
    count = 1
    for (axis = 1; axis <= axes; axis++) count *= extents[axis]
    printf "{\"shape\":[%s],\"data\":[", shape
    x = seed
    divisor = 10 ^ places
    format = "%s%." places "f"
    for (i = 0; i < count; i++) {
        x = (x * 16807) % 2147483647
        if (pixels) printf "%s%d", i ? "," : "", x % 256
        else printf format, i ? "," : "", (x % 2001 - 1000) / divisor
    }
    printf "]}"
}
