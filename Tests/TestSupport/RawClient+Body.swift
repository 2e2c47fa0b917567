extension RawClient {
    /// Reads a body from behind the head (RFC 9112 section 6.3).
    func receiveBody(of answer: Answer) throws(Failure) -> [UInt8] {
        if answer.field("transfer-encoding") == "chunked" { return try receiveChunks(of: answer) }
        if let length = answer.field("content-length").flatMap({ Int($0) }) {
            return try take(length, of: answer)
        }
        guard answer.field("connection") == "close", answer.status >= 200, ![204, 304].contains(answer.status) else {
            return []
        }
        while try receiveMore() > 0 {}
        defer { received = [] }
        return received
    }

    private func receiveChunks(of answer: Answer) throws(Failure) -> [UInt8] {
        var body: [UInt8] = []
        while true {
            guard let size = Int(try takeLine(of: answer), radix: 16) else { throw .malformed(answer.head) }
            body += try take(size, of: answer)
            guard try takeLine(of: answer).isEmpty else { throw .malformed(answer.head) }
            if size == 0 { return body }
        }
    }

    private func takeLine(of answer: Answer) throws(Failure) -> String {
        while true {
            if let feed = received.firstIndex(of: 0x0A) {
                guard feed > 0, received[feed - 1] == 0x0D else { throw .malformed(answer.head) }
                return String(decoding: try take(feed + 1, of: answer).dropLast(2), as: UTF8.self)
            }
            guard try receiveMore() > 0 else { throw .cutShort(answer.head) }
        }
    }

    private func take(_ count: Int, of answer: Answer) throws(Failure) -> [UInt8] {
        while received.count < count {
            guard try receiveMore() > 0 else { throw .cutShort(answer.head) }
        }
        let taken = Array(received[..<count])
        received.removeFirst(count)
        return taken
    }
}
