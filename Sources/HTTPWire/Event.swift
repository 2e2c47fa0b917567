/// What the bytes received so far mean: the answer of `Connection.next()`.
package enum Event: Sendable {
    /// Nothing more can be said before further bytes arrive.
    case needMore
    /// A request's head is complete. Its body events and `.end` follow, after `.end` the next request.
    case head(RequestHead)
    /// The next piece of the body: octets at this place of the receive buffer, valid until bytes are received again
    /// (`Connection.octets(at:)`).
    case body(Range<Int>)
    /// The request is complete. Bytes that follow belong to the next one, which is read only after
    /// `Connection.startNextRequest()`: a server answers in order.
    case end
    /// No further request will come from this connection: the input ended between two requests, the last request was
    /// not to be followed by another, or an error was thrown.
    case closed
}
