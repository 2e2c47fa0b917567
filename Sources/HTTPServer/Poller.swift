import CLinux
import Glibc

/// An epoll instance, level-triggered but for what is watched `once`.
struct Poller: ~Copyable {
    /// What is watched for; hang-up and error are always reported.
    struct Interest: OptionSet, Sendable {
        let rawValue: UInt32
        static let reading = Interest(rawValue: EPOLLIN.rawValue)
        static let writing = Interest(rawValue: EPOLLOUT.rawValue)
        /// The peer has ended its direction.
        static let peerEnd = Interest(rawValue: EPOLLRDHUP.rawValue)
        /// Reported when it happens, and not for as long as it is so.
        static let once = Interest(rawValue: EPOLLET.rawValue)
    }

    struct Event {
        let token: Token
        let flags: UInt32

        var isReadable: Bool { flags & EPOLLIN.rawValue != 0 }
        var isWritable: Bool { flags & EPOLLOUT.rawValue != 0 }
        var isPeerEnd: Bool { flags & EPOLLRDHUP.rawValue != 0 }
        /// Both directions are over, or the connection broke.
        var isDead: Bool { flags & (EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 }
    }

    let descriptor: Descriptor
    private let events: UnsafeMutableBufferPointer<epoll_event>

    init() throws(ServerError) {
        descriptor = Descriptor(adopting: try checked("epoll_create1") { epoll_create1(Int32(EPOLL_CLOEXEC)) })
        events = .allocate(capacity: 256)
    }

    deinit {
        events.deallocate()
    }

    func add(_ raw: Int32, _ interest: Interest, as token: Token) throws(ServerError) {
        var event = epoll_event(events: interest.rawValue, data: epoll_data(u64: token.rawValue))
        let poller = descriptor.raw
        _ = try checked("epoll_ctl") { epoll_ctl(poller, EPOLL_CTL_ADD, raw, &event) }
    }

    func change(_ raw: Int32, _ interest: Interest, as token: Token) throws(ServerError) {
        var event = epoll_event(events: interest.rawValue, data: epoll_data(u64: token.rawValue))
        let poller = descriptor.raw
        _ = try checked("epoll_ctl") { epoll_ctl(poller, EPOLL_CTL_MOD, raw, &event) }
    }

    /// Takes what is ready, or waits until something is: the number of events, to be read with the subscript.
    func take(waiting: Bool) -> Int {
        let poller = descriptor.raw
        let timeout: Int32 = waiting ? -1 : 0
        return Int(max(0, uninterrupted { epoll_wait(poller, events.baseAddress, Int32(events.count), timeout) }))
    }

    subscript(index: Int) -> Event {
        let event = events[index]
        return Event(token: Token(rawValue: event.data.u64), flags: event.events)
    }
}

/// Names what an event or an answer is for. A place is used again by later connections, its generation never: an event
/// that comes late finds nobody instead of a stranger.
struct Token: Hashable, Sendable {
    let generation: UInt32
    let place: UInt32

    init(generation: UInt32, place: UInt32) {
        self.generation = generation
        self.place = place
    }

    init(rawValue: UInt64) {
        generation = UInt32(truncatingIfNeeded: rawValue >> 32)
        place = UInt32(truncatingIfNeeded: rawValue)
    }

    var rawValue: UInt64 { UInt64(generation) << 32 | UInt64(place) }

    /// Connections have generations from 1; 0 is the loop's own.
    static func listener(_ index: Int) -> Token { Token(generation: 0, place: UInt32(index)) }
    static let alarm = Token(generation: 0, place: .max)
    static let bell = Token(generation: 0, place: .max - 1)
}
