import ArgumentParser

@main
struct ConvServe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convserve",
        abstract: "Convolution and pooling layers over HTTP: tensors in, feature maps out.",
        discussion: """
            Every option may also be given by the environment variable that its help names; the command line goes \
            before the environment.
            """,
        subcommands: [Serve.self, Import.self, Health.self, Version.self],
        defaultSubcommand: Serve.self
    )
}

struct Version: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the version.")
    static let number = "0.1.0"

    func run() {
        print("convserve \(Self.number)")
    }
}
