import Synchronization

/// A body that is made while it is sent, by whoever answers, on threads of its own.
///
/// Its maker puts pieces in until `put` says that enough is on its way, and is called again when the client has taken
/// some: a client that reads slowly slows the making down, and what is held of a body does not grow with it.
package final class BodyStream: Sendable {
    /// Octets that may be on their way before the maker pauses. With the pieces of one more step they stay under 1 MiB.
    package static let capacity = 512 * 1024
    /// Buffers kept for the maker's next pieces.
    private static let mostSpares = 8

    /// Octets of the whole body; nil where they are known only at its end.
    package let count: Int?

    private struct State {
        /// Put in and not yet taken out.
        var pieces: [[UInt8]] = []
        /// Octets put in and not yet sent.
        var underway = 0
        /// The maker is at work, or has been called.
        var isMaking = true
        var isComplete = false
        var hasFailed = false
        /// Nil once it has nothing more to do.
        var maker: (any BodyMaker)?
        var announce: (@Sendable () -> Void)?
        var spares: [[UInt8]] = []
    }

    private let state: Mutex<State>

    /// - Parameters:
    ///   - count: What the pieces will come to, where that is known. With another number the connection is cut.
    ///   - maker: Taken to be at work already: it is called when it has paused.
    package init(count: Int?, maker: any BodyMaker) {
        self.count = count
        state = Mutex(State(maker: maker))
    }

    /// Nobody took it, or nobody any more.
    deinit {
        state.withLock { $0.maker }?.abandoned()
    }
}

/// Makes a body's pieces.
package protocol BodyMaker: AnyObject, Sendable {
    /// Goes on putting pieces into the stream after a pause. Called on the event loop, so the work is done elsewhere.
    func makeMore(for stream: BodyStream)

    /// Nobody wants the rest: the client has gone, or was cut. Called on the event loop, also while pieces are made.
    func abandoned()
}

// MARK: - For the maker

extension BodyStream {
    /// Adds a piece.
    ///
    /// - Returns: Whether to go on at once. If not, the maker pauses until it is called, or has nothing more to do.
    package func put(_ piece: consuming [UInt8], isLast: Bool) -> Bool {
        let piece = piece
        let (goesOn, announce) = state.withLock { state -> (Bool, (@Sendable () -> Void)?) in
            guard state.maker != nil else { return (false, nil) }
            state.pieces.append(piece)
            state.underway += piece.count
            if isLast {
                state.isComplete = true
                state.maker = nil
            }
            state.isMaking = !isLast && state.underway < Self.capacity
            // Once for all that wait.
            return (state.isMaking, state.pieces.count == 1 ? state.announce : nil)
        }
        announce?()
        return goesOn
    }

    /// The body cannot be made to its end: the connection is cut, so that no client takes it for whole.
    package func fail() {
        let announce = state.withLock { state in
            state.hasFailed = true
            state.maker = nil
            return state.announce
        }
        announce?()
    }

    /// Whether anybody waits for more pieces.
    package var isWanted: Bool { state.withLock { $0.maker != nil } }

    /// Memory for the next piece: empty, and often that of a piece that was sent.
    package func spare() -> [UInt8] { state.withLock { $0.spares.popLast() } ?? [] }
}

// MARK: - For whoever sends

extension BodyStream {
    /// What comes next of the body.
    package enum Next {
        case piece([UInt8], isLast: Bool)
        /// Not made yet: it will be announced.
        case nothing
        case failure
    }

    /// - Parameter announce: Called from any thread when `take` has something after it had nothing.
    package func attach(_ announce: @escaping @Sendable () -> Void) {
        state.withLock { $0.announce = announce }
    }

    package func take() -> Next {
        state.withLock { state in
            guard !state.hasFailed else { return .failure }
            guard !state.pieces.isEmpty else { return .nothing }
            let piece = state.pieces.removeFirst()
            let isLast = state.isComplete && state.pieces.isEmpty
            if isLast { state.announce = nil }
            return .piece(piece, isLast: isLast)
        }
    }

    /// So many octets of what was taken have been sent; calls the maker where it has paused and little is left.
    ///
    /// - Parameter memory: Of a piece that was sent, for another.
    package func sent(_ count: Int, memory: consuming [UInt8]) {
        let memory = memory
        let maker = state.withLock { state -> (any BodyMaker)? in
            state.underway -= count
            guard let maker = state.maker else { return nil }
            if memory.capacity > 0, state.spares.count < Self.mostSpares { state.spares.append(memory) }
            guard !state.isMaking, state.underway <= Self.capacity / 2 else { return nil }
            state.isMaking = true
            return maker
        }
        maker?.makeMore(for: self)
    }

    /// Nothing more is wanted.
    package func cancel() {
        let maker = state.withLock { state in
            state.pieces = []
            state.spares = []
            state.announce = nil
            defer { state.maker = nil }
            return state.maker
        }
        maker?.abandoned()
    }
}
