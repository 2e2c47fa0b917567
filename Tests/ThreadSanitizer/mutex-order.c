// Tells the thread sanitizer of the order that a contended Mutex makes.
//
// Swift inlines the first attempt at locking and unlocking a `Mutex`, which the sanitizer sees. Where threads contend,
// both go on inside libswiftSynchronization (`_lockSlow`, `_unlockSlow`), which is not instrumented, and the kernel hands
// the lock over: then the sanitizer misses that one critical section came before the other, and reports what the Mutex
// guards. Loaded before that library, these two stand in for its functions, call them, and say in between what they do.
// Nothing else is touched, so races beside a Mutex are reported as ever (`ThreadSanitizerTests`).
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

// Absent from processes without the sanitizer, such as the tools that start the tests.
__attribute__((weak)) void __tsan_acquire(void *address);
__attribute__((weak)) void __tsan_release(void *address);

// Swift's own calling convention: the handle is `self`.
#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

typedef SWIFT void lock_function(uint32_t thread, SELF void *handle);
typedef SWIFT void unlock_function(SELF void *handle);

static lock_function *real_lock;
static unlock_function *real_unlock;

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

SWIFT void lock_slow(uint32_t thread, SELF void *handle) __asm__(LOCK);
SWIFT void unlock_slow(SELF void *handle) __asm__(UNLOCK);

__attribute__((constructor)) static void find_real(void) {
    real_lock = (lock_function *)dlsym(RTLD_NEXT, LOCK);
    real_unlock = (unlock_function *)dlsym(RTLD_NEXT, UNLOCK);
}

SWIFT void lock_slow(uint32_t thread, SELF void *handle) {
    real_lock(thread, handle);
    if (__tsan_acquire) __tsan_acquire(handle);
}

SWIFT void unlock_slow(SELF void *handle) {
    if (__tsan_release) __tsan_release(handle);
    real_unlock(handle);
}
