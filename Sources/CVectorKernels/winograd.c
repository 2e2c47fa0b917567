// The numbers of every Winograd axis, which are the same on every machine.
#include "kernels.h"

#include "winograd_table.inc"

const cv_axis *cv_winograd_axis(ptrdiff_t taps, ptrdiff_t stride, ptrdiff_t outputs) {
    switch (CV_AXIS(taps, stride, outputs)) {
#define CASE(t, s, o) \
    case CV_AXIS(t, s, o): { \
        static const cv_axis axis = {SAMPLES_##t##_##s##_##o, POINTS_##t##_##s##_##o, WEIGHTS_##t##_##s##_##o, \
                                     NEAR_##t##_##s##_##o, FEW_##t##_##s##_##o}; \
        return stride == s && outputs == o ? &axis : 0; \
    }
        WINOGRAD_AXES(CASE)
#undef CASE
    }
    return 0;
}
