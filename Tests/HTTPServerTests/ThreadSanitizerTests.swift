import Dispatch
import Glibc
import Synchronization
import Testing

/// What `make sanitize-thread` rests on: races are found, also beside a contended `Mutex`, and what only a contended
/// `Mutex` orders is not taken for one (`Tests/ThreadSanitizer`).
@Suite(.enabled(if: isThreadSanitized, "for the thread sanitizer alone"))
struct ThreadSanitizerTests {
    @Test func aRaceIsReported() async {
        await #expect(processExitsWith: .exitCode(66)) {
            let shared = Shared()
            inFourThreads { shared.number += 1 }
        }
    }

    @Test func aRaceBesideAContendedMutexIsReported() async {
        await #expect(processExitsWith: .exitCode(66)) {
            let shared = Shared()
            inFourThreads {
                shared.increaseGuarded()
                shared.number += 1
            }
        }
    }

    @Test func whatAContendedMutexGuardsIsNotReported() async {
        await #expect(processExitsWith: .success) {
            let shared = Shared()
            inFourThreads { shared.increaseGuarded() }
        }
    }
}

/// The sanitizer's own exit code after a report is 66.
private let isThreadSanitized = dlsym(nil, "__tsan_init") != nil

private final class Shared: @unchecked Sendable {
    var number = 0
    private let guarded = Mutex<[Int]>([])

    /// Long enough inside for others to come meanwhile and wait in the kernel.
    func increaseGuarded() {
        guarded.withLock { numbers in
            for number in 0..<100 { numbers.append(number) }
            if numbers.count > 10_000 { numbers = [] }
        }
    }
}

private func inFourThreads(_ work: @escaping @Sendable () -> Void) {
    let threads = (0..<4).map { _ in
        var thread = pthread_t()
        let context = Unmanaged.passRetained(Work(run: work)).toOpaque()
        pthread_create(
            &thread,
            nil,
            { context in
                guard let context else { return nil }
                let work = Unmanaged<Work>.fromOpaque(context).takeRetainedValue()
                for _ in 0..<2000 { work.run() }
                return nil
            },
            context
        )
        return thread
    }
    for thread in threads { pthread_join(thread, nil) }
}

private final class Work: Sendable {
    let run: @Sendable () -> Void

    init(run: @escaping @Sendable () -> Void) { self.run = run }
}
