import Dispatch
import Glibc
import Synchronization

/// Tells when something has changed in a folder or in the folders in it: soon after it, and once for many changes that follow
/// one another, such as those of a copy.
final class FolderWatch: Sendable {
    /// How long nothing must happen before it tells, and how long it waits at most.
    private static let quiet = Duration.milliseconds(200)
    private static let patience = Duration.seconds(1)

    private struct State {
        /// Of the first change that has not been told.
        var since: ContinuousClock.Instant?
        var last: ContinuousClock.Instant?
    }

    private let path: String
    private let descriptor: Int32
    private let queue = DispatchQueue(label: "convserve.models")
    private nonisolated(unsafe) let source: any DispatchSourceRead
    private let state = Mutex(State())
    private let changed: @Sendable () -> Void

    /// - Parameter changed: called on a queue of its own, never twice at once.
    init(path: String, changed: @escaping @Sendable () -> Void) throws(ModelError) {
        let descriptor = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
        guard descriptor >= 0 else { throw .file("inotify", path: path, code: errno) }
        let mask = names | UInt32(IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)
        guard inotify_add_watch(descriptor, path, mask) >= 0 else {
            let code = errno
            _ = close(descriptor)
            throw .file("inotify", path: path, code: code)
        }
        self.path = path
        self.descriptor = descriptor
        self.changed = changed
        source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        source.setEventHandler { [weak self] in self?.drain() }
        source.setCancelHandler { _ = close(descriptor) }
        source.activate()
    }

    deinit { source.cancel() }

    /// Watches the folder of this name in it too, again where it is another by now. To be called before the folder is looked at.
    func watch(_ name: String) {
        let mask = names | UInt32(IN_CLOSE_WRITE | IN_MODIFY | IN_ONLYDIR | IN_DONT_FOLLOW)
        _ = inotify_add_watch(descriptor, "\(path)/\(name)", mask)
    }

    /// What happened does not matter, only that it did.
    private func drain() {
        withUnsafeTemporaryAllocation(byteCount: 16384, alignment: 8) { buffer in
            while retried({ read(descriptor, buffer.baseAddress, buffer.count) }) > 0 {}
        }
        let now = ContinuousClock.now
        let isFirst = state.withLock { state in
            state.last = now
            guard state.since == nil else { return false }
            state.since = now
            return true
        }
        if isFirst { wait(FolderWatch.quiet) }
    }

    private func wait(_ time: Duration) {
        let nanoseconds = max(0, time / .nanoseconds(1))
        queue.asyncAfter(deadline: .now() + .nanoseconds(Int(nanoseconds))) { [weak self] in self?.tell() }
    }

    private func tell() {
        let now = ContinuousClock.now
        let left = state.withLock { state -> Duration? in
            guard let since = state.since, let last = state.last else { return nil }
            let due = min(last + FolderWatch.quiet, since + FolderWatch.patience)
            if due > now { return due - now }
            state.since = nil
            return .zero
        }
        guard let left else { return }
        if left > .zero { wait(left) } else { changed() }
    }
}

/// Names come and go.
private let names = UInt32(IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO)
