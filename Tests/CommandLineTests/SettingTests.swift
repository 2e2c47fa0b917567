import ArgumentParser
import Testing

@testable import convserve

@Suite struct SettingTests {
    private let port = Setting("CONVSERVE_PORT", "PORT", standard: PortNumber(8080), valueName: "port", "The port.")

    private func value(_ given: PortNumber?, _ environment: [String: String]) throws -> Int {
        try port.value(given) { environment[$0] }.number
    }

    @Test func theCommandLineGoesBeforeTheEnvironmentAndOurVariableBeforeTheCommonOne() throws {
        let environment = ["CONVSERVE_PORT": "2", "PORT": "3"]
        #expect(try value(PortNumber(1), environment) == 1)
        #expect(try value(nil, environment) == 2)
        #expect(try value(nil, ["PORT": "3"]) == 3)
        #expect(try value(nil, [:]) == 8080)
    }

    @Test func anEmptyVariableIsNotSet() throws {
        #expect(try value(nil, ["CONVSERVE_PORT": "", "PORT": "3"]) == 3)
    }

    @Test func whatKubernetesPutsThereForAServiceOfThisNameIsNotAPort() throws {
        #expect(try value(nil, ["CONVSERVE_PORT": "tcp://10.0.0.1:80"]) == 8080)
    }

    @Test(arguments: ["abc", "65536", "-1", "8080 ", "0x50", "8.0"])
    func anErrorNamesTheVariableAndWhatIsExpected(text: String) {
        let error = #expect(throws: ValidationError.self) { try value(nil, ["PORT": text]) }
        #expect(
            error?.message == "The environment variable PORT is \"\(text)\"; expected a port number from 0 to 65535."
        )
    }
}

@Suite struct SettingValueTests {
    @Test(arguments: [
        ("1", 1), ("1048576", 1 << 20), ("64KiB", 65536), ("256MiB", 1 << 28), ("2GiB", 1 << 31),
    ])
    func aByteCountIsReadWithItsUnit(text: String, number: Int) {
        #expect(ByteCount(argument: text)?.number == number)
    }

    @Test(arguments: ["", "0", "-1", "KiB", "1.5MiB", "1MB", "1mib", "9223372036854775807GiB"])
    func whatIsNoByteCountIsRefused(text: String) {
        #expect(ByteCount(argument: text) == nil)
    }

    @Test(arguments: [1, 1000, 1024, 65536, 1 << 28, 3 << 30])
    func aByteCountIsWrittenAsItWouldBeTyped(number: Int) {
        #expect(ByteCount(argument: ByteCount(number).typed)?.number == number)
    }

    @Test(arguments: [("0", Duration.zero), ("30", .seconds(30)), ("0.5", .milliseconds(500))])
    func secondsMayHaveAFraction(text: String, duration: Duration) {
        #expect(Seconds(argument: text)?.duration == duration)
        #expect(Seconds(duration).typed == text)
    }

    @Test(arguments: ["", "-1", "nan", "inf", "1e9", "10s", "1000001"])
    func whatIsNoTimeIsRefused(text: String) {
        #expect(Seconds(argument: text) == nil)
    }

    @Test func anAddressMayStandInBrackets() {
        #expect(Host(argument: "[::1]")?.name == "::1")
        #expect(Host(argument: "localhost")?.name == "localhost")
        #expect(Host(argument: "") == nil)
    }

    @Test func anAddressInAURLIsOneThatCanBeReached() {
        #expect(authority(host: reachable("::"), port: 80) == "[::1]:80")
        #expect(authority(host: reachable("0.0.0.0"), port: 80) == "127.0.0.1:80")
        #expect(authority(host: "localhost", port: 80) == "localhost:80")
    }
}
