import Compression
import Testing

@Suite("Content coding")
struct ContentCodingTests {
    @Test(
        "the coding of highest weight is chosen, then gzip before deflate before identity",
        arguments: [
            // RFC 9110 section 12.5.3's own examples.
            ("compress, gzip", .gzip), ("", .identity), ("*", .gzip),
            ("compress;q=0.5, gzip;q=1.0", .gzip), ("gzip;q=1.0, identity; q=0.5, *;q=0", .gzip),
            // What clients send.
            ("gzip, deflate", .gzip), ("gzip, deflate, br, zstd", .gzip), ("br", .identity), ("deflate", .deflate),
            ("gzip;q=1.0,deflate;q=0.6,identity;q=0.3", .gzip),
            // Weights.
            ("gzip;q=0.5, deflate;q=0.8", .deflate), ("gzip;q=0.001, deflate;q=0.002", .deflate),
            ("deflate, gzip", .gzip), ("deflate;q=0.5, gzip;q=0.5", .gzip), ("identity, gzip", .gzip),
            ("identity;q=1, gzip;q=0.9", .identity), ("gzip;q=0.001", .gzip), ("gzip;q=0", .identity),
            ("gzip;q=0, deflate", .deflate), ("gzip;q=0.000", .identity), ("gzip;q=1.000", .gzip),
            ("gzip;q=0.", .identity),
            ("gzip;q=0, *", .deflate), ("*;q=0.5, deflate", .deflate), ("*;q=0.5, identity", .identity),
            ("identity;q=0, *;q=0.1", .gzip), ("identity;q=0, gzip;q=0.001", .gzip), ("*;q=0, deflate", .deflate),
            // Names, blanks, lists.
            ("GZIP", .gzip), ("x-gzip", .gzip), ("X-GZip;q=0.5", .gzip), ("gzip ; q=0.5", .gzip),
            ("gzip;\tQ=0.5", .gzip),
            (" , gzip ,, ", .gzip), (",", .identity), ("gzip;q=0, gzip", .identity), ("gzipx, xgzip", .identity),
        ] as [(String, ContentCoding)]
    )
    func negotiation(field: String, expected: ContentCoding) {
        #expect(ContentCoding.negotiate(field) == expected)
    }

    @Test("an absent field asks for no coding")
    func absent() {
        #expect(ContentCoding.negotiate(nil) == .identity)
    }

    @Test(
        "when even identity is excluded there is no coding to answer with",
        arguments: ["identity;q=0", "*;q=0", "br, identity;q=0", "gzip;q=0, deflate;q=0, identity;q=0", "br, *;q=0"]
    )
    func nothingAcceptable(field: String) {
        #expect(ContentCoding.negotiate(field) == nil)
    }

    @Test(
        "a malformed field asks for no coding",
        arguments: [
            "gzip;", "gzip;q", "gzip;q=", "gzip;q=2", "gzip;q=1.1", "gzip;q=1.001", "gzip;q=-1", "gzip;q=+1",
            "gzip;q=.5",
            "gzip;q=0.1234", "gzip;q=0,5;q=1", "gzip;q=a", "gzip;q=0x1", "gzip;q=\u{0661}", "gzip;q= 1", "gzip; q =1",
            "gzip;level=9", "gzip;q=1;q=1", "gzip gzip", "\"gzip\"", ";q=1", "gz\u{0131}p", "gzip;q=1 .0", "*/*",
            "gzip;q=1e0", "gzip;q=00", "gzip;q=01", "gzip\0",
        ]
    )
    func malformed(field: String) {
        #expect(ContentCoding.negotiate(field) == .identity)
    }

    @Test(
        "Content-Encoding is read in the order of application",
        arguments: [
            ([], []), ([""], []), (["gzip"], [.gzip]), (["GZIP"], [.gzip]), (["x-gzip"], [.gzip]),
            (["deflate"], [.deflate]),
            (["identity"], []), (["identity, gzip"], [.gzip]), (["deflate, gzip"], [.deflate, .gzip]),
            (["deflate", "gzip"], [.deflate, .gzip]), ([" gzip\t,,"], [.gzip]),
        ] as [([String], [ContentCoding])]
    )
    func contentEncoding(values: [String], expected: [ContentCoding]) {
        #expect(ContentCoding.parse(contentEncoding: values) == expected)
    }

    @Test(
        "an unknown coding, or too many, is refused",
        arguments: [
            ["br"], ["zstd"], ["gzip, br"], ["br", "gzip"], ["compress"], ["gzip;q=1"], ["gzip gzip"], ["*"], ["gzıp"],
            ["gzip, gzip, gzip"], ["gzip", "deflate", "gzip"],
        ]
    )
    func unknown(values: [String]) {
        #expect(ContentCoding.parse(contentEncoding: values) == nil)
    }
}
