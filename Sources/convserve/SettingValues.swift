import ArgumentParser
import Logging

struct Host: SettingValue {
    static let expected = "a host name or an address"
    let name: String
    var typed: String { name }

    init(_ name: String) {
        self.name = name
    }

    init?(argument: String) {
        guard !argument.isEmpty else { return nil }
        // An IPv6 address may be given as in a URL.
        let isBracketed = argument.hasPrefix("[") && argument.hasSuffix("]")
        name = isBracketed ? String(argument.dropFirst().dropLast()) : argument
    }
}

/// The path of a URL.
struct Path: SettingValue {
    static let expected = "a path that begins with a slash"
    let typed: String

    init(_ path: String) {
        typed = path
    }

    init?(argument: String) {
        guard argument.hasPrefix("/"), argument.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else { return nil }
        typed = argument
    }
}

struct PortNumber: SettingValue {
    static let expected = "a port number from 0 to 65535"
    let number: Int
    var typed: String { "\(number)" }

    init(_ number: UInt16) {
        self.number = Int(number)
    }

    init?(argument: String) {
        guard let number = UInt16(argument) else { return nil }
        self.number = Int(number)
    }
}

/// A number of things, at least one.
struct Count: SettingValue {
    static let expected = "a whole number from 1 upwards"
    let number: Int
    var typed: String { "\(number)" }

    init(_ number: Int) {
        self.number = number
    }

    init?(argument: String) {
        guard let number = Int(argument), number >= 1 else { return nil }
        self.number = number
    }
}

/// A number of bytes: `1048576`, `1024KiB` or `1MiB`.
struct ByteCount: SettingValue {
    static let expected = "a number of bytes such as 1048576, 1024KiB, 1MiB or 1GiB"
    private static let units = [("GiB", 30), ("MiB", 20), ("KiB", 10), ("", 0)]
    let number: Int

    init(_ number: Int) {
        self.number = number
    }

    init?(argument: String) {
        for (unit, shift) in Self.units where argument.hasSuffix(unit) {
            guard let count = Int(argument.dropLast(unit.count)), count >= 1 else { return nil }
            let (number, overflow) = count.multipliedReportingOverflow(by: 1 << shift)
            guard !overflow else { return nil }
            self.number = number
            return
        }
        return nil
    }

    var typed: String {
        for (unit, shift) in Self.units where number % (1 << shift) == 0 { return "\(number >> shift)\(unit)" }
        return "\(number)"
    }
}

/// A time in seconds, whole or with a fraction.
struct Seconds: SettingValue {
    static let expected = "a number of seconds from 0 to 1000000, such as 30 or 0.5"
    let duration: Duration

    init(_ duration: Duration) {
        self.duration = duration
    }

    init?(argument: String) {
        guard let seconds = Double(argument), seconds >= 0, seconds <= 1_000_000 else { return nil }
        duration = .milliseconds(Int64((seconds * 1000).rounded()))
    }

    var typed: String {
        let milliseconds = duration / .milliseconds(1)
        return milliseconds.truncatingRemainder(dividingBy: 1000) == 0
            ? "\(Int64(milliseconds) / 1000)" : "\(milliseconds / 1000)"
    }
}

struct LogLevel: SettingValue {
    static let expected = "one of " + Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
    let level: Logger.Level
    var typed: String { level.rawValue }

    init(_ level: Logger.Level) {
        self.level = level
    }

    init?(argument: String) {
        guard let level = Logger.Level(rawValue: argument) else { return nil }
        self.level = level
    }
}

struct LogFormat: SettingValue {
    static let expected = "one of " + LineLogHandler.Format.allCases.map(\.rawValue).joined(separator: ", ")
    let format: LineLogHandler.Format
    var typed: String { format.rawValue }

    init(_ format: LineLogHandler.Format) {
        self.format = format
    }

    init?(argument: String) {
        guard let format = LineLogHandler.Format(rawValue: argument) else { return nil }
        self.format = format
    }
}

struct Switch: SettingValue {
    static let expected = "on or off"
    let isOn: Bool
    var typed: String { isOn ? "on" : "off" }

    init(_ isOn: Bool) {
        self.isOn = isOn
    }

    init?(argument: String) {
        switch argument {
        case "on", "true", "1": isOn = true
        case "off", "false", "0": isOn = false
        default: return nil
        }
    }
}
