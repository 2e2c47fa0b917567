// The numbers of every Winograd axis, which are the same on every machine.
#include "kernels.h"

#include "winograd_table.inc"

const cv_axis *cv_winograd_axis(ptrdiff_t taps, ptrdiff_t stride) {
    switch (CV_AXIS(taps, stride)) {
#define CASE(t, s) \
    case CV_AXIS(t, s): { \
        static const cv_axis axis = {SAMPLES_##t##_##s, POINTS_##t##_##s}; \
        return stride == s ? &axis : 0; \
    }
        WINOGRAD_AXES(CASE)
#undef CASE
    }
    return 0;
}
