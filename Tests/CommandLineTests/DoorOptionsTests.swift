import ArgumentParser
import ConvolutionService
import Glibc
import Testing

@testable import convserve

@Suite struct DoorOptionsTests {
    @Test func aKeyFileIsReadAndItsFaultsAreSaid() throws {
        let path = "/tmp/convserve-keys-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        defer { unlink(path) }
        #expect(throws: KeyFileError.self) { try KeyFile(path: path).read() }
        for (text, count) in [("# two\nalpha\n\nbeta\n", 2), ("one", 1), ("", nil), ("with space\n", nil)] {
            let file = try #require(fopen(path, "w"))
            fputs(text, file)
            fclose(file)
            if let count {
                #expect(try KeyFile(path: path).read().count == count)
            } else {
                #expect(throws: KeyFileError.self) { try KeyFile(path: path).read() }
            }
        }
    }

    @Test func theOptionsReachTheConfiguration() throws {
        var options = try DoorOptions.parse([
            "--metrics-open", "on", "--rate-limit", "2.5", "--cors-origin", "https://example.org",
        ])
        var configuration = ServiceConfiguration()
        try options.apply(to: &configuration)
        #expect(configuration.opensMetrics)
        #expect(configuration.rateLimit == RateLimit(rate: 2.5, burst: 3))
        #expect(configuration.crossOrigin != nil)
        options = try DoorOptions.parse(["--rate-limit", "2.5", "--rate-burst", "10"])
        try options.apply(to: &configuration)
        #expect(configuration.rateLimit == RateLimit(rate: 2.5, burst: 10))
    }

    @Test func everythingIsOffByDefault() throws {
        let options = try DoorOptions.parse([])
        var configuration = ServiceConfiguration()
        try options.apply(to: &configuration)
        #expect(try options.keyFile() == nil)
        #expect(configuration.rateLimit == nil)
        #expect(configuration.crossOrigin == nil)
        #expect(!configuration.opensMetrics)
    }

    @Test(arguments: ["-1", "nan", "1e9", "0.0001", "", "5/s"])
    func whatIsNoRateIsRefused(text: String) {
        #expect(Rate(argument: text) == nil)
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.8.8.8", true), ("::1", true), ("0.0.0.0", false), ("::", false),
        ("192.0.2.1", false),
    ])
    func loopbackIsKnownByItsAddress(address: String, isLoopback: Bool) {
        #expect(convserve.isLoopback(address) == isLoopback)
    }
}
