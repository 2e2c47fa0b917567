import ArgumentParser
import Glibc

/// What an option's text is read as, on the command line and in the environment alike.
protocol SettingValue: ExpressibleByArgument, Sendable {
    /// Says what is accepted, in an error: "expected …".
    static var expected: String { get }
    /// The value as it would be typed.
    var typed: String { get }
}

/// One option: the environment variables that may stand in for it, and its value without any of them.
struct Setting<Value: SettingValue>: Sendable {
    /// The first that is set counts.
    let variables: [String]
    let standard: Value
    let valueName: String
    let explanation: String

    init(_ variables: String..., standard: Value, valueName: String, _ explanation: String) {
        self.variables = variables
        self.standard = standard
        self.valueName = valueName
        self.explanation = explanation
    }

    var help: ArgumentHelp {
        let names = variables.joined(separator: ", ")
        return ArgumentHelp(
            "\(explanation) (default: \(standard.typed); environment: \(names))",
            valueName: valueName
        )
    }

    /// The command line's value, else the environment's, else the standard one.
    func value(_ given: Value?, in environment: (String) -> String? = systemEnvironment) throws -> Value {
        if let given { return given }
        for variable in variables {
            guard let text = environment(variable), !text.isEmpty else { continue }
            // For a service of the name "convserve" Kubernetes sets CONVSERVE_PORT to the service's address.
            if text.hasPrefix("tcp://") { continue }
            guard let value = Value(argument: text) else {
                throw ValidationError(
                    "The environment variable \(variable) is \"\(text)\"; expected \(Value.expected)."
                )
            }
            return value
        }
        return standard
    }
}

/// A variable of the process's environment.
func systemEnvironment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
}
