import ArgumentParser
import ConvolutionService

/// The path of a file; empty where there is none.
struct FilePath: SettingValue {
    static let expected = "the path of a file"
    let typed: String

    init(_ path: String) {
        typed = path
    }

    init?(argument: String) {
        guard !argument.isEmpty, !argument.utf8.contains(0) else { return nil }
        typed = argument
    }
}

/// A number of requests, or of requests a second.
struct Rate: SettingValue {
    static let expected = "a number from 0.001 to 1000000, or 0"
    let number: Double

    init(_ number: Double) {
        self.number = number
    }

    init?(argument: String) {
        guard let number = Double(argument), number == 0 || (0.001...1_000_000).contains(number) else { return nil }
        self.number = number
    }

    var typed: String { number.rounded() == number ? "\(Int(number))" : "\(number)" }
}

/// The origins whose pages may read answers; empty: none.
struct Origins: SettingValue {
    static let expected = "* or origins such as https://example.org, with commas between and no slash at the end"
    let policy: CrossOrigin?
    let typed: String

    init(_ list: String) {
        policy = CrossOrigin(list: list)
        typed = list
    }

    init?(argument: String) {
        guard let policy = CrossOrigin(list: argument) else { return nil }
        self.policy = policy
        typed = argument
    }
}
